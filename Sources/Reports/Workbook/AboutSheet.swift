import ReconcileCore

/// What the workbook is, how it is read, and what it was made from. Written last, when the cells are counted.
struct AboutSheet {
  let facts: ReportFacts
  let frame: SheetFrame
  let cells: CellWriter

  func write(to sheet: SheetWriter) throws {
    try sheet.width(0...0, 210)
    try sheet.width(1...1, 840)
    try sheet.setUpPage(footer: frame.footer, tab: 0x7F7F7F, repeatingRow: nil)
    try frame.title(
      sheet, "About", "Payment-provider records reconciled with the merchant's orders, to the cent", cells,
      span: 2)
    var row = frame.rows
    try section(
      "This report",
      [
        ("Period", "\(facts.period.from) to \(facts.period.to), both days included"),
        ("Time zone", facts.zoneName), ("As of", facts.asOf.description), ("Made by", facts.tool),
        (
          "Run",
          "summary.json beside this file names the run, with the SHA-256 of every file. The run is not named here, "
            + "so that the same report always gives the same file"
        ),
        ("Configuration (SHA-256)", facts.configurationDigest), ("Warehouse", facts.warehouseID),
      ], sheet, &row)
    try section("How to read it", Glossary.reading.map { ($0.term, $0.meaning) }, sheet, &row)
    try section("Signs", Glossary.signs.map { ($0.term, $0.meaning) }, sheet, &row)
    try section("Severities", Glossary.severities.map { ($0.term, $0.meaning) }, sheet, &row)
    try section("Words", Glossary.terms.map { ($0.term, $0.meaning) }, sheet, &row)
    let findings = DiscrepancyCode.allCases.map {
      ($0.rawValue, "\($0.severity.rawValue): \(Glossary.meaning(of: $0))")
    }
    try section("Kinds of discrepancies", findings, sheet, &row)
    let assumptions = facts.assumptions.isEmpty ? ["None."] : facts.assumptions
    try section("Assumptions in force", assumptions.map { ("", $0) }, sheet, &row)
    try inputs(sheet, &row)
    // Counted before this section adds texts of its own.
    let gate = cells.gate
    let changes = [
      (
        "Amounts and counts as text", cells.longNumbers,
        "more than 15 digits; a number cell could not hold them"
      ),
      (
        "Days and times as text", cells.oddDates,
        "before 1900-03-01 or after 9999-12-31; spreadsheets have no such dates"
      ),
      (
        "Texts with characters replaced", gate.replaced,
        "characters that a workbook cannot hold, shown as \u{FFFD}"
      ),
      ("Texts cut", gate.cut, "longer than a cell holds; the CSV file has them whole"),
    ]
    try section(
      "Cells that could not hold a value as it is", changes.map { ($0.0, "\($0.1) (\($0.2))") }, sheet, &row)
    try sheet.printArea(last: row - 1, columns: 2)
  }

  private func inputs(_ sheet: SheetWriter, _ row: inout Int) throws {
    try heading("Merchant files", sheet, &row)
    if facts.inputs.isEmpty { try line("", "None was read by this run.", sheet, &row) }
    for input in facts.inputs {
      let rows = input.rows == 1 ? "1 row" : "\(grouped(Int128(input.rows))) rows"
      try line(rows, "\(input.path)  ·  SHA-256 \(input.sha256)", sheet, &row)
    }
  }

  private func section(
    _ title: String, _ lines: [(String, String)], _ sheet: SheetWriter, _ row: inout Int
  ) throws {
    try heading(title, sheet, &row)
    for (label, text) in lines { try line(label, text, sheet, &row) }
  }

  private func heading(_ title: String, _ sheet: SheetWriter, _ row: inout Int) throws {
    row += 1
    try sheet.text(row, 0, title, cells.styles.heading)
    try sheet.blank(row, 1..<2, cells.styles.heading)
    row += 1
  }

  private func line(_ label: String, _ text: String, _ sheet: SheetWriter, _ row: inout Int) throws {
    if !label.isEmpty { try cells.text(label, to: sheet, row, 0, cells.styles.term) }
    try cells.lines(text, to: sheet, row, 1, cells.styles.wrapped)
    row += 1
  }
}
