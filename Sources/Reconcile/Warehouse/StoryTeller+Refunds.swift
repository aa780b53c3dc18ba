import GRDB
import ReconcileCore

extension StoryTeller {
  func refunds(of payment: Int64) throws -> [StoryPart] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM refund WHERE payment = ? ORDER BY refund_id", arguments: [payment]
    ).flatMap(refund)
  }

  /// Refunds with this id, each with its findings, payment and order; `provider` nil means all.
  func refunds(named id: String, of provider: String?) throws -> [StoryPart] {
    try (provider.map { [$0] } ?? providers).flatMap { provider in
      try Row.fetchAll(
        db, sql: "SELECT * FROM refund WHERE provider = ? AND refund_id = ?", arguments: [provider, id])
    }.flatMap { row in
      var parts = try refund(row)
      parts += try findings(of: row["provider"], payment: nil, refund: row["refund_id"])
      if let payment = try Row.fetchOne(
        db, sql: "SELECT * FROM payment WHERE id = ?", arguments: [row["payment"] as Int64?])
      {
        parts += try paymentWithItsOrder(payment)
      }
      return parts
    }
  }

  private func refund(_ row: Row) throws -> [StoryPart] {
    let currency: String = row["currency"]
    let (provider, id): (String, String) = (row["provider"], row["refund_id"])
    let (status, word): (String, String) = (row["status"], row["provider_status"])
    var facts = [StoryFact("provider", provider), amount("amount", row["amount_minor"], currency)]
    facts.append(
      row["fee_minor"] == nil ? StoryFact("fee", "not given") : amount("fee", row["fee_minor"], currency))
    facts += [
      StoryFact(
        "status", "\(status) (the provider says \"\(word)\")",
        data: [("status", status), ("provider_status", word)]),
      StoryFact("refund date", time(row["refunded_at"])), try ownPayment(row),
    ]
    if row["inferred"] as Bool {
      facts.append(StoryFact("inferred", "only the payment's status tells of this refund"))
    }
    if row["is_test"] as Bool { facts.append(StoryFact("test money", "left out of every total")) }
    facts += try withdrawal(row)
    facts += try evidence(row["evidence"])
    facts += try versions("refund", of: provider, id, first: row["first_run"])
    var parts = [StoryPart(.refund, id, heading: "Refund \(id)", facts: facts)]
    if row["payment"] == nil, !(row["is_test"] as Bool) { parts.append(try nearestPayments(ofRefund: row)) }
    return parts
  }

  /// Which payment a refund belongs to, and by what.
  private func ownPayment(_ row: Row) throws -> StoryFact {
    let named = ["payment_id", "possible_payment_id_1", "possible_payment_id_2"].compactMap {
      row[$0] as String?
    }
    let payment = try String.fetchOne(
      db, sql: "SELECT payment_id FROM payment WHERE id = ?", arguments: [row["payment"] as Int64?])
    let words: String
    if let payment {
      let reason =
        (row["origin"] as String) == "derived"
        ? "worked out from it and from webhook deliveries"
        : named.contains(payment)
          ? "the refund names it"
          : named.isEmpty
            ? "a merchant refund gives this refund as its reference" : "the refund names it as \(list(named))"
      words = "\(payment): \(reason)"
    } else {
      words =
        named.isEmpty ? "not known: the refund names none" : "not known: the refund names \(list(named))"
    }
    return StoryFact(
      "of payment", words, data: [("payment_id", payment), ("named", named.joined(separator: ";"))])
  }

  /// A refund that the merchant asked for, with its findings and its order.
  func merchantRefunds(named id: String) throws -> [StoryPart] {
    guard
      let row = try Row.fetchOne(
        db,
        sql: "SELECT m.*, \(Warehouse.source(of: "m")) AS source FROM merchant_refund m WHERE refund_id = ?",
        arguments: [id])
    else { return [] }
    let order: String = row["order_id"]
    let known = try self.order(order)
    var parts = [try merchantRefund(row, orderIsKnown: !known.isEmpty)]
    let findings = try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM discrepancy WHERE order_id = ? AND refund_id = ? AND gone_run IS NULL
          AND code = 'refund_without_order'
        """,
      arguments: [order, id])
    parts += try findings.map(discrepancy)
    return parts + known
  }

  func merchantRefund(_ row: Row, orderIsKnown: Bool) throws -> StoryPart {
    let id: String = row["refund_id"]
    let order: String = row["order_id"]
    var facts = [
      amount("amount", row["amount_minor"], row["currency"]), StoryFact("asked for", time(row["created_at"])),
      StoryFact(
        "of order", orderIsKnown ? order : "\(order), which no orders file holds", data: [("order_id", order)]
      ),
      StoryFact("provider reference", row["provider_reference"] ?? "none"),
      StoryFact("read from", row["source"]),
    ]
    facts += try versions("merchant_refund", of: "", id, first: row["first_run"])
    return StoryPart(.merchantRefund, id, heading: "Merchant refund \(id)", facts: facts)
  }
}
