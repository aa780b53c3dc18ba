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

  /// Title, note and warnings, from the first row on; `span` columns are red behind a warning.
  func title(_ sheet: SheetWriter, _ title: String, _ note: String, _ cells: CellWriter, span: Int) throws {
    try sheet.height(0, 24)
    try sheet.text(0, 0, title, cells.styles.title)
    try cells.text(note, to: sheet, 1, 0, cells.styles.note)
    for (offset, warning) in warnings.enumerated() {
      try sheet.height(2 + offset, 18)
      try cells.text(warning, to: sheet, 2 + offset, 0, cells.styles.alarm)
      try sheet.blank(2 + offset, 1..<span, cells.styles.alarm)
    }
  }
}
