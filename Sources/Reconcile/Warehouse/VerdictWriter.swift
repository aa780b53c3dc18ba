import GRDB
import ReconcileCore

/// Stores verdicts and what was found with them.
struct VerdictWriter {
  private let db: Database
  private let run: RunHandle
  /// Orders behind this number have no verdict yet.
  private let lastJudged: Int64
  private var first: DirectStatement
  private var again: DirectStatement

  init(_ run: RunHandle, _ db: Database) throws {
    (self.db, self.run) = (db, run)
    lastJudged = try Int64.fetchOne(db, sql: "SELECT coalesce(max(sales_order), 0) FROM order_verdict") ?? 0
    let insert = """
      INSERT INTO order_verdict (sales_order, order_on, provider, match_status, refund_status, collected_minor,
        due_minor, refunded_minor, refund_fees_minor, payment_ids, refund_ids, matched_by, is_final, first_run)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    first = try DirectStatement(db, insert)
    // An insert that may turn into an update keeps what it needs to be undone by itself: too dear for every order.
    again = try DirectStatement(
      db,
      """
      \(insert)
      ON CONFLICT (sales_order) DO UPDATE SET order_on = excluded.order_on, provider = excluded.provider,
        match_status = excluded.match_status, refund_status = excluded.refund_status,
        collected_minor = excluded.collected_minor, due_minor = excluded.due_minor,
        refunded_minor = excluded.refunded_minor, refund_fees_minor = excluded.refund_fees_minor,
        payment_ids = excluded.payment_ids, refund_ids = excluded.refund_ids, matched_by = excluded.matched_by,
        is_final = excluded.is_final
      """)
  }

  /// Stores the verdict on the order with this number.
  mutating func store(_ judged: JudgedOrder, number: Int64) throws {
    if number > lastJudged {
      try Self.store(judged, number, run, with: &first)
    } else {
      try Self.store(judged, number, run, with: &again)
    }
    for finding in judged.verdict.findings {
      try Warehouse.put(finding, scope: "order", salesOrder: number, db)
    }
  }

  private static func store(
    _ judged: JudgedOrder, _ number: Int64, _ run: RunHandle, with put: inout DirectStatement
  ) throws {
    let verdict = judged.verdict
    put.add(number)
    put.add(Int64(judged.day.dayNumber))
    put.add(judged.provider)
    put.add(verdict.matchStatus.rawValue)
    put.add(verdict.refundStatus.rawValue)
    put.add(verdict.collected)
    put.add(verdict.due)
    put.add(verdict.refunded)
    put.add(verdict.refundFees)
    put.add(judged.paymentIDs)
    put.add(judged.refundIDs)
    put.add(judged.matchedBy)
    put.add(verdict.isFinal)
    put.add(run.number)
    try put.run()
  }
}
