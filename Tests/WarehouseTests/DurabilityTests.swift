import Foundation
import GRDB
import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("A run that breaks off leaves a whole warehouse")
struct DurabilityTests {
  private func fill(_ store: Store) throws {
    try store.merchant(orders: (0..<60).map { try order("A\($0)", "50.00") })
    try store.provider(
      "dapit",
      ProviderImport(
        payments: (0..<60).map { try payment("P\($0)", "5\($0 % 3).00", for: "A\($0)") },
        refunds: (0..<20).map { try refund("R\($0)", "1.00", of: "P\($0)", fee: "0.50") }))
  }

  @Test("a batch that fails half-way leaves nothing of itself")
  func failedBatch() throws {
    let store = try Store(try plainSettings())
    let impossible = PaymentRecord(
      id: try Identifier("P2"), amount: Money(minorUnits: -1, currency: try euros("0").currency),
      status: .succeeded,
      providerStatus: "paid")
    let writer = try ProviderWriter(
      store.warehouse, run: store.run, settings: try #require(store.settings.provider(named: "maxfi")),
      zone: store.settings.zone)
    let evidence = try store.evidence("maxfi")
    let failure = try #require(throws: Failure.self) {
      try writer.store(
        payments: [payment("P1", "50.00"), impossible], refunds: [], settlements: [], rejects: [],
        drift: [], evidence: evidence)
    }
    #expect(failure.status == .warehouseFailed)
    for table in ["payment", "payment_name", "touched_payment"] {
      #expect(try store.count(table) == 0)
    }
    try writer.store(
      payments: [payment("P1", "50.00")], refunds: [], settlements: [], rejects: [], drift: [],
      evidence: evidence)
    #expect(try store.count("payment") == 1)
  }

  @Test("a matching that is interrupted changes no verdict, and the next one makes up for it")
  func interruptedMatching() throws {
    let store = try Store(try plainSettings())
    let whole = try Store(try plainSettings())
    try fill(store)
    try fill(whole)
    try whole.match()
    #expect(throws: CancellationError.self) {
      try store.warehouse.match(
        settings: store.settings, run: store.run, period: store.period, asOf: store.asOf,
        onProgress: { _, _, _ in throw CancellationError() })
    }
    #expect(try store.count("order_verdict") == 0)
    #expect(try store.count("discrepancy") == 0)
    try store.nextRun()
    try store.match()
    #expect(try store.derived() == whole.derived())
  }

  @Test("a decision that fails for one of many changes nothing")
  func failedDecision() throws {
    let store = try Store(try plainSettings())
    try fill(store)
    try store.match()
    let id = try #require(try store.rows("SELECT id FROM discrepancy LIMIT 1").first)
    let decider = Decider(name: "me", instant: store.asOf)
    let failure = try #require(throws: Failure.self) {
      try store.warehouse.decideOrThrow(
        [
          DecisionDraft(.verdict(id: id, .accepted, seen: nil), note: "a"),
          DecisionDraft(.verdict(id: "DNONE", .accepted, seen: nil), note: "b"),
        ], by: decider)
    }
    #expect(failure.status == .usage)
    #expect(try store.count("resolution") == 0)
  }

  @Test("a process that ends between any two statements leaves a warehouse that opens, checks and catches up")
  func killedBetweenStatements() throws {
    let store = try Store(try plainSettings())
    try fill(store)
    let whole = try Store(try plainSettings())
    try fill(whole)
    try whole.match()
    let expected = try whole.derived()
    let copies = try FileCopies(of: store)
    try copies.record {
      try store.match()
      try store.nextRun()
      try store.provider("maxfi", ProviderImport(payments: [payment("Q1", "1.00")]))
    }
    #expect(copies.folders.count > 30)
    #expect(copies.withJournal > 10)
    for folder in copies.folders {
      let warehouse = try Warehouse(path: folder + "/w.sqlite", access: .write)
      #expect(try warehouse.check(deep: true) == [])
      let run = try warehouse.beginRun(
        command: "run", period: store.period, asOf: store.asOf, tool: "test", configurationDigest: "",
        isTestData: false)
      let orders = try warehouse.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sales_order") }
      #expect(orders == 60)
      try warehouse.match(
        settings: store.settings, run: run, period: store.period, asOf: store.asOf, onProgress: { _, _, _ in }
      )
      let verdicts = try warehouse.read { db in
        try String.fetchAll(
          db,
          sql: """
            SELECT o.order_id || ' ' || v.match_status || ' ' || v.refund_status FROM order_verdict v
            JOIN sales_order o ON o.id = v.sales_order
            """)
      }
      #expect(verdicts.count == 60)
      for verdict in verdicts {
        let words = verdict.split(separator: " ")
        #expect(
          expected.contains {
            $0.hasPrefix("order: \(words[0]) ") && $0.contains(" \(words[1]) \(words[2]) ")
          })
      }
    }
  }
}

/// Copies of a warehouse's files as they lie on the disk while it works: what a killed process would leave.
private final class FileCopies {
  private let store: Store
  private let scratch: Scratch
  private(set) var folders: [String] = []
  /// Copies that were taken in the middle of a transaction.
  private(set) var withJournal = 0
  private var statements = 0

  init(of store: Store) throws {
    self.store = store
    scratch = try Scratch()
  }

  /// Takes a copy at every fourth statement. Pages go to the disk early, so that a broken transaction
  /// leaves traces.
  func record(_ body: () throws -> Void) throws {
    try store.warehouse.queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA cache_size = 2; PRAGMA cache_spill = 1")
      db.trace(options: .statement) { _ in self.take() }
    }
    try body()
    store.warehouse.queue.writeWithoutTransaction { db in db.trace() }
  }

  private func take() {
    statements += 1
    guard statements % 4 == 0, folders.count < 100 else { return }
    let folder = scratch.path + "/\(statements)"
    let manager = FileManager.default
    try? manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? manager.copyItem(atPath: store.warehouse.path, toPath: folder + "/w.sqlite")
    let journal = store.warehouse.path + "-journal"
    if manager.fileExists(atPath: journal) {
      withJournal += 1
      try? manager.copyItem(atPath: journal, toPath: folder + "/w.sqlite-journal")
    }
    folders.append(folder)
  }
}
