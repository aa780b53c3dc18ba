import Foundation
import ReconcileCore

/// Puts the finished workbook together: what the library wrote, with the rows in the sheets that have rows of their own.
struct WorkbookAssembly {
  /// The library's file.
  let frame: String
  /// By the name of the sheet's part in the file.
  let rows: [String: SheetRows]

  /// Writes the workbook to `path`, which must not exist yet.
  func write(to path: String) throws {
    let archive = try ZipArchive(path: frame)
    let output = try OutputFile(creating: path)
    var zip = ZipWriter(output)
    for entry in archive.entries {
      if let rows = rows[entry.name] {
        try join(archive, entry, rows, &zip)
      } else {
        let part = PackedPart(
          crc: UInt(entry.crc), size: entry.size, packedSize: entry.compressedSize)
        try zip.add(entry.name, method: entry.method, part) { take in
          try archive.readPacked(entry) { try $0.withUnsafeBytes(take) }
        }
      }
    }
    try zip.finish()
    _ = try output.finish(toDisk: false)
  }

  /// One sheet: its beginning, the rows, its end. Packed streams may follow one another as long as each but the last ends
  /// at a whole byte.
  private func join(
    _ archive: ZipArchive, _ entry: ZipArchive.Entry, _ rows: SheetRows, _ zip: inout ZipWriter
  ) throws {
    var text: [UInt8] = []
    try archive.read(entry) { text.append(contentsOf: $0) }
    let sheet = try FramedSheet(text, links: rows.links)
    let head = try Packed(sheet.head, end: .joint)
    let tail = try Packed(sheet.tail, end: .last)
    let part = head.part.followed(by: rows.packed.part).followed(by: tail.part)
    try zip.add(entry.name, method: 8, part) { take in
      try head.bytes.withUnsafeBytes(take)
      try copy(rows.packed, take)
      try tail.bytes.withUnsafeBytes(take)
    }
  }

  private func copy(_ rows: PackedRows, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard let file = FileHandle(forReadingAtPath: rows.path) else {
      throw DamagedWorkbook("a scratch file of it has vanished")
    }
    defer { try? file.close() }
    var left = rows.part.packedSize
    while left > 0 {
      let piece = try file.read(upToCount: Int(min(left, 262_144))) ?? Data()
      guard !piece.isEmpty else { throw DamagedWorkbook("a scratch file of it is cut off") }
      left -= UInt64(piece.count)
      try piece.withUnsafeBytes(take)
    }
  }
}

/// A few bytes, packed in memory.
private struct Packed {
  var bytes: [UInt8] = []
  let part: PackedPart

  init(_ text: [UInt8], end: Deflater.End) throws {
    let deflater = try Deflater()
    var bytes: [UInt8] = []
    try text.withUnsafeBytes { try deflater.add($0, end: end) { bytes.append(contentsOf: $0) } }
    self.bytes = bytes
    part = deflater.part
  }
}

/// A sheet as the library wrote it, cut where the rows and the links belong.
struct FramedSheet {
  let head: [UInt8]
  let tail: [UInt8]

  init(_ text: [UInt8], links: [UInt8]) throws {
    guard let rows = Self.find("</sheetData>", in: text[...]),
      let end = Self.find("<pageMargins ", in: text[rows...])
    else { throw DamagedWorkbook("its frame is not what the library writes") }
    head = Array(text[..<rows])
    // The format wants links before the margins of the page.
    tail =
      text[rows..<end]
      + (links.isEmpty ? [] : Array("<hyperlinks>".utf8) + links + Array("</hyperlinks>".utf8)) + text[end...]
  }

  private static func find(_ words: StaticString, in text: ArraySlice<UInt8>) -> Int? {
    let wanted = UnsafeBufferPointer(start: words.utf8Start, count: words.utf8CodeUnitCount)
    return text.indices.dropLast(wanted.count - 1).first { text[$0...].starts(with: wanted) }
  }
}
