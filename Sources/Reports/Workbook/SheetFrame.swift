import ReconcileCore

/// What every sheet shares: the title, the line below it, warnings, and how it prints.
struct SheetFrame {
  let periodText: String
  let footer: String
  /// What a reader must know before any figure; shown in red on every sheet.
  let warnings: [String]

  init(_ facts: ReportFacts, warnings: [String]) {
    periodText = "\(facts.period.from) to \(facts.period.to), \(facts.zoneName)"
    // `&` begins a code in a footer.
    footer = "reconcile  \(facts.period.from) to \(facts.period.to)"
    self.warnings = warnings
  }

  /// Rows that `title` takes.
  var rows: Int { 2 + warnings.count }

  /// Title, note and warnings, from the first row on.
  func title(_ sheet: SheetWriter, _ title: String, _ note: String, _ cells: CellWriter, span: Int = 8) throws
  {
    try sheet.height(0, 24)
    try sheet.text(0, 0, title, cells.styles.title)
    try cells.text(note, to: sheet, 1, 0, cells.styles.note)
    for (offset, warning) in warnings.enumerated() {
      try sheet.height(2 + offset, 18)
      try cells.text(warning, to: sheet, 2 + offset, 0, cells.styles.alarm)
      try sheet.blank(2 + offset, 1..<span, cells.styles.alarm)
    }
  }

  /// Widths, filter, frozen header and paper of one sheet of a table.
  func prepare(_ plan: PlannedTable, _ part: Int) throws {
    let sheet = plan.sheets[part]
    let header = plan.headerRows[part]
    let columns = plan.layouts.count
    for (column, layout) in plan.layouts.enumerated() { try sheet.width(column...column, layout.width) }
    let last = max(header, plan.parts[part].upperBound - 1)
    try sheet.autofilter(header: header, last: last, columns: columns)
    try sheet.printArea(last: last, columns: columns)
    try sheet.expectNumbersAsText(in: "A\(header + 1):\(ColumnLayout.letter(columns - 1))\(last + 1)")
    sheet.freeze(header + 1, 1)
    let isWork = sheet.name.hasPrefix("Discrepancies") || sheet.name.hasPrefix("Open items")
    try sheet.setUpPage(
      footer: footer, tab: isWork ? WorkbookStyles.red : WorkbookStyles.navy, repeatingRow: header)
  }
}
