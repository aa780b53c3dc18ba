import Foundation
import GRDB
import ReconcileCore
import Testing

@testable import ReconcileWarehouse

/// A folder that is removed at the end.
final class Scratch {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("warehouse-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// What one import of a provider brings.
struct ProviderImport {
  var payments: [PaymentRecord] = []
  var refunds: [RefundRecord] = []
  var settlements: [SettlementReport] = []
  var rejects: [Reject] = []
  /// Lists that were walked completely, with what they hold; nil for a stream that is no list.
  var walks: [(kind: ProviderWriter.ListedKind?, stream: String)] = []
  var lookups: [(id: String, isRefund: Bool, outcome: StoredLookupOutcome)] = []
  var lookupID: String?
  var status = "complete"
}

/// A warehouse in a folder of its own, with short ways to fill, match and read it.
final class Store {
  let scratch: Scratch
  let warehouse: Warehouse
  var settings: Settings
  var asOf = Instant(seconds: 1_774_958_400)
  var period: Period
  private(set) var run: RunHandle

  /// A new warehouse with its first run begun; March 2026 is the period.
  init(_ settings: Settings) throws {
    scratch = try Scratch()
    self.settings = settings
    period = try Self.period("2026-03-01", "2026-03-31")
    warehouse = try Warehouse(path: scratch.path + "/w.sqlite", access: .write)
    run = try Self.begin(warehouse, period, asOf)
    // These warehouses live for a moment: no test waits for the disk.
    try warehouse.queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = OFF") }
  }

  static func period(_ from: String, _ to: String) throws -> Period {
    let (from, to) = (try #require(BusinessDay(from)), try #require(BusinessDay(to)))
    return try #require(Period(from: from, to: to))
  }

  private static func begin(_ warehouse: Warehouse, _ period: Period, _ asOf: Instant) throws -> RunHandle {
    try warehouse.beginRun(
      command: "run", period: period, asOf: asOf, tool: "test", configurationDigest: "", isTestData: false)
  }

  func nextRun() throws { run = try Self.begin(warehouse, period, asOf) }

  func merchant(
    orders: [MerchantOrder] = [], refunds: [MerchantRefund] = [], events: [WebhookEvent] = [],
    rejects: [Reject] = []
  ) throws {
    try warehouse.readMerchantFiles(in: run) { writer in
      for order in orders { try writer.add(order, file: "orders.csv", line: 2) }
      for refund in refunds { try writer.add(refund, file: "refunds.csv", line: 2) }
      for event in events { try writer.add(event) }
      for reject in rejects { try writer.reject(reject) }
      try writer.finish(files: [])
    }
  }

  /// A piece of evidence to read records from.
  func evidence(_ provider: String, lookupID: String? = nil) throws -> Int64 {
    let input = EvidenceInput(
      stream: "payments", request: "GET /payments", lookupID: lookupID, isRefundLookup: false,
      fetchedAt: asOf,
      maskedBytes: Array("{\"provider\":\"\(provider)\"}".utf8))
    return try #require(
      try warehouse.keepEvidence(PackedEvidence.packed([PackedEvidence(input)]), provider: provider, run: run)
        .first)
  }

  @discardableResult
  func provider(_ name: String, _ content: ProviderImport) throws -> ProviderWriter {
    let writer = try ProviderWriter(
      warehouse, run: run, settings: try #require(settings.provider(named: name)), zone: settings.zone)
    try writer.store(
      payments: content.payments, refunds: content.refunds, settlements: content.settlements,
      rejects: content.rejects, drift: [], evidence: try evidence(name, lookupID: content.lookupID))
    try writer.note(content.lookups)
    for walk in content.walks { try writer.walkCompleted(listOf: walk.kind, stream: walk.stream) }
    try writer.finish(
      status: content.status, message: nil, pages: 1, records: 1, requests: 1, readings: [], at: asOf)
    return writer
  }

  func match() throws {
    try warehouse.match(settings: settings, run: run, period: period, asOf: asOf, onProgress: { _, _, _ in })
  }

  func rows(_ sql: String) throws -> [String] {
    try warehouse.read { db in
      try Row.fetchAll(db, sql: sql).map { row in
        row.map { $0.1.isNull ? "-" : "\($0.1.storage.value ?? "")" }.joined(separator: " ")
      }
    }
  }

  func execute(_ sql: String) throws { try warehouse.write { db in try db.execute(sql: sql) } }

  func count(_ table: String) throws -> Int {
    try warehouse.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? -1 }
  }
}

extension Store {
  /// Everything that matching derives, by the records' own ids, sorted: equal for equal input.
  func derived() throws -> [String] {
    let queries = [
      "order": """
      SELECT o.order_id, v.order_on, v.provider, v.match_status, v.refund_status, v.collected_minor,
        v.due_minor, v.refunded_minor, v.refund_fees_minor, v.payment_ids, v.refund_ids,
        v.matched_by, v.is_final
      FROM sales_order o LEFT JOIN order_verdict v ON v.sales_order = o.id
      """,
      "payment": """
      SELECT p.provider, p.payment_id, p.collected_minor, o.order_id, p.rule, p.paid_on, p.local_on,
        p.withdrawn_in_run IS NOT NULL
      FROM payment p LEFT JOIN sales_order o ON o.id = p.sales_order
      """,
      "refund": """
      SELECT r.provider, r.refund_id, r.origin, p.payment_id, r.currency, r.amount_minor, r.fee_minor,
        r.status, r.provider_status, r.refunded_at, r.refunded_on, r.local_on, r.inferred,
        r.withdrawn_in_run IS NOT NULL
      FROM refund r LEFT JOIN payment p ON p.id = r.payment
      """,
      "suggestion": """
      SELECT o.order_id, p.provider, p.payment_id FROM suggestion s JOIN sales_order o ON o.id = s.sales_order
      JOIN payment p ON p.id = s.payment
      """,
      "discrepancy": """
      SELECT d.code, d.id, d.scope, d.status, d.provider, d.currency, d.order_id, d.payment_id, d.refund_id,
        d.business_on, d.expected, d.actual, d.is_count, o.order_id, d.explanation
      FROM discrepancy d LEFT JOIN sales_order o ON o.id = d.sales_order WHERE d.gone_run IS NULL
      """,
      "settlement_day": "SELECT * FROM settlement_day",
    ]
    return try queries.flatMap { name, sql in try rows(sql).map { "\(name): \($0)" } }.sorted()
  }
}

/// The provider kinds as providers of the same name, Dapit with a refund fee of 1.00 EUR.
func plainSettings() throws -> Settings {
  let euro = try #require(Currency("EUR"))
  var settings = Settings()
  settings.providers = ProviderKind.allCases.map { kind in
    var provider = ProviderSettings(
      name: kind.rawValue, kind: kind, source: .directory("saved"), currency: euro)
    if kind == .dapit { provider.refundFee = Money(minorUnits: 100, currency: euro) }
    return provider
  }.sorted { $0.name < $1.name }
  return settings
}

extension ProviderWriter {
  /// Stores what one body held, as the list of one.
  func store(
    payments: [PaymentRecord], refunds: [RefundRecord], settlements: [SettlementReport], rejects: [Reject],
    rejectedIDs: [Identifier] = [], drift: [(kind: String, name: String, sample: String)], evidence: Int64
  ) throws {
    try store([
      BodyRecords(
        payments: payments, refunds: refunds, settlements: settlements, rejects: rejects,
        rejectedIDs: rejectedIDs, drift: drift, evidence: evidence)
    ])
  }
}

extension Warehouse {
  /// Decides, or throws why it cannot be.
  func decideOrThrow(_ drafts: [DecisionDraft], by decider: Decider) throws {
    for outcome in try decide(drafts, by: decider) { if let failure = outcome.refusal { throw failure } }
  }

  func link(_ payment: String, to order: String, note: String = "n", by decider: Decider) throws {
    try decideOrThrow([DecisionDraft(.link(PaymentName(id: payment), order: order), note: note)], by: decider)
  }

  func unlink(_ payment: String, note: String = "n", by decider: Decider) throws {
    try decideOrThrow([DecisionDraft(.unlink(PaymentName(id: payment)), note: note)], by: decider)
  }

  func resolve(_ id: String, _ resolution: Resolution, note: String, by decider: Decider) throws {
    try decideOrThrow([DecisionDraft(.verdict(id: id, resolution, seen: nil), note: note)], by: decider)
  }
}
