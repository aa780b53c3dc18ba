import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("What people decide is kept and outranks the rules")
struct DecisionTests {
  private func store() throws -> Store {
    let store = try Store(try plainSettings())
    try store.merchant(orders: [order("A1", "50.00"), order("A2", "50.00")])
    try store.provider("dapit", ProviderImport())
    try store.provider("maxfi", ProviderImport(payments: [payment("P1", "50.00", for: "A1")]))
    try store.match()
    return store
  }

  private func decider(_ store: Store, _ name: String = "Ona") -> Decider {
    Decider(name: name, instant: store.asOf)
  }

  private func verdicts(_ store: Store) throws -> [String] {
    try store.rows(
      """
      SELECT o.order_id, v.match_status, v.matched_by
      FROM order_verdict v JOIN sales_order o ON o.id = v.sales_order ORDER BY 1
      """)
  }

  @Test("a link moves the payment and both orders are judged again; who, when and why are kept")
  func link() throws {
    let store = try store()
    #expect(try verdicts(store) == ["A1 exact order_id", "A2 unpaid -"])
    try store.warehouse.link("P1", to: " A2 ", note: "phone call", by: decider(store))
    try store.match()
    #expect(try verdicts(store) == ["A1 unpaid -", "A2 exact manual"])
    #expect(
      try store.rows("SELECT provider, payment_id, order_id, note, made_by, made_at FROM manual_link") == [
        "maxfi P1 A2 phone call Ona \(store.asOf.microseconds)"
      ])
  }

  @Test("a link outlives later imports of the payment and of the orders")
  func linkStays() throws {
    let store = try store()
    try store.warehouse.link("P1", to: "A2", note: "", by: decider(store))
    try store.nextRun()
    try store.merchant(orders: [order("A2", "49.00"), order("A1", "50.00", reference: "P1")])
    try store.provider("maxfi", ProviderImport(payments: [payment("P1", "51.00", for: "A1")]))
    try store.match()
    #expect(try verdicts(store) == ["A1 unpaid -", "A2 overpaid manual"])
  }

  @Test("an unlinked payment stays loose until a person links it")
  func unlink() throws {
    let store = try store()
    try store.warehouse.unlink("maxfi:P1", note: "", by: decider(store))
    try store.match()
    #expect(try verdicts(store) == ["A1 unpaid -", "A2 unpaid -"])
    try store.warehouse.link("P1", to: "A1", note: "", by: decider(store))
    try store.match()
    #expect(try verdicts(store) == ["A1 exact manual", "A2 unpaid -"])
    #expect(try store.count("manual_link") == 2)
  }

  @Test("a payment or an order that is not there, or an id that two providers use, is a usage error")
  func unknownIDs() throws {
    let store = try store()
    try store.provider("gate", ProviderImport(payments: [payment("P1", "1.00")]))
    for (payment, order) in [
      ("P9", "A1"), ("maxfi:P1", "A9"), ("P1", "A1"), ("", "A1"), ("maxfi:P1", "a\nb"),
    ] {
      let failure = try #require(throws: Failure.self) {
        try store.warehouse.link(payment, to: order, note: "", by: decider(store))
      }
      #expect(failure.status == .usage)
    }
    let failure = try #require(throws: Failure.self) {
      try store.warehouse.unlink("P1", note: "", by: decider(store))
    }
    #expect(failure.remedy.contains("gate:P1") && failure.remedy.contains("maxfi:P1"))
    #expect(try store.count("manual_link") == 0)
  }

  @Test("a link that would use a payment twice is refused, with who linked it and how to undo it")
  func usedTwice() throws {
    let store = try store()
    try store.warehouse.link("P1", to: "A2", note: "phone call", by: decider(store))
    let failure = try #require(throws: Failure.self) {
      try store.warehouse.link("P1", to: "A1", by: decider(store, "Jonas"))
    }
    #expect(
      failure.what == "payment maxfi:P1 is linked to order A2 already, by Ona, \(store.asOf): phone call")
    #expect(failure.remedy.contains("reconcile unlink maxfi:P1"))
    #expect(try store.count("manual_link") == 1)
    try store.warehouse.unlink("P1", note: "the wrong one", by: decider(store))
    try store.warehouse.link("P1", to: "A1", by: decider(store))
    try store.match()
    #expect(try verdicts(store) == ["A1 exact manual", "A2 unpaid -"])
  }

  @Test("a payment stands once in a file, and one row that is wrong keeps all others from being written")
  func together() throws {
    let store = try store()
    try store.provider("maxfi", ProviderImport(payments: [payment("P2", "50.00")]))
    func drafts(_ pairs: [(String, String)]) -> [DecisionDraft] {
      pairs.enumerated().map { index, pair in
        DecisionDraft(
          .link(PaymentName(id: pair.0), order: pair.1), note: "n", place: "line \(index + 2)")
      }
    }
    for (pairs, refused) in [
      ([("P1", "A1"), ("P2", "A2"), ("maxfi:P1", "A2")], [2]), ([("P1", "A1"), ("P1", "A1")], [1]),
      ([("P9", "A1"), ("P2", "A2"), ("P1", "A9")], [0, 2]),
    ] {
      let outcomes = try store.warehouse.decide(drafts(pairs), by: decider(store))
      #expect(outcomes.indices.filter { outcomes[$0].refusal != nil } == refused)
      #expect(try store.count("manual_link") == 0)
    }
    let twice = try store.warehouse.decide(drafts([("P1", "A1"), ("P1", "A2")]), by: decider(store))
    #expect(twice[1].refusal?.what == "payment maxfi:P1 stands on line 2 already")
    for outcome in try store.warehouse.decide(drafts([("P1", "A1"), ("P2", "A2")]), by: decider(store)) {
      #expect(outcome.refusal == nil)
    }
    #expect(try store.count("manual_link") == 2)
  }

  @Test("what holds already is not written again")
  func unchanged() throws {
    let store = try store()
    let id = try #require(try store.rows("SELECT id FROM discrepancy WHERE gone_run IS NULL").first)
    for _ in 1...2 {
      try store.warehouse.link("P1", to: "A2", note: "same", by: decider(store))
      try store.warehouse.resolve(id, .accepted, note: "same", by: decider(store))
    }
    #expect(try store.count("manual_link") == 1)
    #expect(try store.count("resolution") == 1)
    try store.warehouse.link("P1", to: "A2", note: "and a receipt", by: decider(store))
    try store.warehouse.resolve(id, .accepted, note: "signed", by: decider(store))
    #expect(try store.count("manual_link") == 2)
    #expect(try store.count("resolution") == 2)
  }

  @Test("a dry run tells the same outcomes, on a warehouse opened for reading, and writes nothing")
  func dryRun() throws {
    let store = try store()
    let id = try #require(try store.rows("SELECT id FROM discrepancy WHERE gone_run IS NULL").first)
    let drafts = [
      DecisionDraft(.link(PaymentName(id: "P1"), order: "A2"), note: "n"),
      DecisionDraft(.verdict(id: id, .accepted, seen: nil), note: "n"),
    ]
    let reader = try Warehouse(path: store.warehouse.path, access: .read)
    func sentences(_ outcomes: [DecisionOutcome]) -> [String] {
      outcomes.map { if case .done(let sentence) = $0 { sentence } else { "\($0)" } }
    }
    let told = sentences(try reader.decide(drafts, by: decider(store), isDryRun: true))
    #expect(
      told == ["payment maxfi:P1 is linked to order A2", "unpaid_order of order A2 (\(id)) is accepted"])
    #expect(try store.count("manual_link") + store.count("resolution") == 0)
    #expect(told == sentences(try store.warehouse.decide(drafts, by: decider(store))))
    #expect(try store.count("manual_link") + store.count("resolution") == 2)
  }

  @Test(
    "a verdict from a workbook is taken for the amounts that the person saw there, and of no other warehouse")
  func seenFigures() throws {
    let store = try store()
    let id = try #require(try store.rows("SELECT id FROM discrepancy WHERE gone_run IS NULL").first)
    let own = try store.warehouse.identity()
    func refusal(_ warehouse: String, _ expected: String, _ actual: String) throws -> String? {
      let seen = FindingRowKey(
        warehouse: warehouse, findingID: id, expected: .money(try euros(expected)),
        actual: .money(try euros(actual)))
      let draft = DecisionDraft(.verdict(id: id, .accepted, seen: seen), note: "n")
      return try store.warehouse.decide([draft], by: decider(store), isDryRun: true)[0].refusal?.what
    }
    #expect(try refusal(own, "50.00", "0.00") == nil)
    #expect(try refusal("0123456789abcdef", "50.00", "0.00") == "the row comes from another warehouse")
    #expect(
      try refusal(own, "49.00", "0.00")?.hasSuffix(
        "have changed since the workbook was written: 50.00 EUR expected and 0.00 EUR found") == true)
  }

  @Test("a verdict on a discrepancy holds through later runs, and the last one counts")
  func resolve() throws {
    let store = try store()
    let id = try #require(try store.rows("SELECT id FROM discrepancy WHERE gone_run IS NULL").first)
    func status() throws -> [DiscrepancyStatus] {
      var found: [DiscrepancyStatus] = []
      try store.report().forEachDiscrepancy { found.append($0.status) }
      return found
    }
    #expect(try status() == [.open])
    try store.warehouse.resolve(id, .accepted, note: "goodwill", by: decider(store))
    #expect(try status() == [.accepted])
    try store.nextRun()
    try store.match()
    #expect(try status() == [.accepted])
    try store.warehouse.resolve(id, .open, note: "no", by: decider(store, "Jonas"))
    #expect(try status() == [.open])
    #expect(try store.rows("SELECT resolution, made_by FROM resolution") == ["accepted Ona", "open Jonas"])
  }

  @Test(
    "a finding that no longer holds goes and keeps its history; when it returns it keeps its id and verdict")
  func goneAndBack() throws {
    let store = try store()
    let id = try #require(try store.rows("SELECT id FROM discrepancy WHERE gone_run IS NULL").first)
    try store.warehouse.resolve(id, .accepted, note: "", by: decider(store))
    try store.nextRun()
    try store.warehouse.link("P1", to: "A2", note: "", by: decider(store))
    try store.match()
    #expect(try store.rows("SELECT first_run, gone_run FROM discrepancy WHERE id = '\(id)'") == ["1 2"])
    try store.nextRun()
    try store.warehouse.unlink("P1", note: "", by: decider(store))
    try store.match()
    #expect(try store.rows("SELECT first_run, gone_run FROM discrepancy WHERE id = '\(id)'") == ["1 -"])
    var accepted: [String] = []
    try store.report().forEachDiscrepancy { if $0.status == .accepted { accepted.append($0.id) } }
    #expect(accepted == [id])
  }

  @Test("an order whose amounts cannot be counted is unknown and holds nobody up")
  func uncountable() throws {
    let store = try store()
    let huge = "92233720368547758.07"
    try store.provider(
      "gate", ProviderImport(payments: [payment("G1", huge, for: "A1"), payment("G2", huge, for: "A1")]))
    try store.match()
    #expect(try verdicts(store) == ["A1 unknown order_id", "A2 unpaid -"])
    #expect(
      try store.rows(
        "SELECT code, expected, actual FROM discrepancy WHERE gone_run IS NULL AND order_id = 'A1' ORDER BY 1"
      ) == [
        "amount_unknown 5000 -"
      ])
  }
}
