import GRDB
import ReconcileCore

extension StoryTeller {
  /// Payments that this is a name of, each with its refunds, findings and order; `provider` nil means all.
  func payments(named id: String, of provider: String?) throws -> [StoryPart] {
    var rows = try Row.fetchAll(
      db,
      sql: """
        SELECT p.* FROM payment p
        WHERE (p.payment_id = ?1 OR p.id IN (SELECT payment FROM payment_name WHERE name = ?1))
          AND (?2 IS NULL OR p.provider = ?2) ORDER BY p.provider, p.payment_id
        """,
      arguments: [id, provider])
    if rows.isEmpty, let colon = id.firstIndex(of: ":") {
      rows = try Row.fetchAll(
        db, sql: "SELECT * FROM payment WHERE provider = ? AND payment_id = ?",
        arguments: [String(id[..<colon]), String(id[id.index(after: colon)...])])
    }
    return try rows.flatMap { try paymentWithItsOrder($0) }
  }

  func paymentWithItsOrder(_ row: Row) throws -> [StoryPart] {
    var parts = try payment(row) + refunds(of: row["id"])
    parts += try findings(of: row["provider"], payment: row["payment_id"])
    if let order = try orderID(row["sales_order"]) { parts += try self.order(order) }
    return parts
  }

  func orderID(_ number: Int64?) throws -> String? {
    try String.fetchOne(db, sql: "SELECT order_id FROM sales_order WHERE id = ?", arguments: [number])
  }

  /// A payment, the rules that were tried for it, and for money without an order the nearest orders.
  func payment(_ row: Row) throws -> [StoryPart] {
    let currency: String = row["currency"]
    let (provider, id): (String, String) = (row["provider"], row["payment_id"])
    let (status, word): (String, String) = (row["status"], row["provider_status"])
    var facts = [StoryFact("provider", provider)]
    facts.append(amount("amount", row["amount_minor"], currency))
    if let received: Int64 = row["received_minor"] { facts.append(amount("received", received, currency)) }
    facts.append(
      StoryFact(
        "collected", "\(money(row["collected_minor"], currency)): \(try reasonOfCollected(row))",
        data: [("collected", decimal(row["collected_minor"], currency)), ("currency", currency)]))
    facts.append(
      StoryFact(
        "status", "\(status) (the provider says \"\(word)\")",
        data: [("status", status), ("provider_status", word)]))
    facts.append(StoryFact("payment date", time(row["paid_at"])))
    let names = ([id] + PaymentNames(stored: row["names"]).others).map(Identifier.init(stored:)).sorted().map(
      \.text)
    if names != [id] { facts.append(StoryFact("names", list(names))) }
    facts += try withdrawal(row)
    if row["is_test"] as Bool { facts.append(StoryFact("test money", "left out of every total")) }
    let rules = try rules(row)
    facts.append(
      StoryFact(
        "linked to", rules.outcome,
        data: [("order_id", try orderID(row["sales_order"])), ("rule", row["rule"])]))
    facts += try decisions(on: row).map { row in
      decision("decision", row, (row["order_id"] as String?).map { "linked to \($0)" } ?? "unlinked")
    }
    facts += try evidence(row["evidence"])
    facts += try versions(
      "payment", of: provider, id, first: row["first_run"], changed: row["changed_in_run"])
    var parts = [StoryPart(.payment, id, heading: "Payment \(id)", facts: facts), rules.part]
    let hasMoney = (row["collected_minor"] as Int64?).map { $0 > 0 } ?? true
    if row["sales_order"] == nil, hasMoney, !(row["is_test"] as Bool) {
      parts.append(try nearestOrders(of: row))
    }
    return parts
  }

  func amount(_ label: String, _ minor: Int64?, _ currency: String) -> StoryFact {
    StoryFact(
      label, money(minor, currency),
      data: [(label.replacing(" ", with: "_"), decimal(minor, currency)), ("currency", currency)])
  }

  /// What people decided about a payment, first to last.
  func decisions(on payment: Row) throws -> [Row] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM manual_link WHERE provider = ? AND payment_id = ? ORDER BY id",
      arguments: [payment["provider"] as String, payment["payment_id"] as String])
  }

  /// Why this much counts as collected; follows `Collected`.
  private func reasonOfCollected(_ row: Row) throws -> String {
    let kind = settings.provider(named: row["provider"])?.kind
    let status = PaymentStatus(rawValue: row["status"]) ?? .unknown
    let collected: Int64? = row["collected_minor"]
    if collected == 0 { return "nothing counts as received while the status is \(status.rawValue)" }
    let wasGiven = row["received_minor"] != nil && collected == row["received_minor"] as Int64?
    switch status {
    case _ where wasGiven: return "the amount received that the provider gives"
    case .succeeded, .overpaid, .refunded, .partiallyRefunded:
      if row["amount_is_net"] as Bool {
        return "the provider gives the amount after its fees (amount_basis = \"net\")"
      }
      if collected == nil { return "the provider says \(status.rawValue) and not how much was received" }
      return collected == row["amount_minor"] as Int64? && kind != .dapit
        ? "the amount, because the provider gives no amount received"
        : try receivedByEvent(row, collected)
          ? "the amount received that a webhook delivery tells of"
          : "the amount, because no amount received is given"
    case .partial, .failed, .cancelled, .expired, .pending, .authorized, .unknown:
      return collected == nil
        ? "the provider says \(status.rawValue) and not how much was received"
        : "the amount received that a webhook delivery tells of"
    }
  }

  private func receivedByEvent(_ row: Row, _ collected: Int64?) throws -> Bool {
    try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM json_each(?1) n
          CROSS JOIN event_reference r ON r.reference = n.value AND r.provider = ?2
          CROSS JOIN event e ON e.id = r.event WHERE e.received_minor = ?3)
        """,
      arguments: [try names(of: row), row["provider"] as String, collected]) ?? false
  }

  /// All names of a payment, its own id first, as a JSON array.
  func names(of payment: Row) throws -> String {
    try PaymentNames(stored: payment["names"]).json(ownID: payment["payment_id"])
  }

  func withdrawal(_ row: Row) throws -> [StoryFact] {
    try run(row["withdrawn_in_run"]).map {
      [StoryFact("withdrawn", "the provider's list no longer held it " + $0.words, data: $0.data)]
    } ?? []
  }
}
