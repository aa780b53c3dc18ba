import GRDB
import GRDBSQLite
import ReconcileCore
import Synchronization
import Testing

@testable import ReconcileWarehouse

/// What SQLite does is counted in its own steps. A loop that is made in Swift, or in a plan that suits small tables alone,
/// shows as one statement whose steps grow faster than the shop.
@Suite("No statement costs more for each order of a larger shop")
struct StepTests {
  /// Steps of SQLite by statement, since the counting began.
  private final class Steps: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// The steps that `body` takes in a warehouse, by statement.
    static func counted(in warehouse: Warehouse, _ body: () throws -> Void) rethrows -> [String: Int] {
      let steps = Steps()
      try withExtendedLifetime(steps) {
        warehouse.queue.inDatabase { db in
          _ = sqlite3_trace_v2(
            db.sqliteConnection, UInt32(SQLITE_TRACE_PROFILE),
            { _, context, statement, _ in
              guard let context, let statement = statement.map(OpaquePointer.init) else { return 0 }
              let steps = Int(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1))
              Unmanaged<Steps>.fromOpaque(context).takeUnretainedValue()
                .add(steps, of: String(cString: sqlite3_sql(statement)))
              return 0
            }, Unmanaged.passUnretained(steps).toOpaque())
        }
        defer { warehouse.queue.inDatabase { db in _ = sqlite3_trace_v2(db.sqliteConnection, 0, nil, nil) } }
        try body()
      }
      return steps.counts.withLock { $0 }
    }

    private func add(_ steps: Int, of sql: String) { counts.withLock { $0[sql, default: 0] += steps } }
  }

  /// A shop with all that ties records together: payments that name their order, that an event leads to, and that the
  /// order names; refunds that are listed, looked up and worked out; and what belongs to nobody.
  private func read(_ numbers: Range<Int>, into store: Store) throws {
    let names = ["dapit", "gate", "inflow", "maxfi"]
    try store.merchant(
      orders: numbers.map { number in
        try order(
          "A\(number)", "50.00", provider: number % 4 == 1 ? "gate" : nil,
          reference: number % 4 == 2 ? "P\(number)" : nil)
      },
      refunds: numbers.filter { $0 % 5 == 0 }.map { try wish("M\($0)", "10.00", for: "A\($0)") },
      events: numbers.filter { [0, 3].contains($0 % 4) }.map { number in
        var event = WebhookEvent(
          provider: names[number % 4], id: "E\(number)", references: [try Identifier("P\(number)")],
          orderIDs: [try Identifier("A\(number)")])
        event.received = try euros("50.00")
        if number % 3 == 0 {
          event.refund = EventRefund(
            id: try Identifier("ER\(number)"), amount: try euros("10.00"), providerStatus: "done",
            createdAt: nil)
        }
        return event
      })
    for (place, name) in names.enumerated() {
      let own = numbers.filter { $0 % 4 == place }
      try store.provider(
        name,
        ProviderImport(
          payments: try own.map {
            try payment(
              "P\($0)", $0 % 7 == 0 ? "40.00" : "50.00", $0 % 5 == 0 ? .partiallyRefunded : .succeeded,
              for: place == 1 && $0 % 11 != 0 ? "A\($0)" : nil)
          },
          refunds: place == 0 || place == 2
            ? try own.filter { $0 % 5 == 0 }.map { try refund("R\($0)", "10.00", of: "P\($0)") } : [],
          walks: [(.payments, "payments"), (.refunds, "refunds")],
          lookups: place == 1 || place == 2 ? own.map { ("P\($0)", false, .found) } : []))
    }
    try store.match()
  }

  /// Steps by statement of a month with so many orders, and of reporting it.
  private func steps(_ count: Int) throws -> [String: Int] {
    let store = try Store(try plainSettings())
    return try Steps.counted(in: store.warehouse) {
      try read(0..<count, into: store)
      let report = try store.report()
      try report.forEachOrder { _ in }
      try report.forEachPayment { _ in }
      try report.forEachRefund { _ in }
      try report.forEachDiscrepancy { _ in }
    }
  }

  @Test("three times the orders cost three times the steps, statement by statement")
  func straight() throws {
    let (few, many) = (try steps(400), try steps(1_200))
    #expect(many.values.reduce(0, +) > 1_000_000)
    for (sql, steps) in many where steps > 20_000 {
      let before = few[sql] ?? 0
      #expect(Double(steps) <= 3.5 * Double(before), "\(before) and \(steps) steps: \(sql)")
    }
  }

  @Test("a loop that grows with the square of the shop is noticed")
  func noticed() throws {
    func steps(_ count: Int) throws -> Int {
      let store = try Store(try plainSettings())
      try read(0..<count, into: store)
      let sql = "SELECT count(*) FROM event WHERE provider = 'dapit' AND paid_at IS ?"
      return try Steps.counted(in: store.warehouse) {
        for number in 0..<count {
          _ = try store.warehouse.read { try Int.fetchOne($0, sql: sql, arguments: [number]) }
        }
      }[sql] ?? 0
    }
    #expect(Double(try steps(300)) > 3.5 * Double(try steps(100)))
  }
}
