import ReconcileCore

/// Where everything lies in the workbook. All sheets are begun in their order before any is filled: formulas and links
/// need to know them.
struct WorkbookPlan {
  let summary: SheetWriter
  let controls: SheetWriter
  let discrepancies: PlannedTable
  let orders: PlannedTable
  let payments: PlannedTable
  let refunds: PlannedTable
  let settlement: PlannedTable
  let openItems: PlannedTable
  let rejects: PlannedTable
  /// Nil where no earlier period is sealed.
  let adjustments: PlannedTable?
  let coverage: SheetWriter
  let about: SheetWriter
  /// The rows of the providers on Coverage, counted from 0; empty where none is configured.
  let coverageRows: Range<Int>
  /// Formulas for the sums of the tables behind the charts, known once Summary is written.
  var collectedByDay: [Currency: String] = [:]

  init(_ figures: ReportFigures, providers: Int, in file: WorkbookFile, top: Int, limit: Int) throws {
    // One row of header below the title.
    coverageRows = top + 1..<top + 1 + providers
    func plan<Row>(_ table: Table<Row>, _ figures: TableFigures) throws -> PlannedTable {
      try PlannedTable(table, figures, in: file, top: top, limit: limit)
    }
    summary = try file.addSheet("Summary")
    controls = try file.addSheet("Controls")
    discrepancies = try plan(figures.tables.discrepancies, figures.discrepancies)
    orders = try plan(figures.tables.orders, figures.orders)
    payments = try plan(figures.tables.payments, figures.payments)
    refunds = try plan(figures.tables.refunds, figures.refunds)
    settlement = try plan(figures.tables.settlement, figures.settlement)
    openItems = try plan(figures.tables.openItems, figures.openItems)
    rejects = try plan(figures.tables.rejects, figures.rejects)
    adjustments = try figures.tables.adjustments.map { try plan($0, figures.adjustments) }
    coverage = try file.addSheet("Coverage")
    about = try file.addSheet("About")
  }

  /// The number of providers that were read completely, from Coverage.
  var completeProviders: String? {
    guard !coverageRows.isEmpty else { return nil }
    let rows = coverageRows.lowerBound...coverageRows.upperBound - 1
    let column = CoverageSheet.statusColumn
    return "COUNTIF(\(CellRange(coverage, rows, column...column)),\"complete\")"
  }

  /// Each sheet that Summary leads to, with what it is for.
  var guide: [(sheet: SheetWriter, about: String)] {
    func rows(_ table: PlannedTable, _ text: String) -> (SheetWriter, String) {
      let count = table.figures.rows
      return (table.sheets[0], "\(grouped(Int128(count))) row\(count == 1 ? "" : "s") · \(text)")
    }
    return [
      rows(discrepancies, "every finding of the period, with the reason in a sentence"),
      rows(openItems, "older findings that are still open"),
      (controls, "proof that the sheets agree with the totals, and the sign-off"),
      rows(orders, "each order with what was collected and refunded for it"),
      rows(payments, "each payment and the order it belongs to"),
      rows(refunds, "each refund with its fee"),
      rows(settlement, "our records against the providers' own totals, day by day"),
      rows(rejects, "what could not be read, and why"),
    ] + (adjustments.map { [rows($0, "what has changed in sealed periods")] } ?? []) + [
      (coverage, "what was read from each provider"),
      (about, "how to read this workbook, words, assumptions, input files"),
    ]
  }
}
