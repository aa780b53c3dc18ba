import GRDB
import ReconcileCore
import Synchronization
import Testing

@testable import ReconcileWarehouse

@Suite("Explanations tell how a verdict came about, and what came nearest to what is unmatched")
struct StoryTests {
  private func facts(_ store: Store, _ id: String, _ kind: StoryPart.Kind) throws -> [StoryFact] {
    try store.warehouse.story(of: id, settings: store.settings).filter { $0.kind == kind }.flatMap(\.facts)
  }

  private func values(_ store: Store, _ id: String, _ kind: StoryPart.Kind) throws -> [String] {
    try facts(store, id, kind).map { "\($0.label): \($0.value)" }
  }

  private func conditions(_ store: Store, _ id: String) throws -> [String?] {
    try facts(store, id, .candidates).map { fact in
      fact.data.first { $0.name == "condition" }.map { "\(fact.label) \($0.value ?? "-")" }
    }
  }

  /// One order of each kind of trouble, and payments around them.
  private func store(
    _ orders: [MerchantOrder], _ payments: [PaymentRecord], refunds: [RefundRecord] = [],
    _ wishes: [MerchantRefund] = []
  ) throws -> Store {
    let store = try Store(try plainSettings())
    try store.merchant(orders: orders, refunds: wishes)
    try store.provider(
      "maxfi", ProviderImport(payments: payments, walks: [(.payments, "payments")]))
    try store.provider(
      "dapit",
      ProviderImport(refunds: refunds, walks: [(.payments, "list_transactions"), (.refunds, "list_refunds")]))
    try store.match()
    return store
  }

  @Test("an unpaid order names the nearest payments and what each of them fails first")
  func unpaid() throws {
    let store = try store(
      [
        order("A1", "12.34", at: "2026-03-01T10:00:00Z"),
        order("B1", "12.34", at: "2026-03-01", provider: "dapit"),
      ],
      [
        payment("late", "12.34", at: "2026-03-10T11:00:00Z"), payment("more", "12.50", at: "2026-03-01"),
        payment("claim", "12.34", at: "2026-03-01", for: "a1"),
      ])
    #expect(
      try values(store, "A1", .candidates) == [
        "maxfi:claim: payment claim of maxfi carries the id `a1`, which is nearly that of the order: "
          + "ids are compared byte by byte, capitals and leading zeros included",
        "maxfi:late: payment late of maxfi has the same amount 12.34 EUR but was created 9 days after the order; "
          + "at most 3 are allowed",
        "maxfi:more: payment more of maxfi brought 12.50 EUR, 0.16 EUR more than the 12.34 EUR that the order wants",
      ])
    #expect(try conditions(store, "B1").first == "maxfi:claim provider")
    #expect(try conditions(store, "late") == ["A1 time", "B1 provider"])
    let claimed = try values(store, "claim", .rules)
    #expect(
      claimed[1]
        == "order_id: does not apply: the payment carries the order id a1, which no orders file holds")
  }

  @Test("the pair that is suggested and the pairs that hinder each other are told apart")
  func suggestion() throws {
    let single = try store([order("A1", "10.00")], [payment("P1", "10.00")])
    #expect(try conditions(single, "A1") == ["maxfi:P1 suggested"])
    #expect(try values(single, "A1", .candidates)[0].contains("`reconcile link P1 A1` makes it a match"))
    let twins = try store([order("A1", "10.00")], [payment("P1", "10.00"), payment("P2", "10.00")])
    #expect(try conditions(twins, "A1") == ["maxfi:P1 single", "maxfi:P2 single"])
  }

  @Test("no more than five candidates are told, the nearest first")
  func bounded() throws {
    let payments = try (1...9).map { try payment("P\($0)", "10.0\($0)") }
    let store = try store([order("A1", "10.00")], payments)
    #expect(try conditions(store, "A1") == (1...5).map { "maxfi:P\($0) amount" })
    let empty = try self.store([order("A1", "10.00")], [])
    #expect(try facts(empty, "A1", .candidates).map(\.label) == ["none"])
  }

  @Test("another currency, another order and a person's word are each a reason of their own")
  func reasons() throws {
    let store = try store(
      [order("A1", "10.00"), order("A2", "10.00"), order("A3", "77.00"), order("A4", "77.00")],
      [payment("P1", "10.00", for: "A2"), payment("P3", "77.00", for: "A3")])
    #expect(try conditions(store, "A1") == [nil], "a payment of another order is no candidate")
    try store.warehouse.unlink("P3", note: "not ours", by: Decider(name: "ann", instant: store.asOf))
    try store.nextRun()
    try store.match()
    #expect(try conditions(store, "A4") == ["maxfi:P3 decision"])
    #expect(try values(store, "P3", .rules)[0] == "manual: decides: a person tied it to no order")
    #expect(try values(store, "P3", .rules)[1].hasPrefix("order_id: not tried, because manual decided"))
    #expect(try values(store, "P3", .payment).contains { $0.hasPrefix("decision: unlinked by ann") })
  }

  @Test("a rule that names two orders is told with both, and the rule after it decides")
  func twoOrders() throws {
    var claim = try payment("P1", "10.00", for: "A1")
    claim.orderClaims.append(try Identifier("A2"))
    let store = try store(
      [order("A1", "10.00"), order("A2", "10.00"), order("A3", "10.00", reference: "P1")], [claim])
    let rules = try values(store, "P1", .rules)
    #expect(
      rules[1] == "order_id: does not apply: the payment carries the id of the orders A1 and A2, "
        + "and a rule that names two orders does not apply")
    #expect(rules[2] == "reference: decides: one of its names is the provider_reference of order A3")
    #expect(rules[3].hasPrefix("event: not tried, because reference decided"))
    let data = try facts(store, "P1", .payment).first { $0.label == "linked to" }?.data
    #expect(data?.map { $0.value ?? "-" } == ["A3", "reference"])
  }

  @Test("sums are told with their terms, for people and for programs")
  func arithmetic() throws {
    let store = try store(
      [order("A1", "80.00")], [payment("P1", "50.00", for: "A1"), payment("P2", "40.00", for: "A1")],
      [wish("M1", "3.00", for: "A1")])
    let steps = try values(store, "A1", .arithmetic)
    #expect(
      steps.prefix(4) == [
        "collected: 50.00 EUR + 40.00 EUR = 90.00 EUR", "collected - due: 90.00 EUR - 80.00 EUR = 10.00 EUR",
        "refunds asked for: 3.00 EUR = 3.00 EUR",
        "to give back: 3.00 EUR asked for + 10.00 EUR excess = 13.00 EUR",
      ])
    let terms = try facts(store, "A1", .arithmetic)[0].data.map { "\($0.name)=\($0.value ?? "-")" }
    #expect(terms == ["of=P1;P2", "terms=50.00;40.00", "result=90.00", "currency=EUR"])
    #expect(
      try values(store, "A1", .order).contains(
        "match_status: overpaid: 90.00 EUR came in and only 80.00 EUR was due"))
    #expect(try values(store, "M1", .merchantRefund).contains("amount: 3.00 EUR"))
  }

  @Test("an order that cannot be judged names the provider that was not read")
  func unverified() throws {
    let store = try Store(try plainSettings())
    try store.merchant(orders: [
      order("A1", "10.00", provider: "maxfi"), order("A2", "10.00", provider: "gate"),
    ])
    try store.provider("maxfi", ProviderImport(status: "incomplete"))
    try store.match()
    #expect(
      try values(store, "A1", .order).contains(
        "match_status: unverified: nothing came in, and maxfi, not completely read, could hold the payment"))
    #expect(
      try values(store, "A2", .order).contains(
        "match_status: unverified: nothing came in, and gate, which has not answered for it, could hold the payment"
      ))
  }

  @Test("a refund without a payment names the payments that come nearest")
  func refundWithoutPayment() throws {
    let store = try Store(try plainSettings())
    try store.merchant(
      orders: [order("A1", "30.00")], refunds: [wish("M1", "10.00", for: "A1")])
    try store.provider(
      "dapit",
      ProviderImport(
        payments: [payment("P1", "30.00", for: "A1")],
        refunds: [
          refund("R1", "10.00", of: "p1", at: "2026-03-03"), refund("R2", "10.00", of: nil, at: "2026-03-03"),
        ],
        walks: [(.payments, "list_transactions"), (.refunds, "list_refunds")]))
    try store.match()
    #expect(try conditions(store, "R1") == ["dapit:P1 id"])
    #expect(try conditions(store, "R2") == ["dapit:P1 named"])
    #expect(
      try values(store, "R2", .candidates) == [
        "dapit:P1: payment P1 of dapit could hold the refund, which names no payment: a refund is tied by ids alone, "
          + "never by its amount"
      ])
    #expect(try conditions(store, "A1").compactMap { $0 } == ["dapit:R1 named", "dapit:R2 named"])
    #expect(try values(store, "R1", .refund).contains("of payment: not known: the refund names p1"))
  }

  // MARK: Settlement days

  @Test(
    "a settlement day is known by what a person copies from settlement.csv",
    arguments: [
      "dapit:2026-03-05:EUR", "dapit,EUR,2026-03-05", "dapit;EUR;2026-03-05;100,00", "dapit\tEUR\t2026-03-05",
      "dapit 2026-03-05", "2026-03-05:dapit:eur",
    ])
  func dayNames(text: String) throws {
    let name = try #require(SettlementDayName(text))
    #expect(name.provider == "dapit" && name.day.description == "2026-03-05")
    #expect(name.currency == (text.lowercased().contains("eur") ? "EUR" : nil))
  }

  @Test(
    "what is no settlement day is not taken for one",
    arguments: ["", "2026-03-05", "dapit", "dapit:EUR", "a:b:c", "dapit:2026-03-05:EURO"])
  func noDay(text: String) { #expect(SettlementDayName(text) == nil) }

  @Test("a settlement day tells both sides and by which conventions it ties out")
  func conventions() throws {
    let store = try Store(try plainSettings())
    var over = try payment("P1", "10.00", .overpaid, at: "2026-03-05T12:00:00Z")
    over.received = try euros("12.00")
    let line = SettlementFigures(gross: 1_000, refunds: 500, fees: 0, net: 500, count: 1)
    let day = try #require(BusinessDay("2026-03-05"))
    let report = SettlementReport(
      currency: try euros("0").currency, from: day, to: day, totals: line, lines: [(day, line)])
    try store.provider(
      "dapit",
      ProviderImport(
        payments: [over], refunds: [refund("R1", "5.00", of: "P1", at: "2026-03-05T13:00:00Z", fee: "1.00")],
        settlements: [report],
        walks: [(.payments, "list_transactions"), (.refunds, "list_refunds"), (nil, "settlement_report")]))
    try store.match()
    #expect(
      try values(store, "dapit:2026-03-05:EUR", .conventions) == [
        "refunds net of the fee, excess counted: does not tie out: gross -2.00 EUR, refunds +1.00 EUR, fees -1.00 EUR, net -2.00 EUR (in force)",
        "refunds gross, excess counted: does not tie out: gross -2.00 EUR, net -2.00 EUR",
        "refunds net of the fee, excess not counted: does not tie out: refunds +1.00 EUR, fees -1.00 EUR",
        "refunds gross, excess not counted: ties out",
      ])
    let findings = try store.rows(
      "SELECT explanation FROM discrepancy WHERE code = 'settlement_net_mismatch'")
    #expect(
      findings == [
        "The provider reports a net of 5.00 EUR for this day, and our records give 7.00 EUR. It ties out with refunds gross, "
          + "excess not counted: the report leaves out +2.00 EUR of overpayments."
      ])
    #expect(
      try values(store, "dapit:2026-03-05:EUR", .settlementDay)[3]
        == "net: 12.00 EUR - 4.00 EUR - 1.00 EUR = 7.00 EUR, reported 5.00 EUR, -2.00 EUR apart")
    let told = try store.warehouse.story(of: "dapit:2026-03-05", settings: store.settings)
    #expect(told.filter { $0.kind == .discrepancy }.count == 4)
    #expect(told.last?.kind == .settlementReport)
  }

  // MARK: Cost

  @Test("every statement of an explanation finds its rows by an index")
  func plans() throws {
    let store = try store(
      [order("A1", "10.00", reference: "X"), order("A2", "11.00"), order("A3", "12.00")],
      [
        payment("P1", "10.00"), payment("P2", "5.00", for: "A2"),
        payment("P3", "12.00", .refunded, for: "A3"),
      ],
      refunds: [refund("R1", "12.00", of: "nothing")],
      [wish("M1", "12.00", for: "A3"), wish("M2", "1.00", for: "A9")])
    try store.merchant(events: [
      WebhookEvent(provider: "maxfi", id: "E1", references: [Identifier("P1")], orderIDs: [Identifier("A9")])
    ])
    let ids =
      try store.rows("SELECT id FROM discrepancy") + [
        "A1", "A2", "A3", "P1", "P2", "P3", "R1", "M1", "M2", "maxfi:P1", "dapit:2026-03-05", "nothing",
      ]
    let statements = Mutex<Set<String>>([])
    store.warehouse.queue.inDatabase { db in
      db.trace(options: .statement) { event in
        if case .statement(let statement) = event { _ = statements.withLock { $0.insert(statement.sql) } }
      }
    }
    for id in ids { _ = try store.warehouse.story(of: id, settings: store.settings) }
    store.warehouse.queue.inDatabase { db in db.trace() }
    let seen = statements.withLock { $0 }.filter { $0.hasPrefix("SELECT") || $0.hasPrefix("WITH") }
    #expect(seen.count > 40)
    try store.warehouse.read { db in
      for sql in seen.sorted() {
        let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
        statement.setUncheckedArguments(StatementArguments())
        let scans = try Row.fetchAll(statement).map { $0["detail"] as String }.filter { detail in
          detail.hasPrefix("SCAN")
            && !Self.small.contains { detail == "SCAN \($0)" || detail.hasPrefix("SCAN \($0) ") }
        }
        #expect(scans == [], "\(sql)")
      }
    }
  }

  /// Tables with a row for each import or setting, and what a statement itself built.
  private static let small = [
    "provider_import", "CONSTANT ROW", "d", "known", "w", "i", "l", "s", "provider_state", "complete_walk",
    "n",
  ]
}
