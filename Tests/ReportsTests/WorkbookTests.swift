import Foundation
import ReconcileCore
import Testing

@testable import Reports

@Suite struct WorkbookTests {
  private func write(_ source: WorkbookSource, to path: String, in folder: String, limit: Int = 1_048_576)
    throws
  {
    let workbook = ReconciliationWorkbook(sheetRowLimit: limit)
    _ = try workbook.write(
      source: source, figures: source.figures, totals: source.totals, to: path, temporaryDirectory: folder,
      onProgress: { _, _, _ in })
  }

  @Test func everyCellHoldsWhatTheCSVHolds() throws {
    let folder = try ScratchFolder()
    let source = try WorkbookSource.sample()
    let path = folder.file("a.xlsx")
    try write(source, to: path, in: folder.path)
    try ReconciliationWorkbook().check(path: path, totals: source.totals)
    let sheets = try WorkbookCells.read(path)
    func cells(_ name: String) throws -> WorkbookCells {
      try #require(sheets.first { $0.name == name }).cells
    }
    try compare(cells("Discrepancies"), ReportTables.discrepancies, source.discrepancies)
    try compare(cells("Orders"), ReportTables.orders, source.orders)
    try compare(cells("Payments"), ReportTables.payments, source.payments)
    try compare(cells("Refunds"), ReportTables.refunds, source.refunds)
    try compare(cells("Settlement"), ReportTables.settlement, source.settlement)
    try compare(cells("Open items"), ReportTables.discrepancies, source.openItems)
    try compare(cells("Rejects"), ReportTables.rejects, source.rejects)
    #expect(try cells("Discrepancies").rows[3]?[0]?.text.hasPrefix("INCOMPLETE: dapit is incomplete") == true)
    #expect(try cells("Discrepancies").rows[4]?[0]?.text.hasPrefix("NOT TIED OUT: 3 settlement days") == true)
  }

  /// The names of the sheets of a report after a sealed period.
  private var namesAfterSeal: [String] {
    var names = ReconciliationWorkbook.sheetNames
    names.insert(ReconciliationWorkbook.adjustments, at: names.count - 2)
    return names
  }

  @Test func adjustmentsHaveASheetWhereAnEarlierPeriodIsSealed() throws {
    let folder = try ScratchFolder()
    var source = try WorkbookSource.afterSeal()
    let path = folder.file("a.xlsx")
    try write(source, to: path, in: folder.path)
    try ReconciliationWorkbook().check(path: path, totals: source.totals)
    let sheets = try WorkbookCells.read(path, namesAfterSeal)
    let cells = try #require(sheets.first { $0.name == "Adjustments" }).cells
    try compare(cells, ReportTables.adjustments, source.adjustments)
    let summary = try #require(sheets.first { $0.name == "Summary" }).cells
    let texts = summary.rows.values.flatMap { $0.values.map(\.text) }
    #expect(texts.contains("21 facts of sealed periods have changed since: see Adjustments."))
    source.adjustments.removeLast()
    #expect(throws: Failure.self, "a row is missing") {
      try ReconciliationWorkbook().check(path: path, totals: source.totals)
    }
    // Sealed, and nothing has changed: the sheet says so by being empty.
    source.adjustments = []
    try write(source, to: folder.file("b.xlsx"), in: folder.path)
    try ReconciliationWorkbook().check(path: folder.file("b.xlsx"), totals: source.totals)
    let empty = try WorkbookCells.read(folder.file("b.xlsx"), namesAfterSeal)
    #expect(try #require(empty.first { $0.name == "Adjustments" }).cells.rows.keys.max() == 5)
  }

  private func compare<Row>(_ cells: WorkbookCells, _ columns: [Column<Row>], _ rows: [Row]) throws {
    let header = cells.headerRow
    for (column, definition) in columns.enumerated() {
      #expect(cells.rows[header]?[column]?.text == definition.name)
    }
    #expect(cells.rows.keys.max() == header + rows.count)
    for (offset, row) in rows.enumerated() {
      for (column, definition) in columns.enumerated() {
        let found = cells.rows[header + 1 + offset]?[column]
        let place = Comment("\(definition.name) of row \(offset)")
        switch definition.cell(row) {
        case .blank: #expect(found == nil, place)
        case .text(let text):
          var gate = TextGate()
          // What the gate escapes, a reader resolves again.
          let expected = gate.pass(text).replacing("_x005F_", with: "_")
          #expect(found == .init(isText: true, text: expected), place)
        case .flag(let flag): #expect(found == .init(isText: true, text: flag ? "true" : "false"), place)
        case .money(let money):
          let value = try #require(found, place)
          #expect(!value.isText, place)
          let units = TableTally.minorUnits(Array(value.text.utf8), exponent: money.currency.exponent)
          #expect(units == Int128(money.minorUnits), place)
        case .count(let count): #expect(found == .init(isText: false, text: "\(count)"), place)
        case .day(let day): #expect(found == .init(isText: false, text: "\(day.dayNumber + 25_569)"), place)
        case .instant(let instant):
          let serial = try #require(found.flatMap { Double($0.text) }, place)
          let microseconds = Int64(((serial - 25_569) * 86_400_000).rounded()) * 1_000
          #expect(microseconds == instant.microseconds, place)
        }
      }
    }
  }

  @Test func twoRunsGiveTheSameBytes() throws {
    let folder = try ScratchFolder()
    try write(.sample(run: 1), to: folder.file("a.xlsx"), in: folder.path)
    try write(.sample(run: 2), to: folder.file("b.xlsx"), in: folder.path)
    let first = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.xlsx")))
    let second = try Data(contentsOf: URL(fileURLWithPath: folder.file("b.xlsx")))
    #expect(first == second)
  }

  @Test func anEmptyReportIsWholeToo() throws {
    let folder = try ScratchFolder()
    let source = try WorkbookSource.sample(currencies: [])
    try write(source, to: folder.file("a.xlsx"), in: folder.path)
    try ReconciliationWorkbook().check(path: folder.file("a.xlsx"), totals: source.totals)
  }

  @Test(arguments: [9, 10, 17, 18, 19, 20, 21]) func aTableGoesOnOnFurtherSheets(limit: Int) throws {
    let folder = try ScratchFolder()
    let source = try WorkbookSource.sample(rows: 7)
    try write(source, to: folder.file("a.xlsx"), in: folder.path, limit: limit)
    try ReconciliationWorkbook().check(path: folder.file("a.xlsx"), totals: source.totals)
  }

  @Test func amountsBeyondFifteenDigitsAreExactText() throws {
    let folder = try ScratchFolder()
    var source = try WorkbookSource.sample(currencies: ["EUR"], rows: 1)
    let euro = try #require(Currency("EUR"))
    source.orders[0].amount = Money(minorUnits: 999_999_999_999_999, currency: euro)
    var long = source.orders[0]
    long.orderID = "long"
    long.amount = Money(minorUnits: 9_007_199_254_740_993, currency: euro)
    source.orders.append(long)
    try write(source, to: folder.file("a.xlsx"), in: folder.path)
    try ReconciliationWorkbook().check(path: folder.file("a.xlsx"), totals: source.totals)
    let cells = try #require(try WorkbookCells.read(folder.file("a.xlsx")).first { $0.name == "Orders" })
      .cells
    #expect(cells.rows[cells.headerRow + 2]?[5] == .init(isText: true, text: "90071992547409.93"))
    #expect(cells.rows[cells.headerRow + 1]?[5]?.isText == false)
  }

  @Test func otherTotalsAreNoticed() throws {
    let folder = try ScratchFolder()
    var source = try WorkbookSource.sample()
    try write(source, to: folder.file("a.xlsx"), in: folder.path)
    source.payments[0].collected = Money(minorUnits: 831, currency: source.payments[0].amount.currency)
    #expect(throws: Failure.self) {
      try ReconciliationWorkbook().check(path: folder.file("a.xlsx"), totals: source.totals)
    }
    source.payments.removeLast()
    #expect(throws: Failure.self) {
      try ReconciliationWorkbook().check(path: folder.file("a.xlsx"), totals: source.totals)
    }
  }

  @Test func aDamagedFileIsNoticed() throws {
    let folder = try ScratchFolder()
    let source = try WorkbookSource.sample()
    let totals = try source.totals
    let path = folder.file("a.xlsx")
    try write(source, to: path, in: folder.path)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in stride(from: 0, to: whole.count, by: whole.count / 40) {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      #expect(throws: Failure.self, "cut at \(length)") {
        try ReconciliationWorkbook().check(path: path, totals: totals)
      }
    }
  }

  @Test func aFolderThatIsNotThereIsAnError() throws {
    let folder = try ScratchFolder()
    let source = try WorkbookSource.sample()
    #expect(throws: Failure.self) {
      try write(source, to: folder.file("none/a.xlsx"), in: folder.path)
      try ReconciliationWorkbook().check(path: folder.file("none/a.xlsx"), totals: source.totals)
    }
    #expect(throws: Failure.self) { try write(source, to: folder.file("a.xlsx"), in: folder.file("none")) }
  }
}

@Suite struct TextGateTests {
  @Test(arguments: [
    ("plain", "plain"), ("=1+1", "=1+1"), ("a\u{1}b\u{0}", "a\u{FFFD}b\u{FFFD}"), ("\t\r\n", "\t\r\n"),
    ("\u{FFFE}", "\u{FFFD}"), ("_x0041_", "_x005F_x0041_"), ("_x004", "_x004"), ("_x00G1_", "_x00G1_"),
    ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"), ("＝１", "＝１"),
  ])
  func onlyWhatACellHolds(text: String, expected: String) {
    var gate = TextGate()
    #expect(gate.pass(text) == expected)
  }

  @Test func lengthCountsUTF16Units() {
    var gate = TextGate()
    let fits = String(repeating: "😀", count: 16_383) + "x"
    #expect(gate.pass(fits) == fits)
    #expect(gate.cut == 0)
    let cut = gate.pass(fits + "y")
    #expect(cut.utf16.count <= 32_767)
    #expect(cut.hasSuffix(TextGate.mark))
    #expect(gate.cut == 1)
  }
}

@Suite struct XMLScannerTests {
  private func scan(_ text: some StringProtocol, pieces: Int) throws {
    var scanner = XMLScanner(NoConsumer())
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      try bytes[start..<min(start + pieces, bytes.count)].withUnsafeBufferPointer { try scanner.feed($0) }
    }
    try scanner.finish()
  }

  /// What a full disk leaves: a sheet that ends somewhere, inside a ZIP file that is whole.
  @Test func onlyTheWholeSheetPasses() throws {
    let sheet =
      "<?xml version=\"1.0\"?>\n"
      + "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"/></row></sheetData></worksheet>"
    for pieces in [1, 7, 1_000] { try scan(sheet, pieces: pieces) }
    for length in 0..<sheet.count {
      #expect(throws: DamagedWorkbook.self, "cut at \(length)") { try scan(sheet.prefix(length), pieces: 7) }
    }
  }

  @Test(arguments: ["<a></b>", "<a><b></a></b>", "</a>", "<a/><b/>", "<a/>text", "<>", ""])
  func brokenXMLIsNoticed(text: String) {
    #expect(throws: DamagedWorkbook.self) { try scan(text, pieces: 3) }
  }
}
