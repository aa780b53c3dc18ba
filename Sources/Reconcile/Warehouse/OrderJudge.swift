import GRDB
import ReconcileCore
import ReconcileMatching

/// An order's verdict as it is stored.
struct JudgedOrder: Sendable {
  var verdict: OrderVerdict
  var day: BusinessDay
  /// Of its payments, else the one that the order names.
  var provider: String?
  /// Lists as the reports print them; nil where there is nothing to list.
  var paymentIDs: String?
  var refundIDs: String?
  var matchedBy: String?
}

/// Works out what is stored of an order.
struct OrderJudge: Sendable {
  let classifier: Classifier
  /// The zone of business days.
  let zone: Zone
  let doubted: DoubtedAmounts

  private struct WarehouseNeeded: Error {}

  /// The verdict, nil where it depends on what was not read: the warehouse is asked for that.
  func withoutWarehouse(_ order: OrderCase) throws -> JudgedOrder? {
    do { return try judged(order) { throw WarehouseNeeded() } } catch is WarehouseNeeded { return nil }
  }

  /// The verdict; `gaps` says what was not read around the order.
  func judged(_ order: OrderCase, gaps: () throws -> ReadingGaps) throws -> JudgedOrder {
    var verdict = try classifier.verdict(order, gaps: gaps)
    if !doubted.isEmpty, order.payments.contains(where: { doubted.contains($0.provider, $0.currency.code) }) {
      // The doubt is told once for the provider, not for each order.
      verdict.findings.removeAll { $0.code == .amountUnknown }
    }
    let day = zone.day(of: order.createdAt)
    let provider = Self.list(order.payments.map(\.provider)) ?? order.namedProvider
    for index in verdict.findings.indices {
      if verdict.findings[index].code == .refundFailed {
        let refund = order.refunds.first {
          $0.refundID == verdict.findings[index].refundID && $0.provider == verdict.findings[index].provider
        }
        verdict.findings[index].businessDay = refund?.refundedAt.map { zone.day(of: $0) }
      } else {
        verdict.findings[index].provider = provider
        verdict.findings[index].businessDay = day
      }
    }
    return JudgedOrder(
      verdict: verdict, day: day, provider: provider, paymentIDs: Self.list(order.payments.map(\.paymentID)),
      refundIDs: Self.list(order.refunds.map(\.refundID)),
      matchedBy: Self.list(order.payments.map(\.rule.rawValue)))
  }

  private static func list(_ texts: [String]) -> String? {
    if texts.count <= 1 { return texts.first }
    return Set(texts.map(Identifier.init(stored:))).sorted().map(\.text).joined(separator: ";")
  }
}

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
