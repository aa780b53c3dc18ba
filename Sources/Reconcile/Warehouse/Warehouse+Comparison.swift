import Foundation
import GRDB
import ReconcileCore

extension Warehouse {
  /// What the tables of derived rows hold, without the row numbers that differ between two equal warehouses.
  private static let derivedRows: [(name: String, columns: String, from: String)] = [
    (
      "payment",
      """
      p.provider, p.payment_id, p.currency, p.amount_minor, p.received_minor, p.overpaid_minor, p.announced_fee_minor,
      p.refunded_total_minor, p.status, p.provider_status, p.paid_at, p.updated_at, p.amount_is_net, p.is_test, p.names,
      p.evidence, p.changed_in_run, p.withdrawn_in_run, p.collected_minor, o.order_id, p.rule, p.paid_on, p.local_on
      """, "#payment p LEFT JOIN #sales_order o ON o.id = p.sales_order"
    ),
    (
      "payment_name", "n.provider, p.payment_id, n.name",
      "#payment_name n JOIN #payment p ON p.id = n.payment"
    ),
    (
      "payment_claim", "p.provider, p.payment_id, c.order_id",
      "#payment_claim c JOIN #payment p ON p.id = c.payment"
    ),
    (
      "refund",
      """
      r.provider, r.refund_id, r.origin, r.payment_id, r.possible_payment_id_1, r.possible_payment_id_2, r.currency,
      r.amount_minor, r.fee_minor, r.status, r.provider_status, r.refunded_at, r.updated_at, r.inferred, r.is_test,
      CASE r.origin WHEN 'listed' THEN r.evidence END, CASE r.origin WHEN 'listed' THEN r.changed_in_run END,
      r.withdrawn_in_run, p.payment_id, r.refunded_on, r.local_on
      """, "#refund r LEFT JOIN #payment p ON p.id = r.payment"
    ),
    (
      "settlement_report",
      """
      provider, currency, from_on, to_on, gross_minor, refunds_minor, fees_minor, net_minor, payment_count,
      has_unreadable_lines, evidence
      """, "#settlement_report"
    ),
    (
      "settlement_line",
      """
      s.provider, s.currency, s.from_on, s.to_on, l.line_on, l.gross_minor, l.refunds_minor, l.fees_minor, l.net_minor,
      l.payment_count
      """, "#settlement_line l JOIN #settlement_report s ON s.id = l.report"
    ),
    ("settlement_day", "*", "#settlement_day"),
    ("reject", "origin, source, location, reason, record", "#reject"),
    ("history", "kind, provider, record_id, facts, replaced_by_run", "#history"),
    (
      "order_verdict",
      """
      o.order_id, v.order_on, v.provider, v.match_status, v.refund_status, v.collected_minor, v.due_minor,
      v.refunded_minor, v.refund_fees_minor, v.payment_ids, v.refund_ids, v.matched_by, v.is_final
      """, "#order_verdict v JOIN #sales_order o ON o.id = v.sales_order"
    ),
    (
      "suggestion", "o.order_id, p.provider, p.payment_id",
      """
      #suggestion s JOIN #sales_order o ON o.id = s.sales_order JOIN #payment p ON p.id = s.payment
      """
    ),
    (
      "discrepancy",
      """
      d.id, d.scope, d.code, d.status, d.provider, d.currency, d.order_id, d.payment_id, d.refund_id, d.business_on,
      d.expected, d.actual, d.is_count, d.explanation, o.order_id, d.first_run, d.changed_run, d.gone_run
      """, "#discrepancy d LEFT JOIN #sales_order o ON o.id = d.sales_order"
    ),
  ]

  /// Derived rows that this warehouse and another one do not both hold, in words; a few of each table.
  public func differences(fromRebuilt path: String) throws -> [String] {
    do {
      return try queue.inDatabase { db in
        try db.execute(sql: "ATTACH DATABASE ? AS rebuilt", arguments: [path])
        defer { try? db.execute(sql: "DETACH DATABASE rebuilt") }
        return try Self.derivedRows.flatMap { rows in
          try Self.difference(rows, of: "main", from: "rebuilt", "is not what the evidence says", db)
            + Self.difference(rows, of: "rebuilt", from: "main", "is missing", db)
        }
      }
    } catch let error as DatabaseError {
      throw Self.failure(error, path)
    }
  }

  private static func difference(
    _ rows: (name: String, columns: String, from: String), of one: String, from other: String,
    _ words: String, _ db: Database
  ) throws -> [String] {
    func select(_ schema: String) -> String {
      "SELECT \(rows.columns) FROM \(rows.from.replacingOccurrences(of: "#", with: schema + "."))"
    }
    let found = try Row.fetchAll(db, sql: "\(select(one)) EXCEPT \(select(other)) LIMIT 6")
    return found.enumerated().map { index, row in
      if index == 5 { return "more rows of \(rows.name): \(words)" }
      let values = row.databaseValues.prefix(5).map { $0.isNull ? "-" : "\($0.storage.value ?? "-")" }
      return "\(rows.name) \(words): \(values.joined(separator: ", "))"
    }
  }
}
