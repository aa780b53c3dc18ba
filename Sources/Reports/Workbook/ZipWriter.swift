import ReconcileCore

/// Writes a ZIP file whose entries are packed already, one behind the other.
struct ZipWriter {
  private let output: OutputFile
  private var offset: UInt64 = 0
  private var directory: [UInt8] = []
  private var entries: UInt64 = 0

  init(_ output: OutputFile) { self.output = output }

  /// Adds an entry; `packed` writes exactly the bytes that `part` announces.
  mutating func add(
    _ name: String, method: UInt16, _ part: PackedPart,
    _ packed: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    // Larger entries would need another form of the format, which not every program reads.
    guard part.size <= UInt32.max, offset + part.packedSize <= UInt32.max else {
      throw Failure(
        .outputNotWritten, "\(name) would be larger than a workbook can hold",
        remedy: "write the period with --format csv, or shorter periods")
    }
    var facts: [UInt8] = []
    // Version 2.0; no flags; the method; 1980-01-01, so that the same report gives the same bytes.
    for value in [20, 0, UInt64(method), 0, 0x21] { facts += Self.bytes(value, 2) }
    for value in [UInt64(part.crc), part.packedSize, part.size] { facts += Self.bytes(value, 4) }
    facts += Self.bytes(UInt64(name.utf8.count), 2) + Self.bytes(0, 2)
    let header = Self.bytes(0x0403_4B50, 4) + facts + Array(name.utf8)
    // Made by a program that knows version 2.0; no comment, first disk, attributes 0.
    directory += Self.bytes(0x0201_4B50, 4) + Self.bytes(20, 2) + facts
    directory += Self.bytes(0, 2) + Self.bytes(0, 2) + Self.bytes(0, 2) + Self.bytes(0, 4)
    directory += Self.bytes(offset, 4) + Array(name.utf8)
    try header.withUnsafeBytes { try output.write($0) }
    try packed { try output.write($0) }
    offset += UInt64(header.count) + part.packedSize
    entries += 1
  }

  /// Writes the directory: the file is whole then.
  func finish() throws {
    var end = directory + Self.bytes(0x0605_4B50, 4) + Self.bytes(0, 4)
    end += Self.bytes(entries, 2) + Self.bytes(entries, 2)
    end += Self.bytes(UInt64(directory.count), 4) + Self.bytes(offset, 4) + Self.bytes(0, 2)
    try end.withUnsafeBytes { try output.write($0) }
  }

  private static func bytes(_ number: UInt64, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }
}
