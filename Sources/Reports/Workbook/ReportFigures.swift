import ReconcileCore

/// The exact total of one column in one currency.
struct ColumnSum: Equatable {
  var total: Int128 = 0
  /// False where the column holds cells that a formula would leave out or count wrongly: amounts that stand
  /// as text, and counts among amounts. The total is then written as a number instead of a formula.
  var isFormulaExact = true
}

/// Rows and totals of one table, known before its sheet is begun: rows are written from the top, and totals
/// stand above them.
struct TableFigures {
  var rows = 0
  private(set) var rowsByCurrency: [Currency: Int] = [:]
  /// By currency, in the order of the table's columns; columns without a total stay 0.
  private(set) var sums: [Currency: [ColumnSum]] = [:]

  var currencies: [Currency] { sums.keys.sorted() }

  func sum(_ currency: Currency, _ column: Int) -> ColumnSum { sums[currency]?[column] ?? ColumnSum() }

  /// Reads the table once; `also` sees every row.
  static func gather<Row>(_ table: Table<Row>, also: (Row) -> Void = { _ in }) throws -> TableFigures {
    var figures = TableFigures()
    let totalled = table.layouts.indices.filter { table.layouts[$0].isTotalled }
    // Rows of one currency come in long runs: the dictionary is asked only when the currency changes.
    var current: Currency?
    var sums = [ColumnSum](repeating: ColumnSum(), count: table.columns.count)
    var run = 0
    func keep() {
      guard let current else { return }
      figures.sums[current] = sums
      figures.rowsByCurrency[current, default: 0] += run
    }
    try table.forEach { row in
      figures.rows += 1
      also(row)
      guard let currency = table.currency(row) else { return }
      if currency != current {
        keep()
        run = 0
        sums = figures.sums[currency] ?? Array(repeating: ColumnSum(), count: table.columns.count)
        current = currency
      }
      run += 1
      for column in totalled {
        switch table.columns[column].cell(row) {
        case .money(let money):
          sums[column].total += Int128(money.minorUnits)
          if !CellWriter.fits(Int128(money.minorUnits)) { sums[column].isFormulaExact = false }
        case .count(let count):
          if table.layouts[column].kind == .count {
            sums[column].total += Int128(count)
          } else {
            sums[column].isFormulaExact = false
          }
        default: break
        }
      }
    }
    keep()
    return figures
  }
}

/// How the settlement days of one currency compare.
struct SettlementFigure {
  var days = 0
  var mismatched = 0
}

/// One line of the findings on Summary: a kind of finding in one currency.
struct FindingKey: Hashable, Comparable {
  let code: DiscrepancyCode
  let currency: Currency?

  private var rank: (Int, Int, String) {
    let severity = Severity.allCases.firstIndex(of: code.severity) ?? 0
    let order = DiscrepancyCode.allCases.firstIndex(of: code) ?? 0
    return (severity, order, currency?.code ?? "~")
  }

  static func < (a: FindingKey, b: FindingKey) -> Bool { a.rank < b.rank }
}

/// How many findings of a kind there are and what the open ones are about.
struct FindingFigures {
  var byStatus: [DiscrepancyStatus: Int] = [:]
  /// Sum of |difference| of the open ones, in minor units.
  var openAmount: Int128 = 0
  /// Open ones whose difference is unknown.
  var openUnknown = 0
  var hasAmounts = false
}

/// Everything the workbook and the page say that is not in a row itself: one pass over each table.
struct ReportFigures {
  let tables: ReportTableSet
  var discrepancies = TableFigures()
  var orders = TableFigures()
  var payments = TableFigures()
  var refunds = TableFigures()
  var settlement = TableFigures()
  var openItems = TableFigures()
  var rejects = TableFigures()
  /// Findings of the period, by kind and currency.
  var findings: [FindingKey: FindingFigures] = [:]
  var settlementDays: [Currency: SettlementFigure] = [:]
  /// Collected − refunded of the orders whose net is known.
  var orderNetParts: [Currency: Int128] = [:]
  /// Gross − refunds − fees of the settlement days whose net is known.
  var settlementNetParts: [Currency: Int128] = [:]

  /// What came in on which day, and how old is what is open.
  var collectedByDay = CollectedByDay()
  var ageing = Ageing()

  /// Days on which a provider's settlement report and our records differ.
  var mismatchedDays: Int { settlementDays.values.reduce(0) { $0 + $1.mismatched } }
  var dataRows: Int {
    discrepancies.rows + orders.rows + payments.rows + refunds.rows + settlement.rows + openItems.rows
      + rejects.rows
  }

  /// Findings with this status.
  func findingCount(_ status: DiscrepancyStatus) -> Int {
    findings.values.reduce(0) { $0 + ($1.byStatus[status] ?? 0) }
  }

  init(_ source: any ReportSource) throws {
    tables = ReportTableSet(source)
    var findings: [FindingKey: FindingFigures] = [:]
    var days: [Currency: SettlementFigure] = [:]
    var orderNets: [Currency: Int128] = [:]
    var dayNets: [Currency: Int128] = [:]
    var collectedByDay = CollectedByDay()
    var ageing = Ageing()
    discrepancies = try .gather(tables.discrepancies) { row in
      findings[FindingKey(code: row.code, currency: row.currency), default: FindingFigures()].add(row)
      ageing.add(row)
    }
    orders = try .gather(tables.orders) { row in
      guard row.net != nil, let collected = row.collected, let refunded = row.refunded else { return }
      orderNets[row.amount.currency, default: 0] += Int128(collected.minorUnits) - Int128(refunded.minorUnits)
    }
    payments = try .gather(tables.payments) { collectedByDay.add($0) }
    collectedByDay.finish()
    refunds = try .gather(tables.refunds)
    settlement = try .gather(tables.settlement) { row in
      days[row.currency, default: SettlementFigure()].days += 1
      if row.status == .mismatch { days[row.currency, default: SettlementFigure()].mismatched += 1 }
      guard row.net != nil, let gross = row.gross else { return }
      dayNets[row.currency, default: 0] += Int128(gross) - Int128(row.refunds) - Int128(row.fees)
    }
    openItems = try .gather(tables.openItems) { ageing.add($0) }
    rejects = try .gather(tables.rejects)
    self.findings = findings
    settlementDays = days
    orderNetParts = orderNets
    settlementNetParts = dayNets
    self.collectedByDay = collectedByDay
    self.ageing = ageing
  }
}

extension FindingFigures {
  fileprivate mutating func add(_ row: DiscrepancyRow) {
    byStatus[row.status, default: 0] += 1
    switch row.difference {
    case .money(let money):
      hasAmounts = true
      if row.status == .open { openAmount += Int128(money.minorUnits).magnitudeValue }
    case .count: break
    case nil: if row.status == .open { openUnknown += 1 }
    }
  }
}

extension Int128 {
  /// The distance from 0, still signed; totals stay far below the ends of the range.
  var magnitudeValue: Int128 { self < 0 ? -self : self }
}

/// The seven tables of a report, each with the name of its sheet.
struct ReportTableSet {
  let discrepancies: Table<DiscrepancyRow>
  let orders: Table<OrderRow>
  let payments: Table<PaymentRow>
  let refunds: Table<RefundRow>
  let settlement: Table<SettlementRow>
  let openItems: Table<DiscrepancyRow>
  let rejects: Table<Reject>

  init(_ source: any ReportSource) {
    let findings = ReportTables.discrepancies
    discrepancies = Table("Discrepancies", findings, currency: \.currency) {
      try source.forEachDiscrepancy($0)
    }
    orders = Table("Orders", ReportTables.orders, currency: \.amount.currency) { try source.forEachOrder($0) }
    payments = Table("Payments", ReportTables.payments, currency: \.amount.currency) {
      try source.forEachPayment($0)
    }
    refunds = Table("Refunds", ReportTables.refunds, currency: \.currency) { try source.forEachRefund($0) }
    settlement = Table("Settlement", ReportTables.settlement, currency: \.currency) {
      try source.forEachSettlementDay($0)
    }
    openItems = Table("Open items", findings, currency: \.currency) { try source.forEachOpenItem($0) }
    rejects = Table("Rejects", ReportTables.rejects, currency: { _ in nil }) { try source.forEachReject($0) }
  }
}
