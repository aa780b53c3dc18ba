import ReconcileCore

/// What was read from whom. Left out is whatever differs between two runs that find the same: requests, times
/// of reading, and counts of new and changed records.
struct CoverageSheet {
  let facts: ReportFacts
  let frame: SheetFrame
  let cells: CellWriter

  private static let columns: [(name: String, width: Int)] = [
    ("provider", 120), ("kind", 150), ("status", 100), ("complete", 70), ("pages", 60), ("records", 66),
    ("rejected", 66), ("test_records", 90), ("newest_record_at", 150), ("message", 420),
  ]

  /// The column that says `complete` of a provider that was read completely.
  static let statusColumn = 2

  func write(to sheet: SheetWriter) throws {
    let styles = cells.styles
    for (column, layout) in Self.columns.enumerated() { try sheet.width(column...column, layout.width) }
    let header = frame.rows
    try sheet.setUpPage(footer: frame.footer, tab: 0x7F7F7F, repeatingRow: nil)
    sheet.freeze(header + 1, 1)
    try sheet.autofilter(
      header: header, last: header + facts.providers.count, columns: Self.columns.count)
    try frame.title(
      sheet, "Coverage",
      "\(frame.periodText) · what the latest import of each provider brought; times are UTC", cells,
      span: Self.columns.count)
    try sheet.height(header, 28)
    try names(Self.columns.map(\.name), numbers: 4...7, on: sheet, header)
    for (offset, provider) in facts.providers.enumerated() {
      let row = header + 1 + offset
      try cells.text(provider.name, to: sheet, row, 0, styles.strong)
      try sheet.text(row, 1, provider.kind.rawValue, styles.text)
      try cells.text(provider.status, to: sheet, row, 2, provider.complete ? styles.good : styles.bad)
      try cells.flag(provider.complete, to: sheet, row, 3)
      let counts = [provider.pages, provider.records, provider.rejected, provider.test]
      for (index, count) in counts.enumerated() { try cells.count(count, to: sheet, row, 4 + index) }
      if let newest = provider.newestRecordAt {
        try cells.instant(newest, to: sheet, row, 8, styles.instantIndented)
      }
      if let message = provider.message {
        try cells.lines(message, to: sheet, row, 9, styles.wrapped)
      }
    }
    if !facts.providers.isEmpty {
      try sheet.underline(
        header + 1...header + facts.providers.count, columns: 0...Self.columns.count - 1, styles.rowLine)
    }
    try writeReadings(to: sheet, from: header + 1 + facts.providers.count + 1)
  }

  private func names(_ names: [String], numbers: ClosedRange<Int>, on sheet: SheetWriter, _ row: Int) throws {
    let styles = cells.styles
    for (column, name) in names.enumerated() {
      let text = column == numbers.upperBound + 1 ? styles.headerIndented : styles.header
      try sheet.text(row, column, name, numbers.contains(column) ? styles.headerRight : text)
    }
  }

  private static let readingColumns = [
    "provider", "stream", "read by", "complete", "pages", "rows", "distinct", "total_named", "walks",
    "window",
  ]

  /// What "complete" rests on: how each list was read and each kind of look-up made.
  private func writeReadings(to sheet: SheetWriter, from first: Int) throws {
    let styles = cells.styles
    try sheet.text(first, 0, "How each list was read", styles.heading)
    let header = first + 1
    try names(Self.readingColumns, numbers: 4...8, on: sheet, header)
    var row = header + 1
    for provider in facts.providers {
      for reading in provider.readings {
        try cells.text(provider.name, to: sheet, row, 0, styles.strong)
        try cells.text(reading.stream, to: sheet, row, 1, styles.text)
        try sheet.text(row, 2, reading.isLookup ? "one by one" : "list", styles.text)
        try cells.flag(reading.isComplete, to: sheet, row, 3)
        let counts = [reading.pages, reading.rows, reading.distinct, reading.total, reading.walks]
        for (index, count) in counts.enumerated() {
          if let count { try cells.count(count, to: sheet, row, 4 + index) }
        }
        try cells.text(reading.window, to: sheet, row, 9, styles.indented)
        row += 1
      }
      if !provider.kind.listsPayments {
        try cells.text(provider.name, to: sheet, row, 0, styles.strong)
        try sheet.text(row, 1, "payments without an order", styles.text)
        try sheet.text(row, 2, "cannot be listed", styles.bad)
        row += 1
      }
    }
    try sheet.printArea(last: row - 1, columns: Self.columns.count)
  }
}
