import Foundation
import ReconcileCore
import TestSupport
import Testing

@testable import Reports

@Suite("A workbook that a person filled in is read back, whatever program saved it")
struct FilledWorkbookTests {
  private func read(_ path: String) throws -> [FilledRow] {
    var rows: [FilledRow] = []
    try FilledWorkbook.read(path) { rows.append($0) }
    return rows
  }

  private func read(_ file: Data) throws -> [FilledRow] {
    let folder = try ScratchFolder()
    try file.write(to: URL(fileURLWithPath: folder.file("f.xlsx")))
    return try read(folder.file("f.xlsx"))
  }

  private func problem(_ file: Data) throws -> String {
    let failure = try #require(throws: Failure.self) { try read(file) }
    #expect(failure.status == .inputMissing)
    return failure.what
  }

  private let header = HandMadeWorkbook.row(1, ["id", "resolution", "note", "row_key"])

  @Test(
    "strings in a table or in cells, formatted, with entities and escapes, in columns and rows of any order")
  func forms() throws {
    let discrepancies = """
      <row r="2"><c r="A2" t="s"><v>0</v></c></row>
      <row r="5" ht="26"><c r="B5" t="s"><v>1</v></c><c r="D5" t="s"><v>2</v></c><c r="AA5" t="s"><v>3</v></c>
      <c r="F5" t="str"><f>A1</f><v>note</v></c></row>
      <row r="9" hidden="1"><c r="B9" t="s"><v>4</v></c><c r="D9" s="3" t="s"><v>5</v></c>
      <c r="F9" t="s"><v>6</v></c><c r="AA9" t="inlineStr"><is><r><t>k1.</t></r><r><rPr><b/></rPr><t>w.D1</t></r></is></c></row>
      <row><c/><c t="inlineStr"><is><t>D2</t></is></c><c/><c t="b"><v>1</v></c><c/><c><v>5512</v></c></row>
      <row r="12"><c r="F12" t="s"><v>6</v></c></row>
      """
    let strings = [
      "<t>Totals</t>", "<t>row_key</t>", "<t>resolution</t>", "<t>id</t>", "<t>K&amp;1</t>",
      #"<t xml:space="preserve"> accepted </t>"#,
      #"<r><t>a&lt;b </t></r><r><t>&#233;&#x2014;_x0041__x005F_x0042_</t></r><rPh sb="0"><t>no</t></rPh>"#,
    ]
    let rows = try read(
      HandMadeWorkbook.file(
        openItems: "<x:row r=\"1\"><x:c t=\"inlineStr\"><x:is><x:t>row_key</x:t></x:is></x:c>"
          + "<x:c t=\"inlineStr\"><x:is><x:t>resolution</x:t></x:is></x:c></x:row>"
          + "<x:row><x:c t=\"inlineStr\"><x:is><x:t>K7</x:t></x:is></x:c></x:row>",
        discrepancies: discrepancies, strings: strings))
    let told = rows.map { row in
      "\(row.sheet) \(row.number): "
        + row.cells.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ")
    }
    #expect(
      told == [
        "Open items 2: row_key=K7",
        "Discrepancies 9: id=k1.w.D1 note=a<b é—A_x0042_ resolution=accepted row_key=K&1",
        "Discrepancies 10: note=5512 resolution=TRUE row_key=D2",
      ])
  }

  @Test("lines of a cell are one line, and rows without a key and a resolution are none")
  func lines() throws {
    let rows = try read(
      HandMadeWorkbook.file(
        openItems: header,
        discrepancies: header + HandMadeWorkbook.row(2, ["D1", "open", "first\n second", "k"])
          + HandMadeWorkbook.row(3, ["D2", nil, "only a thought", nil])
          + HandMadeWorkbook.row(4, ["Total", "accepted"])))
    #expect(rows.map(\.number) == [2, 4])
    #expect(rows[0].cells["note"] == "first  second")
    #expect(rows[1].cells["row_key"] == nil)
  }

  @Test("what is no workbook, or no report's, is told by what is wrong with it")
  func wrongFiles() throws {
    #expect(try problem(Data("id,resolution\n".utf8)).contains("it is no .xlsx file"))
    #expect(try problem(Data([0xD0, 0xCF, 0x11, 0xE0, 0xA1])).contains("protected by a password"))
    #expect(try problem(Data([0x50, 0x4B, 0x03, 0x04, 0, 0])).contains("it has no directory"))
    #expect(
      try problem(HandMadeWorkbook.zip([("content.xml", "<a/>")])).contains("xl/workbook.xml is missing"))
    let whole = HandMadeWorkbook.file(openItems: header, discrepancies: header)
    #expect(try read(whole).isEmpty)
    #expect(try problem(whole.dropLast(40)).contains("cannot be read as a report's workbook"))
    #expect(
      try problem(HandMadeWorkbook.file(openItems: header, discrepancies: "")).contains(
        "sheet Discrepancies has no row"))
    var parts = HandMadeWorkbook.parts(openItems: header, discrepancies: header)
    parts[0].text = parts[0].text.replacing("Open items", with: "Mine").replacing(
      "Discrepancies", with: "Yours")
    #expect(
      try problem(HandMadeWorkbook.zip(parts)).contains(
        "neither a sheet Discrepancies nor a sheet Open items"))
    parts = HandMadeWorkbook.parts(openItems: header, discrepancies: header)
    parts.remove(at: 2)
    #expect(try problem(HandMadeWorkbook.zip(parts)).contains("its part xl/worksheets/first.xml is missing"))
    let missing = try #require(throws: Failure.self) { try read("/nowhere/a.xlsx") }
    #expect(missing.status == .inputMissing && missing.what.contains("does not exist"))
  }

  @Test("a file that would unpack to more than a report can be is not unpacked")
  func bombs() throws {
    let parts = HandMadeWorkbook.parts(openItems: header, discrepancies: header)
    #expect(
      try problem(HandMadeWorkbook.zip(parts, claimedSize: 4_000_000_000)).contains("more than a report has"))
    #expect(
      try problem(HandMadeWorkbook.zip(parts, claimedSize: 20_000_000)).contains("more than a report has"))
    #expect(try problem(HandMadeWorkbook.zip(parts + [parts[2]])).contains("two parts named"))
    let endless = HandMadeWorkbook.file(
      openItems: header, discrepancies: header + String(repeating: "x", count: 3 << 20))
    #expect(try problem(endless).contains("a text or tag without an end"))
    let deep = HandMadeWorkbook.file(
      openItems: header, discrepancies: String(repeating: "<a>", count: 10_000))
    #expect(try problem(deep).contains("nested too deeply"))
  }

  @Test(
    "a file with bytes changed anywhere is read or refused, and never ends the program",
    arguments: Seeds.some(6))
  func anyBytes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rows = (2...9).map { HandMadeWorkbook.row($0, ["D\($0)", "open", "n &amp; m", "k"]) }.joined()
    let whole = HandMadeWorkbook.file(
      openItems: header, discrepancies: header + rows, strings: ["<t>a</t>"])
    for _ in 0..<150 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if random.once(in: 4) { bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)) }
      try readOrRefuse(bytes)
    }
  }

  @Test("XML of any kind is read or refused, and never ends the program", arguments: Seeds.some(6))
  func anyXML(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "<row", "<c", " r=", "\"A1\"", "\"-9223372036854775808\"", "\"9223372036854775807\"", " t=\"s\"",
      ">", "/>", "</c>", "</row>", "<v>", "-1", "0", "99999999999999999999", "</v>", "<is><t>", "</t></is>",
      "&#xFFFFFF;", "&#0;", "&x;", "_xD800_", "'", "<!-- -->", "<:", ":", "=", "row_key", "resolution", "</",
      "<",
      " ", "é",
    ]
    for _ in 0..<150 {
      let noise = (0..<Int.random(in: 1...25, using: &random)).map { _ in random.pick(pieces) }.joined()
      try readOrRefuse(
        HandMadeWorkbook.file(
          openItems: header, discrepancies: random.once(in: 2) ? noise : header + noise,
          strings: [random.once(in: 3) ? noise : "<t>a</t>"]))
    }
  }

  private func readOrRefuse(_ file: Data) throws {
    do {
      _ = try read(file)
    } catch let failure as Failure {
      #expect(failure.status == .inputMissing)
    }
  }

  @Test("a workbook is known by its name or its first bytes")
  func kinds() throws {
    let folder = try ScratchFolder()
    for (name, bytes, isWorkbook) in [
      ("a.xlsx", "id", true), ("a.ods", "", true), ("b.csv", "id,", false), ("c", "PK\u{3}\u{4}", true),
      ("d.csv", "PK,id", false),
    ] {
      try Data(bytes.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
      #expect(FilledWorkbook.isWorkbook(folder.file(name)) == isWorkbook, "\(name)")
    }
  }

  @Test("our own workbook is read too, on as many sheets as its rows need")
  func ownWorkbook() throws {
    let folder = try ScratchFolder()
    let source = try WorkbookSource.sample(rows: 9)
    _ = try ReconciliationWorkbook(sheetRowLimit: 15).write(
      source: source, figures: source.figures, totals: source.totals, to: folder.file("a.xlsx"),
      temporaryDirectory: folder.path, onProgress: { _, _, _ in })
    let rows = try read(folder.file("a.xlsx"))
    #expect(rows.map { $0.cells["id"] } == (source.discrepancies + source.openItems).map(\.id))
    #expect(Set(rows.map(\.sheet)).contains("Discrepancies (2)"))
    for row in rows {
      #expect(FindingRowKey(row.cells["row_key"] ?? "")?.findingID == row.cells["id"])
      #expect(row.cells["resolution"] == nil)
    }
  }

  /// A report's workbook, filled in with openpyxl; what was filled in.
  private func filled(in folder: borrowing ScratchFolder) throws -> [String] {
    var source = try WorkbookSource.sample(rows: 9)
    source.openItems = source.discrepancies
    _ = try ReconciliationWorkbook().write(
      source: source, figures: source.figures, totals: source.totals, to: folder.file("a.xlsx"),
      temporaryDirectory: folder.path, onProgress: { _, _, _ in })
    let decided = try SpreadsheetTools.fill(folder.file("a.xlsx"), to: folder.file("filled.xlsx"))
    #expect(decided.count > 4)
    return decided.map { $0.joined(separator: " | ") }
  }

  private func decided(_ rows: [FilledRow]) -> [String] {
    rows.filter { $0.cells["resolution"]?.isEmpty == false }.map { row in
      ([row.sheet, "\(row.number)"] + ["id", "resolution", "note", "row_key"].map { row.cells[$0] ?? "" })
        .joined(separator: " | ")
    }
  }

  @Test(
    "what openpyxl saved is read as it was filled in",
    .enabled(if: SpreadsheetTools.canRead, "python3-openpyxl is not installed"))
  func openpyxl() throws {
    let folder = try ScratchFolder()
    let expected = try filled(in: folder)
    #expect(try decided(read(folder.file("filled.xlsx"))) == expected)
    for row in try read(folder.file("filled.xlsx")) {
      let key = FindingRowKey(row.cells["row_key"] ?? "")
      #expect(key != nil && key?.findingID == row.cells["id"])
    }
  }

  @Test(
    "what LibreOffice saved is read as it was filled in",
    .enabled(if: SpreadsheetTools.canRecalculate, "LibreOffice Calc or python3-openpyxl is not installed"))
  func libreOffice() throws {
    let folder = try ScratchFolder()
    let expected = try filled(in: folder)
    try SpreadsheetTools.saveAgain(folder.file("filled.xlsx"), in: folder.file("again"))
    #expect(try decided(read(folder.file("again/filled.xlsx"))) == expected)
  }
}
