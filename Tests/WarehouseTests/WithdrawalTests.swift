import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("What a complete walk no longer holds is told, and stays")
struct WithdrawalTests {
  private func found(_ store: Store) throws -> [String] {
    try store.rows(
      """
      SELECT code, coalesce(refund_id, payment_id), expected, actual FROM discrepancy
      WHERE gone_run IS NULL AND code = 'record_withdrawn' ORDER BY 2
      """)
  }

  private func filled() throws -> Store {
    let store = try Store(try plainSettings())
    try store.merchant(orders: [order("A1", "50.00")])
    try store.provider(
      "dapit",
      ProviderImport(
        payments: [payment("P1", "30.00", for: "A1"), payment("P2", "20.00", for: "A1")],
        refunds: [refund("R1", "5.00", of: "P1")],
        walks: [(.payments, "list_transactions"), (.refunds, "list_refunds")]))
    try store.match()
    #expect(try found(store) == [])
    try store.nextRun()
    return store
  }

  @Test("a payment and a refund that are gone stay, count and raise a finding")
  func withdrawn() throws {
    let store = try filled()
    try store.provider(
      "dapit",
      ProviderImport(
        payments: [payment("P1", "30.00", for: "A1")],
        walks: [(.payments, "list_transactions"), (.refunds, "list_refunds")]))
    try store.match()
    #expect(try found(store) == ["record_withdrawn P2 2000 0", "record_withdrawn R1 500 0"])
    #expect(try store.rows("SELECT match_status, collected_minor FROM order_verdict") == ["exact 5000"])
    try store.nextRun()
    try store.match()
    #expect(try found(store).count == 2)
  }

  @Test("a record that comes back is no longer withdrawn")
  func returned() throws {
    let store = try filled()
    try store.provider("dapit", ProviderImport(walks: [(.payments, "list_transactions")]))
    try store.match()
    #expect(try found(store) == ["record_withdrawn P1 3000 0", "record_withdrawn P2 2000 0"])
    try store.nextRun()
    try store.provider(
      "dapit", ProviderImport(payments: [payment("P1", "30.00", for: "A1")], status: "incomplete"))
    try store.match()
    #expect(try found(store) == ["record_withdrawn P2 2000 0"])
    #expect(try store.rows("SELECT count(*) FROM discrepancy WHERE gone_run = 3") == ["1"])
  }

  @Test("an incomplete run adds and updates, and removes nothing")
  func incomplete() throws {
    let store = try filled()
    try store.provider(
      "dapit",
      ProviderImport(
        payments: [payment("P1", "31.00", for: "A1"), payment("P3", "1.00")], status: "incomplete"))
    try store.match()
    #expect(try found(store) == [])
    #expect(
      try store.rows("SELECT payment_id, amount_minor FROM payment ORDER BY 1") == [
        "P1 3100", "P2 2000", "P3 100",
      ])
    #expect(try store.count("refund") == 1)
  }

  @Test("a walk of one provider or of one list says nothing about the others")
  func others() throws {
    let store = try filled()
    try store.provider("maxfi", ProviderImport(walks: [(.payments, "payments")]))
    try store.provider(
      "dapit",
      ProviderImport(
        payments: [payment("P1", "30.00", for: "A1"), payment("P2", "20.00", for: "A1")],
        walks: [(.payments, "list_transactions"), (nil, "settlement_report")]))
    try store.match()
    #expect(try found(store) == [])
  }

  @Test("refunds that were worked out of a payment are never withdrawn")
  func derived() throws {
    let store = try Store(try plainSettings())
    let refunded = try payment("P1", "30.00", .refunded, for: "A1")
    for _ in 0..<2 {
      try store.provider(
        "maxfi",
        ProviderImport(payments: [refunded], walks: [(.payments, "payments"), (.refunds, "refunds")]))
      try store.match()
      try store.nextRun()
    }
    #expect(
      try store.rows("SELECT refund_id, origin, withdrawn_in_run FROM refund") == ["P1:refund derived -"])
    #expect(try found(store) == [])
  }

  @Test("whether a complete walk is on record is remembered")
  func memory() throws {
    let store = try Store(try plainSettings())
    let writer = try store.provider(
      "inflow",
      ProviderImport(
        refunds: [
          refund("R1", "1.00", .pending, of: nil), refund("R2", "1.00", of: nil),
          refund("R3", "1.00", .unknown, of: nil),
        ]))
    #expect(try writer.lastCompleteReading("refunds") == nil)
    #expect(try writer.openRefunds().map(\.text) == ["R1", "R3"])
    try store.provider("inflow", ProviderImport(walks: [(.refunds, "refunds")]))
    #expect(try writer.lastCompleteReading("refunds") != nil)
  }

  @Test("a walk that begins at a time withdraws only what was created since")
  func since() throws {
    let store = try Store(try plainSettings())
    try store.provider(
      "inflow",
      ProviderImport(
        refunds: [
          refund("old", "1.00", of: nil, at: "2026-01-05"), refund("gone", "1.00", of: nil, at: "2026-03-05"),
          refund("kept", "1.00", of: nil, at: "2026-03-06"),
        ], walks: [(.refunds, "refunds")]))
    try store.nextRun()
    let writer = try store.provider(
      "inflow", ProviderImport(refunds: [refund("kept", "1.00", of: nil, at: "2026-03-06")]))
    try writer.walkCompleted(listOf: .refunds, stream: "refunds", since: try instant("2026-02-01"))
    let withdrawn = "SELECT refund_id FROM refund WHERE withdrawn_in_run IS NOT NULL"
    #expect(try store.rows(withdrawn) == ["gone"])
  }

  @Test("a record that the list still holds is not withdrawn because it cannot be read")
  func rejected() throws {
    let store = try Store(try plainSettings())
    try store.provider(
      "maxfi", ProviderImport(payments: [payment("P1", "1.00")], walks: [(.payments, "payments")]))
    try store.nextRun()
    let writer = try store.provider("maxfi", ProviderImport())
    try writer.store(
      payments: [], refunds: [], settlements: [],
      rejects: [Reject(source: "maxfi", location: "x", reason: "amount is null", record: "{}")],
      rejectedIDs: [Identifier("P1")], drift: [], evidence: store.evidence("maxfi"))
    try writer.walkCompleted(listOf: .payments, stream: "payments")
    #expect(try store.count("payment WHERE withdrawn_in_run IS NOT NULL") == 0)
  }
}
