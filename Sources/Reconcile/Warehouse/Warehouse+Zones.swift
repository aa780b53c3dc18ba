import Foundation
import GRDB
import ReconcileCore

/// A dated payment or refund and the response that it was read from, for a reading by another zone.
public struct DatedRecord: Sendable {
  public var provider: String
  public var isRefund: Bool
  public var id: String
  public var orderID: String?
  public var currency: Currency
  /// Collected of a payment, the amount of a refund; nil is unknown.
  public var amount: Int64?
  public var instant: Instant
  public var businessDate: BusinessDay
  public var settlementDay: BusinessDay
  /// Nil for refunds that were worked out.
  public var evidence: Int64?
}

extension Warehouse {
  /// Payments and refunds with a time on these days, by either calendar, in the order of their evidence; without test
  /// money and refunds that failed.
  public func datedRecords(from: BusinessDay, to: BusinessDay) throws -> [DatedRecord] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT p.provider, 0, p.payment_id, o.order_id, p.currency, p.collected_minor, p.paid_at, p.paid_on, p.local_on,
            p.evidence
          FROM payment p LEFT JOIN sales_order o ON o.id = p.sales_order
          WHERE p.is_test = 0 AND p.paid_at IS NOT NULL AND p.paid_on IS NOT NULL
            AND (p.paid_on BETWEEN ?1 AND ?2 OR p.local_on BETWEEN ?1 AND ?2)
          UNION ALL
          SELECT r.provider, 1, r.refund_id, o.order_id, r.currency, r.amount_minor, r.refunded_at, r.refunded_on,
            r.local_on, r.evidence
          FROM refund r LEFT JOIN payment p ON p.id = r.payment LEFT JOIN sales_order o ON o.id = p.sales_order
          WHERE r.is_test = 0 AND r.status <> 'failed' AND r.refunded_at IS NOT NULL AND r.refunded_on IS NOT NULL
            AND (r.refunded_on BETWEEN ?1 AND ?2 OR r.local_on BETWEEN ?1 AND ?2)
          ORDER BY 10, 1, 2, 3
          """,
        arguments: [from.dayNumber, to.dayNumber]
      ).compactMap { row in
        guard let currency = Currency(row[4] as String) else { return nil }
        return DatedRecord(
          provider: row[0], isRefund: row[1], id: row[2], orderID: row[3], currency: currency, amount: row[5],
          instant: Instant(microseconds: row[6]), businessDate: BusinessDay(dayNumber: row[7]),
          settlementDay: BusinessDay(dayNumber: row[8]), evidence: row[9])
      }
    }
  }

  /// A response with the rules that it was read by; nil where there is none.
  public func keptBody(_ evidence: Int64) throws -> (body: KeptBody, rules: String)? {
    try read { db in
      guard
        let row = try Row.fetchOne(
          db.cachedStatement(
            sql: """
              SELECT e.id, e.provider, e.stream, e.request, e.is_refund_lookup, b.sha256, b.byte_count, b.deflated,
                i.reading_rules
              FROM evidence e JOIN evidence_body b ON b.id = e.body
              JOIN provider_import i ON i.provider = e.provider AND i.run = e.run WHERE e.id = ?
              """), arguments: [evidence])
      else { return nil }
      let body = KeptBody(
        evidence: row["id"], provider: row["provider"], stream: row["stream"], request: row["request"],
        isRefundLookup: row["is_refund_lookup"], bytes: try evidenceBytes(row))
      return (body, row["reading_rules"])
    }
  }
}
