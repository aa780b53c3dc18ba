import GRDB
import ReconcileCore
import Synchronization
import Testing

@testable import ReconcileWarehouse

/// Work is counted, not timed: machines that run tests are busy with other things.
@Suite("The work of a run is counted")
struct WorkTests {
  /// Statements that a warehouse executes.
  private final class Counter: Sendable {
    private let count = Atomic(0)

    init(_ warehouse: Warehouse) {
      warehouse.queue.inDatabase { db in
        db.trace(options: .statement) { [self] _ in count.add(1, ordering: .relaxed) }
      }
    }

    func take() -> Int { count.exchange(0, ordering: .relaxed) }
  }

  /// One order and one payment for each number; every fourth is of a provider that is asked for each.
  private func read(_ numbers: Range<Int>, into store: Store) throws {
    try store.merchant(
      orders: numbers.map { try order("A\($0)", "50.00", provider: $0 % 4 == 0 ? "gate" : nil) })
    for (name, isOwn) in [("maxfi", { $0 % 4 != 0 }), ("gate", { $0 % 4 == 0 })] as [(String, (Int) -> Bool)]
    {
      let own = numbers.filter(isOwn)
      try store.provider(
        name,
        ProviderImport(
          payments: try own.map { try payment("P\($0)", "50.00", for: "A\($0)") },
          lookups: name == "gate" ? own.map { ("A\($0)", false, .found) } : []))
    }
    try store.match()
  }

  /// Statements of a first import of so many orders, and of a night with ten more.
  private func work(_ count: Int) throws -> (month: Int, night: Int) {
    let store = try Store(try plainSettings())
    let counter = Counter(store.warehouse)
    try read(0..<count, into: store)
    let month = counter.take()
    try store.nextRun()
    _ = counter.take()
    try read(count..<count + 10, into: store)
    return (month, counter.take())
  }

  @Test("each order of a first import costs so many statements, and a night costs the same on any warehouse")
  func counts() throws {
    let (few, many) = (try work(400), try work(800))
    // The order, its payment with what that carries, their tie, and what the verdict is worked out of; a look-up for
    // every fourth. More is slower for large shops: `make bench` shows by how much.
    #expect(Double(many.month - few.month) / 400 <= 8.25)
    #expect(many.night == few.night)
  }

  /// A check with a list of three and more makes SQLite open, fill and close a table at each insert.
  @Test("what stores a record opens no table of its own")
  func noTableForACheck() throws {
    let store = try Store(try plainSettings())
    let statements = Mutex<Set<String>>([])
    store.warehouse.queue.inDatabase { db in
      db.trace(options: .statement) { event in
        guard case .statement(let statement) = event else { return }
        let sql = statement.sql
        if sql.hasPrefix("INSERT"), !sql.contains("SELECT") { _ = statements.withLock { $0.insert(sql) } }
      }
    }
    try read(0..<8, into: store)
    store.warehouse.queue.inDatabase { db in db.trace() }
    let perRecord = statements.withLock { $0 }.filter { sql in
      [
        "sales_order", "payment", "payment_name", "payment_claim", "refund", "evidence", "evidence_body",
        "order_verdict",
      ]
      .contains { sql.hasPrefix("INSERT INTO \($0) ") }
    }
    #expect(perRecord.count >= 5)
    for sql in perRecord {
      let opened = try store.warehouse.queue.writeWithoutTransaction { db in
        let statement = try db.makeStatement(sql: "EXPLAIN " + sql)
        statement.setUncheckedArguments(StatementArguments())
        return try Row.fetchAll(statement).filter { $0["opcode"] == "OpenEphemeral" }.count
      }
      #expect(opened == 0, "\(sql)")
    }
  }
}
