import ReconcileCore

/// Reads RFC 4180 rows from a file, one at a time and with bounded memory, on bytes.
///
/// A row with a defect is still returned, with `problem` set, so that it can be listed; reading goes on
/// behind it.
///
/// A structure, since a class would check every access to its state for exclusivity, several times a cell.
struct CSVReader {
  /// What makes a row unreadable as a row, before any cell is looked at.
  enum Problem: Equatable {
    case unterminatedQuote, textAfterQuote, cellTooLong, rowTooLong, notUTF8, nulByte
  }

  private enum State { case cellStart, plain, quoted, quoteSeen }

  static let cellLimit = 1 << 20
  static let rowLimit = 16 << 20
  /// Cells that are kept of one row; more are only counted.
  private static let keptCells = 65_536

  let file: ByteFile
  /// The byte between cells; set once the header has been read.
  var delimiter = UInt8(ascii: ",")
  /// First physical line of the current row; the header's is 1.
  private(set) var rowLine: Int64 = 1
  /// Cells of the current row, also those beyond what is kept.
  private(set) var cellCount = 0
  private(set) var problem: Problem?

  private var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  private var position = 0
  private var line: Int64 = 1
  /// A CR was just read: an LF that follows belongs to it.
  private var afterReturn = false
  private var highBits: UInt8 = 0
  private var isQuoted = false
  /// The cells without their quotes, each followed by a NUL, so that no sequence of bytes spans two cells.
  private var content: [UInt8] = []
  private var cellStart = 0
  private var ends: [Int] = []

  /// Starts before the first byte of the file.
  init(file: ByteFile) { self.file = file }

  /// The bytes of a cell of the current row; empty where the row has no such cell.
  func cell(_ index: Int) -> ArraySlice<UInt8> {
    guard index < ends.count else { return [] }
    return content[(index == 0 ? 0 : ends[index - 1] + 1)..<ends[index]]
  }

  /// How many cells of the current row can be looked at.
  var keptCount: Int { ends.count }

  /// The first row's bytes without its line end, before the delimiter is known; nil when the file has no row.
  /// Skips a byte-order mark and blank lines.
  mutating func headerBytes() throws(Failure) -> [UInt8]? {
    var header: [UInt8] = []
    var inQuotes = false
    var lineStart: Int64 = 1
    var isFirst = true
    while true {
      if position == bytes.count, !(try fill()) {
        if inQuotes { throw ByteFile.notText(file.path, "its header has a quote that is never closed") }
        return Self.isBlank(header[...]) ? nil : header
      }
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\n") && afterReturn {
        afterReturn = false
        if inQuotes { header.append(byte) }
        continue
      }
      afterReturn = byte == UInt8(ascii: "\r")
      if afterReturn || byte == UInt8(ascii: "\n") {
        line += 1
        if !inQuotes {
          if !Self.isBlank(header[...]) {
            rowLine = lineStart
            return header
          }
          header = []
          lineStart = line
          continue
        }
      }
      if byte == UInt8(ascii: "\"") { inQuotes.toggle() }
      header.append(byte)
      if isFirst && header == [0xEF, 0xBB, 0xBF] { header = [] }
      if isFirst && (header == [0xFF, 0xFE] || header == [0xFE, 0xFF]) {
        throw ByteFile.notText(file.path, "it is UTF-16")
      }
      if header.count >= 3 { isFirst = false }
      guard header.count <= Self.cellLimit else {
        throw ByteFile.notText(file.path, "its header is longer than 1 MiB")
      }
    }
  }

  /// Reads the next row that is not blank; false at the end of the file.
  mutating func next() throws(Failure) -> Bool {
    repeat {
      content.removeAll(keepingCapacity: true)
      ends.removeAll(keepingCapacity: true)
      cellStart = 0
      cellCount = 0
      problem = nil
      highBits = 0
      isQuoted = false
      rowLine = line
      guard try scanRow() else { return false }
    } while cellCount == 1 && !isQuoted && problem == nil && Self.isBlank(cell(0))
    if highBits >= 0x80 && problem == nil && String(validating: content, as: UTF8.self) == nil {
      problem = .notUTF8
    }
    return true
  }

  private mutating func scanRow() throws(Failure) -> Bool {
    var state = State.cellStart
    var hasBytes = false
    while true {
      if position == bytes.count, !(try fill()) {
        guard hasBytes else { return false }
        if state == .quoted { note(.unterminatedQuote) }
        endCell()
        return true
      }
      let byte = bytes[position]
      if afterReturn {
        afterReturn = false
        if byte == UInt8(ascii: "\n") {
          if state == .quoted { append(position, position + 1) }
          position += 1
          continue
        }
      }
      hasBytes = true
      switch state {
      case .cellStart:
        state = .plain
        if byte == UInt8(ascii: "\"") {
          position += 1
          isQuoted = true
          state = .quoted
        }
      case .plain:
        guard let stop = advance(to: delimiter) else { continue }
        endCell()
        if stop != delimiter {
          endLine(stop)
          return true
        }
        state = .cellStart
      case .quoted:
        guard let stop = advance(to: UInt8(ascii: "\"")) else { continue }
        if stop == UInt8(ascii: "\"") {
          state = .quoteSeen
        } else {
          append(position - 1, position)
          endLine(stop)
        }
      case .quoteSeen:
        if byte == UInt8(ascii: "\"") {
          append(position, position + 1)
          position += 1
          state = .quoted
        } else {
          if byte != delimiter && byte != UInt8(ascii: "\r") && byte != UInt8(ascii: "\n") {
            note(.textAfterQuote)
          }
          state = .plain
        }
      }
    }
  }

  /// Takes bytes into the cell up to `stop` or a line end, and steps over that one; nil at the end of the
  /// chunk.
  private mutating func advance(to stop: UInt8) -> UInt8? {
    let bytes = bytes
    let start = position
    var index = start
    var seen: UInt8 = 0
    var found: UInt8?
    while index < bytes.count {
      let byte = bytes[index]
      if byte == stop || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        found = byte
        break
      }
      if byte == 0 { note(.nulByte) }
      seen |= byte
      index += 1
    }
    highBits |= seen
    append(start, index)
    position = found == nil ? index : index + 1
    return found
  }

  private mutating func append(_ start: Int, _ end: Int) {
    guard ends.count < Self.keptCells else { return }
    if content.count - cellStart + end - start > Self.cellLimit {
      note(.cellTooLong)
    } else if content.count + end - start > Self.rowLimit {
      note(.rowTooLong)
    } else {
      content.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<end]))
    }
  }

  private mutating func endCell() {
    cellCount += 1
    guard ends.count < Self.keptCells else { return }
    ends.append(content.count)
    content.append(0)
    cellStart = content.count
  }

  private mutating func endLine(_ byte: UInt8) {
    line += 1
    afterReturn = byte == UInt8(ascii: "\r")
  }

  private mutating func note(_ found: Problem) { if problem == nil { problem = found } }

  private mutating func fill() throws(Failure) -> Bool {
    bytes = try file.read()
    position = 0
    return !bytes.isEmpty
  }

  private static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.allSatisfy { $0 == 32 || $0 == 9 } }
}
