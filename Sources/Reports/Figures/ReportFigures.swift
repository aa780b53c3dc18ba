import ReconcileCore

/// Everything a report says that is not in a row itself, gathered in one pass over the rows: for the workbook and for
/// whoever else draws a picture of the period. Sums are minor units; an unknown amount adds nothing.
public struct ReportFigures {
  let tables: ReportTableSet
  var discrepancies = TableFigures()
  var openItems = TableFigures()
  var orders = TableFigures()
  var payments = TableFigures()
  var refunds = TableFigures()
  var settlement = TableFigures()
  var rejects = TableFigures()
  /// Of a report after a sealed period; otherwise without rows.
  var adjustments = TableFigures()

  /// What changed in sealed periods, by period, kind of record, fact and currency.
  var adjusted: [AdjustmentKey: AdjustmentFigures] = [:]
  /// Findings of the period, by kind and currency.
  var findings: [FindingKey: FindingFigures] = [:]
  /// Open findings of the period and open items, by currency and age.
  var ageing: [AgeKey: AgeFigures] = [:]
  /// Sum of the differences that nobody has explained yet, see ``DiscrepancyCode/leavesMoneyUnexplained``; negative
  /// where money is missing.
  var unexplained: [Currency: Int128] = [:]
  /// Orders by currency and verdict.
  var matching: [MatchKey: MatchFigures] = [:]
  /// What payments brought in, by currency, provider and day.
  var collected: CollectedByDay
  /// The settlement days by provider and currency.
  var settlementTotals: [SettlementKey: SettlementTotal] = [:]

  // What the controls compare: right sides of equations that hold in every row, summed apart from the left ones.
  /// Amount − fee of the refunds whose customer amount is known; a fee that is not known takes nothing off.
  var customerAmountParts: [Currency: Int128] = [:]
  /// Gross − refunds − fees of the settlement days whose net is known.
  var settlementNetParts: [Currency: Int128] = [:]

  /// The rows that findings point at.
  var places = RowPlaces()

  init(tables: ReportTableSet, period: Period) {
    self.tables = tables
    collected = CollectedByDay(period)
  }

  /// Days on which a provider's settlement report and our records differ.
  var mismatchedDays: Int { settlementTotals.values.reduce(0) { $0 + $1.days(.mismatch) } }

  /// Every row of the tables.
  var dataRows: Int {
    discrepancies.rows + orders.rows + payments.rows + refunds.rows + settlement.rows + openItems.rows
      + rejects.rows + adjustments.rows
  }

  /// Every currency of the period's own records and findings.
  var currencies: [Currency] {
    let tables = [discrepancies, openItems, orders, payments, refunds, settlement]
    return Set(tables.flatMap(\.currencies)).sorted()
  }

  /// All orders of one currency.
  func allOrders(_ currency: Currency) -> MatchFigures {
    matching.reduce(into: MatchFigures()) { if $1.key.currency == currency { $0.add($1.value) } }
  }

  /// Findings of the period with this status.
  func findingCount(_ status: DiscrepancyStatus) -> Int {
    findings.values.reduce(0) { $0 + $1.count(status) }
  }
}

/// A kind of finding in one currency.
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
  private var byStatus: [DiscrepancyStatus: Int] = [:]
  /// Sum of |difference| of the open ones, in minor units.
  private(set) var openAmount: Int128 = 0
  /// Open ones whose difference is unknown.
  private(set) var openUnknown = 0
  private(set) var hasAmounts = false
  /// Whether the sum of their difference cells is that of their amounts: none counts things instead of money, and none
  /// is too long for a number cell.
  private(set) var isFormulaExact = true
  /// The first of them among the rows of Discrepancies.
  let firstRow: Int

  init(firstRow: Int) { self.firstRow = firstRow }

  func count(_ status: DiscrepancyStatus) -> Int { byStatus[status] ?? 0 }

  mutating func add(_ row: DiscrepancyRow) {
    byStatus[row.status, default: 0] += 1
    switch row.difference {
    case .money(let money):
      hasAmounts = true
      if !CellWriter.fits(money.minorUnits) { isFormulaExact = false }
      if row.status == .open { openAmount += Int128(money.minorUnits.magnitude) }
    case .count: isFormulaExact = false
    case nil: if row.status == .open { openUnknown += 1 }
    }
  }
}

/// Open findings of one currency and age.
struct AgeKey: Hashable {
  let currency: Currency?
  let age: AgeBucket
  /// Dated before the period.
  let isEarlier: Bool
}

/// How many they are and what they are about.
struct AgeFigures {
  var count = 0
  /// Sum of |difference| in minor units; findings that count things or whose difference is unknown add nothing.
  var amount: Int128 = 0

  mutating func add(_ row: DiscrepancyRow) {
    count += 1
    if case .money(let money) = row.difference { amount += Int128(money.minorUnits.magnitude) }
  }

  static func + (a: AgeFigures, b: AgeFigures) -> AgeFigures {
    AgeFigures(count: a.count + b.count, amount: a.amount + b.amount)
  }
}

/// Orders of one currency with one verdict.
struct MatchKey: Hashable, Comparable {
  let currency: Currency
  let status: MatchStatus

  static func < (a: MatchKey, b: MatchKey) -> Bool {
    (a.currency, a.place) < (b.currency, b.place)
  }

  private var place: Int { MatchStatus.allCases.firstIndex(of: status) ?? 0 }
}

/// How many they are, what was due and what came in.
struct MatchFigures {
  var count = 0
  var amount: Int128 = 0
  var collected: Int128 = 0
  /// Collected − amount where it is known.
  var difference: Int128 = 0
  /// Fees of the refunds that belong to the orders.
  var refundFees: Int128 = 0
  /// Collected − refunded of the orders whose net is known.
  var netParts: Int128 = 0
  /// Collected − amount of the orders whose difference is known.
  var differenceParts: Int128 = 0

  mutating func add(_ row: OrderRow) {
    count += 1
    amount += Int128(row.amount.minorUnits)
    refundFees += Int128(row.refundFees?.minorUnits ?? 0)
    guard let collected = row.collected else { return }
    self.collected += Int128(collected.minorUnits)
    if row.net != nil, let refunded = row.refunded {
      netParts += Int128(collected.minorUnits) - Int128(refunded.minorUnits)
    }
    if let difference = row.difference {
      self.difference += Int128(difference.minorUnits)
      differenceParts += Int128(collected.minorUnits) - Int128(row.amount.minorUnits)
    }
  }

  mutating func add(_ other: MatchFigures) {
    count += other.count
    amount += other.amount
    collected += other.collected
    difference += other.difference
    refundFees += other.refundFees
    netParts += other.netParts
    differenceParts += other.differenceParts
  }
}

extension DiscrepancyCode {
  /// Whether an open finding of this kind is money that came in without a reason or did not come in: together they
  /// are what orders and payments leave unexplained. Kinds that look at the same money a second time (refunds,
  /// settlement reports) are left out.
  var leavesMoneyUnexplained: Bool {
    switch self {
    case .unpaidOrder, .partialPayment, .overpayment, .duplicatePayment, .currencyMismatch,
      .paidCancelledOrder,
      .orphanPayment:
      true
    default: false
    }
  }
}

extension Int128 {
  /// The distance from 0, still signed; totals stay far below the ends of the range.
  var magnitudeValue: Int128 { self < 0 ? -self : self }
}
