import ReconcileCore

/// The exact total of one column in one currency.
struct ColumnSum: Equatable {
  var total: Int128 = 0
  /// False where the column holds cells that a formula would leave out or count wrongly: amounts that stand as
  /// text, and counts among amounts. The total is then written as a number instead of a formula.
  var isFormulaExact = true
}

/// Rows and totals of one table, known before its sheet is begun: rows are written from the top, and totals stand
/// above them.
struct TableFigures {
  var rows = 0
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
    try table.forEach { row in
      figures.rows += 1
      also(row)
      guard let currency = table.currency(row) else { return }
      if currency != current {
        if let current { figures.sums[current] = sums }
        sums = figures.sums[currency] ?? Array(repeating: ColumnSum(), count: table.columns.count)
        current = currency
      }
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
    if let current { figures.sums[current] = sums }
    return figures
  }
}

/// What Summary and Controls say of one currency beyond the totals of columns.
struct CurrencyFigures {
  var orders = 0
  var byMatchStatus: [MatchStatus: Int] = [:]
  var payments = 0
  var linked: Int128 = 0
  var unlinked: Int128 = 0
  var undated: Int128 = 0
  var settlementDays = 0
  var mismatchedDays = 0
  var comparedDays = 0
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

/// Everything the workbook says that is not in a row itself: one pass over each table.
struct ReportFigures {
  let tables: ReportTableSet
  var discrepancies = TableFigures()
  var orders = TableFigures()
  var payments = TableFigures()
  var refunds = TableFigures()
  var settlement = TableFigures()
  var openItems = TableFigures()
  var rejects = TableFigures()
  var byCurrency: [Currency: CurrencyFigures] = [:]
  var findings: [FindingKey: FindingFigures] = [:]
  var mismatchedDays = 0
  var unknownDays = 0

  var currencies: [Currency] { byCurrency.keys.sorted() }
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
    var byCurrency: [Currency: CurrencyFigures] = [:]
    var findings: [FindingKey: FindingFigures] = [:]
    var mismatched = 0
    var unknown = 0
    discrepancies = try .gather(tables.discrepancies) { row in
      findings[FindingKey(code: row.code, currency: row.currency), default: FindingFigures()].add(row)
    }
    orders = try .gather(tables.orders) { row in
      byCurrency[row.amount.currency, default: CurrencyFigures()].orders += 1
      byCurrency[row.amount.currency]?.byMatchStatus[row.matchStatus, default: 0] += 1
    }
    payments = try .gather(tables.payments) { row in
      byCurrency[row.amount.currency, default: CurrencyFigures()].add(row)
    }
    refunds = try .gather(tables.refunds) { row in
      _ = byCurrency[row.currency, default: CurrencyFigures()]
    }
    settlement = try .gather(tables.settlement) { row in
      byCurrency[row.currency, default: CurrencyFigures()].add(row)
      if row.status == .mismatch { mismatched += 1 }
      if row.status == .unknown { unknown += 1 }
    }
    openItems = try .gather(tables.openItems)
    rejects = try .gather(tables.rejects)
    for currency in refunds.currencies where byCurrency[currency] == nil {
      byCurrency[currency] = CurrencyFigures()
    }
    self.byCurrency = byCurrency
    self.findings = findings
    mismatchedDays = mismatched
    unknownDays = unknown
  }
}

extension CurrencyFigures {
  fileprivate mutating func add(_ row: PaymentRow) {
    payments += 1
    let collected = Int128(row.collected?.minorUnits ?? 0)
    if row.orderID == nil { unlinked += collected } else { linked += collected }
    if row.paymentDate == nil { undated += collected }
  }

  fileprivate mutating func add(_ row: SettlementRow) {
    settlementDays += 1
    if row.status == .mismatch { mismatchedDays += 1 }
    if row.status == .mismatch || row.status == .tiedOut { comparedDays += 1 }
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
    discrepancies = Table("Discrepancies", findings, currency: \.currency) { try source.forEachDiscrepancy($0) }
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
