import ReconcileCore
import TestSupport
import Testing

@testable import ReconcileWarehouse

@Suite("Decisions move between warehouses, and no cent is lost whatever is decided")
struct DecisionPropertyTests {
  /// A random history in which people also gave verdicts, and the last word on every finding that holds.
  private static func decidedHistory(seed: UInt64) throws -> History {
    var history = try History(seed: seed)
    var random = SeededGenerator(seed: seed)
    for _ in 1...9 {
      try history.step()
      try giveVerdicts(history.store, &random)
    }
    try history.store.match()
    return history
  }

  private static func giveVerdicts(_ store: Store, _ random: inout SeededGenerator) throws {
    for id in try store.rows("SELECT id FROM discrepancy ORDER BY id") where random.once(in: 3) {
      let verdict = random.pick([Resolution.accepted, .accepted, .open])
      let decider = Decider(name: random.pick(["Ona", "Jonas"]), instant: store.asOf)
      try store.warehouse.resolve(id, verdict, note: "n\(Int.random(in: 0..<3, using: &random))", by: decider)
    }
  }

  /// Every finding that holds, with what people said of it.
  private static func standings(_ store: Store) throws -> [String] {
    try store.rows(
      """
      SELECT id, standing, is_stale, CASE WHEN is_stale THEN decided_expected END,
        CASE WHEN is_stale THEN decided_actual END FROM current_finding ORDER BY id
      """)
  }

  @Test(
    "the decisions of one warehouse, applied to an empty one, give the same findings, verdicts and decisions",
    arguments: Seeds.some(8))
  func exportAndApply(seed: UInt64) throws {
    let history = try Self.decidedHistory(seed: seed)
    let decisions = try history.decisions()
    let fresh = try Store(everythingOf: history.world, decisions: decisions)
    #expect(try fresh.warehouse.decisions().map(\.record) == decisions)
    #expect(try fresh.derived() == history.store.derived())
    #expect(try Self.standings(fresh) == Self.standings(history.store))
    #expect(try fresh.warehouse.check(deep: true) == [])
  }

  @Test(
    "applying what a warehouse holds, or a beginning of it, changes nothing", arguments: Seeds.some(6))
  func again(seed: UInt64) throws {
    let history = try Self.decidedHistory(seed: seed)
    let decisions = try history.decisions()
    for count in [decisions.count, decisions.count / 2, 0] {
      for outcome in try history.store.warehouse.apply(Array(decisions.prefix(count)), isDryRun: false) {
        if case .unchanged = outcome { continue }
        Issue.record("\(outcome)")
      }
      #expect(try history.decisions() == decisions)
    }
    #expect(try history.store.rows("SELECT payment FROM touched_payment") == [])
  }

  @Test(
    "the order of decisions about different payments and findings does not matter", arguments: Seeds.some(6))
  func anyOrder(seed: UInt64) throws {
    let history = try Self.decidedHistory(seed: seed)
    var random = SeededGenerator(seed: seed)
    let orders = history.world.orders.keys.sorted()
    let payments = history.world.payments.filter { !$0.value.isTest }.keys.map(\.self)
    let undecided = try Store(everythingOf: history.world, decisions: [])
    var drafts = try undecided.rows("SELECT id FROM current_finding ORDER BY id").map { id in
      DecisionDraft(.verdict(id: id, random.pick([.accepted, .open]), seen: nil), note: "n")
    }
    for key in payments.sorted(by: { ($0.provider, $0.id) < ($1.provider, $1.id) }) where random.once(in: 2) {
      let name = PaymentName(provider: key.provider, id: key.id)
      let isUnlink = orders.isEmpty || random.once(in: 3)
      drafts.append(
        DecisionDraft(isUnlink ? .unlink(name) : .link(name, order: random.pick(orders)), note: "n"))
    }
    var results: [[String]] = []
    for order in [drafts, drafts.shuffled(using: &random), drafts.reversed()] {
      let store = try Store(everythingOf: history.world, decisions: [])
      for draft in order {
        try store.warehouse.decideOrThrow([draft], by: Decider(name: "me", instant: store.asOf))
      }
      try store.nextRun()
      try store.match()
      let decisions = try store.warehouse.decisions().map { "\($0.record)" }
      results.append(try store.derived() + Self.standings(store) + decisions)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  /// What a report of all days says of the money that came in, by currency: all, linked, and not linked.
  private static func money(_ store: Store) throws -> [String: [Int64]] {
    let run = try #require(try store.warehouse.latestRun())
    let report = try WarehouseReport(
      store.warehouse,
      basis: ReportBasis(store.settings, tool: "test", configurationDigest: "", isTestData: false),
      period: try Store.period("2000-01-01", "2099-12-31"), asOf: store.asOf, run: run.handle,
      generatedAt: store.asOf)
    var sums: [String: [Int64]] = [:]
    try report.forEachPayment { payment in
      let collected = payment.collected?.minorUnits ?? 0
      var sum = sums[payment.amount.currency.code] ?? [0, 0, 0]
      sum[0] += collected
      sum[payment.orderID == nil ? 2 : 1] += collected
      sums[payment.amount.currency.code] = sum
    }
    return sums
  }

  @Test(
    "every minor unit stays, linked or not, through links, verdicts, late arrivals and purges",
    arguments: Seeds.some(6))
  func conservation(seed: UInt64) throws {
    var history = try History(seed: seed)
    var random = SeededGenerator(seed: seed)
    for _ in 1...8 {
      try history.step()
      let store = history.store
      try store.match()
      let before = try Self.money(store)
      let stored = try store.rows(
        "SELECT currency, sum(coalesce(collected_minor, 0)) FROM payment WHERE is_test = 0 GROUP BY 1 ORDER BY 1"
      )
      #expect(before.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value[0])" } == stored)
      try Self.giveVerdicts(store, &random)
      for _ in 0..<3 { if let link = history.world.changeLink() { try store.decide(link) } }
      if random.once(in: 4) { _ = try store.warehouse.purge(before: store.asOf) }
      try store.nextRun()
      try store.match()
      let after = try Self.money(store)
      #expect(after.mapValues { $0[0] } == before.mapValues { $0[0] })
      for sum in after.values { #expect(sum[0] == sum[1] + sum[2]) }
      // What the orders say they collected is what is linked to them in their currency.
      #expect(
        try store.rows(
          """
          SELECT o.order_id FROM order_verdict v JOIN sales_order o ON o.id = v.sales_order
          WHERE v.collected_minor IS NOT NULL AND v.collected_minor <> (SELECT coalesce(sum(p.collected_minor), 0)
            FROM payment p WHERE p.sales_order = o.id AND p.currency = o.currency AND p.is_test = 0)
          """) == [])
    }
  }

  @Test("what was decided here in the meantime is never overridden: the decisions of a file must continue it")
  func diverged() throws {
    let store = try Store(try plainSettings())
    try store.merchant(orders: [order("A1", "50.00"), order("A2", "50.00")])
    try store.provider("maxfi", ProviderImport(payments: [payment("P1", "50.00")]))
    let key = PaymentKey(provider: "maxfi", id: "P1")
    func record(_ order: String?, _ name: String) -> DecisionRecord {
      DecisionRecord(.link(key, order: order), note: "n", Decider(name: name, instant: store.asOf))
    }
    func refusals(_ records: [DecisionRecord]) throws -> [String?] {
      try store.warehouse.apply(records, isDryRun: false).map { $0.refusal?.what }
    }
    #expect(
      try refusals([record("A1", "Ona"), record("A2", "Ona")])[1]?.contains("is linked to order A1 already")
        == true)
    #expect(try store.count("manual_link") == 0)
    #expect(try refusals([record("A1", "Ona"), record(nil, "Ona")]) == [nil, nil])
    try store.warehouse.link("P1", to: "A2", by: Decider(name: "Jonas", instant: store.asOf))
    let told = try refusals([record("A1", "Ona"), record(nil, "Ona"), record("A1", "Ona")])
    #expect(told[0] == nil && told[1] == nil)
    #expect(
      told[2]?.contains(
        "another decision about payment maxfi:P1 in this place: payment maxfi:P1 is linked to order A2, by Jonas"
      ) == true)
    #expect(try refusals([record("A1", "Ona"), record(nil, "Ona")]) == [nil, nil])
    #expect(try store.count("manual_link") == 3)
  }

  @Test("a dry run of apply tells what would become of each decision and writes nothing")
  func dryRun() throws {
    let store = try Store(try plainSettings())
    let decider = Decider(name: "Ona", instant: store.asOf)
    let link = DecisionRecord(
      .link(PaymentKey(provider: "maxfi", id: "P1"), order: "A1"), note: "n", decider)
    let reader = try Warehouse(path: store.warehouse.path, access: .read)
    guard case .done(let sentence)? = try reader.apply([link], isDryRun: true).first else {
      Issue.record("not done")
      return
    }
    #expect(sentence == "payment maxfi:P1 is linked to order A1, as soon as that is known here")
    #expect(try store.count("manual_link") == 0)
  }
}
