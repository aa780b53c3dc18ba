import ReconcileCore

/// The tables of findings, those of the period and older ones that are still open.
struct PageFindings {
  let page: HTMLWriter
  let content: PageContent
  let formats: Set<ReportFormat>
  let rowLimit: Int

  private static let columns: [HTMLWriter.Column] = [
    .text("Finding"), .text("Standing"), .text("Date"), .number("Days"), .text("About"),
    .text("Currency"),
    .number("Expected"), .number("Actual"), .number("Difference"), .text("Explanation"),
  ]

  /// The findings of the period; returns how many rows were written.
  func writeDiscrepancies(_ source: any ReportSource) throws -> Int64 {
    try section(
      .discrepancies, .discrepancies, content.figures.discrepancies.rows,
      empty: "No difference was found in this period.",
      caption:
        "Findings of the period by date. Days: how old. Difference = actual − expected; a blank figure is unknown."
    ) { try source.forEachDiscrepancy($0) }
  }

  /// Older findings that are still open; returns how many rows were written.
  func writeOpenItems(_ source: any ReportSource) throws -> Int64 {
    try section(
      .openItems, .openItems, content.figures.openItems.rows,
      empty: "Nothing dated before the period is open.",
      caption: "Findings dated before \(content.facts.period.from) that are still open, the oldest first."
    ) { try source.forEachOpenItem($0) }
  }

  private func section(
    _ section: PageSection, _ table: ReportTable, _ rows: Int, empty: String, caption: String,
    _ forEach: @escaping ((DiscrepancyRow) throws -> Void) throws -> Void
  ) throws -> Int64 {
    var written = 0
    try page.section(section, isLong: rows > 20) {
      guard rows > 0 else { return try page.note("✓ " + empty) }
      try page.tellLimit(rowLimit, of: rows, table, formats)
      try page.table("\(section.rawValue)-table", caption: caption, columns: Self.columns) {
        try firstRows(rowLimit, of: forEach) { row in
          written += 1
          try write(row)
        }
      }
    }
    return Int64(written)
  }

  private func write(_ row: DiscrepancyRow) throws {
    try page.row(["id": row.id]) {
      try page.element("th", ["scope": "row", "class": "finding"]) {
        try page.element("b") { try page.text(row.code.rawValue) }
        try page.void("br", [:])
        try page.element("small") { try page.outside(row.id) }
      }
      try page.element("td", ["class": row.status == .open ? "open" : "done"]) {
        try page.text(row.status.marked)
        try page.void("br", [:])
        try page.text(row.code.severity.marked)
      }
      try page.cell(row.businessDate?.description, "day")
      try page.count(row.ageDays.map(Int64.init))
      try about(row)
      try page.cell(row.currency?.code)
      try page.figure(row.expected)
      try page.figure(row.actual)
      try page.figure(row.difference)
      try page.cell(row.explanation, "prose")
    }
  }

  private func about(_ row: DiscrepancyRow) throws {
    try page.element("td", ["class": "about"]) {
      let ids = [
        ("", row.provider), ("order ", row.orderID), ("payment ", row.paymentID), ("refund ", row.refundID),
      ]
      for (place, (label, id)) in ids.filter({ $0.1 != nil }).enumerated() {
        if place > 0 { try page.void("br", [:]) }
        try page.text(label)
        try page.outside(id ?? "")
      }
    }
  }
}

/// Thrown to end a stream of rows of which enough have been seen.
private struct Enough: Error {}

/// Hands on the first rows of a stream and does not read the others.
func firstRows<Row>(
  _ limit: Int, of forEach: @escaping ((Row) throws -> Void) throws -> Void, _ body: (Row) throws -> Void
) throws {
  var seen = 0
  do {
    try forEach { row in
      guard seen < limit else { throw Enough() }
      seen += 1
      try body(row)
    }
  } catch is Enough {}
}

extension HTMLWriter {
  /// Says how many rows a table leaves out, and where they are.
  func tellLimit(_ limit: Int, of rows: Int, _ table: ReportTable, _ formats: Set<ReportFormat>) throws {
    guard rows > limit else { return }
    try element(
      "p", ["class": "more"],
      "▲ The first \(grouped(Int128(limit))) of \(grouped(Int128(rows))) rows stand here, \(grouped(Int128(rows - limit))) "
        + "more do not; \(table.place(in: formats)).")
  }
}

extension ReportTable {
  /// Where all rows of the table are, for a page that has no room for them.
  func place(in formats: Set<ReportFormat>) -> String {
    if formats.contains(.csv) { return "all of them are in \(fileName)" }
    if formats.contains(.xlsx) { return "all of them are in \(ReportNames.workbook)" }
    return "`reconcile report --format csv` writes all of them"
  }
}
