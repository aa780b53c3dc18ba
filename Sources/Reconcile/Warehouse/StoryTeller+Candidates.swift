import GRDB
import ReconcileCore

/// The nearest partners of what is unmatched. Every look-up goes through an index and is bounded, so that a large
/// warehouse is answered as fast as a small one.
extension StoryTeller {
  /// How many candidates are told.
  static let candidateLimit = 5
  /// How many orders by date are looked through on each side.
  private static let ordersLookedAt = 2_000

  // MARK: Orders that want money

  /// The payments that come nearest to what an order is still missing.
  func nearestPayments(ofOrder row: Row) throws -> StoryPart {
    let order = try orderSide(row)
    var near: [Int64: String] = [:]
    for name in Self.variants(of: order.id) {
      for payment in try Int64.fetchAll(
        db, sql: "SELECT payment FROM payment_claim WHERE order_id = ? LIMIT 10", arguments: [name])
      { near[payment] = name }
    }
    if let reference: String = row["provider_reference"] {
      for name in Self.variants(of: reference) {
        for payment in try Int64.fetchAll(
          db, sql: Warehouse.paymentsNamed + " LIMIT 10", arguments: [name])
        { near[payment] = name }
      }
    }
    var numbers = Set(near.keys)
    let loose = try findings(
      "orphan_payment", .actual, near: order.wanted, order.currency, day: row["order_on"])
    for finding in loose {
      let number = try Int64.fetchOne(
        db, sql: "SELECT id FROM payment WHERE provider = ? AND payment_id = ?",
        arguments: [finding["provider"], finding["payment_id"]])
      if let number { numbers.insert(number) }
    }
    let suggested = try Int64.fetchOne(
      db, sql: "SELECT payment FROM suggestion WHERE sales_order = ?", arguments: [order.number])
    let pairings = try numbers.sorted().compactMap { number -> Pairing? in
      guard let row = try Row.fetchOne(db, sql: "SELECT * FROM payment WHERE id = ?", arguments: [number]),
        !(row["is_test"] as Bool), row["sales_order"] as Int64? != order.number
      else { return nil }
      var payment = try paymentSide(row)
      payment.nearID = near[number]
      return Pairing(order, payment, isSuggested: number == suggested, money: money)
    }
    let facts = Pairing.nearest(pairings, limit: Self.candidateLimit).map { candidate($0, \.ofPayment) }
    return candidates(
      order.id, "Nearest payments to order \(order.id)", facts,
      none: "no payment without an order comes near: none is unlinked, or none has a nearby id or amount")
  }

  /// The orders that come nearest to a payment that belongs to none.
  func nearestOrders(of row: Row) throws -> StoryPart {
    var payment = try paymentSide(row)
    let known = PaymentNames(stored: row["names"])
    let claims = known.claims.prefix(10)
    let names = ([row["payment_id"] as String] + known.others).prefix(10)
    var near: [Int64: String] = [:]
    for claim in claims {
      for name in Self.variants(of: claim) {
        let order = try Int64.fetchOne(
          db, sql: "SELECT id FROM sales_order WHERE order_id = ?", arguments: [name])
        if let order { near[order] = claim }
      }
    }
    for own in names {
      for name in Self.variants(of: own) {
        for order in try Int64.fetchAll(
          db, sql: "SELECT id FROM sales_order WHERE provider_reference = ? LIMIT 10", arguments: [name])
        { near[order] = own }
      }
    }
    var numbers = Set(near.keys)
    if let collected = payment.collected {
      for code in ["unpaid_order", "partial_payment"] {
        let finding = try findings(
          code, .expected, near: collected, payment.currency, day: row["paid_on"] ?? 0)
        numbers.formUnion(finding.compactMap { $0["sales_order"] as Int64? })
      }
      numbers.formUnion(try orders(around: row["paid_on"], collected, payment.currency))
    }
    let suggested = try Int64.fetchOne(
      db, sql: "SELECT sales_order FROM suggestion WHERE payment = ?", arguments: [payment.number])
    let pairings = try numbers.sorted().compactMap { number -> Pairing? in
      guard
        let row = try Row.fetchOne(
          db,
          sql: """
            SELECT o.*, v.payment_ids, v.collected_minor, v.match_status FROM sales_order o
            LEFT JOIN order_verdict v ON v.sales_order = o.id WHERE o.id = ?
            """,
          arguments: [number])
      else { return nil }
      payment.nearID = near[number]
      return Pairing(try orderSide(row), payment, isSuggested: number == suggested, money: money)
    }
    let facts = Pairing.nearest(pairings, limit: Self.candidateLimit).map { candidate($0, \.ofOrder) }
    return candidates(
      payment.id, "Nearest orders to payment \(payment.id)", facts,
      none: "no order comes near: none is unpaid, and none of that time has this amount")
  }

  private func orderSide(_ row: Row) throws -> OrderSide {
    let number: Int64 = row["id"]
    let collected: Int64 = row["match_status"] == "partial" ? row["collected_minor"] ?? 0 : 0
    let payments = try String.fetchAll(
      db,
      sql: "SELECT payment_id FROM payment WHERE sales_order = ? AND collected_minor > 0 ORDER BY payment_id",
      arguments: [number])
    return OrderSide(
      number: number, id: row["order_id"], createdAt: Instant(microseconds: row["created_at"]),
      currency: row["currency"], wanted: (row["amount_minor"] as Int64) - collected,
      provider: row["provider"],
      isCancelled: row["is_cancelled"], payments: payments.isEmpty ? nil : list(payments))
  }

  private func paymentSide(_ row: Row) throws -> PaymentSide {
    let decision = try decisions(on: row).last
    return PaymentSide(
      number: row["id"], provider: row["provider"], id: row["payment_id"], currency: row["currency"],
      collected: row["collected_minor"], status: row["status"],
      paidAt: (row["paid_at"] as Int64?).map(Instant.init(microseconds:)),
      order: try orderID(row["sales_order"]),
      wasTakenByHand: decision.map { $0["order_id"] == nil } ?? false)
  }

  /// Orders of this amount among those created nearest to a day.
  func orders(around day: Int?, _ amount: Int64, _ currency: String) throws -> [Int64] {
    guard let day else { return [] }
    return try [(">=", "ASC"), ("<", "DESC")].flatMap { comparison, direction in
      try Int64.fetchAll(
        db,
        sql: """
          SELECT o.id FROM (SELECT sales_order FROM order_verdict WHERE order_on \(comparison) ?
            ORDER BY order_on \(direction) LIMIT \(Self.ordersLookedAt)) d
          CROSS JOIN sales_order o ON o.id = d.sales_order WHERE o.currency = ? AND o.amount_minor = ? LIMIT 50
          """,
        arguments: [day, currency, amount])
    }
  }

  private func candidate(_ pairing: Pairing, _ words: KeyPath<Pairing, String>) -> StoryFact {
    let isOrder = words == \Pairing.ofOrder
    let (order, payment) = (pairing.order, pairing.payment)
    var data: [(name: String, value: String?)] = [("condition", pairing.condition.rawValue)]
    data += [("order_id", order.id), ("provider", payment.provider), ("payment_id", payment.id)]
    data += [
      ("wanted", decimal(order.wanted, order.currency)), ("wanted_currency", order.currency),
      ("collected", decimal(payment.collected, payment.currency)), ("collected_currency", payment.currency),
      ("order_created_at", "\(order.createdAt)"), ("paid_at", payment.paidAt.map { "\($0)" }),
    ]
    return StoryFact(
      isOrder ? order.id : "\(payment.provider):\(payment.id)", pairing[keyPath: words], data: data)
  }

  func candidates(_ id: String, _ heading: String, _ facts: [StoryFact], none: String) -> StoryPart {
    StoryPart(.candidates, id, heading: heading, facts: facts.isEmpty ? [StoryFact("none", none)] : facts)
  }

  // MARK: Findings by amount

  /// The amount of a finding that is looked for.
  enum Side: String { case expected, actual }

  /// Findings of a code with exactly this amount, those nearest in time first, and those with the nearest amounts.
  func findings(_ code: String, _ side: Side, near amount: Int64, _ currency: String, day: Int) throws
    -> [Row]
  {
    let column = side.rawValue
    func find(_ currency: String, _ condition: String, _ value: Int64, then day: Int?, _ order: String) throws
      -> [Row]
    {
      try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM discrepancy WHERE code = ? AND currency = ? AND gone_run IS NULL AND \(condition)
          ORDER BY \(order), id LIMIT \(Self.candidateLimit + 1)
          """,
        arguments: StatementArguments([code, currency, value] as [any DatabaseValueConvertible])
          + StatementArguments(day.map { [$0] } ?? []))
    }
    let later = ("\(column) = ? AND business_on >= ?", "business_on")
    var rows = try find(currency, later.0, amount, then: day, later.1)
    rows += try find(currency, "\(column) = ? AND business_on < ?", amount, then: day, "business_on DESC")
    rows += try find(currency, "\(column) > ?", amount, then: nil, "\(column), business_on")
    rows += try find(currency, "\(column) < ?", amount, then: nil, "\(column) DESC, business_on")
    for other in try currencies(code) where other != currency {
      rows += try find(other, later.0, amount, then: day, later.1)
    }
    return rows
  }

  /// The currencies of the findings of a code, hopping from one to the next in the index.
  private func currencies(_ code: String) throws -> [String] {
    try String.fetchAll(
      db,
      sql: """
        WITH RECURSIVE known (currency) AS (
          SELECT min(currency) FROM discrepancy WHERE code = ?1 AND gone_run IS NULL
          UNION ALL
          SELECT (SELECT min(d.currency) FROM discrepancy d
            WHERE d.code = ?1 AND d.gone_run IS NULL AND d.currency > known.currency)
          FROM known WHERE known.currency IS NOT NULL)
        SELECT currency FROM known WHERE currency IS NOT NULL
        """,
      arguments: [code])
  }

  /// Ids that a person may take for the same: other capitals, without leading zeros or a leading `#`.
  static func variants(of id: String) -> [String] {
    var found = [id.lowercased(), id.uppercased()]
    let bare = id.hasPrefix("#") ? String(id.dropFirst()) : id
    let short = String(bare.drop { $0 == "0" })
    found += [bare, "#" + bare, short]
    for width in [4, 5, 6, 8, 10] where short.utf8.count < width {
      found.append(String(repeating: "0", count: width - short.utf8.count) + short)
    }
    var seen: Set<Identifier> = [Identifier(stored: id)]
    return found.filter { !$0.isEmpty && seen.insert(Identifier(stored: $0)).inserted }
  }
}
