import Foundation

/// A file that is written in large pieces, so that memory stays flat whatever its size.
final class LineWriter {
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private static let pieceSize = 1 << 18

  /// Makes the file and its folders; one that exists is emptied.
  init(_ file: URL) throws {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data().write(to: file)
    handle = try FileHandle(forWritingTo: file)
    buffer.reserveCapacity(Self.pieceSize + 4_096)
  }

  func write(_ text: String) throws {
    buffer += text.utf8
    if buffer.count >= Self.pieceSize { try flush() }
  }

  /// Writes what is left; the writer is of no more use.
  func close() throws {
    try flush()
    try handle.close()
  }

  private func flush() throws {
    try handle.write(contentsOf: buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

/// A list of records in pages, one page a line.
struct PageWriter {
  /// How the pages say what comes next.
  enum Envelope {
    /// `{"data":[…],"has_more":…}`
    case more
    /// `{"success":true,"NAME":[…],"total":…,"limit":…,"offset":…}`
    case total(name: String, Int)
    /// `[…]`
    case bare
  }

  private let writer: LineWriter
  private let envelope: Envelope
  private let size: Int
  private var rows: [String] = []
  private var written = 0

  init(_ file: URL, _ envelope: Envelope, size: Int) throws {
    writer = try LineWriter(file)
    self.envelope = envelope
    self.size = size
  }

  mutating func add(_ record: String) throws {
    // A page is written only when one more record shows that it is not the last.
    if rows.count == size { try page(isLast: false) }
    rows.append(record)
  }

  mutating func close() throws {
    if !rows.isEmpty || written == 0 { try page(isLast: true) }
    try writer.close()
  }

  private mutating func page(isLast: Bool) throws {
    let list = rows.joined(separator: ",")
    switch envelope {
    case .more:
      let next = isLast ? "" : ",\"next_cursor\":\"\(written + rows.count)\""
      try writer.write("{\"data\":[\(list)],\"has_more\":\(!isLast)\(next)}\n")
    case .total(let name, let total):
      try writer.write(
        "{\"success\":true,\"\(name)\":[\(list)],\"total\":\(total),\"limit\":\(size),"
          + "\"offset\":\(written)}\n")
    case .bare: try writer.write("[\(list)]\n")
    }
    written += rows.count
    rows.removeAll(keepingCapacity: true)
  }
}
