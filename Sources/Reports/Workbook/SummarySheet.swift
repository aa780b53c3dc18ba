import ReconcileCore

/// The page a finance lead reads first: what must be known, the money, what is open, and where to look.
struct SummarySheet {
  let facts: ReportFacts
  let totals: SummaryTotals
  let figures: ReportFigures
  let frame: SheetFrame
  let cells: CellWriter

  private static let columns = 12
  private var styles: WorkbookStyles { cells.styles }

  private var currencies: [Currency] { figures.currencies(with: totals) }

  func write(to sheet: SheetWriter, links: [(sheet: SheetWriter, about: String)]) throws {
    try sheet.width(0...0, 28)
    try sheet.width(1...Self.columns - 1, 18)
    try sheet.setUpPage(footer: frame.footer, tab: WorkbookStyles.navy, repeatingRow: nil)
    sheet.activate()
    try frame.title(
      sheet, "Reconciliation \(facts.period.from) to \(facts.period.to)",
      "Business days in \(facts.zoneName) · as of \(facts.asOf) · amounts are exact and never added across "
        + "currencies", cells, span: Self.columns)
    var row = frame.rows
    try inShort(sheet, &row)
    try money(sheet, &row)
    try findings(sheet, &row)
    try matching(sheet, &row)
    try completeness(sheet, &row)
    try heading("Where to look next", sheet, &row)
    for link in links {
      try sheet.link(row, 0, to: link.sheet, styles.link)
      try sheet.text(row, 1, link.about, styles.text)
      row += 1
    }
  }

  // MARK: Sections

  private func inShort(_ sheet: SheetWriter, _ row: inout Int) throws {
    try heading("In short", sheet, &row)
    let short = InShort(totals: totals, figures: figures)
    try sheet.text(row, 0, short.headline, short.isOpen ? styles.bad : styles.good)
    row += 1
    for sentence in short.sentences { try line(sentence, sheet, &row) }
  }

  private func money(_ sheet: SheetWriter, _ row: inout Int) throws {
    try heading("Money by currency", sheet, &row)
    try header(
      [
        "Currency", "Orders", "Order amount", "Collected", "Refunded", "Kept (net)", "Payments",
        "Payments collected",
        "Linked to orders", "Without an order", "Undated", "Difference",
      ], numbersFrom: 1, sheet, &row)
    for currency in currencies {
      let orders = totals.orders[currency] ?? SummaryTotals.Orders()
      let payments = totals.payments[currency] ?? SummaryTotals.Payments()
      try sheet.text(row, 0, currency.code, styles.strong)
      try cells.count(orders.count, to: sheet, row, 1)
      let kept = figures.orders.sum(currency, figures.orderColumn("net")).total
      for (offset, amount) in [orders.amount, orders.collected, orders.refunded, kept].enumerated() {
        try cells.amount(amount, currency.exponent, to: sheet, row, 2 + offset)
      }
      try cells.count(payments.count, to: sheet, row, 6)
      let amounts = [
        payments.collected, payments.linked, payments.unlinked, payments.undated, payments.difference,
      ]
      for (offset, amount) in amounts.enumerated() {
        try cells.amount(amount, currency.exponent, to: sheet, row, 7 + offset)
      }
      row += 1
    }
    try sheet.text(
      row, 0,
      "Unknown amounts add nothing; orders that have one are counted as unknown below. Difference = payments "
        + "collected − linked − without an order, and must be 0.", styles.note)
    row += 1
  }

  private func findings(_ sheet: SheetWriter, _ row: inout Int) throws {
    try heading("Discrepancies of the period", sheet, &row)
    guard !figures.findings.isEmpty else { return try line("None.", sheet, &row) }
    try header(
      ["Code", "Severity", "Currency", "Open", "Settled", "Accepted", "Open amount", "What it means"],
      numbersFrom: 3, until: 7, sheet, &row)
    for (key, finding) in figures.findings.sorted(by: { $0.key < $1.key }) {
      let open = finding.byStatus[.open] ?? 0
      try sheet.text(row, 0, key.code.rawValue, open > 0 ? styles.strong : styles.text)
      try sheet.text(
        row, 1, key.code.severity.rawValue, key.code.severity == .high ? styles.bad : styles.text)
      if let currency = key.currency { try sheet.text(row, 2, currency.code, styles.text) }
      for (offset, status) in [DiscrepancyStatus.open, .settled, .accepted].enumerated() {
        try cells.count(Int64(finding.byStatus[status] ?? 0), to: sheet, row, 3 + offset)
      }
      if finding.hasAmounts, let currency = key.currency {
        try cells.amount(finding.openAmount, currency.exponent, to: sheet, row, 6)
      }
      let unknown =
        finding.openUnknown == 0 ? "" : " (\(grouped(Int128(finding.openUnknown))) of unknown amount)"
      try sheet.text(row, 7, Glossary.meaning(of: key.code) + unknown, styles.indented)
      row += 1
    }
  }

  private func matching(_ sheet: SheetWriter, _ row: inout Int) throws {
    let used = MatchStatus.allCases.filter { status in
      totals.orders.values.contains { ($0.byMatchStatus[status] ?? 0) > 0 }
    }
    guard !used.isEmpty else { return }
    try heading("Orders by match status", sheet, &row)
    try header(["Currency"] + used.map(\.rawValue), numbersFrom: 1, sheet, &row)
    for currency in totals.orders.keys.sorted() {
      try sheet.text(row, 0, currency.code, styles.strong)
      for (offset, status) in used.enumerated() {
        try cells.count(totals.orders[currency]?.byMatchStatus[status] ?? 0, to: sheet, row, 1 + offset)
      }
      row += 1
    }
  }

  private func completeness(_ sheet: SheetWriter, _ row: inout Int) throws {
    try heading("How complete the sources are", sheet, &row)
    if facts.providers.isEmpty { try line("No provider is configured.", sheet, &row) }
    for provider in facts.providers {
      try cells.text(provider.name, to: sheet, row, 0, styles.strong)
      try sheet.text(row, 1, provider.status, provider.complete ? styles.good : styles.bad)
      let read = "\(grouped(Int128(provider.records))) records read"
      let message = provider.message.map { " · \($0)" } ?? ""
      try cells.text(read + message, to: sheet, row, 2, styles.text)
      row += 1
    }
    let rejects = figures.rejects.rows
    if rejects > 0 {
      let these = rejects == 1 ? "1 row or record" : "\(grouped(Int128(rejects))) rows or records"
      try sheet.text(row, 0, "Rejects", styles.strong)
      try sheet.text(row, 1, "to do", styles.bad)
      try sheet.text(
        row, 2, "\(these) could not be read and are not in any figure: see Rejects.", styles.text)
      row += 1
    }
  }

  // MARK: Pieces

  private func heading(_ text: String, _ sheet: SheetWriter, _ row: inout Int) throws {
    row += 1
    try sheet.height(row, 18)
    try sheet.text(row, 0, text, styles.heading)
    try sheet.blank(row, 1..<Self.columns, styles.heading)
    row += 1
  }

  private func header(
    _ names: [String], numbersFrom first: Int, until last: Int = .max, _ sheet: SheetWriter, _ row: inout Int
  ) throws {
    for (column, name) in names.enumerated() {
      let isNumber = column >= first && column < last
      let format = isNumber ? styles.headerRight : column >= last ? styles.headerIndented : styles.header
      try sheet.text(row, column, name, format)
    }
    try sheet.blank(row, names.count..<max(names.count, Self.columns), styles.header)
    row += 1
  }

  private func line(_ text: String, _ sheet: SheetWriter, _ row: inout Int) throws {
    try sheet.text(row, 0, text, styles.text)
    row += 1
  }
}

extension ReportFigures {
  /// The position of a column of the orders table.
  func orderColumn(_ name: String) -> Int { tables.orders.columns.firstIndex { $0.name == name } ?? 0 }
}
