import Foundation
import GRDB
import ReconcileCore

/// Puts rows into words.
struct StoryTeller {
  let db: Database
  let zone: Zone

  func money(_ minor: Int64?, _ currency: String?) -> String {
    guard let minor else { return "unknown" }
    guard let currency = currency.flatMap({ Currency($0) }) else { return String(minor) }
    return "\(Money(minorUnits: minor, currency: currency).decimalText) \(currency)"
  }

  func time(_ microseconds: Int64?) -> String {
    guard let microseconds else { return "not given" }
    let instant = Instant(microseconds: microseconds)
    return "\(instant) (business date \(zone.day(of: instant)))"
  }

  func discrepancy(_ row: Row) throws -> StoryPart {
    let isCount: Bool = row["is_count"]
    let currency: String? = isCount ? nil : row["currency"]
    let verdicts = try Row.fetchAll(
      db, sql: "SELECT * FROM resolution WHERE discrepancy_id = ? ORDER BY id",
      arguments: [row["id"] as String])
    let current = try Row.fetchOne(
      db, sql: "SELECT * FROM current_finding WHERE id = ?", arguments: [row["id"] as String])
    let status: String = current?["standing"] ?? "no longer found"
    let stale = current.flatMap { StaleVerdict($0) }.map { " " + $0.sentence } ?? ""
    var facts: [(String, String)] = [("code", row["code"]), ("status", status)]
    for (label, column) in [
      ("provider", "provider"), ("order", "order_id"), ("payment", "payment_id"), ("refund", "refund_id"),
    ] {
      if let value: String = row[column] { facts.append((label, value)) }
    }
    if let day: Int = row["business_on"] { facts.append(("date", "\(BusinessDay(dayNumber: day))")) }
    facts += [
      ("expected", money(row["expected"], currency)), ("actual", money(row["actual"], currency)),
      ("explanation", (row["explanation"] as String) + stale),
    ]
    for verdict in verdicts {
      facts.append(
        (
          "verdict",
          "\(verdict["resolution"] as String) by \(verdict["made_by"] as String), "
            + "\(Instant(microseconds: verdict["made_at"])): \(verdict["note"] as String)"
        ))
    }
    return StoryPart(heading: "Discrepancy \(row["id"] as String)", facts: facts)
  }

  func order(_ id: String) throws -> [StoryPart] {
    guard
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT o.*, v.match_status, v.refund_status, v.collected_minor, v.due_minor, v.refunded_minor,
            v.refund_fees_minor, v.is_final
          FROM sales_order o LEFT JOIN order_verdict v ON v.sales_order = o.id WHERE o.order_id = ?
          """,
        arguments: [id])
    else { return [] }
    let currency: String = row["currency"]
    let number: Int64 = row["id"]
    var facts: [(String, String)] = [
      ("amount due", money(row["amount_minor"], currency)), ("created", time(row["created_at"])),
      ("provider named", row["provider"] ?? "none"),
      ("provider reference", row["provider_reference"] ?? "none"),
      ("cancelled", (row["is_cancelled"] as Bool) ? "yes" : "no"), ("read from", row["source"]),
    ]
    if let status: String = row["match_status"] {
      facts += [("match_status", status), ("refund_status", row["refund_status"] ?? "")]
    } else {
      facts.append(("match_status", "not matched yet: run `reconcile match`"))
    }
    var parts = [StoryPart(heading: "Order \(id)", facts: facts)]
    if row["match_status"] != nil { parts.append(try arithmetic(row, number, currency)) }
    for payment in try Row.fetchAll(
      db, sql: "SELECT * FROM payment WHERE sales_order = ?", arguments: [number])
    {
      parts.append(try self.payment(payment))
      parts += try refunds(of: payment["id"])
    }
    for asked in try Row.fetchAll(
      db, sql: "SELECT * FROM merchant_refund WHERE order_id = ?", arguments: [id])
    {
      parts.append(
        StoryPart(
          heading: "Merchant refund \(asked["refund_id"] as String)",
          facts: [
            ("amount", money(asked["amount_minor"], asked["currency"])),
            ("asked for", time(asked["created_at"])),
            ("provider reference", asked["provider_reference"] ?? "none"), ("read from", asked["source"]),
          ]))
    }
    parts += try versions("order", of: "", id)
    for finding in try Row.fetchAll(
      db, sql: "SELECT * FROM discrepancy WHERE order_id = ? AND gone_run IS NULL ORDER BY code, id",
      arguments: [id])
    {
      parts.append(try discrepancy(finding))
    }
    if let suggested = try Row.fetchOne(
      db,
      sql: """
        SELECT p.provider, p.payment_id FROM suggestion s JOIN payment p ON p.id = s.payment
        WHERE s.sales_order = ?
        """,
      arguments: [number])
    {
      parts.append(
        StoryPart(
          heading: "Suggestion",
          facts: [
            ("payment", "\(suggested["provider"] as String):\(suggested["payment_id"] as String)"),
            (
              "why",
              "the only unlinked payment of this amount within 72 hours; `reconcile link` makes it a match"
            ),
          ]))
    }
    return parts
  }

  /// How the sums of the verdict came about, in the order's currency.
  private func arithmetic(_ order: Row, _ number: Int64, _ currency: String) throws -> StoryPart {
    func sum(_ sql: String, _ arguments: StatementArguments) throws -> String {
      let amounts = try Row.fetchAll(db, sql: sql, arguments: arguments).map { money($0[0], currency) }
      return amounts.isEmpty ? "nothing" : amounts.joined(separator: " + ")
    }
    let collected = try sum(
      "SELECT collected_minor FROM payment WHERE sales_order = ? AND currency = ? ORDER BY payment_id",
      [number, currency])
    let asked = try sum(
      "SELECT amount_minor FROM merchant_refund WHERE order_id = ? AND currency = ? ORDER BY refund_id",
      [order["order_id"] as String, currency])
    let refunded = try sum(
      """
      SELECT r.amount_minor FROM refund r JOIN payment p ON p.id = r.payment WHERE p.sales_order = ?
        AND r.currency = ? AND r.is_test = 0 AND r.status IN ('pending', 'completed') ORDER BY r.refund_id
      """,
      [number, currency])
    var facts = [
      ("collected", "\(collected) = \(money(order["collected_minor"], currency))")
    ]
    if let total: Int64 = order["collected_minor"] {
      let amount: Int64 = order["amount_minor"]
      let (difference, overflow) = total.subtractingReportingOverflow(amount)
      if !overflow { facts.append(("collected - due", money(difference, currency))) }
    }
    facts += [
      ("refunds asked for", asked), ("to give back", money(order["due_minor"], currency)),
      ("refunded", "\(refunded) = \(money(order["refunded_minor"], currency))"),
      ("fees of refunds", money(order["refund_fees_minor"], currency)),
    ]
    return StoryPart(heading: "Arithmetic of order \(order["order_id"] as String)", facts: facts)
  }
}
