import Foundation
import ReconcileCore
import TestSupport
import Testing

@testable import Reports

/// What programs of other makers find in the workbook.
@Suite("Other programs read the workbook")
struct SpreadsheetTests {
  @Test(
    "LibreOffice works out every formula to the stored result",
    .enabled(if: SpreadsheetTools.canRecalculate, "LibreOffice Calc or python3-openpyxl is not installed"),
    arguments: [["EUR", "JPY", "KWD"], ["EUR"]])
  func recalculation(currencies: [String]) throws {
    let folder = try ScratchFolder()
    var source = try WorkbookSource.afterSeal(currencies: currencies)
    // Amounts that need all 15 digits, and one more than a number cell holds.
    let currency = source.orders[0].amount.currency
    source.orders[0].amount = Money(minorUnits: 999_999_999_999_999, currency: currency)
    source.refunds[1].amount = Money(minorUnits: 9_007_199_254_740_993, currency: currency)
    source.facts.changes = nil
    // Two sheets of orders: formulas reach over both.
    try write(source, to: folder.file("a.xlsx"), in: folder.path, limit: 20)
    let result = try SpreadsheetTools.recalculate(folder.file("a.xlsx"), in: folder.file("work"))
    #expect(result.differences == [])
    #expect(result.formulas > 100)
    #expect(!result.planted.isEmpty)
  }

  @Test(
    "openpyxl finds the rows of the CSV files, with ids as text, days as days and amounts as numbers",
    .enabled(if: SpreadsheetTools.canRead, "python3-openpyxl is not installed"))
  func rows() throws {
    let folder = try ScratchFolder()
    let source = try WorkbookSource.sample()
    try write(source, to: folder.file("a.xlsx"), in: folder.path)
    let facts: WorkbookFacts = try SpreadsheetTools.facts(folder.file("a.xlsx"))
    #expect(facts.sheets.map(\.name) == ReconciliationWorkbook.sheetNames)
    #expect(facts.created == source.facts.asOf.description.dropLast())
    try compare(facts["Discrepancies"], ReportTables.discrepancies, source.discrepancies)
    try compare(facts["Orders"], ReportTables.orders, source.orders)
    try compare(facts["Payments"], ReportTables.payments, source.payments)
    try compare(facts["Refunds"], ReportTables.refunds, source.refunds)
    try compare(facts["Settlement"], ReportTables.settlement, source.settlement)
    try compare(facts["Open items"], ReportTables.discrepancies, source.openItems)
    try compare(facts["Rejects"], ReportTables.rejects, source.rejects)
  }

  @Test(
    "openpyxl finds the changes of sealed periods, and Summary leads to them",
    .enabled(if: SpreadsheetTools.canRead, "python3-openpyxl is not installed"))
  func adjustments() throws {
    let folder = try ScratchFolder()
    let source = try WorkbookSource.afterSeal()
    try write(source, to: folder.file("a.xlsx"), in: folder.path)
    let facts: WorkbookFacts = try SpreadsheetTools.facts(folder.file("a.xlsx"))
    #expect(facts.sheets.map(\.name).suffix(4) == ["Rejects", "Adjustments", "Coverage", "About"])
    let sheet = try facts["Adjustments"]
    try compare(sheet, ReportTables.adjustments, source.adjustments)
    let header = try #require(sheet.header)
    #expect(sheet.freeze == "B\(header + 1)" && sheet.repeated == "$\(header):$\(header)")
    #expect(try facts["Summary"].links.contains { $0[2] == "Adjustments!A1" })
  }

  private func compare<Row>(_ sheet: WorkbookFacts.Sheet, _ columns: [Column<Row>], _ rows: [Row]) throws {
    #expect(sheet.columns.prefix(columns.count).elementsEqual(columns.map(\.name)))
    #expect(sheet.rows.count == rows.count)
    for (row, cells) in zip(rows, sheet.rows) {
      for (column, definition) in columns.enumerated() {
        let found = cells[column]
        let place: Comment = "\(sheet.name) \(definition.name)"
        switch definition.cell(row) {
        case .blank: #expect(found == nil, place)
        case .text(let text):
          var gate = TextGate()
          // openpyxl shows an escaped underscore as it is written.
          #expect(found == ["text", gate.pass(text)], place)
        case .flag(let flag): #expect(found == ["text", "\(flag)"], place)
        case .count(let count): #expect(found == ["number", "\(count)"], place)
        case .money(let money):
          #expect(found?.first == "number", place)
          let digits = Array((found?.last ?? "").utf8)
          #expect(
            TableTally.minorUnits(digits, exponent: money.currency.exponent) == Int128(money.minorUnits),
            place)
        case .day(let day): #expect(found == ["time", "\(day)T00:00:00"], place)
        case .instant(let instant):
          #expect(found?.last.map { instant.description.hasPrefix($0.prefix(19)) } == true, place)
        }
      }
    }
  }

  @Test(
    "every sheet prints on A4, and detail sheets can be filtered, filled in and followed",
    .enabled(if: SpreadsheetTools.canRead, "python3-openpyxl is not installed"))
  func craft() throws {
    let folder = try ScratchFolder()
    let source = try WorkbookSource.sample()
    try write(source, to: folder.file("a.xlsx"), in: folder.path)
    let facts: WorkbookFacts = try SpreadsheetTools.facts(folder.file("a.xlsx"))
    for sheet in facts.sheets {
      #expect(sheet.landscape && sheet.fitToWidth && sheet.paper == 9, "\(sheet.name)")
      #expect(sheet.footer.contains("&P") && sheet.footer.contains("&N"), "\(sheet.name)")
      #expect(sheet.withoutResult == [], "\(sheet.name): formulas without a stored result")
    }
    let tables = ["Discrepancies", "Orders", "Payments", "Refunds", "Settlement", "Open items", "Rejects"]
    for name in tables {
      let sheet = try facts[name]
      let header = try #require(sheet.header)
      #expect(sheet.freeze == "B\(header + 1)" && sheet.repeated == "$\(header):$\(header)", "\(name)")
      #expect(sheet.filter?.hasSuffix("\(header + sheet.rows.count)") == true, "\(name)")
    }
    #expect(try facts["Summary"].charts >= 3)
    for name in ["Discrepancies", "Open items"] {
      let sheet = try facts[name]
      let column = try #require(sheet.columns.firstIndex(of: "resolution"))
      let letter = ColumnLayout.letter(column)
      let header = try #require(sheet.header)
      let range = "\(letter)\(header + 1):\(letter)\(header + sheet.rows.count)"
      #expect(sheet.validations == [[range, "\"accepted,open\""]])
      let key = try #require(sheet.columns.firstIndex(of: "row_key"))
      #expect(sheet.hidden.contains(ColumnLayout.letter(key)))
      for cells in sheet.rows {
        let id = try #require(cells[0]?.last)
        let text = try #require(cells[key]?.last)
        let rowKey = try #require(FindingRowKey(text))
        #expect(rowKey.findingID == id && rowKey.warehouse == source.facts.warehouseID)
      }
    }
    // A finding leads to the row of its order: the target's cell holds the same id.
    let orders = try facts["Orders"]
    let links = try facts["Discrepancies"].links
    #expect(links.count == source.discrepancies.count)
    for link in links {
      let row = try #require(Int(link[2].drop { !$0.isNumber }))
      let target = orders.rows[row - (orders.header ?? 0) - 1][0]
      #expect(link[2].hasPrefix("Orders!A") && target == ["text", link[1]])
    }
  }

  private func write(_ source: WorkbookSource, to path: String, in folder: String, limit: Int = 1_048_576)
    throws
  {
    _ = try ReconciliationWorkbook(sheetRowLimit: limit).write(
      source: source, figures: source.figures, totals: source.totals, to: path, temporaryDirectory: folder,
      onProgress: { _, _, _ in })
  }
}

/// What facts.py prints.
struct WorkbookFacts: Decodable {
  struct Sheet: Decodable {
    let name: String
    let freeze: String?
    let filter: String?
    let header: Int?
    let columns: [String]
    /// By row and column: the kind of the value and the value, nil for a blank cell.
    let rows: [[[String]?]]
    let landscape: Bool
    let fitToWidth: Bool
    let paper: Int
    let repeated: String?
    let footer: String
    let hidden: [String]
    let validations: [[String]]
    /// Cell, text and target.
    let links: [[String]]
    let withoutResult: [String]
    let charts: Int
  }

  let created: String
  let sheets: [Sheet]

  subscript(_ name: String) -> Sheet {
    get throws { try #require(sheets.first { $0.name == name }) }
  }
}
