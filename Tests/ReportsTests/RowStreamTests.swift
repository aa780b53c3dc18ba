import Foundation
import ReconcileCore
import Testing

@testable import Reports

@Suite("Rows of detail sheets")
struct RowStreamTests {
  private func text(_ body: (ByteBuffer) -> Void) -> String {
    let buffer = ByteBuffer(capacity: 1)
    body(buffer)
    return String(decoding: buffer.bytes, as: UTF8.self)
  }

  @Test(
    "an amount is its digits, with the point in its place and no zeros at the end",
    arguments: [
      (0, 2, "0"), (5, 2, "0.05"), (-5, 2, "-0.05"), (50, 2, "0.5"), (830, 2, "8.3"), (-100, 2, "-1"),
      (123, 0, "123"), (1, 4, "0.0001"), (999_999_999_999_999, 2, "9999999999999.99"), (1_000, 3, "1"),
      (10, 0, "10"), (99, 0, "99"), (100, 0, "100"), (4_608_200_001_157_407, 11, "46082.00001157407"),
      (.max, 0, "9223372036854775807"), (.min, 0, "-9223372036854775808"), (.max, 3, "9223372036854775.807"),
    ] as [(Int64, Int, String)])
  func amounts(minorUnits: Int64, decimals: Int, expected: String) {
    #expect(text { $0.append(minorUnits: minorUnits, decimals: decimals) } == expected)
  }

  @Test("amounts of every size are read back as they were")
  func randomAmounts() {
    var generator = Seeded(state: 20_260_301)
    for _ in 0..<20_000 {
      let units = Int64(truncatingIfNeeded: generator.next()) >> Int64.random(in: 0..<64, using: &generator)
      let decimals = Int.random(in: 0...4, using: &generator)
      let digits = text { $0.append(minorUnits: units, decimals: decimals) }
      #expect(
        TableTally.minorUnits(Array(digits.utf8), exponent: decimals) == Int128(units), "\(units) \(decimals)"
      )
      #expect(!digits.contains(".") || digits.last != "0")
    }
  }

  @Test(
    "a text is what a reader of XML gives back",
    arguments: [
      ("", ""), ("a", "a"), ("<&>\"", "&lt;&amp;&gt;&quot;"), ("a\r\nb", "a_x000D_\nb"), ("é😀", "é😀"),
      ("&&", "&amp;&amp;"), ("x<", "x&lt;"),
    ])
  func escaping(plain: String, expected: String) {
    #expect(
      text { buffer in Array(plain.utf8).withUnsafeBufferPointer { buffer.append(escaping: $0) } } == expected
    )
  }

  @Test("the rows of a sheet are whole, in any number of pieces, and the same bytes each time")
  func pieces() throws {
    let folder = try ScratchFolder()
    func packed(_ name: String, _ rows: Int) throws -> (SheetRows, Data) {
      let stream = RowStream(try RowPacker(scratch: folder.file(name)))
      for row in 0..<rows {
        stream.begin(row)
        stream.text(0, " row \(row) ", 1)
        stream.number(1, Int64(row), decimals: 2, 2)
        stream.blank(2, 3)
        stream.formula(3, "A\(row + 1)", result: 1, 4)
        try stream.end(lines: row % 3)
      }
      let rows = try stream.finish()
      return (rows, try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
    }
    func row(_ row: Int, _ amount: String, _ height: String = "") -> String {
      "<row r=\"\(row)\"\(height)><c r=\"A\(row)\" s=\"1\" t=\"inlineStr\">"
        + "<is><t xml:space=\"preserve\"> row \(row - 1) </t></is></c><c r=\"B\(row)\" s=\"2\"><v>\(amount)</v></c>"
        + "<c r=\"C\(row)\" s=\"3\"/><c r=\"D\(row)\" s=\"4\"><f>A\(row)</f><v>1</v></c></row>"
    }
    let expected = row(1, "0") + row(2, "0.01") + row(3, "0.02", " ht=\"27\" customHeight=\"1\"")
    let (few, _) = try packed("few", 3)
    let whole = try Deflater()
    try Array(expected.utf8).withUnsafeBytes { try whole.add($0, end: .last) { _ in } }
    #expect(few.packed.part.size == whole.part.size && few.packed.part.crc == whole.part.crc)
    // Many pieces: a workbook of them is read back in other tests; here they are the same twice.
    let (first, bytes) = try packed("first", 20_000)
    let (second, again) = try packed("second", 20_000)
    #expect(bytes == again && first.packed.part.crc == second.packed.part.crc)
    #expect(first.packed.part.packedSize == UInt64(bytes.count) && first.packed.part.size > 1_000_000)
  }

  @Test("a sheet says how far its rows reach, and has its links before the margins of the page")
  func frame() throws {
    let folder = try ScratchFolder()
    let source = try WorkbookSource.sample(currencies: ["EUR"], rows: 3)
    _ = try ReconciliationWorkbook().write(
      source: source, figures: source.figures, totals: source.totals, to: folder.file("a.xlsx"),
      temporaryDirectory: folder.path, onProgress: { _, _, _ in })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.xlsx"])
    let archive = try ZipArchive(path: folder.file("a.xlsx"))
    func part(_ number: Int) throws -> String {
      let entry = try #require(archive.entries.first { $0.name == "xl/worksheets/sheet\(number).xml" })
      var bytes: [UInt8] = []
      try archive.read(entry) { bytes.append(contentsOf: $0) }
      return String(decoding: bytes, as: UTF8.self)
    }
    let discrepancies = try part(3)
    let links = try #require(discrepancies.components(separatedBy: "</dataValidations><hyperlinks>").last)
    #expect(links.hasPrefix("<hyperlink ref=\"G7\" location=\"Orders!A7\" display=\"=1+1-EUR-0\"/>"))
    #expect(links.contains("</hyperlinks><pageMargins "))
    #expect(try part(4).contains("<dimension ref=\"A1:S9\"/>"))
  }

  @Test("a frame that is not what the library writes is damaged, and not put together")
  func frames() throws {
    func cut(_ text: String) throws -> FramedSheet {
      try FramedSheet(Array(text.utf8), links: Array("L".utf8))
    }
    let sheet = try cut("<sheetData><row/></sheetData><x/><pageMargins a=\"1\"/></worksheet>")
    #expect(String(decoding: sheet.head, as: UTF8.self) == "<sheetData><row/>")
    #expect(
      String(decoding: sheet.tail, as: UTF8.self)
        == "</sheetData><x/><hyperlinks>L</hyperlinks><pageMargins a=\"1\"/></worksheet>")
    for text in ["", "<sheetData/>", "</sheetData>", "<pageMargins a=\"1\"/></sheetData>"] {
      #expect(throws: DamagedWorkbook.self, "\(text)") { try cut(text) }
    }
  }

  @Test("what goes wrong with packing is told with the next piece or at the end")
  func failures() throws {
    let folder = try ScratchFolder()
    #expect(throws: Failure.self) { try RowPacker(scratch: folder.file("none/rows")) }
    #expect(throws: Failure.self, "a full device") {
      let packer = RowPacker(
        scratch: "/dev/full", into: OutputFile(descriptor: open("/dev/full", O_WRONLY), path: "/dev/full"),
        try Deflater())
      var generator = Seeded(state: 1)
      for _ in 0..<200 {
        try packer.add((0..<100_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
      }
      _ = try packer.finish([])
    }
  }
}
