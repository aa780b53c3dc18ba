import GRDB
import ReconcileCore

extension StoryTeller {
  /// An order with its arithmetic, payments, refunds and findings, and where money is missing the nearest payments.
  func order(_ id: String) throws -> [StoryPart] {
    guard
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT o.*, v.match_status, v.refund_status, v.collected_minor, v.due_minor, v.refunded_minor,
            v.refund_fees_minor, v.is_final, v.order_on, \(Warehouse.source(of: "o")) AS source
          FROM sales_order o LEFT JOIN order_verdict v ON v.sales_order = o.id WHERE o.order_id = ?
          """,
        arguments: [id])
    else { return [] }
    let number: Int64 = row["id"]
    var facts = [
      amount("amount due", row["amount_minor"], row["currency"]),
      StoryFact("created", time(row["created_at"])),
      StoryFact("provider named", row["provider"] ?? "none"),
      StoryFact("provider reference", row["provider_reference"] ?? "none"),
      StoryFact("cancelled", (row["is_cancelled"] as Bool) ? "yes" : "no"),
      StoryFact("read from", row["source"]),
    ]
    let sums = try OrderSums(self, row)
    if row["match_status"] == nil {
      facts.append(StoryFact("match_status", "not matched yet: run `reconcile match`"))
    } else {
      facts += [try sums.matchStatus(), try sums.refundStatus()]
    }
    facts += try versions("order", of: "", id, first: row["first_run"])
    var parts = [StoryPart(.order, id, heading: "Order \(id)", facts: facts)]
    if row["match_status"] != nil {
      parts.append(StoryPart(.arithmetic, id, heading: "Arithmetic of order \(id)", facts: try sums.steps()))
    }
    for payment in try Row.fetchAll(
      db, sql: "SELECT * FROM payment WHERE sales_order = ? ORDER BY provider, payment_id",
      arguments: [number])
    {
      parts += try self.payment(payment) + refunds(of: payment["id"])
    }
    parts += try Row.fetchAll(
      db,
      sql:
        "SELECT m.*, \(Warehouse.source(of: "m")) AS source FROM merchant_refund m WHERE order_id = ? ORDER BY refund_id",
      arguments: [id]
    ).map { try merchantRefund($0, orderIsKnown: true) }
    parts += try Row.fetchAll(
      db, sql: "SELECT * FROM discrepancy WHERE order_id = ? AND gone_run IS NULL ORDER BY code, id",
      arguments: [id]
    ).map(discrepancy)
    if let suggestion = try suggestion(of: number, id) { parts.append(suggestion) }
    let isShort = ["unpaid", "unverified", "pending", "partial"].contains(
      row["match_status"] as String? ?? "")
    if isShort { parts.append(try nearestPayments(ofOrder: row)) }
    if ["missing", "partial", "failed"].contains(row["refund_status"] as String? ?? "") {
      parts += try uncoveredRefunds(ofOrder: row)
    }
    return parts
  }

  private func suggestion(of order: Int64, _ id: String) throws -> StoryPart? {
    guard
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT p.provider, p.payment_id FROM suggestion s JOIN payment p ON p.id = s.payment
          WHERE s.sales_order = ?
          """,
        arguments: [order])
    else { return nil }
    let (provider, payment): (String, String) = (row["provider"], row["payment_id"])
    return StoryPart(
      .suggestion, id, heading: "Suggestion",
      facts: [
        StoryFact(
          "payment", "\(provider):\(payment)", data: [("provider", provider), ("payment_id", payment)]),
        StoryFact(
          "why",
          "the only unlinked payment of this amount within 72 hours; `reconcile link` makes it a match"),
      ])
  }
}

extension StoryTeller {
  /// The providers that could hold an order's payment and were not read completely, in words.
  func unreadHolders(_ named: String?, order: Row) throws -> String {
    let complete = try ReadingState(settings, db).complete
    guard let named else {
      let unread = settings.providers.filter { $0.kind.listsPayments && !complete.contains($0.name) }.map(
        \.name)
      return unread.isEmpty
        ? "a provider that was not completely read" : "\(list(unread)), not completely read,"
    }
    guard let provider = settings.provider(named: named) else { return "\(named), which is not configured," }
    if provider.kind.listsPayments { return "\(named), not completely read," }
    return order["provider_reference"] == nil && provider.kind == .inflow
      ? "\(named), which cannot be asked without a provider_reference,"
      : "\(named), which has not answered for it,"
  }
}
