import ReconcileCore

/// reconciliation.xlsx: sheets that a finance lead, an accountant and an auditor can read without this tool.
public struct ReconciliationWorkbook: WorkbookWriting {
  /// The sheets in their order. A table too long for one sheet goes on in `NAME (2)` and so forth behind it.
  public static let sheetNames = [
    "Summary", "Controls", "Discrepancies", "Orders", "Payments", "Refunds", "Settlement", "Open items",
    "Rejects", "Coverage", "About",
  ]
  /// The sheet before Coverage in a report after a sealed period.
  static let adjustments = "Adjustments"

  /// Rows of a sheet, header included; a format limit, lowered only by tests.
  let sheetRowLimit: Int

  /// A workbook with sheets as long as the format allows.
  public init() { self.init(sheetRowLimit: 1_048_576) }

  init(sheetRowLimit: Int) { self.sheetRowLimit = sheetRowLimit }

  /// Writes the workbook; see ``WorkbookWriting``.
  public func write(
    source: any ReportSource, figures: ReportFigures, totals: SummaryTotals, to path: String,
    temporaryDirectory: String, onProgress: StepProgress
  ) throws -> Int64 {
    let facts = source.facts
    let file = try WorkbookFile(path: path, temporaryDirectory: temporaryDirectory)
    let cells = CellWriter(styles: try WorkbookStyles(file))
    try file.setProperties(
      DocumentTexts(
        title: "Reconciliation \(facts.period.from) to \(facts.period.to)",
        subject: "Payment-provider records reconciled with orders, as of \(facts.asOf)",
        comments: "Made by \(facts.tool); configuration \(facts.configurationDigest)"), created: facts.asOf)
    let controls = ControlList(totals: totals, figures: figures, facts: facts).all
    let verdict = Verdict(facts, figures, controls)
    let frame = SheetFrame(facts, warnings: verdict.warnings)
    var plan = try WorkbookPlan(
      figures, providers: facts.providers.count, in: file, top: frame.rows, limit: sheetRowLimit)
    plan.collectedByDay = try SummarySheet(
      facts: facts, totals: totals, figures: figures, verdict: verdict, frame: frame, cells: cells,
      plan: plan,
      file: file
    ).write()
    try ControlsSheet(controls: controls, frame: frame, cells: cells, plan: plan).write(to: plan.controls)
    let total = Int64(figures.dataRows)
    var rows: Int64 = 0
    try onProgress(ReportNames.workbook, 0, total)
    try writeTables(figures, plan, DetailSheet(frame: frame, cells: cells, file: file)) {
      rows += 1
      if rows % 4_096 == 0 { try onProgress(ReportNames.workbook, rows, total) }
    }
    try CoverageSheet(facts: facts, frame: frame, cells: cells).write(to: plan.coverage)
    try AboutSheet(facts: facts, frame: frame, cells: cells).write(to: plan.about)
    try file.close()
    return Int64(figures.dataRows)
  }

  private func writeTables(
    _ figures: ReportFigures, _ plan: WorkbookPlan, _ details: DetailSheet, onRow: () throws -> Void
  ) throws {
    let tables = figures.tables
    let note = "a blank cell is unknown"
    let toFill = "yellow columns are for you and are not printed"
    let link = { Self.link($0, $1, figures, plan) }
    try details.write(
      tables.discrepancies, plan.discrepancies, note: "difference = actual − expected · \(note) · \(toFill)",
      rules: Self.findingRules, link: link, onRow: onRow)
    try details.write(
      tables.orders, plan.orders, note: "created_at is UTC · \(note)", rules: Self.orderRules, onRow: onRow)
    try details.write(tables.payments, plan.payments, note: note, rules: Self.recordRules, onRow: onRow)
    try details.write(tables.refunds, plan.refunds, note: note, rules: Self.recordRules, onRow: onRow)
    try details.write(
      tables.settlement, plan.settlement,
      note: "days of the provider's zone · reported − ours = difference · \(note)",
      rules: Self.settlementRules, onRow: onRow)
    try details.write(
      tables.openItems, plan.openItems, note: "dated before the period and still open · \(note) · \(toFill)",
      rules: Self.findingRules, link: link, onRow: onRow)
    try details.write(tables.rejects, plan.rejects, note: "in no figure of this workbook", onRow: onRow)
    if let table = tables.adjustments, let place = plan.adjustments {
      try details.write(
        table, place,
        note:
          "facts of sealed periods that changed since · difference = now − sealed · a blank cell was not known",
        onRow: onRow)
    }
  }

  /// The row of the record that a finding's id speaks of, where the workbook has it.
  private static func link(
    _ finding: DiscrepancyRow, _ column: String, _ figures: ReportFigures, _ plan: WorkbookPlan
  ) -> CellPlace? {
    switch column {
    case "order_id": figures.places.order(of: finding).map { plan.orders.place(of: $0, 0) }
    case "payment_id": figures.places.payment(of: finding).map { plan.payments.place(of: $0, 1) }
    case "refund_id": figures.places.refund(of: finding).map { plan.refunds.place(of: $0, 1) }
    default: nil
    }
  }

  private static let findingRules = [
    RowRule(column: "severity", test: .equals("high"), look: .bad),
    RowRule(column: "status", test: .equals("open"), look: .bad),
    RowRule(column: "status", test: .equals("settled"), look: .good),
    RowRule(column: "status", test: .equals("accepted"), look: .quiet),
    RowRule(column: "age_days", test: .above(90), look: .alarm),
  ]
  private static let orderRules =
    MatchStatus.allCases.compactMap { status -> RowRule? in
      switch status {
      case .exact: nil
      case .cancelled, .pending: RowRule(column: "match_status", test: .equals(status.rawValue), look: .quiet)
      default: RowRule(column: "match_status", test: .equals(status.rawValue), look: .bad)
      }
    }
  private static let recordRules = [
    RowRule(column: "status", test: .equals("unknown"), look: .bad),
    RowRule(column: "status", test: .equals("failed"), look: .quiet),
  ]
  private static let settlementRules =
    SettlementMeasure.allCases.map {
      RowRule(column: "reported_\($0.rawValue)", test: .differs(from: $0.rawValue), look: .alarm)
    } + [
      RowRule(column: "status", test: .equals("mismatch"), look: .alarm),
      RowRule(column: "status", test: .equals("tied_out"), look: .good),
      RowRule(column: "status", test: .equals("not_offered"), look: .quiet),
      RowRule(column: "status", test: .equals("unknown"), look: .bad),
    ]

  /// Reads the workbook back; see ``WorkbookWriting``.
  public func check(path: String, totals: SummaryTotals) throws {
    try WorkbookCheck(path: path, totals: totals).run()
  }
}
