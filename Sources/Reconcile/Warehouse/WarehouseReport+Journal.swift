import Foundation
import GRDB
import ReconcileCore

extension WarehouseReport: JournalSource {
  /// Those of the configuration and those with records, also where they are no longer configured.
  public func journalProviders() throws -> [String] {
    try warehouse.read { db in
      let known = try String.fetchAll(
        db,
        sql:
          "SELECT provider FROM provider_import UNION SELECT provider FROM payment UNION SELECT provider FROM refund"
      )
      return Set(known).union(basis.providers.map(\.name)).sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
    }
  }

  /// The rows are read unsorted: that takes no memory, however many there are.
  public func journalTotals() throws -> [Currency: JournalTotals] {
    try warehouse.read { db in
      var totals: [Currency: JournalTotals] = [:]
      let payments = try Row.fetchCursor(
        db,
        sql: "SELECT currency, collected_minor FROM payment WHERE \(Self.isReported("paid_on"))",
        arguments: period)
      while let row = try payments.next() {
        guard let currency = Currency(row[0] as String) else { continue }
        totals[currency, default: JournalTotals()].payments += Int128(row[1] as Int64? ?? 0)
      }
      let refunds = try Row.fetchCursor(
        db,
        sql: "SELECT currency, amount_minor, fee_minor FROM refund WHERE \(Self.isReported("refunded_on"))",
        arguments: period)
      while let row = try refunds.next() {
        guard let currency = Currency(row[0] as String) else { continue }
        totals[currency, default: JournalTotals()].refunds += Int128(row[1] as Int64? ?? 0)
        totals[currency, default: JournalTotals()].fees += Int128(row[2] as Int64? ?? 0)
      }
      return totals
    }
  }

  /// One read of the warehouse; what an order's money was before a record is looked up where it has several.
  public func forEachJournalRecord(_ body: (JournalRecord) throws -> Void) throws {
    try warehouse.read { db in
      let histories = try OrderHistories(db, zone)
      for days in try stretches(db) {
        let rows = try Row.fetchCursor(
          db, sql: Self.journalSQL { "\($0) BETWEEN :from AND :to" },
          arguments: ["from": days.lowerBound, "to": days.upperBound])
        while let row = try rows.next() { try record(row, histories).map(body) }
      }
      let undated = try Row.fetchCursor(db, sql: Self.journalSQL { "\($0) IS NULL" })
      while let row = try undated.next() { try record(row, histories).map(body) }
    }
  }

  private var period: StatementArguments {
    ["from": facts.period.from.dayNumber, "to": facts.period.to.dayNumber]
  }

  /// Records that the report of the period shows.
  private static func isReported(_ day: String) -> String {
    "is_test = 0 AND (\(day) IS NULL OR \(day) BETWEEN :from AND :to)"
  }

  /// The days of the period in stretches of so many records that sorting one takes little memory.
  private func stretches(_ db: Database) throws -> [ClosedRange<Int>] {
    var counts: [Int: Int] = [:]
    let days = try Int.fetchCursor(
      db,
      sql: """
        SELECT paid_on FROM payment WHERE is_test = 0 AND paid_on BETWEEN :from AND :to
        UNION ALL SELECT refunded_on FROM refund WHERE is_test = 0 AND refunded_on BETWEEN :from AND :to
        """, arguments: period)
    while let day = try days.next() { counts[day, default: 0] += 1 }
    var stretches: [ClosedRange<Int>] = []
    var size = 0
    for (day, count) in counts.sorted(by: { $0.key < $1.key }) {
      if let last = stretches.last, size + count <= Self.sortedAtOnce {
        stretches[stretches.count - 1] = last.lowerBound...day
        size += count
      } else {
        stretches.append(day...day)
        size = count
      }
    }
    return stretches
  }

  private static let sortedAtOnce = 50_000

  private func record(_ row: Row, _ histories: OrderHistories) throws -> JournalRecord? {
    guard let currency = Currency(row["currency"] as String) else { return nil }
    let day = (row["day"] as Int?).map(BusinessDay.init(dayNumber:))
    let order = order(row)
    if row["kind"] as Int == 0 {
      var payment = JournalPayment(provider: row["provider"], id: row["record"], day: day, currency: currency)
      payment.collected = row["amount"]
      payment.order = order
      // Most orders have one payment, which needs no look at others.
      if let order, let day, (row["siblings"] as Int) > 1 {
        payment.collectedBefore = try histories.collected(
          before: day, payment.provider, payment.id, order: row["sales_order"], order.amount.currency)
      }
      return .payment(payment)
    }
    var refund = JournalRefund(
      provider: row["provider"], id: row["record"], day: day, currency: currency,
      status: RefundStatus(rawValue: row["status"]) ?? .unknown)
    refund.amount = row["amount"]
    refund.fee = row["fee"]
    refund.paymentID = row["payment_id"]
    refund.order = order
    if let order, let day, refund.status == .completed {
      refund.history = try histories.history(
        before: day, refund.provider, refund.id, order: row["sales_order"], order)
    }
    return .refund(refund)
  }

  private func order(_ row: Row) -> JournalOrder? {
    guard let id = row["order_id"] as String?, let currency = Currency(row["order_currency"] as String) else {
      return nil
    }
    return JournalOrder(
      id: id, amount: Money(minorUnits: row["order_amount"], currency: currency),
      isCancelled: row["is_cancelled"],
      tolerance: basis.tolerance[currency.code] ?? 0)
  }

  private static func journalSQL(where isWanted: (_ day: String) -> String) -> String {
    """
    SELECT 0 AS kind, p.paid_on AS day, p.provider AS provider, p.payment_id AS record, p.currency AS currency,
      p.collected_minor AS amount, NULL AS fee, p.status AS status, p.payment_id AS payment_id,
      p.sales_order AS sales_order, o.order_id AS order_id, o.currency AS order_currency,
      o.amount_minor AS order_amount, o.is_cancelled AS is_cancelled,
      (SELECT count(*) FROM payment s WHERE s.sales_order = p.sales_order) AS siblings
    FROM payment p LEFT JOIN sales_order o ON o.id = p.sales_order
    WHERE p.is_test = 0 AND \(isWanted("p.paid_on"))
    UNION ALL
    SELECT 1, r.refunded_on, r.provider, r.refund_id, r.currency, r.amount_minor, r.fee_minor, r.status,
      coalesce(p.payment_id, r.payment_id), p.sales_order, o.order_id, o.currency, o.amount_minor, o.is_cancelled, 0
    FROM refund r LEFT JOIN payment p ON p.id = r.payment LEFT JOIN sales_order o ON o.id = p.sales_order
    WHERE r.is_test = 0 AND \(isWanted("r.refunded_on"))
    ORDER BY day, kind, provider, record
    """
  }
}

/// Looks up what happened to the money of one order.
private struct OrderHistories {
  private let payments: Statement
  private let refunds: Statement
  private let requests: Statement
  private let zone: Zone

  init(_ db: Database, _ zone: Zone) throws {
    self.zone = zone
    payments = try db.makeStatement(
      sql: """
        SELECT paid_on, collected_minor, provider, payment_id FROM payment
        WHERE sales_order = ? AND is_test = 0 AND currency = ? AND collected_minor > 0 AND paid_on <= ?
        ORDER BY paid_on, provider, payment_id
        """)
    refunds = try db.makeStatement(
      sql: """
        SELECT r.refunded_on, r.amount_minor, r.provider, r.refund_id FROM payment p JOIN refund r ON r.payment = p.id
        WHERE p.sales_order = ? AND r.is_test = 0 AND r.currency = ? AND r.status = 'completed'
          AND r.amount_minor > 0 AND r.refunded_on <= ?
        ORDER BY r.refunded_on, r.provider, r.refund_id
        """)
    requests = try db.makeStatement(
      sql: """
        SELECT m.created_at, m.amount_minor FROM sales_order o JOIN merchant_refund m ON m.order_id = o.order_id
        WHERE o.id = ? AND m.currency = ? ORDER BY m.created_at
        """)
  }

  /// What the order's payments in this currency collected before the one of this day, provider and id.
  func collected(
    before day: BusinessDay, _ provider: String, _ id: String, order: Int64, _ currency: Currency
  ) throws -> Int128 {
    try movements(payments, before: day, provider, id, order, currency).reduce(0) { $0 + Int128($1.amount) }
  }

  /// The order's money up to the refund of this day, provider and id.
  func history(
    before day: BusinessDay, _ provider: String, _ id: String, order key: Int64, _ order: JournalOrder
  ) throws -> OrderHistory {
    var history = OrderHistory()
    let currency = order.amount.currency
    history.collected = try movements(payments, before: day.advanced(by: 1), "", "", key, currency)
    history.refunded = try movements(refunds, before: day, provider, id, key, currency)
    let rows = try Row.fetchCursor(requests, arguments: [key, currency.code])
    while let row = try rows.next() {
      let asked = zone.day(of: Instant(microseconds: row[0]))
      if asked <= day { history.asked.append(OrderHistory.Movement(day: asked, amount: row[1])) }
    }
    return history
  }

  /// Movements that come before one in the order of day, provider and id.
  private func movements(
    _ statement: Statement, before day: BusinessDay, _ provider: String, _ id: String, _ order: Int64,
    _ currency: Currency
  ) throws -> [OrderHistory.Movement] {
    var movements: [OrderHistory.Movement] = []
    let rows = try Row.fetchCursor(statement, arguments: [order, currency.code, day.dayNumber])
    while let row = try rows.next() {
      let movement = OrderHistory.Movement(day: BusinessDay(dayNumber: row[0]), amount: row[1])
      if movement.day == day {
        let other = (row[2] as String).utf8
        guard
          other.lexicographicallyPrecedes(provider.utf8)
            || (other.elementsEqual(provider.utf8)
              && (row[3] as String).utf8.lexicographicallyPrecedes(id.utf8))
        else { break }
      }
      movements.append(movement)
    }
    return movements
  }
}
