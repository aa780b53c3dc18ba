import ReconcileCore

/// The page a finance lead reads first: what must be known, the money, what changed, what is open, and where to look.
struct SummarySheet {
  let facts: ReportFacts
  let totals: SummaryTotals
  let figures: ReportFigures
  let verdict: Verdict
  let frame: SheetFrame
  let cells: CellWriter
  let plan: WorkbookPlan
  let file: WorkbookFile

  var styles: WorkbookStyles { cells.styles }
  var currencies: [Currency] { figures.currencies }

  /// Writes the sheet; returns formulas for the sums of the tables behind the charts.
  func write() throws -> [Currency: String] {
    let sheet = plan.summary
    let columns = SummaryPage.columns
    let page = SummaryPage(sheet, cells, from: frame.rows)
    let other = max(SummaryPage.widths.other, widestTotal)
    let width = SummaryPage.widths.first + (columns - 1) * other
    try sheet.width(0...0, SummaryPage.widths.first)
    try sheet.width(1...columns - 1, other)
    try sheet.setUpPage(footer: frame.footer, tab: WorkbookStyles.navy, repeatingRow: nil)
    sheet.activate()
    try frame.title(
      sheet, "Reconciliation \(facts.period.from) to \(facts.period.to)",
      "Business days in \(facts.zoneName) · as of \(facts.asOf) · amounts are exact and never added across "
        + "currencies", cells, span: columns)
    try inShort(page)
    try guide(page)
    try money(page)
    try paymentTable(page)
    try changes(page)
    try adjustments(page)
    let charts = SummaryCharts(figures: figures, file: file)
    let space = charts.reserve(page)
    let chartRows = page.row - space
    try findings(page)
    try matching(page)
    let ageing = try ageing(page)
    try settlement(page)
    try completeness(page)
    let sums = try charts.write(page, at: space, ageing: ageing)
    try sheet.printArea(last: page.row - 1, columns: columns)
    try sheet.breakPages(above: pageBreaks(at: space, rows: chartRows, width: width))
    return sums
  }

  /// Where charts begin a new page of paper, so that none is cut: above the first ones where the page at hand has no room
  /// for them, and after two rows of charts. `width` is that of the sheet in pixels.
  private func pageBreaks(at first: Int, rows: Int, width: Int) -> [Int] {
    guard rows > 0 else { return [] }
    let pair = 2 * SummaryCharts.rows
    // A4 across, less its margins, is 1,074 pixels wide and 702 high at 96 to the inch, and the sheet is scaled to that
    // width. A row has 20 of its own pixels; two rows are left for headings, which are higher.
    let rowsOfPage = max(pair, 702 * width / 1_074 / 20 - 2)
    let needed = min(rows, pair)
    let isCut = first % rowsOfPage + needed > rowsOfPage
    return (isCut ? [first] : []) + (rows > pair ? [first + pair] : [])
  }

  /// Pixels for the largest figure of the sheet.
  private var widestTotal: Int {
    var widest = 0
    func see(_ amount: Int128, _ currency: Currency) {
      widest = max(widest, grouped(amount, exponent: currency.exponent).utf8.count)
    }
    for (currency, sums) in totals.orders { see(max(sums.amount, sums.collected), currency) }
    for (currency, sums) in totals.payments { see(sums.collected, currency) }
    for (key, total) in figures.settlementTotals {
      for amount in total.ours.values { see(amount, key.currency) }
    }
    return ColumnWidths.number(widest)
  }

  // MARK: The answer

  /// The answer in sentences: may it be booked, what is open, and a line for each currency.
  private func inShort(_ page: SummaryPage) throws {
    try page.heading("In short")
    guard let short = InShort(totals, figures, verdict) else {
      return try page.line("Nothing to report: the period has no orders, payments, refunds or findings.")
    }
    try page.line(short.verdict, verdict.isReady ? styles.good : styles.bad)
    try page.line(short.findings, short.isOpen ? styles.bad : styles.good)
    if let rejects = short.rejects { try page.line("\(rejects): see Rejects.", styles.bad) }
    if let adjustments = short.adjustments {
      try page.line("\(adjustments): see \(ReconciliationWorkbook.adjustments).", styles.bad)
    }
    for sentence in short.currencies { try page.line(sentence) }
  }

  private func guide(_ page: SummaryPage) throws {
    try page.heading("Where to look next")
    // Two columns, so that the figures stay on the first screen.
    let half = (plan.guide.count + 1) / 2
    for index in 0..<half {
      for (place, offset) in [(0, index), (6, index + half)] where offset < plan.guide.count {
        let entry = plan.guide[offset]
        try page.link(place, entry.sheet.name, to: CellPlace(entry.sheet, 0, 0))
        try page.text(place + 1, entry.about)
      }
      page.skip()
    }
  }

  // MARK: Money

  private func money(_ page: SummaryPage) throws {
    try page.heading("Orders of the period, by currency")
    try page.header(
      [
        "Currency", "Orders", "Order amount", "Collected", "Refunded", "of it fees", "Kept (net)",
        "Unexplained",
        "Open findings",
      ], numbersFrom: 1)
    for currency in currencies {
      let orders = totals.orders[currency] ?? SummaryTotals.Orders()
      let ofCurrency = Condition("currency", currency.code)
      try page.text(0, currency.code, styles.strong)
      try page.count(1, Int(orders.count), plan.orders.count(where: [ofCurrency]))
      let columns = [
        ("amount", orders.amount), ("collected", orders.collected), ("refunded", orders.refunded),
        ("refund_fees", figures.allOrders(currency).refundFees),
        ("net", figures.orders.sum(currency, figures.tables.orders.index("net")).total),
      ]
      for (offset, (column, value)) in columns.enumerated() {
        try page.figure(2 + offset, value, exponent: currency.exponent, sum(of: column, ofCurrency, currency))
      }
      try page.figure(
        7, figures.unexplained[currency] ?? 0, exponent: currency.exponent, unexplained(currency))
      try page.count(
        8, figures.openFindings(in: currency), plan.discrepancies.count(where: [ofCurrency, Self.isOpen]))
      page.skip()
    }
    try page.line(
      "Whatever day the money moved on. Unknown amounts add nothing. Unexplained: what open findings say came in "
        + "without a reason (+) or did not come in (−).", styles.note)
  }

  static let isOpen = Condition("status", DiscrepancyStatus.open.rawValue)

  private func sum(of column: String, _ condition: Condition, _ currency: Currency) -> String? {
    let sum = figures.orders.sum(currency, figures.tables.orders.index(column))
    return sum.isFormulaExact ? plan.orders.sum(column, where: [condition]) : nil
  }

  private func unexplained(_ currency: Currency) -> String? {
    let codes = DiscrepancyCode.allCases.filter(\.leavesMoneyUnexplained)
    let isExact = codes.allSatisfy {
      figures.findings[FindingKey(code: $0, currency: currency)]?.isFormulaExact ?? true
    }
    guard isExact else { return nil }
    return plan.discrepancies.sum(
      "difference", whereAny: "code", codes.map(\.rawValue),
      and: [Condition("currency", currency.code), Self.isOpen])
  }

  private func paymentTable(_ page: SummaryPage) throws {
    try page.heading("Payments of the period, by currency")
    try page.header(
      ["Currency", "Payments", "Collected", "Linked", "Without order", "Difference", "Undated"],
      numbersFrom: 1)
    for currency in currencies {
      let payments = totals.payments[currency] ?? SummaryTotals.Payments()
      let column = figures.tables.payments.index("collected")
      let isExact = figures.payments.sum(currency, column).isFormulaExact
      func collected(_ conditions: [Condition]) -> String? {
        guard isExact else { return nil }
        return plan.payments.sum("collected", where: [Condition("currency", currency.code)] + conditions)
      }
      try page.text(0, currency.code, styles.strong)
      try page.count(
        1, Int(payments.count), plan.payments.count(where: [Condition("currency", currency.code)]))
      let exponent = currency.exponent
      try page.figure(2, payments.collected, exponent: exponent, collected([]))
      try page.figure(3, payments.linked, exponent: exponent, collected([.known("order_id")]))
      try page.figure(4, payments.unlinked, exponent: exponent, collected([.blank("order_id")]))
      let row = page.row + 1
      try page.figure(
        5, payments.difference, exponent: exponent,
        isExact ? "ROUND(C\(row)-D\(row)-E\(row),\(exponent))" : nil)
      try page.figure(6, payments.undated, exponent: exponent, collected([.blank("payment_date")]))
      page.skip()
    }
    try page.line(
      "Whatever order the money is for. Difference = collected − linked − without an order, and must be 0. Undated "
        + "is the part that carries no date and shows in every period.", styles.note)
  }

  // MARK: Changes

  /// What became of the findings since the run before.
  private func changes(_ page: SummaryPage) throws {
    guard let changes = facts.changes else {
      try page.heading("Changes since the run before")
      return try page.line("There is no earlier run to compare with.")
    }
    try page.heading("Changes since the run as of \(changes.since)")
    if changes.period != facts.period {
      try page.line(
        "That run was about \(changes.period.from) to \(changes.period.to); compared are findings dated up to "
          + "\(facts.period.to).", styles.note)
    }
    guard !changes.groups.isEmpty else { return try page.line("No finding changed.") }
    let kinds: [FindingChange] = [.new, .cleared, .changed, .aged]
    try page.header(
      ["Currency", "New", "Amount", "Cleared", "Amount", "Changed", "Amount", "Aged", "Amount"],
      numbersFrom: 1)
    let currencies = Set(changes.groups.keys.map { $0.currency?.code ?? "" }).sorted {
      ($0.isEmpty ? "~" : $0) < ($1.isEmpty ? "~" : $1)
    }
    for code in currencies {
      let currency = Currency(code)
      try page.text(0, currency?.code ?? "none", styles.strong)
      for (place, kind) in kinds.enumerated() {
        let groups = changes.groups.filter { $0.key.change == kind && $0.key.currency == currency }.values
        try page.count(1 + 2 * place, Int(groups.reduce(0) { $0 + $1.count }))
        if let currency {
          try page.figure(
            2 + 2 * place, groups.reduce(0) { $0 + $1.amount }, exponent: currency.exponent, nil)
        }
      }
      page.skip()
    }
    try page.line(
      "Amounts are distances: |actual − expected|. Aged: open both times, and in an older bucket of ages now.",
      styles.note)
  }

  /// What has changed in sealed periods, by fact: amounts of different facts are never added.
  private func adjustments(_ page: SummaryPage) throws {
    guard let table = plan.adjustments else { return }
    try page.heading("Changes of sealed periods")
    guard !figures.adjusted.isEmpty else { return try page.line("Nothing has changed.") }
    try page.header(
      ["Sealed period", "Record", "Fact", "Currency", "Changes", "Difference"], numbersFrom: 4)
    for (key, adjusted) in figures.adjusted.sorted(by: { $0.key < $1.key }) {
      let conditions = [
        Condition("sealed_period", key.period.description), Condition("kind", key.kind),
        Condition("field", key.field), Condition("currency", key.currency.code),
      ]
      try page.link(0, key.period.description, to: CellPlace(table.sheets[0], 0, 0))
      try page.text(1, key.kind)
      try page.text(2, key.field)
      try page.text(3, key.currency.code)
      try page.count(4, adjusted.count, table.count(where: conditions))
      if let difference = adjusted.difference {
        try page.figure(
          5, difference, exponent: key.currency.exponent,
          adjusted.isFormulaExact ? table.sum("difference", where: conditions) : nil)
      }
      page.skip()
    }
    try page.line(
      "Difference = now − sealed, where both are known amounts; what was not on record counted as 0. These changes are "
        + "told until the period that tells them is sealed.", styles.note)
  }
}
