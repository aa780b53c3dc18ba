import ReconcileCore

/// reconciliation.xlsx: eleven sheets that a finance lead, an accountant and an auditor can read without this
/// tool.
public struct ReconciliationWorkbook: WorkbookWriting {
  /// The sheets in their order. A table too long for one sheet goes on in `NAME (2)` and so forth behind it.
  public static let sheetNames = [
    "Summary", "Controls", "Discrepancies", "Orders", "Payments", "Refunds", "Settlement", "Open items",
    "Rejects",
    "Coverage", "About",
  ]

  /// Rows of a sheet, header included; a format limit, lowered only by tests.
  let sheetRowLimit: Int

  /// A workbook with sheets as long as the format allows.
  public init() { self.init(sheetRowLimit: 1_048_576) }

  init(sheetRowLimit: Int) { self.sheetRowLimit = sheetRowLimit }

  /// Writes the workbook; see ``WorkbookWriting``.
  public func write(
    source: any ReportSource, totals: SummaryTotals, to path: String, temporaryDirectory: String
  ) throws -> Int64 {
    let facts = source.facts
    let figures = try ReportFigures(source)
    let file = try WorkbookFile(path: path, temporaryDirectory: temporaryDirectory)
    let cells = CellWriter(styles: try WorkbookStyles(file))
    try file.setProperties(
      title: "Reconciliation \(facts.period.from) to \(facts.period.to)", subject: facts.tool,
      created: facts.asOf)
    let frame = SheetFrame(facts, warnings: figures.warnings(facts))

    // All sheets are begun in their order before any is filled: formulas and links need to know them.
    let summary = try file.addSheet("Summary")
    let controls = try file.addSheet("Controls")
    func plan<Row>(_ table: Table<Row>, _ figures: TableFigures) throws -> PlannedTable {
      try PlannedTable(table, figures, in: file, top: frame.rows, limit: sheetRowLimit)
    }
    let tables = figures.tables
    let discrepancies = try plan(tables.discrepancies, figures.discrepancies)
    let orders = try plan(tables.orders, figures.orders)
    let payments = try plan(tables.payments, figures.payments)
    let refunds = try plan(tables.refunds, figures.refunds)
    let settlement = try plan(tables.settlement, figures.settlement)
    let openItems = try plan(tables.openItems, figures.openItems)
    let rejects = try plan(tables.rejects, figures.rejects)
    let coverage = try file.addSheet("Coverage")
    let about = try file.addSheet("About")

    func rows(_ plan: PlannedTable, _ text: String) -> (SheetWriter, String) {
      (
        plan.sheets[0],
        "\(grouped(Int128(plan.figures.rows))) row\(plan.figures.rows == 1 ? "" : "s") · \(text)"
      )
    }
    try SummarySheet(facts: facts, totals: totals, figures: figures, frame: frame, cells: cells).write(
      to: summary,
      links: [
        rows(discrepancies, "every finding of the period, with the reason in a sentence"),
        rows(openItems, "older findings that are still open"),
        (controls, "proof that the sheets agree with the totals, and the sign-off"),
        rows(orders, "each order with what was collected and refunded for it"),
        rows(payments, "each payment and the order it belongs to"),
        rows(refunds, "each refund with its fee"),
        rows(settlement, "our records against the providers' own totals, day by day"),
        rows(rejects, "what could not be read, and why"),
        (coverage, "what was read from each provider"),
        (about, "how to read this workbook, words, assumptions, input files"),
      ])
    let list = ControlList(
      totals: totals, figures: figures, facts: facts, orders: orders, payments: payments, refunds: refunds,
      settlement: settlement)
    try ControlsSheet(controls: list.all, frame: frame, cells: cells).write(to: controls)
    let details = DetailSheet(frame: frame, cells: cells)
    let note = "a blank cell is unknown"
    try details.write(tables.discrepancies, discrepancies, note: "difference = actual − expected · \(note)")
    try details.write(tables.orders, orders, note: "created_at is UTC · \(note)")
    try details.write(tables.payments, payments, note: note)
    try details.write(tables.refunds, refunds, note: note)
    try details.write(tables.settlement, settlement, note: "days of the provider's zone · \(note)")
    try details.write(tables.openItems, openItems, note: "dated before the period and still open · \(note)")
    try details.write(tables.rejects, rejects, note: "in no figure of this workbook")
    try CoverageSheet(facts: facts, frame: frame, cells: cells).write(to: coverage)
    try AboutSheet(facts: facts, frame: frame, cells: cells).write(to: about)
    try file.close()
    return Int64(figures.dataRows)
  }

  /// Reads the workbook back; see ``WorkbookWriting``.
  public func check(path: String, totals: SummaryTotals) throws {
    try WorkbookCheck(path: path, totals: totals).run()
  }
}
