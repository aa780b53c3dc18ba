import Foundation
import GRDB
import ReconcileCore

/// A part of an explanation: a heading and its facts, in the order they are told.
public struct StoryPart: Sendable {
  public var heading: String
  public var facts: [(label: String, value: String)]
}

extension Warehouse {
  /// Everything the warehouse knows of an order, payment, refund or discrepancy: records, the rule that linked them,
  /// the arithmetic, earlier versions, decisions and evidence. Empty when the id is not known.
  public func story(of text: String, settings: Settings) throws -> [StoryPart] {
    let id: String
    do throws(Identifier.Problem) { id = try Identifier(text).text } catch { return [] }
    return try read { db in
      var parts: [StoryPart] = []
      let teller = StoryTeller(db: db, zone: settings.zone)
      for row in try Row.fetchAll(db, sql: "SELECT * FROM discrepancy WHERE id = ?", arguments: [id]) {
        parts.append(try teller.discrepancy(row))
        if let order: String = row["order_id"] { parts += try teller.order(order) }
        if let payment: String = row["payment_id"] { parts += try teller.payments(named: payment) }
        if let refund: String = row["refund_id"] { parts += try teller.refunds(named: refund) }
      }
      parts += try teller.order(id)
      parts += try teller.payments(named: id)
      parts += try teller.refunds(named: id)
      return parts
    }
  }
}

/// Puts rows into words.
private struct StoryTeller {
  let db: Database
  let zone: Zone

  private func money(_ minor: Int64?, _ currency: String?) -> String {
    guard let minor else { return "unknown" }
    guard let currency = currency.flatMap({ Currency($0) }) else { return String(minor) }
    return "\(Money(minorUnits: minor, currency: currency).decimalText) \(currency)"
  }

  private func time(_ microseconds: Int64?) -> String {
    guard let microseconds else { return "not given" }
    let instant = Instant(microseconds: microseconds)
    return "\(instant) (business date \(zone.day(of: instant)))"
  }

  func discrepancy(_ row: Row) throws -> StoryPart {
    let isCount: Bool = row["is_count"]
    let currency: String? = isCount ? nil : row["currency"]
    var facts: [(String, String)] = [
      ("code", row["code"]), ("status", row["gone_run"] == nil ? row["status"] : "no longer found"),
      ("expected", money(row["expected"], currency)), ("actual", money(row["actual"], currency)),
      ("explanation", row["explanation"]),
    ]
    for verdict in try Row.fetchAll(
      db, sql: "SELECT * FROM resolution WHERE discrepancy_id = ? ORDER BY id",
      arguments: [row["id"] as String])
    {
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
    parts.append(try arithmetic(row, number, currency))
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
    parts += try versions("order", id)
    for finding in try Row.fetchAll(
      db, sql: "SELECT * FROM discrepancy WHERE order_id = ? AND gone_run IS NULL ORDER BY code, id",
      arguments: [id])
    {
      parts.append(try discrepancy(finding))
    }
    if let suggested = try Row.fetchOne(
      db,
      sql: """
        SELECT p.provider, p.payment_id FROM suggestion s JOIN payment p ON p.id = s.payment WHERE s.sales_order = ?
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

  private func arithmetic(_ row: Row, _ number: Int64, _ currency: String) throws -> StoryPart {
    let payments = try Row.fetchAll(
      db,
      sql:
        "SELECT payment_id, currency, collected_minor FROM payment WHERE sales_order = ? ORDER BY payment_id",
      arguments: [number])
    let refunds = try Row.fetchAll(
      db,
      sql: """
        SELECT r.refund_id, r.amount_minor, r.currency, r.status FROM refund r JOIN payment p ON p.id = r.payment
        WHERE p.sales_order = ? AND r.is_test = 0 ORDER BY r.refund_id
        """,
      arguments: [number])
    func sum(_ rows: [Row], _ column: String) -> String {
      if rows.isEmpty { return "nothing" }
      return rows.map { money($0[column], $0["currency"]) }.joined(separator: " + ")
    }
    let counted = refunds.filter { ["pending", "completed"].contains($0["status"] as String) }
    return StoryPart(
      heading: "Arithmetic",
      facts: [
        ("collected", "\(sum(payments, "collected_minor")) = \(money(row["collected_minor"], currency))"),
        ("to give back", money(row["due_minor"], currency)),
        ("refunded", "\(sum(counted, "amount_minor")) = \(money(row["refunded_minor"], currency))"),
        ("fees of refunds", money(row["refund_fees_minor"], currency)),
      ])
  }

  func payments(named id: String) throws -> [StoryPart] {
    var parts: [StoryPart] = []
    for row in try Row.fetchAll(
      db,
      sql: """
        SELECT DISTINCT p.* FROM payment_name n JOIN payment p ON p.id = n.payment
        WHERE n.name = ?1 OR ?1 = p.provider || ':' || n.name
        """,
      arguments: [id])
    {
      parts.append(try payment(row))
      parts += try refunds(of: row["id"])
      for finding in try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM discrepancy WHERE provider = ? AND payment_id = ? AND refund_id IS NULL AND gone_run IS NULL
          ORDER BY code
          """,
        arguments: [row["provider"] as String, row["payment_id"] as String])
      {
        parts.append(try discrepancy(finding))
      }
    }
    return parts
  }

  private func payment(_ row: Row) throws -> StoryPart {
    let currency: String = row["currency"]
    var facts: [(String, String)] = [
      ("provider", row["provider"]), ("amount", money(row["amount_minor"], currency)),
      ("collected", money(row["collected_minor"], currency)),
      ("status", "\(row["status"] as String) (the provider says \"\(row["provider_status"] as String)\")"),
      ("payment date", time(row["paid_at"])),
    ]
    if row["is_test"] as Bool { facts.append(("test money", "left out of every total")) }
    if let order: Int64 = row["sales_order"],
      let name = try String.fetchOne(
        db, sql: "SELECT order_id FROM sales_order WHERE id = ?", arguments: [order])
    {
      facts.append(("linked to", "order \(name) by rule \(row["rule"] as String)"))
    } else {
      let pinned =
        try Bool.fetchOne(
          db,
          sql: """
            SELECT order_id IS NULL FROM manual_link WHERE provider = ? AND payment_id = ? ORDER BY id DESC LIMIT 1
            """,
          arguments: [row["provider"] as String, row["payment_id"] as String]) ?? false
      facts.append(
        ("linked to", pinned ? "no order: a person unlinked it" : "no order: no rule names exactly one"))
    }
    for decision in try Row.fetchAll(
      db, sql: "SELECT * FROM manual_link WHERE provider = ? AND payment_id = ? ORDER BY id",
      arguments: [row["provider"] as String, row["payment_id"] as String])
    {
      let target = (decision["order_id"] as String?).map { "linked to \($0)" } ?? "unlinked"
      facts.append(
        (
          "decision",
          "\(target) by \(decision["made_by"] as String), "
            + "\(Instant(microseconds: decision["made_at"])): \(decision["note"] as String)"
        ))
    }
    facts += try evidence(row["evidence"])
    facts += try versions("payment", row["payment_id"]).flatMap(\.facts)
    return StoryPart(heading: "Payment \(row["payment_id"] as String)", facts: facts)
  }

  private func refunds(of payment: Int64) throws -> [StoryPart] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM refund WHERE payment = ? ORDER BY refund_id", arguments: [payment]
    )
    .map(refund)
  }

  func refunds(named id: String) throws -> [StoryPart] {
    try Row.fetchAll(db, sql: "SELECT * FROM refund WHERE refund_id = ? ORDER BY provider", arguments: [id])
      .map(refund)
  }

  private func refund(_ row: Row) throws -> StoryPart {
    let currency: String = row["currency"]
    var facts: [(String, String)] = [
      ("provider", row["provider"]), ("amount", money(row["amount_minor"], currency)),
      ("fee", row["fee_minor"] == nil ? "not given" : money(row["fee_minor"], currency)),
      ("status", "\(row["status"] as String) (the provider says \"\(row["provider_status"] as String)\")"),
      ("refund date", time(row["refunded_at"])), ("of payment", row["payment_id"] ?? "not named"),
    ]
    if row["inferred"] as Bool {
      facts.append(("inferred", "only the payment's status tells of this refund"))
    }
    if let number: Int64 = row["evidence"] { facts += try evidence(number) }
    return StoryPart(heading: "Refund \(row["refund_id"] as String)", facts: facts)
  }

  private func evidence(_ number: Int64) throws -> [(String, String)] {
    guard
      let row = try Row.fetchOne(
        db,
        sql:
          "SELECT e.request, e.fetched_at, b.sha256 FROM evidence e JOIN evidence_body b ON b.id = e.body WHERE e.id = ?",
        arguments: [number])
    else { return [] }
    let digest: Data = row["sha256"]
    return [
      ("evidence", "\(row["request"] as String), fetched \(Instant(microseconds: row["fetched_at"]))"),
      ("sha-256", Digest.hex(digest)),
    ]
  }

  private func versions(_ kind: String, _ id: String) throws -> [StoryPart] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT h.facts, r.run_id FROM history h JOIN run r ON r.id = h.replaced_by_run
        WHERE h.kind = ? AND h.record_id = ? ORDER BY h.id
        """,
      arguments: [kind, id])
    if rows.isEmpty { return [] }
    return [
      StoryPart(
        heading: "Earlier versions of \(id)",
        facts: rows.map { ("until run \($0["run_id"] as String)", $0["facts"]) })
    ]
  }
}
