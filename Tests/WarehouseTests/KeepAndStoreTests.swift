import ReconcileCore
import TestSupport
import Testing

@testable import ReconcileWarehouse

@Suite("Bodies and their records, stored together")
struct KeepAndStoreTests {
  private let store: Store
  private let writer: ProviderWriter

  init() throws {
    store = try Store(try plainSettings())
    writer = try ProviderWriter(
      store.warehouse, run: store.run, settings: try #require(store.settings.provider(named: "gate")),
      zone: store.settings.zone)
  }

  private func packed(_ name: String, lookupID: String? = nil) throws -> PackedEvidence {
    let body = EvidenceInput(
      stream: "payments", request: name, lookupID: lookupID, isRefundLookup: false, fetchedAt: store.asOf,
      maskedBytes: Array(name.utf8))
    return try #require(try PackedEvidence.packed([PackedEvidence(body)]).first)
  }

  private func records(_ payments: [PaymentRecord], askedAs lookupID: String? = nil, isWorked: Bool) throws
    -> BodyRecords
  {
    var records = BodyRecords(
      payments: payments, refunds: [], settlements: [], rejects: [], drift: [], evidence: nil)
    if isWorked {
      records.workOut(
        askedAs: lookupID, try #require(store.settings.provider(named: "gate")), zone: store.settings.zone)
    }
    return records
  }

  @Test("what is stored is the same whether it was worked out before or not", arguments: [true, false])
  func workedOut(isWorked: Bool) throws {
    try store.merchant(orders: [try order("A1", "50.00", reference: "asked")])
    try writer.keep(
      [packed("one", lookupID: "asked"), packed("two"), packed("three")],
      andStore: [
        records([try payment("P1", "50.00")], askedAs: "asked", isWorked: isWorked), nil,
        records([try payment("P2", "7.00", for: "A1")], isWorked: isWorked),
      ])
    #expect(
      try store.rows("SELECT request, lookup_id, is_read FROM evidence ORDER BY id")
        == ["one asked 1", "two - 0", "three - 1"])
    #expect(
      try store.rows(
        """
        SELECT p.payment_id, p.collected_minor, o.order_id, p.rule, e.request, p.paid_on IS NULL FROM payment p
        LEFT JOIN sales_order o ON o.id = p.sales_order JOIN evidence e ON e.id = p.evidence ORDER BY p.id
        """) == ["P1 5000 A1 reference one 0", "P2 700 A1 order_id three 0"])
    #expect(try store.rows("SELECT name FROM payment_name") == ["asked"])
    #expect(try store.warehouse.check(deep: true) == [])
  }

  @Test("where one record cannot be stored nothing is, and the same bodies can be stored later")
  func allOrNothing() throws {
    let bodies = [try packed("one"), try packed("two")]
    let both = [
      try records([try payment("P1", "50.00")], isWorked: true),
      try records([try payment("P2", "7.00")], isWorked: true),
    ]
    try store.execute(
      """
      CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.payment WHEN NEW.payment_id = 'P2'
      BEGIN SELECT RAISE(ABORT, 'no'); END
      """)
    #expect(throws: Failure.self) { try writer.keep(bodies, andStore: both) }
    #expect(try ["evidence", "evidence_body", "payment"].map { try store.count($0) } == [0, 0, 0])
    try store.execute("DROP TRIGGER refuse")
    try writer.keep(bodies, andStore: both)
    #expect(try ["evidence", "evidence_body", "payment"].map { try store.count($0) } == [2, 2, 2])
  }
}
