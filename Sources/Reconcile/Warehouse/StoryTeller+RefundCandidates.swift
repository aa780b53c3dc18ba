import GRDB
import ReconcileCore

/// Payments that a refund without one may belong to, and refunds that an order waits for.
extension StoryTeller {
  /// The payments that come nearest to a refund whose payment is not known.
  func nearestPayments(ofRefund row: Row) throws -> StoryPart {
    let id: String = row["refund_id"]
    let (provider, currency): (String, String) = (row["provider"], row["currency"])
    let amount: Int64? = row["amount_minor"]
    let named = ["payment_id", "possible_payment_id_1", "possible_payment_id_2"].compactMap {
      row[$0] as String?
    }
    var near: [Int64: String] = [:]
    for own in named {
      for name in [own] + Self.variants(of: own) {
        for payment in try Int64.fetchAll(
          db, sql: Warehouse.paymentsNamed + " LIMIT 10", arguments: [name])
        { near[payment] = own }
      }
    }
    var orders = try Int64.fetchAll(
      db,
      sql: """
        SELECT o.id FROM merchant_refund m CROSS JOIN sales_order o ON o.order_id = m.order_id
        WHERE m.provider_reference = ? LIMIT 10
        """,
      arguments: [id])
    if let amount {
      for code in ["refund_missing", "refund_short"] {
        orders += try findings(code, .expected, near: amount, currency, day: row["refunded_on"] ?? 0)
          .compactMap { $0["sales_order"] as Int64? }
      }
      orders += try self.orders(around: row["refunded_on"], amount, currency)
    }
    var numbers = Set(near.keys)
    for order in Set(orders) {
      numbers.formUnion(
        try Int64.fetchAll(db, sql: "SELECT id FROM payment WHERE sales_order = ?", arguments: [order]))
    }
    var found: [(key: (Int, UInt64, String), fact: StoryFact)] = []
    for number in numbers.sorted() {
      guard let payment = try Row.fetchOne(db, sql: "SELECT * FROM payment WHERE id = ?", arguments: [number])
      else { continue }
      let (place, words) = try failure(of: payment, toHold: row, near: near[number], named)
      let between = ((row["refunded_at"] as Int64?) ?? 0).subtractingReportingOverflow(
        (payment["paid_at"] as Int64?) ?? 0)
      let (other, paymentID): (String, String) = (payment["provider"], payment["payment_id"])
      let fact = StoryFact(
        "\(other):\(paymentID)", "payment \(paymentID) of \(other) \(words)",
        data: [
          ("condition", Self.refundConditions[place]), ("provider", other), ("payment_id", paymentID),
          ("order_id", try orderID(payment["sales_order"])),
          ("collected", decimal(payment["collected_minor"], payment["currency"])),
          ("collected_currency", payment["currency"]),
        ])
      found.append(((-place, between.partialValue.magnitude, other + "\u{0}" + paymentID), fact))
    }
    let facts = found.sorted { $0.key < $1.key }.prefix(Self.candidateLimit).map(\.fact)
    return candidates(
      id, "Nearest payments to refund \(id)", facts,
      none:
        "no payment of \(provider) comes near: none has a nearby id, none waits for a refund of this amount")
  }

  private static let refundConditions = ["currency", "amount", "time", "named", "provider", "id"]

  /// The first condition that a payment does not meet to be a refund's, with its place among them.
  private func failure(of payment: Row, toHold refund: Row, near: String?, _ named: [String]) throws -> (
    Int, String
  ) {
    let amount: Int64? = refund["amount_minor"]
    let currency: String = payment["currency"]
    if payment["provider"] as String != refund["provider"] as String {
      return (
        4, "is of another provider than the refund, which was read from \(refund["provider"] as String)"
      )
    }
    if let near {
      return (
        5,
        "has nearly the id `\(near)` that the refund names: ids are compared byte by byte, capitals and leading zeros included"
      )
    }
    if currency != refund["currency"] as String {
      return (0, "is in \(currency), and the refund is in \(refund["currency"] as String)")
    }
    if let amount, let collected: Int64 = payment["collected_minor"], collected < amount {
      return (
        1, "brought \(money(collected, currency)), less than the \(money(amount, currency)) that went out"
      )
    }
    if let paid: Int64 = payment["paid_at"], let back: Int64 = refund["refunded_at"], back < paid {
      return (2, "was created after the refund went out")
    }
    let names = named.isEmpty ? "names no payment" : "names \(list(named))"
    return (3, "could hold the refund, which \(names): a refund is tied by ids alone, never by its amount")
  }

  /// For refunds that an order waits for: the loose refunds of the same amount.
  func uncoveredRefunds(ofOrder row: Row) throws -> [StoryPart] {
    let id: String = row["order_id"]
    let currency: String = row["currency"]
    let rest = (row["due_minor"] as Int64? ?? 0) - (row["refunded_minor"] as Int64? ?? 0)
    let day: Int = row["order_on"]
    let found = try findings("orphan_refund", .actual, near: rest, currency, day: day)
    let facts = try found.prefix(Self.candidateLimit).compactMap { finding -> StoryFact? in
      let (provider, refund): (String, String) = (finding["provider"], finding["refund_id"])
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT * FROM refund WHERE provider = ? AND refund_id = ?", arguments: [provider, refund])
      else { return nil }
      let amount: Int64? = row["amount_minor"]
      let named = ["payment_id", "possible_payment_id_1", "possible_payment_id_2"].compactMap {
        row[$0] as String?
      }
      let words =
        amount == rest
        ? "is of the same amount \(money(rest, currency)), but names \(named.isEmpty ? "no payment" : list(named)), and that is no payment of this order"
        : "is of \(money(amount, currency)) where \(money(rest, currency)) is still to be given back"
      return StoryFact(
        "\(provider):\(refund)", "refund \(refund) of \(provider) \(words)",
        data: [
          ("condition", amount == rest ? "named" : "amount"), ("provider", provider), ("refund_id", refund),
          ("amount", decimal(amount, currency)), ("wanted", decimal(rest, currency)), ("currency", currency),
        ])
    }
    return facts.isEmpty
      ? [] : [candidates(id, "Nearest refunds to order \(id)", facts, none: "")]
  }
}
