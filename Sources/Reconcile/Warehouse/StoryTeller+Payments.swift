import Foundation
import GRDB
import ReconcileCore

extension StoryTeller {
  /// Payments that this is a name of, each with its refunds, findings and order; `provider` nil means all.
  func payments(named id: String, of provider: String?) throws -> [StoryPart] {
    var rows = try Row.fetchAll(
      db,
      sql: """
        SELECT DISTINCT p.* FROM payment_name n JOIN payment p ON p.id = n.payment
        WHERE n.name = ?1 AND (?2 IS NULL OR n.provider = ?2) ORDER BY p.provider, p.payment_id
        """,
      arguments: [id, provider])
    if rows.isEmpty, let colon = id.firstIndex(of: ":") {
      rows = try Row.fetchAll(
        db, sql: "SELECT * FROM payment WHERE provider = ? AND payment_id = ?",
        arguments: [String(id[..<colon]), String(id[id.index(after: colon)...])])
    }
    return try rows.flatMap { try paymentWithItsOrder($0) }
  }

  private func paymentWithItsOrder(_ row: Row) throws -> [StoryPart] {
    var parts = [try payment(row)] + (try refunds(of: row["id"]))
    parts += try findings(
      "provider = ? AND payment_id = ? AND refund_id IS NULL", [row["provider"], row["payment_id"]])
    if let order = try String.fetchOne(
      db, sql: "SELECT order_id FROM sales_order WHERE id = ?", arguments: [row["sales_order"] as Int64?])
    {
      parts += try self.order(order)
    }
    return parts
  }

  private func findings(_ condition: String, _ arguments: [String]) throws -> [StoryPart] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM discrepancy WHERE \(condition) AND gone_run IS NULL ORDER BY code, id",
      arguments: StatementArguments(arguments)
    ).map(discrepancy)
  }

  func payment(_ row: Row) throws -> StoryPart {
    let currency: String = row["currency"]
    var facts: [(String, String)] = [
      ("provider", row["provider"]), ("amount", money(row["amount_minor"], currency)),
      ("collected", money(row["collected_minor"], currency)),
      ("status", "\(row["status"] as String) (the provider says \"\(row["provider_status"] as String)\")"),
      ("payment date", time(row["paid_at"])),
    ]
    facts += try withdrawal(row)
    let decisions = try Row.fetchAll(
      db, sql: "SELECT * FROM manual_link WHERE provider = ? AND payment_id = ? ORDER BY id",
      arguments: [row["provider"] as String, row["payment_id"] as String])
    if row["is_test"] as Bool { facts.append(("test money", "left out of every total")) }
    if let order: Int64 = row["sales_order"],
      let name = try String.fetchOne(
        db, sql: "SELECT order_id FROM sales_order WHERE id = ?", arguments: [order])
    {
      facts.append(("linked to", "order \(name) by rule \(row["rule"] as String)"))
    } else {
      let isTaken = decisions.last.map { $0["order_id"] == nil } ?? false
      facts.append(
        ("linked to", isTaken ? "no order: a person took it away" : "no order: no rule names exactly one"))
    }
    for decision in decisions {
      let target = (decision["order_id"] as String?).map { "linked to \($0)" } ?? "unlinked"
      facts.append(
        (
          "decision",
          "\(target) by \(decision["made_by"] as String), "
            + "\(Instant(microseconds: decision["made_at"])): \(decision["note"] as String)"
        ))
    }
    facts += try evidence(row["evidence"])
    facts += try versions("payment", of: row["provider"], row["payment_id"]).flatMap(\.facts)
    return StoryPart(heading: "Payment \(row["payment_id"] as String)", facts: facts)
  }

  func refunds(of payment: Int64) throws -> [StoryPart] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM refund WHERE payment = ? ORDER BY refund_id", arguments: [payment]
    )
    .map(refund)
  }

  /// Refunds with this id, each with its findings, payment and order; `provider` nil means all.
  func refunds(named id: String, of provider: String?) throws -> [StoryPart] {
    let rows = try Row.fetchAll(
      db,
      sql: "SELECT * FROM refund WHERE refund_id = ?1 AND (?2 IS NULL OR provider = ?2) ORDER BY provider",
      arguments: [id, provider])
    return try rows.flatMap { row in
      var parts = [try refund(row)]
      parts += try findings("provider = ? AND refund_id = ?", [row["provider"], row["refund_id"]])
      if let payment = try Row.fetchOne(
        db, sql: "SELECT * FROM payment WHERE id = ?", arguments: [row["payment"] as Int64?])
      {
        parts += try paymentWithItsOrder(payment)
      }
      return parts
    }
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
    facts += try withdrawal(row)
    if let number: Int64 = row["evidence"] { facts += try evidence(number) }
    facts += try versions("refund", of: row["provider"], row["refund_id"]).flatMap(\.facts)
    return StoryPart(heading: "Refund \(row["refund_id"] as String)", facts: facts)
  }

  private func withdrawal(_ row: Row) throws -> [(String, String)] {
    guard
      let run = try String.fetchOne(
        db, sql: "SELECT run_id FROM run WHERE id = ?", arguments: [row["withdrawn_in_run"] as Int64?])
    else { return [] }
    return [("withdrawn", "the provider's list no longer held it in run \(run)")]
  }

  /// The request and time of a piece of evidence, and its hash.
  func evidence(_ number: Int64) throws -> [(String, String)] {
    guard
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT e.request, e.fetched_at, b.sha256, b.deflated IS NULL AS is_purged FROM evidence e JOIN evidence_body b ON b.id = e.body
          WHERE e.id = ?
          """,
        arguments: [number])
    else { return [] }
    let digest: Data = row["sha256"]
    let purged = (row["is_purged"] as Bool) ? "; its bytes were purged" : ""
    return [
      (
        "evidence",
        "\(row["request"] as String), fetched \(Instant(microseconds: row["fetched_at"]))\(purged)"
      ),
      ("sha-256", Digest.hex(digest)),
    ]
  }

  func versions(_ kind: String, of provider: String, _ id: String) throws -> [StoryPart] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT h.facts, r.run_id FROM history h JOIN run r ON r.id = h.replaced_by_run
        WHERE h.kind = ? AND h.provider = ? AND h.record_id = ? ORDER BY h.id
        """,
      arguments: [kind, provider, id])
    if rows.isEmpty { return [] }
    return [
      StoryPart(
        heading: "Earlier versions of \(id)",
        facts: rows.map { ("until run \($0["run_id"] as String)", inWords($0["facts"])) })
    ]
  }

  /// The columns of an earlier version for people: times and amounts as they are printed elsewhere.
  private func inWords(_ facts: String) -> String {
    let parts = facts.components(separatedBy: "; ").map { part -> (name: String, value: String) in
      let halves = part.split(separator: "=", maxSplits: 1).map(String.init)
      return halves.count == 2 ? (halves[0], halves[1]) : ("", part)
    }
    let currency = parts.first { $0.name == "currency" }?.value
    return parts.map { name, value in
      if let number = Int64(value) {
        if name.hasSuffix("_minor") { return "\(name.dropLast(6)) \(money(number, currency))" }
        if name.hasSuffix("_at") { return "\(name) \(Instant(microseconds: number))" }
        if name.hasPrefix("is_") {
          return number == 1 ? String(name.dropFirst(3)) : "not \(name.dropFirst(3))"
        }
      }
      return name.isEmpty ? value : "\(name) \(value)"
    }.joined(separator: ", ")
  }
}
