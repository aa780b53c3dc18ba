import GRDB
import ReconcileCore
import ReconcileMatching

/// The orders of `temp.work` with all that belongs to each, in the order of their numbers.
struct OrderCases {
  /// An order as it is judged.
  struct Case: Sendable {
    /// Its row in `sales_order`.
    var number: Int64
    var order: OrderCase
    /// What the provider calls its payment, as the merchant's files say.
    var reference: String?
  }

  private var orders: DirectStatement
  private var payments: GroupedRows
  private var refunds: DirectStatement
  private var asked: DirectStatement
  /// A statement that is asked for a row after its last begins anew.
  private var isAtEnd = false

  init(_ db: Database) throws {
    orders = try DirectStatement(
      db,
      """
      SELECT o.id, o.order_id, o.created_at, o.currency, o.amount_minor, o.provider, o.provider_reference, o.is_cancelled,
        EXISTS (SELECT 1 FROM merchant_refund m WHERE m.order_id = o.order_id)
      FROM temp.work w CROSS JOIN sales_order o ON o.id = w.id ORDER BY w.id
      """)
    payments = try GroupedRows(
      db,
      """
      SELECT w.id, p.provider, p.payment_id, p.currency, p.collected_minor, p.status, p.paid_at, p.rule,
        p.amount_is_net, p.amount_minor, p.id, EXISTS (SELECT 1 FROM refund r WHERE r.payment = p.id)
      FROM temp.work w CROSS JOIN payment p ON p.sales_order = w.id ORDER BY w.id
      """)
    refunds = try DirectStatement(
      db,
      """
      SELECT provider, refund_id, amount_minor, fee_minor, status, refunded_at, currency FROM refund
      WHERE payment = ? AND is_test = 0 ORDER BY id
      """)
    asked = try DirectStatement(
      db,
      """
      SELECT refund_id, created_at, amount_minor, provider_reference, currency FROM merchant_refund
      WHERE order_id = ? ORDER BY id
      """)
  }

  /// Stops reading: what is read from may then be dropped.
  mutating func end() {
    orders.begin()
    payments.end()
  }

  /// The next orders, at most so many; none at the end.
  mutating func next(_ count: Int) throws -> [Case] {
    var cases: [Case] = []
    cases.reserveCapacity(count)
    while cases.count < count, !isAtEnd {
      guard try orders.step() else {
        isAtEnd = true
        break
      }
      if let currency = Currency(orders.word(3)) { cases.append(try current(currency)) }
    }
    return cases
  }

  private mutating func current(_ currency: Currency) throws -> Case {
    let number = orders.number(0)
    var order = OrderCase(
      orderID: orders.word(1), createdAt: Instant(microseconds: orders.number(2)),
      amount: Money(minorUnits: orders.number(4), currency: currency), namedProvider: orders.text(5),
      isCancelled: orders.number(7) != 0)
    try payments.forEach(of: number) { row in
      guard let paidIn = row.holds(3, currency.code) ? currency : Currency(row.word(3)) else { return }
      var payment = LinkedPayment(
        provider: row.word(1), paymentID: row.word(2), currency: paidIn, collected: row.integer(4),
        status: PaymentStatus(rawValue: row.word(5)) ?? .unknown,
        paidAt: row.integer(6).map(Instant.init(microseconds:)),
        rule: MatchRule(rawValue: row.word(7)) ?? .manual)
      if row.number(8) != 0, payment.collected == nil { payment.netAmount = row.number(9) }
      order.payments.append(payment)
      if row.number(11) != 0 {
        try Self.add(&refunds, of: row.number(10), payment.paymentID, to: &order)
      }
    }
    if orders.number(8) != 0 { try addAsked(to: &order) }
    return Case(number: number, order: order, reference: orders.text(6))
  }

  private static func add(
    _ refunds: inout DirectStatement, of payment: Int64, _ paymentID: String, to order: inout OrderCase
  ) throws {
    refunds.add(payment)
    while try refunds.step() {
      guard refunds.holds(6, order.amount.currency.code) else { continue }
      order.refunds.append(
        LinkedRefund(
          provider: refunds.word(0), refundID: refunds.word(1), paymentID: paymentID,
          amount: refunds.integer(2), fee: refunds.integer(3),
          status: RefundStatus(rawValue: refunds.word(4)) ?? .unknown,
          refundedAt: refunds.integer(5).map(Instant.init(microseconds:))))
    }
    refunds.begin()
  }

  private mutating func addAsked(to order: inout OrderCase) throws {
    asked.add(order.orderID)
    while try asked.step() {
      guard asked.holds(4, order.amount.currency.code) else { continue }
      order.asked.append(
        AskedRefund(
          refundID: asked.word(0), createdAt: Instant(microseconds: asked.number(1)),
          amount: asked.number(2), providerReference: asked.text(3)))
    }
    asked.begin()
  }
}

/// Rows sorted by the group number in their first column, handed out group by group in step with another sorted query.
private struct GroupedRows {
  private var rows: DirectStatement
  private var hasRow: Bool

  init(_ db: Database, _ sql: String) throws {
    rows = try DirectStatement(db, sql)
    hasRow = try rows.step()
  }

  mutating func end() { rows.begin() }

  mutating func forEach(of group: Int64, _ body: (DirectStatement) throws -> Void) throws {
    while hasRow {
      let key = rows.number(0)
      if key > group { return }
      if key == group { try body(rows) }
      hasRow = try rows.step()
    }
  }
}
