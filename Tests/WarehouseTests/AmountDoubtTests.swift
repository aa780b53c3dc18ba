import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("A provider whose amounts are in doubt is stopped with a reason, and the others go on")
struct AmountDoubtTests {
  private static let count = 14

  private func amount(_ place: Int, times factor: Int = 1) -> String {
    let cents = (1_000 + place * 111) * factor
    return "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
  }

  /// Orders that name maxfi and orders that name dapit, and maxfi's payments with their amounts multiplied.
  private func store(_ factor: Int = 100, dapit: Int = 1) throws -> Store {
    let store = try Store(try plainSettings())
    try store.merchant(
      orders: (0..<Self.count).flatMap { place in
        [
          try order("M\(place)", amount(place), provider: "maxfi"),
          try order("D\(place)", amount(place), provider: "dapit"),
        ]
      } + [try order("NONE", "5.00", provider: "maxfi")])
    try pay(store, "maxfi", "M", factor)
    try pay(store, "dapit", "D", dapit)
    return store
  }

  private func pay(_ store: Store, _ provider: String, _ letter: String, _ factor: Int) throws {
    let payments = try (0..<Self.count).map { place in
      try payment("\(letter)P\(place)", amount(place, times: factor), for: "\(letter)\(place)")
    }
    try store.provider(
      provider,
      ProviderImport(
        payments: payments + [try payment("\(letter)X", "7.00")],
        walks: [
          (.payments, provider == "maxfi" ? "payments" : "list_transactions"), (.refunds, "list_refunds"),
          (nil, "settlement_report"),
        ]))
  }

  private func verdicts(_ store: Store) throws -> [String] {
    try store.rows(
      """
      SELECT substr(o.order_id, 1, 1), v.match_status, count(*) FROM order_verdict v
      JOIN sales_order o ON o.id = v.sales_order GROUP BY 1, 2 ORDER BY 1, 2
      """)
  }

  private func findings(_ store: Store) throws -> [String] {
    try store.rows(
      "SELECT code, provider, count(*) FROM discrepancy WHERE gone_run IS NULL AND code NOT LIKE 'settlement%' GROUP BY 1, 2 ORDER BY 1, 2"
    )
  }

  @Test("amounts a hundred times too large make no discrepancies, and the reason names evidence and remedy")
  func stopped() throws {
    let store = try store()
    try store.match()
    #expect(try verdicts(store) == ["D exact 14", "M unknown 14", "N unverified 1"])
    #expect(try findings(store) == ["orphan_payment dapit 1"])
    let doubts = try store.warehouse.amountDoubts()
    #expect(doubts.map(\.provider) == ["maxfi"])
    let text = try #require(doubts.first?.explanation)
    #expect(
      text.contains("14 of the 14 latest orders with one payment at maxfi in EUR collected exactly 100 times")
    )
    #expect(text.contains("(M0: 10.00 EUR due, 1000.00 EUR collected; "))
    #expect(text.hasSuffix("set amount_check = \"off\" in [providers.maxfi]"))
    let facts = try store.report().facts.providers
    #expect(facts.first { $0.name == "maxfi" }.map { "\($0.status) \($0.complete)" } == "incomplete false")
    #expect(facts.first { $0.name == "dapit" }?.complete == true)
    var collected: [String: Int] = [:]
    try store.report().forEachPayment { collected["\($0.provider) \($0.collected == nil)", default: 0] += 1 }
    #expect(collected == ["dapit false": 15, "maxfi true": 15])
  }

  @Test("the next matching keeps the stop, and amounts that come right end it")
  func corrected() throws {
    let store = try store()
    try store.match()
    let before = try store.derived()
    try store.nextRun()
    try store.match()
    #expect(try store.derived() == before)
    try store.nextRun()
    try pay(store, "maxfi", "M", 1)
    try store.match()
    #expect(try verdicts(store) == ["D exact 14", "M exact 14", "N unpaid 1"])
    #expect(try store.warehouse.amountDoubts().isEmpty)
    let fresh = try self.store(1)
    try fresh.match()
    #expect(try store.derived() == fresh.derived())
  }

  @Test("who says that the amounts are right gets a discrepancy for each order")
  func right() throws {
    let store = try store()
    try store.match()
    for place in store.settings.providers.indices { store.settings.providers[place].checksAmounts = false }
    try store.nextRun()
    try store.match()
    #expect(try verdicts(store).contains("M overpaid 14"))
    #expect(try findings(store).contains("overpayment maxfi 14"))
    #expect(try store.warehouse.amountDoubts().isEmpty)
    for place in store.settings.providers.indices { store.settings.providers[place].checksAmounts = true }
    try store.nextRun()
    try store.match()
    #expect(try findings(store) == ["orphan_payment dapit 1"])
  }

  @Test("a shop with many orders in full and some odd ones goes on")
  func goesOn() throws {
    let store = try store(1)
    try store.merchant(orders: (0..<12).map { try order("O\($0)", amount($0), provider: "maxfi") })
    try store.provider(
      "maxfi",
      ProviderImport(
        payments: (0..<12).map { try payment("OP\($0)", amount($0, times: 100), for: "O\($0)") },
        walks: []))
    try store.match()
    #expect(try verdicts(store).contains("O overpaid 12"))
    #expect(try store.warehouse.amountDoubts().isEmpty)
  }

  @Test("what was stopped is told as it was known then")
  func past() throws {
    let store = try store()
    try store.match()
    let first = try #require(try store.warehouse.latestRun())
    try store.nextRun()
    try pay(store, "maxfi", "M", 1)
    try store.match()
    let past = try Warehouse(path: store.warehouse.path, access: .read)
    try past.show(after: first, decidedUpTo: store.asOf)
    #expect(try past.amountDoubts().map(\.provider) == ["maxfi"])
    #expect(try store.warehouse.check(deep: true) == [])
  }
}
