import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("What became of findings between two runs can be told at any time")
struct FindingHistoryTests {
  private let anna = Decider(name: "Anna", instant: Instant(seconds: 1_775_000_000))

  /// Three unpaid orders after run 1; ten days pass with each later run.
  private func store() throws -> Store {
    let store = try Store(try plainSettings())
    try store.merchant(orders: [
      order("A1", "50.00"), order("A2", "60.00"), order("A3", "70.00", at: "2026-03-28"),
    ])
    try store.provider("dapit", ProviderImport())
    try store.provider("maxfi", ProviderImport())
    try store.match()
    return store
  }

  private func tenDaysLater(_ store: Store) throws {
    store.asOf = Instant(seconds: store.asOf.seconds + 864_000)
    try store.nextRun()
  }

  private func changes(_ store: Store, from: Int, to: Int?) throws -> [String] {
    let runs = try store.warehouse.runs(of: nil, limit: 100).reversed() as [RunRecord]
    var lines: [String] = []
    try store.warehouse.forEachFindingDifference(
      from: runs[from - 1], to: to.map { runs[$0 - 1] }, through: store.period.to,
      today: to.map { runs[$0 - 1].asOf } ?? store.asOf, zone: store.settings.zone
    ) { difference in
      let (before, after) = (difference.before?.actual?.text, difference.after?.actual?.text)
      lines.append(
        "\(difference.orderID ?? "-") \(difference.code.rawValue) \(difference.change.rawValue) "
          + "\(before ?? "-") \(after ?? "-")")
    }
    return lines.sorted()
  }

  @Test("found, changed, older and gone: each is told once, by the run that brought it")
  func fourChanges() throws {
    let store = try store()
    try tenDaysLater(store)
    try store.provider(
      "maxfi",
      ProviderImport(payments: [payment("P1", "50.00", for: "A1"), payment("P2", "10.00", for: "A2")]))
    try store.match()
    #expect(
      try changes(store, from: 1, to: 2) == [
        "A1 unpaid_order cleared 0.00 -", "A2 partial_payment new - 10.00", "A2 unpaid_order cleared 0.00 -",
        "A3 unpaid_order aged 0.00 0.00",
      ])
    try tenDaysLater(store)
    try store.provider(
      "maxfi",
      ProviderImport(payments: [
        payment("P1", "50.00", for: "A1"), payment("P2", "20.00", for: "A2"), payment("P9", "1.00"),
      ]))
    try store.match()
    #expect(
      try changes(store, from: 2, to: 3) == [
        "- orphan_payment new - 1.00", "A2 partial_payment changed 10.00 20.00",
      ])
    #expect(
      try changes(store, from: 1, to: 2) == [
        "A1 unpaid_order cleared 0.00 -", "A2 partial_payment new - 10.00", "A2 unpaid_order cleared 0.00 -",
        "A3 unpaid_order aged 0.00 0.00",
      ], "a later run must not rewrite what was")
  }

  @Test("a finding that went and came back is told as such from any of the runs")
  func goneAndBack() throws {
    let store = try store()
    try tenDaysLater(store)
    _ = try store.provider("maxfi", ProviderImport(payments: [payment("P1", "50.00", for: "A1")]))
    try store.match()
    try tenDaysLater(store)
    try store.warehouse.unlink("P1", note: "not theirs", by: anna)
    try store.match()
    #expect(try changes(store, from: 1, to: 2).contains("A1 unpaid_order cleared 0.00 -"))
    #expect(try changes(store, from: 2, to: 3).contains("A1 unpaid_order new - 0.00"))
    #expect(
      try changes(store, from: 1, to: 3).filter { $0.hasPrefix("A1") } == ["A1 unpaid_order aged 0.00 0.00"])
  }

  @Test("a verdict clears a finding from the run on that came after it, and not before")
  func verdicts() throws {
    let store = try store()
    let id = try #require(try store.rows("SELECT id FROM discrepancy WHERE order_id = 'A1'").first)
    try store.warehouse.resolve(id, .accepted, note: "goodwill", by: anna)
    #expect(try changes(store, from: 1, to: 1) == [])
    try store.nextRun()
    #expect(try changes(store, from: 1, to: 2) == ["A1 unpaid_order cleared 0.00 0.00"])
    try store.warehouse.resolve(id, .open, note: "no", by: anna)
    #expect(try changes(store, from: 1, to: nil) == [])
    #expect(try changes(store, from: 2, to: nil) == ["A1 unpaid_order new 0.00 0.00"])
  }

  @Test("an acceptance ends with the amounts that it was about, says so, and comes back with them")
  func staleVerdict() throws {
    let store = try store()
    try store.provider("maxfi", ProviderImport(payments: [payment("P2", "10.00", for: "A2")]))
    try store.match()
    let id = try #require(
      try store.rows("SELECT id FROM discrepancy WHERE code = 'partial_payment'").first)
    func partial() throws -> DiscrepancyRow {
      var found: [DiscrepancyRow] = []
      try store.report().forEachDiscrepancy { if $0.id == id { found.append($0) } }
      return try #require(found.first)
    }
    try store.warehouse.resolve(id, .accepted, note: "the rest in cash", by: anna)
    #expect(try partial().status == .accepted)
    try store.nextRun()
    try store.provider("maxfi", ProviderImport(payments: [payment("P2", "20.00", for: "A2")]))
    try store.match()
    #expect(try partial().status == .open)
    #expect(
      try partial().explanation.hasSuffix(
        "It was accepted when 60.00 was expected and 10.00 found; the amounts have changed, so it is open again."
      ))
    #expect(
      try store.warehouse.openFindings(today: store.settings.zone.day(of: store.asOf)).contains {
        $0.code == .partialPayment
      })
    try store.nextRun()
    try store.provider("maxfi", ProviderImport(payments: [payment("P2", "10.00", for: "A2")]))
    try store.match()
    #expect(try partial().status == .accepted)
    #expect(try !partial().explanation.contains("open again"))
  }

  @Test(
    "the run to compare with is the newest of the same period, else of the same first day, with an earlier clock"
  )
  func previousRun() throws {
    let store = try store()
    func previous() throws -> String? {
      let newest = try #require(try store.warehouse.latestRun())
      return try store.warehouse.previousRun(of: newest).map { "\($0.period) \($0.asOf)" }
    }
    let first = "\(store.period) \(store.asOf)"
    #expect(try previous() == nil)
    try store.nextRun()
    try store.match()
    #expect(try previous() == nil, "the same period at the same time is the same report again")
    store.period = try Store.period("2026-03-01", "2026-04-01")
    try tenDaysLater(store)
    #expect(try previous() == first)
    try store.match()
    let longer = "\(store.period) \(store.asOf)"
    store.period = try Store.period("2026-04-02", "2026-04-02")
    try tenDaysLater(store)
    try store.match()
    #expect(try previous() == longer)
    store.period = try Store.period("2026-03-01", "2026-03-31")
    try tenDaysLater(store)
    #expect(try previous() == first)
  }
}
