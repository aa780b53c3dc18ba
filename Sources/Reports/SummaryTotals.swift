import ReconcileCore

/// The tables of a report, in the order they are written.
public enum ReportTable: String, Sendable, CaseIterable {
  case discrepancies
  case openItems = "open_items"
  case orders, payments, refunds, settlement, rejects
  /// Written only where an earlier period is sealed.
  case adjustments

  /// The tables that every report has.
  public static let ofEveryReport = allCases.filter { $0 != .adjustments }

  /// The name of the table's CSV file.
  public var fileName: String { rawValue + ".csv" }
}

/// Counts and exact sums over the rows of one report, gathered in a single pass.
///
/// Sums are minor units of their currency, wide enough never to overflow; an unknown amount adds nothing.
public struct SummaryTotals: Sendable, Equatable {
  /// Orders of one currency.
  public struct Orders: Sendable, Equatable {
    public internal(set) var count: Int64 = 0
    public internal(set) var amount: Int128 = 0
    public internal(set) var collected: Int128 = 0
    public internal(set) var refunded: Int128 = 0
    /// Only statuses that occur.
    public internal(set) var byMatchStatus: [MatchStatus: Int64] = [:]
  }

  /// Payments of one currency.
  public struct Payments: Sendable, Equatable {
    public internal(set) var count: Int64 = 0
    public internal(set) var collected: Int128 = 0
    /// The part of `collected` that belongs to an order.
    public internal(set) var linked: Int128 = 0
    /// The part of `collected` that belongs to none.
    public internal(set) var unlinked: Int128 = 0
    /// The part of `collected` whose payments carry no date.
    public internal(set) var undated: Int128 = 0

    /// What the two parts leave of the whole: zero, or the report must not be trusted.
    public var difference: Int128 { collected - linked - unlinked }
  }

  /// Refunds of one currency.
  public struct Refunds: Sendable, Equatable {
    public internal(set) var count: Int64 = 0
    public internal(set) var amount: Int128 = 0
    public internal(set) var fees: Int128 = 0
  }

  /// Findings of one code in the discrepancies table.
  public struct Findings: Sendable, Equatable {
    public internal(set) var open: Int64 = 0
    public internal(set) var settled: Int64 = 0
    public internal(set) var accepted: Int64 = 0
    /// Sum of |difference| over open findings, by currency; findings that count things add nothing.
    public internal(set) var openAmount: [Currency: Int128] = [:]

    /// Findings of this code whatever their status.
    public var count: Int64 { open + settled + accepted }
  }

  /// By the order's currency.
  public private(set) var orders: [Currency: Orders] = [:]
  /// By the payment's currency.
  public private(set) var payments: [Currency: Payments] = [:]
  /// By the refund's currency.
  public private(set) var refunds: [Currency: Refunds] = [:]
  /// Of the discrepancies table only; codes that do not occur are absent.
  public private(set) var findings: [DiscrepancyCode: Findings] = [:]
  var agesByKey: [AgeKey: OpenAges] = [:]
  /// Data rows by table; tables without rows are absent.
  public private(set) var rows: [ReportTable: Int64] = [:]

  /// Nothing counted yet.
  public init() {}

  /// Data rows of one table.
  public func rowCount(_ table: ReportTable) -> Int64 { rows[table, default: 0] }

  /// Findings of the discrepancies table with this status.
  public func findingCount(_ status: DiscrepancyStatus) -> Int64 {
    findings.values.reduce(0) { sum, finding in
      switch status {
      case .open: sum + finding.open
      case .settled: sum + finding.settled
      case .accepted: sum + finding.accepted
      }
    }
  }

  /// The codes that occur, in the vocabulary's order.
  public var codes: [DiscrepancyCode] { DiscrepancyCode.allCases.filter { findings[$0] != nil } }

  /// Every currency that an order, payment or refund carries, in alphabetical order.
  public var currencies: [Currency] {
    Set(orders.keys).union(payments.keys).union(refunds.keys).sorted()
  }

  /// Counts a row of discrepancies.csv.
  public mutating func add(discrepancy row: DiscrepancyRow) {
    rows[.discrepancies, default: 0] += 1
    addAge(of: row)
    switch row.status {
    case .open:
      findings[row.code, default: Findings()].open += 1
      if case .money(let difference) = row.difference {
        findings[row.code, default: Findings()].openAmount[difference.currency, default: 0] +=
          Int128(difference.minorUnits.magnitude)
      }
    case .settled: findings[row.code, default: Findings()].settled += 1
    case .accepted: findings[row.code, default: Findings()].accepted += 1
    }
  }

  /// Counts a row of orders.csv.
  public mutating func add(order row: OrderRow) throws {
    let currency = row.amount.currency
    let collected = try Self.minorUnits(row.collected, in: currency, of: row.orderID)
    let refunded = try Self.minorUnits(row.refunded, in: currency, of: row.orderID)
    rows[.orders, default: 0] += 1
    orders[currency, default: Orders()].add(
      amount: Int128(row.amount.minorUnits), collected: collected, refunded: refunded, status: row.matchStatus
    )
  }

  /// Counts a row of payments.csv.
  public mutating func add(payment row: PaymentRow) throws {
    let currency = row.amount.currency
    let collected = try Self.minorUnits(row.collected, in: currency, of: row.paymentID)
    rows[.payments, default: 0] += 1
    payments[currency, default: Payments()].add(
      collected: collected, linked: row.orderID != nil, dated: row.paymentDate != nil)
  }

  /// Counts a row of refunds.csv.
  public mutating func add(refund row: RefundRow) throws {
    let amount = try Self.minorUnits(row.amount, in: row.currency, of: row.refundID)
    let fee = try Self.minorUnits(row.fee, in: row.currency, of: row.refundID)
    rows[.refunds, default: 0] += 1
    refunds[row.currency, default: Refunds()].add(amount: amount, fee: fee)
  }

  /// Counts a row of a table that has no sums.
  mutating func addRow(of table: ReportTable) { rows[table, default: 0] += 1 }

  /// The minor units of an amount; one in another currency than its row would be counted as what it is not.
  private static func minorUnits(_ money: Money?, in currency: Currency, of id: String) throws -> Int128 {
    guard let money else { return 0 }
    guard money.currency == currency else {
      throw Failure(
        .defect, "an amount in \(money.currency) stands in a row in \(currency)", at: id,
        remedy: "report this with the output of `reconcile explain \(id)`")
    }
    return Int128(money.minorUnits)
  }
}

extension SummaryTotals.Orders {
  mutating func add(amount: Int128, collected: Int128, refunded: Int128, status: MatchStatus) {
    count += 1
    self.amount += amount
    self.collected += collected
    self.refunded += refunded
    byMatchStatus[status, default: 0] += 1
  }
}

extension SummaryTotals.Payments {
  mutating func add(collected: Int128, linked: Bool, dated: Bool) {
    count += 1
    self.collected += collected
    if linked { self.linked += collected } else { unlinked += collected }
    if !dated { undated += collected }
  }
}

extension SummaryTotals.Refunds {
  mutating func add(amount: Int128, fee: Int128) {
    count += 1
    self.amount += amount
    fees += fee
  }
}
