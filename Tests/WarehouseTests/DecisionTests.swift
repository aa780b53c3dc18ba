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
    let name = try store.warehouse.linkByHand(
      payment: "P1", order: " A2 ", note: "phone call", by: decider(store))
    #expect(name == "maxfi:P1")
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
    _ = try store.warehouse.linkByHand(payment: "P1", order: "A2", note: "", by: decider(store))
    try store.nextRun()
    try store.merchant(orders: [order("A2", "49.00"), order("A1", "50.00", reference: "P1")])
    try store.provider("maxfi", ProviderImport(payments: [payment("P1", "51.00", for: "A1")]))
    try store.match()
    #expect(try verdicts(store) == ["A1 unpaid -", "A2 overpaid manual"])
  }

  @Test("an unlinked payment stays loose until a person links it")
  func unlink() throws {
    let store = try store()
    _ = try store.warehouse.unlinkByHand(payment: "maxfi:P1", note: "", by: decider(store))
    try store.match()
    #expect(try verdicts(store) == ["A1 unpaid -", "A2 unpaid -"])
    _ = try store.warehouse.linkByHand(payment: "P1", order: "A1", note: "", by: decider(store))
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
        try store.warehouse.linkByHand(payment: payment, order: order, note: "", by: decider(store))
      }
      #expect(failure.status == .usage)
    }
    let failure = try #require(throws: Failure.self) {
      try store.warehouse.unlinkByHand(payment: "P1", note: "", by: decider(store))
    }
    #expect(failure.remedy.contains("gate:P1") && failure.remedy.contains("maxfi:P1"))
    #expect(try store.count("manual_link") == 0)
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
    try store.warehouse.resolve([(id, .accepted, "goodwill")], by: decider(store))
    #expect(try status() == [.accepted])
    try store.nextRun()
    try store.match()
    #expect(try status() == [.accepted])
    try store.warehouse.resolve([(id, .open, "no")], by: decider(store, "Jonas"))
    #expect(try status() == [.open])
    #expect(try store.rows("SELECT resolution, made_by FROM resolution") == ["accepted Ona", "open Jonas"])
  }

  @Test(
    "a finding that no longer holds goes and keeps its history; when it returns it keeps its id and verdict")
  func goneAndBack() throws {
    let store = try store()
    let id = try #require(try store.rows("SELECT id FROM discrepancy WHERE gone_run IS NULL").first)
    try store.warehouse.resolve([(id, .accepted, "")], by: decider(store))
    try store.nextRun()
    _ = try store.warehouse.linkByHand(payment: "P1", order: "A2", note: "", by: decider(store))
    try store.match()
    #expect(try store.rows("SELECT first_run, gone_run FROM discrepancy WHERE id = '\(id)'") == ["1 2"])
    try store.nextRun()
    _ = try store.warehouse.unlinkByHand(payment: "P1", note: "", by: decider(store))
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
