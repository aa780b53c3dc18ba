import GRDB
import ReconcileCore
import Synchronization
import Testing

@testable import ReconcileWarehouse

@Suite("A night costs what the night brought")
struct QueryPlanTests {
  /// Tables that grow with the shop.
  private static let large = [
    "sales_order", "payment", "payment_name", "payment_claim", "refund", "merchant_refund", "event",
    "event_reference",
    "event_order", "order_verdict", "discrepancy", "candidate", "moved",
  ]

  @Test("no statement of a run reads a large table from end to end once for each row of another")
  func noScanInALoop() throws {
    let store = try Store(try plainSettings())
    let statements = Mutex<[String]>([])
    store.warehouse.queue.inDatabase { db in
      db.trace(options: .statement) { event in
        guard case .statement(let statement) = event else { return }
        let sql = statement.sql
        statements.withLock { if !$0.contains(sql) { $0.append(sql) } }
      }
    }
    for status in [PaymentStatus.succeeded, .refunded] {
      try store.merchant(
        orders: [order("A1", "50.00", provider: "gate")], refunds: [wish("M1", "1.00", for: "A1")],
        events: [WebhookEvent(provider: "maxfi", id: "E1", references: [Identifier("P1")], orderIDs: [])])
      for name in ["dapit", "maxfi", "gate", "inflow"] {
        try store.provider(
          name,
          ProviderImport(
            payments: [payment("P1", "50.00", status, for: "A1")], refunds: [refund("R1", "1.00", of: "P1")],
            walks: [(.payments, "payments"), (.refunds, "refunds")]))
      }
      try store.match()
      try store.nextRun()
    }
    let report = try store.report()
    try report.forEachOrder { _ in }
    try report.forEachPayment { _ in }
    try report.forEachDiscrepancy { _ in }
    try report.forEachJournalRecord { _ in }
    _ = try report.journalTotals()
    store.warehouse.queue.inDatabase { db in db.trace() }
    let seen = statements.withLock { $0 }
    #expect(seen.count > 60)
    var explained = 0
    try store.warehouse.queue.writeWithoutTransaction { db in
      // The temporary tables that the statements speak of come first.
      for sql in seen where sql.hasPrefix("CREATE TEMP") || sql.contains("INDEX temp.") {
        try? db.execute(sql: sql)
      }
      // What fills a temporary table is a query as well.
      let queries = seen.map { $0.replacing(/^CREATE TEMP TABLE \w+ AS\s+/, with: "") }
      for sql in queries where ["SELECT", "INSERT", "UPDATE", "DELETE"].contains(where: sql.hasPrefix) {
        let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
        statement.setUncheckedArguments(StatementArguments())
        let plan = try Row.fetchAll(statement)
        explained += 1
        #expect(Self.scansInALoop(plan, sql) == [], "\(sql)")
        if sql.contains(/(FROM|JOIN)\s+touched_/) { #expect(Self.scans(plan, sql) == [], "\(sql)") }
      }
    }
    #expect(explained > 50)
  }

  @Test("what starts from touched records would be noticed where it reads all others")
  func noticedFromTouched() throws {
    let store = try Store(try plainSettings())
    for (join, scans) in [("JOIN", 1), ("CROSS JOIN", 0)] {
      let sql = "SELECT p.id FROM touched_name t \(join) payment p ON p.payment_id = t.name"
      let plan = try store.warehouse.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN " + sql) }
      #expect(Self.scans(plan, sql).count == scans)
    }
  }

  @Test("a scan inside a loop or in a correlated subquery would be noticed")
  func noticed() throws {
    let store = try Store(try plainSettings())
    for (sql, scan) in [
      ("SELECT 1 FROM payment p CROSS JOIN refund r", ["SCAN r"]),
      ("SELECT (SELECT count(*) FROM refund r WHERE r.status = p.status) FROM payment p", ["SCAN r"]),
      ("SELECT 1 FROM payment p CROSS JOIN refund r ON r.payment = p.id", []),
      (
        "SELECT 1 FROM payment p CROSS JOIN refund r ON r.provider = p.provider",
        ["SEARCH r"]
      ),
    ] {
      let plan = try store.warehouse.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN " + sql) }
      let found = Self.scansInALoop(plan, sql).map {
        $0.split(separator: " ").prefix(2).joined(separator: " ")
      }
      #expect(found == scan)
    }
  }

  /// Full scans of large tables, or of all records of a provider, that are not the outermost of their join, or stand in a correlated subquery.
  private static func scansInALoop(_ plan: [Row], _ sql: String) -> [String] {
    let names = namesOfLarge(sql)
    var details: [Int: String] = [:]
    var siblings: [Int: [String]] = [:]
    var found: [String] = []
    for row in plan {
      let (id, parent, detail): (Int, Int, String) = (row["id"], row["parent"], row["detail"])
      details[id] = detail
      let words = detail.split(separator: " ").map(String.init)
      // A provider's records are nearly all records: to search by the provider alone is to scan.
      let readsAll = words.first == "SCAN" || detail.hasSuffix(" (provider=?)")
      let isScan = words.count > 1 && readsAll && names.contains(words[1])
      let isInner = siblings[parent, default: []].contains { $0.hasPrefix("SCAN") || $0.hasPrefix("SEARCH") }
      let isCorrelated = details[parent]?.hasPrefix("CORRELATED") ?? false
      if isScan && (isInner || isCorrelated) { found.append(detail) }
      siblings[parent, default: []].append(detail)
    }
    return found
  }

  /// Full scans of large tables.
  private static func scans(_ plan: [Row], _ sql: String) -> [String] {
    let names = namesOfLarge(sql)
    return plan.map { $0["detail"] as String }.filter { detail in
      let words = detail.split(separator: " ").map(String.init)
      return words.count > 1 && words[0] == "SCAN" && names.contains(words[1])
    }
  }

  /// What a statement calls large tables. Tables that only a foreign key leads to are not scanned while every key holds;
  /// the text lacks them.
  private static func namesOfLarge(_ sql: String) -> Set<String> {
    var names: Set<String> = []
    for match in sql.matches(of: /(?:FROM|JOIN|UPDATE)\s+(?:temp\.)?(\w+)(?:\s+(?:AS\s+)?(\w+))?/)
    where large.contains(String(match.1)) {
      names.formUnion([String(match.1), String(match.2 ?? match.1)])
    }
    return names
  }
}
