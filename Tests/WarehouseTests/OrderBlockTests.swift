import ReconcileCore
import Testing

@testable import ReconcileWarehouse

/// Orders are read, judged and stored in blocks, on two threads.
@Suite("Every order is judged once, wherever blocks end")
struct OrderBlockTests {
  @Test(
    arguments: [0, 1, -1, 2, 3, 1 + Warehouse.ordersAtATime].map { Warehouse.ordersAtATime + $0 } + [0, 1])
  func blocks(count: Int) throws {
    let store = try Store(try plainSettings())
    // Every third is unpaid, which only what was read can tell.
    let paid = (0..<count).filter { $0 % 3 != 0 }
    try store.merchant(orders: (0..<count).map { try order("A\($0)", "50.00") })
    for name in ["dapit", "gate", "inflow", "maxfi"] {
      let own = name == "maxfi" ? paid : []
      try store.provider(
        name,
        ProviderImport(
          payments: try own.map { try payment("P\($0)", $0 % 3 == 1 ? "50.00" : "20.00", for: "A\($0)") },
          walks: [(.payments, "payments")]))
    }
    try store.match()
    let expected = (0..<count).map { number in
      switch number % 3 {
      case 0: "A\(number) unpaid -"
      case 1: "A\(number) exact P\(number)"
      default: "A\(number) partial P\(number)"
      }
    }
    let verdicts = """
      SELECT o.order_id, v.match_status, v.payment_ids FROM order_verdict v JOIN sales_order o ON o.id = v.sales_order
      ORDER BY o.id
      """
    #expect(try store.rows(verdicts) == expected)
    let derived = try store.derived()
    try store.nextRun()
    try store.match()
    #expect(try store.derived() == derived)
  }

  @Test(arguments: [0, 1 + 2 * Warehouse.ordersAtATime])
  func whoIsInterruptedLeavesNothing(count: Int) throws {
    struct Stop: Error {}
    let store = try Store(try plainSettings())
    try store.merchant(orders: (0..<count).map { try order("A\($0)", "50.00") })
    #expect(throws: Stop.self) {
      try store.warehouse.match(
        settings: store.settings, run: store.run, period: store.period, asOf: store.asOf
      ) {
        _, done, total in
        if done > 0 || total == 0 { throw Stop() }
      }
    }
    #expect(try store.count("order_verdict") == 0)
    #expect(try store.rows("SELECT has_matched FROM run") == ["0"])
    try store.match()
    #expect(try store.count("order_verdict") == count)
  }
}
