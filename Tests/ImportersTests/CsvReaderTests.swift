import Foundation
import ReconcileCore
import Testing

@testable import Importers

/// A folder for one test's files, removed with it.
final class MerchantScratch {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "merchant-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Writes a file and returns its path.
  func file(_ bytes: some Sequence<UInt8>, as name: String = "orders.csv") throws -> String {
    let path = folder + "/" + name
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  func file(_ text: String, as name: String = "orders.csv") throws -> String { try file(text.utf8, as: name) }
}

@Suite("The CSV reader") struct CsvReaderTests {
  let scratch: MerchantScratch
  init() throws { scratch = try MerchantScratch() }

  struct Row: Equatable {
    var line: Int64
    var cells: [String]
    var problem: CSVReader.Problem?

    init(_ line: Int64, _ cells: [String], _ problem: CSVReader.Problem? = nil) {
      self.line = line
      self.cells = cells
      self.problem = problem
    }
  }

  /// All rows behind the header, read in chunks of the given size.
  func rows(_ bytes: [UInt8], chunk: Int, delimiter: String = ",") throws -> [Row] {
    let path = try scratch.file(bytes)
    var reader = CSVReader(file: try ByteFile(path: path, chunk: chunk))
    guard try reader.headerBytes() != nil else { return [] }
    reader.delimiter = delimiter.utf8.first ?? 44
    var rows: [Row] = []
    while try reader.next() {
      let cells = (0..<reader.keptCount).map { String(decoding: reader.cell($0), as: UTF8.self) }
      rows.append(Row(reader.rowLine, cells, reader.problem))
    }
    return rows
  }

  /// The rows must not depend on where chunks end.
  func expect(_ text: String, _ expected: [Row], sourceLocation: SourceLocation = #_sourceLocation) throws {
    for chunk in [1, 2, 3, 5, 1 << 20] {
      #expect(
        try rows(Array(text.utf8), chunk: chunk) == expected, "chunk \(chunk)", sourceLocation: sourceLocation
      )
    }
  }

  @Test(
    "reads LF, CRLF and CR line ends alike, with and without a last one", arguments: ["\n", "\r\n", "\r"])
  func lineEnds(end: String) throws {
    let expected = [Row(2, ["1", "2"]), Row(3, ["3", ""])]
    try expect("a,b\(end)1,2\(end)3,\(end)", expected)
    try expect("a,b\(end)1,2\(end)3,", expected)
  }

  @Test("reads line ends that change within a file")
  func mixedLineEnds() throws {
    try expect("a\n1\r\n2\r3\n", [Row(2, ["1"]), Row(3, ["2"]), Row(4, ["3"])])
  }

  @Test("skips blank lines and goes on counting physical lines")
  func blankLines() throws {
    try expect("\n  \na,b\n\n1,2\r\n\r\n \t \n3,4\n\n", [Row(5, ["1", "2"]), Row(8, ["3", "4"])])
  }

  @Test("keeps separators, quotes and line ends inside quotes, and names a row's first line")
  func quotes() throws {
    try expect(
      "a,b\n\"x,\"\"y\"\"\",\"1\r\n2\n3\r4\"\nlast,\"\"\n",
      [Row(2, ["x,\"y\"", "1\r\n2\n3\r4"]), Row(6, ["last", ""])])
  }

  @Test("a quote inside an unquoted cell is a character like any other")
  func bareQuote() throws { try expect("a,b\n5\" pipe,x\n", [Row(2, ["5\" pipe", "x"])]) }

  @Test("text after a closing quote is a defect of that row only")
  func textAfterQuote() throws {
    try expect("a,b\n\"x\"y,1\n2,3\n", [Row(2, ["xy", "1"], .textAfterQuote), Row(3, ["2", "3"])])
    try expect("a,b\n\"x\" ,1\n", [Row(2, ["x ", "1"], .textAfterQuote)])
  }

  @Test("a quote that is never closed is a defect of the row that opens it")
  func unterminated() throws {
    try expect(
      "a,b\n1,2\n3,\"4\n5,6\n", [Row(2, ["1", "2"]), Row(3, ["3", "4\n5,6\n"], .unterminatedQuote)])
    try expect("a\n\"", [Row(2, [""], .unterminatedQuote)])
    try expect("a\n\"\"", [Row(2, [""])])
  }

  @Test("a row that is not UTF-8 is a defect of that row only")
  func notUTF8() throws {
    let bytes = Array("a,b\n".utf8) + [0x4D, 0xFC, 0x6C] + Array(",1\nM\u{FC}l,2\n".utf8)
    for chunk in [1, 4, 1 << 20] {
      let rows = try rows(bytes, chunk: chunk)
      #expect(rows.map(\.problem) == [.notUTF8, nil])
      #expect(rows.last?.cells == ["M\u{FC}l", "2"])
    }
  }

  @Test("half a character in one cell and the other half in the next is not UTF-8")
  func splitCharacter() throws {
    #expect(try rows(Array("a,b\n".utf8) + [0xC3, 0x2C, 0xBC, 10], chunk: 64).map(\.problem) == [.notUTF8])
  }

  @Test("a NUL byte is a defect of that row only")
  func nul() throws {
    #expect(try rows(Array("a\nx\0y\nz\n".utf8), chunk: 64).map(\.problem) == [.nulByte, nil])
  }

  @Test("a cell above 1 MiB is a defect of that row only, and is not kept")
  func longCell() throws {
    let long = [UInt8](repeating: 120, count: (1 << 20) + 1)
    let bytes = Array("a,b\n1,\"".utf8) + long + Array("\"\n2,".utf8) + long.dropLast() + [10]
    let rows = try rows(bytes, chunk: 1000)
    #expect(rows.map(\.problem) == [.cellTooLong, nil])
    #expect(rows.map(\.line) == [2, 3])
    #expect(rows.last?.cells.last?.utf8.count == 1 << 20)
    #expect((rows.first?.cells.last?.utf8.count ?? 0) <= 1 << 20)
  }

  @Test("a file without any row has no header")
  func empty() throws {
    for text in ["", "\n\r\n \n", "\u{FEFF}", "\u{FEFF}\n"] {
      var reader = CSVReader(file: try ByteFile(path: try scratch.file(text), chunk: 1))
      let header = try reader.headerBytes()
      #expect(header == nil)
    }
  }

  @Test("skips a byte-order mark") func byteOrderMark() throws {
    for chunk in [1, 2, 100] {
      var reader = CSVReader(file: try ByteFile(path: try scratch.file("\u{FEFF}a,b\r\n1,2"), chunk: chunk))
      let header = try reader.headerBytes()
      #expect(header == Array("a,b".utf8))
      let hasRow = try reader.next()
      #expect(hasRow)
      #expect(reader.rowLine == 2)
    }
  }

  @Test("the digest is the SHA-256 of the file's bytes") func digest() throws {
    let text = "a,b\n1,2\n"
    let file = try ByteFile(path: try scratch.file(text), chunk: 3)
    var reader = CSVReader(file: file)
    _ = try reader.headerBytes()
    while try reader.next() {}
    #expect(file.finishDigest() == Digest.hex(Digest.sha256(text.utf8)))
  }

  @Test("whatever was quoted by RFC 4180 is read back, wherever chunks end", arguments: UInt64(1)...20)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let alphabet: [Character] = ["a", "\"", ",", "\n", "\r", "\r\n", " ", ";", "\u{FC}", "\u{1F600}"]
    let written = (0..<40).map { _ in
      (0..<3).map { _ in
        String(
          (0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "x"
          })
      }
    }
    let text = written.map { row in
      row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",")
    }
    .joined(separator: ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n")
    let read = try rows(Array(("a,b,c\n" + text).utf8), chunk: Int.random(in: 1...50, using: &random))
    #expect(read.map(\.cells) == written, "seed \(seed)")
    #expect(read.allSatisfy { $0.problem == nil }, "seed \(seed)")
  }

  @Test("any bytes give the same rows, wherever chunks end", arguments: UInt64(1)...20)
  func anyBytes(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let alphabet: [UInt8] = [34, 34, 44, 10, 13, 97, 0, 0xC3, 0xBC, 32]
    let bytes = Array("a,b\n".utf8) + (0..<400).map { _ in alphabet.randomElement(using: &random) ?? 97 }
    let expected = try rows(bytes, chunk: 1 << 20)
    for chunk in [1, 2, 3, 7, 64] { #expect(try rows(bytes, chunk: chunk) == expected, "seed \(seed)") }
    #expect(zip(expected, expected.dropFirst()).allSatisfy { $0.line < $1.line }, "seed \(seed)")
  }
}

/// A small random source whose numbers follow from its seed.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
