import ReconcileCore

/// One cell of a report, typed so that every format can write it as what it is.
public enum Cell: Sendable, Equatable {
  /// Unknown or absent; zero is never blank.
  case blank
  /// Free text or an id; a CSV defuses it, a workbook stores it as text.
  case text(String)
  case money(Money)
  case count(Int64)
  case day(BusinessDay)
  case instant(Instant)
  case flag(Bool)

  init(_ text: String?) { self = text.map(Cell.text) ?? .blank }
  init(_ money: Money?) { self = money.map(Cell.money) ?? .blank }
  init(_ count: Int64?) { self = count.map(Cell.count) ?? .blank }
  init(_ day: BusinessDay?) { self = day.map(Cell.day) ?? .blank }
  init(_ value: AdjustmentRow.Value?) {
    switch value {
    case .money(let money): self = .money(money)
    case .text(let text): self = .text(text)
    case .day(let day): self = .day(day)
    case nil: self = .blank
    }
  }
  init(_ figure: Figure?) {
    switch figure {
    case .money(let money): self = .money(money)
    case .count(let count): self = .count(count)
    case nil: self = .blank
    }
  }
}

/// A named column and how a row fills it.
public struct Column<Row>: Sendable {
  public let name: String
  public let cell: @Sendable (Row) -> Cell

  init(_ name: String, _ cell: @escaping @Sendable (Row) -> Cell) {
    self.name = name
    self.cell = cell
  }
}

/// The columns of every report, in their fixed order.
public enum ReportTables {
  /// discrepancies.csv and open_items.csv.
  public static let discrepancies: [Column<DiscrepancyRow>] = [
    Column("id") { .text($0.id) },
    Column("code") { .text($0.code.rawValue) },
    Column("severity") { .text($0.code.severity.rawValue) },
    Column("status") { .text($0.status.rawValue) },
    Column("provider") { Cell($0.provider) },
    Column("currency") { Cell($0.currency?.code) },
    Column("order_id") { Cell($0.orderID) },
    Column("payment_id") { Cell($0.paymentID) },
    Column("refund_id") { Cell($0.refundID) },
    Column("business_date") { Cell($0.businessDate) },
    Column("expected") { Cell($0.expected) },
    Column("actual") { Cell($0.actual) },
    Column("difference") { Cell($0.difference) },
    Column("age_days") { Cell($0.ageDays.map(Int64.init)) },
    Column("explanation") { .text($0.explanation) },
  ]

  /// orders.csv.
  public static let orders: [Column<OrderRow>] = [
    Column("order_id") { .text($0.orderID) },
    Column("order_date") { .day($0.orderDate) },
    Column("created_at") { .instant($0.createdAt) },
    Column("provider") { Cell($0.provider) },
    Column("currency") { .text($0.amount.currency.code) },
    Column("amount") { .money($0.amount) },
    Column("collected") { Cell($0.collected) },
    Column("difference") { Cell($0.difference) },
    Column("refund_due") { Cell($0.refundDue) },
    Column("refunded") { Cell($0.refunded) },
    Column("refund_fees") { Cell($0.refundFees) },
    Column("net") { Cell($0.net) },
    Column("match_status") { .text($0.matchStatus.rawValue) },
    Column("refund_status") { .text($0.refundStatus.rawValue) },
    Column("payment_ids") { Cell($0.paymentIDs) },
    Column("refund_ids") { Cell($0.refundIDs) },
    Column("matched_by") { Cell($0.matchedBy) },
    Column("discrepancies") { Cell($0.discrepancies) },
    Column("note") { Cell($0.note) },
  ]

  /// payments.csv.
  public static let payments: [Column<PaymentRow>] = [
    Column("provider") { .text($0.provider) },
    Column("payment_id") { .text($0.paymentID) },
    Column("payment_date") { Cell($0.paymentDate) },
    Column("currency") { .text($0.amount.currency.code) },
    Column("amount") { .money($0.amount) },
    Column("collected") { Cell($0.collected) },
    Column("status") { .text($0.status.rawValue) },
    Column("provider_status") { .text($0.providerStatus) },
    Column("order_id") { Cell($0.orderID) },
    Column("matched_by") { Cell($0.matchedBy?.rawValue) },
    Column("note") { Cell($0.note) },
  ]

  /// refunds.csv.
  public static let refunds: [Column<RefundRow>] = [
    Column("provider") { .text($0.provider) },
    Column("refund_id") { .text($0.refundID) },
    Column("refund_date") { Cell($0.refundDate) },
    Column("payment_id") { Cell($0.paymentID) },
    Column("order_id") { Cell($0.orderID) },
    Column("currency") { .text($0.currency.code) },
    Column("amount") { Cell($0.amount) },
    Column("fee") { Cell($0.fee) },
    Column("customer_amount") { Cell($0.customerAmount) },
    Column("status") { .text($0.status.rawValue) },
    Column("provider_status") { .text($0.providerStatus) },
    Column("inferred") { .flag($0.inferred) },
  ]

  /// settlement.csv.
  public static let settlement: [Column<SettlementRow>] = [
    Column("provider") { .text($0.provider) },
    Column("currency") { .text($0.currency.code) },
    Column("date") { .day($0.date) },
    money("gross") { $0.gross },
    money("refunds") { $0.refunds },
    money("fees") { $0.fees },
    money("net") { $0.net },
    Column("transactions") { Cell($0.transactions) },
    money("reported_gross") { $0.reported.gross },
    money("reported_refunds") { $0.reported.refunds },
    money("reported_fees") { $0.reported.fees },
    money("reported_net") { $0.reported.net },
    Column("reported_transactions") { Cell($0.reported.count) },
    money("net_difference") { $0.netDifference },
    Column("status") { .text($0.status.rawValue) },
  ]

  /// rejects.csv.
  public static let rejects: [Column<Reject>] = [
    Column("source") { .text($0.source) },
    Column("location") { .text($0.location) },
    Column("reason") { .text($0.reason) },
    Column("record") { .text($0.record) },
  ]

  /// adjustments.csv.
  public static let adjustments: [Column<AdjustmentRow>] = [
    Column("sealed_period") { .text($0.period.description) },
    Column("kind") { .text($0.kind) },
    Column("provider") { Cell($0.provider) },
    Column("id") { .text($0.id) },
    Column("date") { .day($0.date) },
    Column("currency") { .text($0.currency.code) },
    Column("field") { .text($0.field) },
    Column("sealed") { Cell($0.sealed) },
    Column("now") { Cell($0.now) },
    Column("difference") { Cell($0.difference) },
    Column("arrived_at") { .instant($0.arrivedAt) },
    Column("run_id") { .text($0.runID) },
    Column("evidence") { Cell($0.evidence) },
  ]

  private static func money(
    _ name: String, _ minorUnits: @escaping @Sendable (SettlementRow) -> Int64?
  ) -> Column<SettlementRow> {
    Column(name) { row in
      Cell(minorUnits(row).map { Money(minorUnits: $0, currency: row.currency) })
    }
  }
}
