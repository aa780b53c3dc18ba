import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("What changes after a period was sealed is an adjustment of a later period")
struct AdjustmentTests {
  private let anna = Decider(name: "Anna", instant: Instant(seconds: 1_775_100_000))

  /// March with a paid order and an unpaid one, sealed.
  private func sealedMarch() throws -> Store {
    let store = try Store(try plainSettings())
    try store.merchant(orders: [order("A1", "50.00"), order("A2", "60.00")])
    try store.provider("maxfi", ProviderImport(payments: [payment("P1", "50.00", for: "A1")]))
    try store.match()
    try store.nextRun()
    try seal(store)
    store.period = try Store.period("2026-04-01", "2026-04-30")
    try store.nextRun()
    return store
  }

  private func seal(_ store: Store) throws {
    try store.warehouse.addSeal(
      run: store.run, generatedAt: store.asOf, basis: basis(store), files: [], note: "closed", by: anna)
  }

  private func basis(_ store: Store) -> ReportBasis {
    ReportBasis(store.settings, tool: "test", configurationDigest: "", isTestData: false)
  }

  private func adjustments(_ store: Store) throws -> [String] {
    let report = try WarehouseReport(
      store.warehouse, basis: basis(store), period: store.period, asOf: store.asOf, run: store.run,
      generatedAt: store.asOf)
    var lines: [String] = []
    try report.forEachAdjustment { row in
      func text(_ value: AdjustmentRow.Value?) -> String {
        switch value {
        case .money(let money): money.decimalText
        case .text(let text): text
        case .day(let day): "\(day)"
        case nil: "-"
        }
      }
      lines.append(
        "\(row.kind) \(row.id) \(row.field) \(text(row.sealed)) \(text(row.now)) \(row.difference?.decimalText ?? "-")"
      )
    }
    return lines
  }

  @Test("money that arrives late for a sealed month is told with what it was, what it is and the difference")
  func lateMoney() throws {
    let store = try sealedMarch()
    #expect(try adjustments(store) == [])
    try store.provider(
      "maxfi",
      ProviderImport(payments: [
        payment("P1", "50.00", for: "A1"), payment("P2", "60.00", at: "2026-03-31", for: "A2"),
        payment("P3", "5.00", at: "2026-04-02"),
      ]))
    try store.match()
    #expect(
      try adjustments(store) == [
        "payment P2 payment_date - 2026-03-31 -", "payment P2 amount - 60.00 60.00",
        "payment P2 collected - 60.00 60.00", "payment P2 status - succeeded -", "payment P2 order_id - A2 -",
        "order A2 collected 0.00 60.00 60.00", "order A2 match_status unverified exact -",
      ])
  }

  @Test("a changed record is told once: in the report before whose seal it arrived")
  func toldOnce() throws {
    let store = try sealedMarch()
    try store.merchant(orders: [order("A1", "55.00")])
    try store.match()
    let told = ["order A1 match_status exact partial -", "order A1 amount 50.00 55.00 5.00"]
    #expect(try adjustments(store) == told)
    try store.nextRun()
    try seal(store)
    store.period = try Store.period("2026-05-01", "2026-05-31")
    try store.nextRun()
    #expect(try adjustments(store) == [], "April's sealed report has it")
    try store.merchant(orders: [order("A1", "50.00")])
    try store.match()
    #expect(
      try adjustments(store) == [
        "order A1 match_status partial exact -", "order A1 amount 55.00 50.00 -5.00",
      ])
  }

  @Test("the sealed figures stay what they were, and an opened period has no adjustments")
  func sealedAndOpened() throws {
    let store = try sealedMarch()
    let seal = try #require(try store.warehouse.seals().first)
    try store.provider("maxfi", ProviderImport(payments: [payment("P1", "40.00", for: "A1")]))
    try store.match()
    let past = try Warehouse(path: store.warehouse.path, access: .read)
    try past.show(after: seal.run, decidedUpTo: seal.madeAt)
    let report = try WarehouseReport(
      past, basis: seal.basis, period: seal.period, asOf: seal.run.asOf, run: seal.run.handle,
      generatedAt: seal.generatedAt)
    var collected: [String] = []
    try report.forEachPayment { collected.append("\($0.paymentID) \($0.collected?.decimalText ?? "-")") }
    #expect(collected == ["P1 50.00"])
    #expect(try !adjustments(store).isEmpty)
    try store.warehouse.unseal(seal, note: "an error", by: anna)
    #expect(try store.warehouse.seals().isEmpty)
    #expect(try adjustments(store) == [])
  }

  @Test("a changed seal is found by the deep check")
  func damagedSeal() throws {
    let store = try sealedMarch()
    #expect(try store.warehouse.check(deep: true) == [])
    try store.execute("UPDATE seal SET note = 'never closed'")
    #expect(try store.warehouse.check(deep: true).contains { $0.contains("seal") })
  }
}
