import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("A record comes to the journal with what its order's money was before")
struct JournalRecordTests {
  private func records(_ store: Store) throws -> (payments: [JournalPayment], refunds: [JournalRefund]) {
    var payments: [JournalPayment] = []
    var refunds: [JournalRefund] = []
    try store.report(from: "2026-03-01", to: "2026-03-31").forEachJournalRecord { record in
      switch record {
      case .payment(let payment): payments.append(payment)
      case .refund(let refund): refunds.append(refund)
      }
    }
    return (payments, refunds)
  }

  private func amounts(_ movements: [OrderHistory.Movement]) -> [Int64] { movements.map(\.amount) }

  @Test("payments of one order count in the order of day, provider and id, those of other periods too")
  func collectedBefore() throws {
    var settings = try plainSettings()
    settings.tolerance = [try euros("0").currency: try euros("0.05")]
    let store = try Store(settings)
    try store.merchant(orders: [order("A1", "50.00"), order("A2", "9.00")])
    try store.provider(
      "dapit",
      ProviderImport(
        payments: [
          payment("b", "1.00", at: "2026-03-02", for: "A1"),
          payment("a", "2.00", at: "2026-03-02", for: "A1"),
          payment("early", "4.00", at: "2026-02-27", for: "A1"),
          payment("undated", "8.00", at: nil, for: "A1"),
          payment("late", "16.00", at: "2026-04-01", for: "A1"),
          payment("failed", "32.00", .failed, at: "2026-03-01", for: "A1"),
          payment("alone", "9.00", at: "2026-03-03", for: "A2"), payment("loose", "3.00", at: "2026-03-03"),
        ]))
    try store.provider("maxfi", ProviderImport(payments: [payment("0", "1.50", at: "2026-03-02", for: "A1")]))
    try store.match()
    let found = try records(store).payments
    #expect(found.map(\.id) == ["failed", "a", "b", "0", "alone", "loose", "undated"])
    #expect(found.map(\.collectedBefore) == [400, 400, 600, 700, 0, 0, 0])
    #expect(found.map(\.collected) == [0, 200, 100, 150, 900, 300, 800])
    #expect(found.map { $0.order?.id } == ["A1", "A1", "A1", "A1", "A2", nil, "A1"])
    #expect(found[0].order?.tolerance == 5)
    #expect(try found[0].order?.amount == euros("50.00"))
    #expect(found.map { $0.day == nil } == [false, false, false, false, false, false, true])
  }

  @Test("a refund knows what was paid, asked for and given back up to its day")
  func history() throws {
    let store = try Store(try plainSettings())
    try store.merchant(
      orders: [order("A1", "50.00")],
      refunds: [
        wish("M1", "5.00", for: "A1", at: "2026-03-04"), wish("M2", "6.00", for: "A1", at: "2026-03-05"),
        wish("M3", "7.00", for: "A1", at: "2026-03-06"),
      ])
    try store.provider(
      "dapit",
      ProviderImport(
        payments: [
          payment("p1", "50.00", at: "2026-03-01", for: "A1"),
          payment("p2", "20.00", at: "2026-03-05", for: "A1"),
          payment("p3", "30.00", at: "2026-03-06", for: "A1"),
        ],
        refunds: [
          refund("r1", "1.00", of: "p1", at: "2026-03-03"),
          refund("r2", "2.00", of: "p2", at: "2026-03-05", fee: "1.00"),
          refund("r3", "4.00", of: "p1", at: "2026-03-05"),
          refund("r4", "8.00", .pending, of: "p1", at: "2026-03-02"),
          refund("r5", nil, of: "p1", at: "2026-03-02"),
          refund("lost", "9.00", of: "nowhere", at: "2026-03-07"),
        ]))
    try store.match()
    let found = try records(store).refunds
    #expect(found.map(\.id) == ["r4", "r5", "r1", "r2", "r3", "lost"])
    let third = found[4]
    #expect(amounts(third.history.collected) == [5_000, 2_000])
    #expect(amounts(third.history.asked) == [500, 600])
    #expect(amounts(third.history.refunded) == [100, 200])
    #expect(third.paymentID == "p1" && third.order?.id == "A1")
    #expect(found[3].fee == 100 && found[3].paymentID == "p2")
    #expect(amounts(found[2].history.collected) == [5_000] && found[2].history.refunded.isEmpty)
    #expect(found[0].history == OrderHistory())
    #expect(found[5].order == nil && found[5].paymentID == "nowhere")
  }

  @Test("days of what was asked for are business dates")
  func zone() throws {
    var settings = try plainSettings()
    settings.zone = try #require(Zone("Europe/Vilnius"))
    let store = try Store(settings)
    try store.merchant(
      orders: [order("A1", "50.00")],
      refunds: [
        wish("M1", "5.00", for: "A1", at: "2026-03-05T21:59:00Z"),
        wish("M2", "6.00", for: "A1", at: "2026-03-05T22:00:00Z"),
      ])
    try store.provider(
      "dapit",
      ProviderImport(
        payments: [payment("p1", "50.00", at: "2026-03-01T12:00:00Z", for: "A1")],
        refunds: [refund("r1", "1.00", of: "p1", at: "2026-03-05T12:00:00Z")]))
    try store.match()
    #expect(amounts(try records(store).refunds[0].history.asked) == [500])
  }

  @Test("the totals are those of the rows that the report shows")
  func totals() throws {
    let store = try Store(try plainSettings())
    try store.merchant(orders: [order("A1", "50.00")])
    try store.provider(
      "dapit",
      ProviderImport(
        payments: [
          payment("p1", "50.00", at: "2026-03-31", for: "A1"), payment("p2", "1.00", at: nil),
          payment("p3", "2.00", at: "2026-04-01"), payment("p4", "4.00", .pending, at: "2026-03-01"),
        ],
        refunds: [
          refund("r1", "1.00", of: "p1", fee: "0.50"),
          refund("r2", "2.00", .failed, of: "p1", at: nil, fee: "0.25"),
          refund("r3", nil, of: "p1"), refund("r4", "8.00", of: "p1", at: "2026-04-01"),
        ]))
    try store.match()
    let totals = try store.report(from: "2026-03-01", to: "2026-03-31").journalTotals()
    var expected = JournalTotals()
    (expected.payments, expected.refunds, expected.fees) = (5_100, 300, 75)
    #expect(totals == [try euros("0").currency: expected])
  }

  @Test("amounts beyond 64 bits add up")
  func large() throws {
    let store = try Store(try plainSettings())
    try store.merchant(orders: [order("A1", "92233720368547758.07")])
    try store.provider(
      "dapit",
      ProviderImport(
        payments: try ["a", "b", "c"].map { try payment($0, "92233720368547758.07", for: "A1") }))
    try store.match()
    #expect(
      try records(store).payments.map(\.collectedBefore) == [0, Int128(Int64.max), 2 * Int128(Int64.max)])
  }

  @Test("providers are those of the configuration and those with records")
  func providers() throws {
    let store = try Store(try plainSettings())
    try store.provider("maxfi", ProviderImport(payments: [payment("p1", "1.00")]))
    store.settings.providers.removeAll { $0.name == "maxfi" || $0.name == "gate" }
    #expect(try store.report().journalProviders() == ["dapit", "inflow", "maxfi"])
  }
}
