import ReconcileCore

/// What a report consists of.
public struct ReportResult: Sendable {
  /// The period's folder.
  public let folder: String
  /// Every file written, summary.json last.
  public let files: [ReportFile]
  /// Files of an earlier run that this one does not write and took away, so that none of them looks current.
  public let removed: [String]
  /// Counts and sums over the rows.
  public let totals: SummaryTotals
}

/// The names that files in a period's folder can have.
enum ReportNames {
  static let workbook = "reconciliation.xlsx"
  static let zoneRows = "zone_check.csv"
  static let zoneDays = "zone_check_days.csv"
  static let all: Set<String> = Set(ReportTable.allCases.map(\.fileName)).union([
    workbook, ReportPage.fileName, SummaryJSON.fileName,
  ])

  /// Whether this program writes a file of this name into a period's folder.
  static func isOurs(_ name: String) -> Bool {
    all.contains(name) || JournalLayout.isJournal(name) || [zoneRows, zoneDays].contains(name)
  }
}

/// Writes the report of one period into `<outputRoot>/<from>_<to>/`: all files, checked, or none.
///
/// `onProgress` is called often and stops the writing by throwing; earlier files then stay as they were.
public func writeReports(
  source: any ReportSource, formats: Set<ReportFormat>, csvDialect: CSVDialect = .standard,
  outputRoot: String,
  workbook: (any WorkbookWriting)?, onProgress: StepProgress
) throws -> ReportResult {
  let folder = try ReportFolder(root: outputRoot, period: source.facts.period)
  defer { folder.discard() }
  var gatherer = formats.isDisjoint(with: [.xlsx, .html]) ? nil : FigureGatherer(source)
  var (totals, files) = try stageTables(
    of: source, into: formats.contains(.csv) ? folder : nil, csvDialect, &gatherer, onProgress)
  let figures = gatherer?.finish()
  if formats.contains(.xlsx) {
    guard let workbook, let figures else {
      throw Failure(
        .defect, "a workbook was asked for and nothing can write it",
        remedy: "use --format csv and report this")
    }
    let sums = totals
    files.append(
      try folder.stageForeign(ReportNames.workbook) { path, scratch in
        try workbook.write(
          source: source, figures: figures, totals: sums, to: path, temporaryDirectory: scratch,
          onProgress: onProgress)
      } check: { path in
        try onProgress(ReportNames.workbook + ", check", 0, nil)
        try workbook.check(path: path, totals: sums)
      })
  }
  if formats.contains(.html), let figures {
    try onProgress(ReportPage.fileName, 0, nil)
    let page = ReportPage(source: source, totals: totals, figures: figures, formats: formats)
    files.append(
      try folder.stage(ReportPage.fileName) {
        try page.write(to: $0)
      } check: { _, hidden in
        try page.check(hidden, at: folder.path + "/" + ReportPage.fileName)
      })
  }
  try onProgress(SummaryJSON.fileName, 0, nil)
  let summary = SummaryJSON.text(facts: source.facts, totals: totals, files: files)
  files.append(try folder.stageText(SummaryJSON.fileName, summary))
  try onProgress(SummaryJSON.fileName, 0, nil)
  let removed = try folder.stageRemoval(where: ReportNames.all.contains)
  try folder.commit()
  return ReportResult(folder: folder.path, files: files, removed: removed, totals: totals)
}

/// Reads every table once, sums it up, gathers its figures where they are needed and, where there is a folder, stages
/// its CSV.
private func stageTables(
  of source: any ReportSource, into folder: ReportFolder?, _ dialect: CSVDialect,
  _ gatherer: inout FigureGatherer?,
  _ onProgress: StepProgress
) throws -> (SummaryTotals, [ReportFile]) {
  var totals = SummaryTotals()
  var files: [ReportFile] = []

  func stage<Row>(
    _ table: ReportTable, _ columns: [Column<Row>],
    _ forEach: @escaping ((Row) throws -> Void) throws -> Void, _ add: (Row) throws -> Void
  ) throws {
    try onProgress(table.fileName, 0, nil)
    var rows: Int64 = 0
    func read(into writer: CSVWriter<Row>?) throws {
      try forEach { row in
        rows += 1
        if rows % 4_096 == 0 { try onProgress(table.fileName, rows, nil) }
        try add(row)
        try writer?.write(row)
      }
    }
    if let folder {
      files.append(try folder.stageCSV(table.fileName, columns, dialect: dialect) { try read(into: $0) })
    } else {
      try read(into: nil)
    }
  }

  try stage(.discrepancies, ReportTables.discrepancies, source.forEachDiscrepancy) {
    totals.add(discrepancy: $0)
    gatherer?.add(discrepancy: $0)
  }
  try stage(.openItems, ReportTables.discrepancies, source.forEachOpenItem) {
    totals.add(openItem: $0)
    gatherer?.add(openItem: $0)
  }
  try stage(.orders, ReportTables.orders, source.forEachOrder) {
    try totals.add(order: $0)
    gatherer?.add(order: $0)
  }
  try stage(.payments, ReportTables.payments, source.forEachPayment) {
    try totals.add(payment: $0)
    gatherer?.add(payment: $0)
  }
  try stage(.refunds, ReportTables.refunds, source.forEachRefund) {
    try totals.add(refund: $0)
    gatherer?.add(refund: $0)
  }
  try stage(.settlement, ReportTables.settlement, source.forEachSettlementDay) {
    totals.addRow(of: .settlement)
    gatherer?.add(settlementDay: $0)
  }
  try stage(.rejects, ReportTables.rejects, source.forEachReject) {
    totals.addRow(of: .rejects)
    gatherer?.add(reject: $0)
  }
  if !source.facts.adjustedPeriods.isEmpty {
    try stage(.adjustments, ReportTables.adjustments, source.forEachAdjustment) {
      totals.addRow(of: .adjustments)
      gatherer?.add(adjustment: $0)
    }
  }
  return (totals, files)
}
