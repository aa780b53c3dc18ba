import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("What is imported is kept once, with its history")
struct ImportTests {
  private func store() throws -> Store { try Store(try plainSettings()) }

  private func history(_ store: Store) throws -> [String] {
    try store.rows("SELECT kind, provider, record_id, facts FROM history ORDER BY id")
  }

  private func state(_ store: Store) throws -> [String] {
    try store.rows(
      "SELECT provider, new_count, changed_count, reject_count, test_count FROM provider_state ORDER BY 1")
  }

  @Test("the same rows and records again change nothing and leave no history")
  func idempotent() throws {
    let store = try store()
    for run in 1...3 {
      try store.merchant(orders: [order("A1", "50.00")], refunds: [wish("M1", "5.00", for: "A1")])
      try store.provider(
        "dapit",
        ProviderImport(
          payments: [payment("P1", "50.00", for: "A1")], refunds: [refund("R1", "5.00", of: "P1")]))
      try store.match()
      #expect(try state(store) == [run == 1 ? "dapit 2 0 0 0" : "dapit 0 0 0 0"])
      try store.nextRun()
    }
    #expect(try history(store) == [])
    #expect(try store.count("sales_order") == 1)
    #expect(try store.count("payment_name") == 0)
  }

  @Test("an order that comes again replaces the order whole, and the older values stay in the history")
  func orderReplaced() throws {
    let store = try store()
    try store.merchant(orders: [order("A1", "50.00", provider: "dapit", reference: "P1")])
    try store.nextRun()
    try store.merchant(orders: [order("A1", "60.00")])
    #expect(
      try store.rows("SELECT order_id, amount_minor, provider, provider_reference FROM sales_order") == [
        "A1 6000 - -"
      ])
    let kept = try history(store)
    #expect(kept.count == 1)
    #expect(kept.first?.hasPrefix("order  A1 created_at=") == true)
    #expect(kept.first?.contains("amount_minor=5000; provider=dapit; provider_reference=P1") == true)
    try store.nextRun()
    try store.merchant(orders: [order("A1", "50.00", provider: "dapit", reference: "P1")])
    try store.nextRun()
    try store.merchant(orders: [order("A1", "60.00")])
    #expect(try history(store).count == 2)
  }

  @Test("within one run the later row of an id counts, and the earlier one stays in the history")
  func orderTwiceInARun() throws {
    let store = try store()
    try store.merchant(
      orders: [order("A1", "50.00"), order("A2", "1.00"), order("A1", "55.00"), order("A2", "1.00")],
      refunds: [wish("M1", "5.00", for: "A1"), wish("M1", "6.00", for: "A2")])
    #expect(
      try store.rows("SELECT order_id, amount_minor FROM sales_order ORDER BY 1") == ["A1 5500", "A2 100"])
    #expect(try store.rows("SELECT order_id, amount_minor FROM merchant_refund") == ["A2 600"])
    #expect(
      try store.rows("SELECT kind, record_id FROM history ORDER BY 1") == ["merchant_refund M1", "order A1"])
  }

  @Test("a payment that changed leaves its old values in the history, and is counted as changed")
  func paymentChanged() throws {
    let store = try store()
    try store.provider("maxfi", ProviderImport(payments: [payment("P1", "50.00", .pending)]))
    try store.nextRun()
    try store.provider(
      "maxfi", ProviderImport(payments: [payment("P1", "50.00", .succeeded), payment("P2", "1.00")]))
    #expect(try state(store) == ["maxfi 1 1 0 0"])
    #expect(try history(store).count == 1)
    #expect(try history(store).first?.contains("status=pending") == true)
    #expect(try store.rows("SELECT changed_in_run FROM payment ORDER BY payment_id") == ["2", "2"])
  }

  @Test("the same id twice in a walk is one record: the later updated_at, else the one read last")
  func twiceInAWalk() throws {
    let known: [(String?, String?, String)] = [
      (nil, nil, "failed"), ("2026-03-02", nil, "succeeded"), (nil, "2026-03-02", "failed"),
      ("2026-03-03", "2026-03-02", "succeeded"), ("2026-03-02", "2026-03-03", "failed"),
      ("2026-03-02", "2026-03-02", "failed"),
    ]
    for (first, second, status) in known {
      let store = try store()
      try store.provider(
        "maxfi",
        ProviderImport(payments: [
          payment("P1", "50.00", .succeeded, updated: first),
          payment("P1", "50.00", .failed, updated: second),
        ]))
      #expect(try store.rows("SELECT status FROM payment") == [status], "\(first ?? "-") \(second ?? "-")")
      #expect(try store.count("payment") == 1)
    }
  }

  @Test("the first page, read again to see whether rows moved, replaces only what it says anew")
  func firstPageAgain() throws {
    for (again, status) in [(PaymentStatus.succeeded, "failed"), (.refunded, "refunded")] {
      let store = try store()
      let writer = try ProviderWriter(
        store.warehouse, run: store.run, settings: try #require(store.settings.provider(named: "maxfi")),
        zone: store.settings.zone)
      let copies = try [
        ("?limit=1", payment("P1", "50.00", .succeeded)), ("?page=2", payment("P1", "50.00", .failed)),
        ("?limit=1", payment("P1", "50.00", again)),
      ]
      for (request, copy) in copies {
        let input = EvidenceInput(
          stream: "payments", request: request, lookupID: nil, isRefundLookup: false, fetchedAt: store.asOf,
          maskedBytes: Array(request.utf8))
        let evidence = try store.warehouse.keepEvidence(
          PackedEvidence.packed([PackedEvidence(input)]), provider: "maxfi", run: store.run)
        try writer.store(
          payments: [copy], refunds: [], settlements: [], rejects: [], drift: [],
          evidence: try #require(evidence.first))
      }
      #expect(try store.rows("SELECT status FROM payment") == [status])
    }
  }

  @Test("a later run replaces a record whatever its updated_at says")
  func laterRun() throws {
    let store = try store()
    try store.provider("maxfi", ProviderImport(payments: [payment("P1", "5.00", updated: "2026-03-09")]))
    try store.nextRun()
    try store.provider("maxfi", ProviderImport(payments: [payment("P1", "6.00", updated: "2026-03-01")]))
    #expect(try store.rows("SELECT amount_minor FROM payment") == ["600"])
  }

  @Test("two providers may use the same id")
  func sameID() throws {
    let store = try store()
    try store.provider("maxfi", ProviderImport(payments: [payment("1", "5.00")]))
    try store.provider("gate", ProviderImport(payments: [payment("1", "6.00")]))
    #expect(
      try store.rows("SELECT provider, amount_minor FROM payment ORDER BY 1") == ["gate 600", "maxfi 500"])
  }

  @Test("rejects are those of the latest reading, a page read twice lists them once")
  func rejects() throws {
    let store = try store()
    let reject = Reject(source: "maxfi", location: "GET /payments", reason: "no amount", record: "{}")
    let writer = try store.provider("maxfi", ProviderImport(rejects: [reject, reject]))
    try writer.store(
      payments: [], refunds: [], settlements: [], rejects: [reject], drift: [],
      evidence: store.evidence("maxfi"))
    #expect(try store.count("reject") == 2)
    #expect(writer.rejectedCount == 2)
    try store.nextRun()
    try store.merchant(rejects: [Reject(source: "o.csv", location: "line 2", reason: "r", record: "x\u{0}y")])
    #expect(try store.count("reject") == 3)
    try store.provider("maxfi", ProviderImport())
    #expect(try store.rows("SELECT source, record FROM reject") == ["o.csv x\u{FFFD}y"])
  }

  @Test("test records are counted and left out of reports")
  func testRecords() throws {
    let store = try store()
    var test = try payment("P1", "50.00")
    test.isTest = true
    try store.provider("maxfi", ProviderImport(payments: [test, payment("P2", "1.00")]))
    try store.match()
    #expect(try state(store) == ["maxfi 2 0 0 1"])
    var ids: [String] = []
    try store.report().forEachPayment { ids.append($0.paymentID) }
    #expect(ids == ["P2"])
    #expect(try store.report().facts.excluded == ["test": 1])
  }

  @Test("an event that comes again is one event; other content replaces it")
  func events() throws {
    let store = try store()
    var event = WebhookEvent(provider: "dapit", id: "E1", references: [try Identifier("P1")], orderIDs: [])
    event.received = try euros("5.00")
    try store.provider("dapit", ProviderImport(payments: [payment("P1", "50.00", .partial)]))
    try store.merchant(events: [event, event])
    try store.match()
    #expect(try store.count("event") == 1)
    #expect(try store.rows("SELECT collected_minor FROM payment") == ["500"])
    event.received = try euros("7.00")
    try store.nextRun()
    try store.merchant(events: [event])
    try store.match()
    #expect(try store.count("event") == 1)
    #expect(try store.rows("SELECT collected_minor FROM payment") == ["700"])
    event.references = [try Identifier("P9")]
    try store.nextRun()
    try store.merchant(events: [event])
    try store.match()
    #expect(try store.rows("SELECT collected_minor FROM payment") == ["-"])
  }

  @Test("evidence with the same bytes takes the room of one body, and damage to it is found")
  func evidence() throws {
    let store = try store()
    _ = try store.evidence("maxfi")
    _ = try store.evidence("maxfi")
    #expect(try store.count("evidence") == 2)
    #expect(try store.count("evidence_body") == 1)
    #expect(try store.warehouse.check(deep: true) == [])
    try store.execute("UPDATE evidence_body SET deflated = x'00'")
    let problems = try store.warehouse.check(deep: true)
    #expect(problems.count == 1 && problems[0].contains("damaged"))
    #expect(try store.warehouse.check(deep: false) == [])
  }

  @Test("a changed byte in a row that nothing can rebuild is found by the deep check")
  func changedBytes() throws {
    let store = try store()
    try store.merchant(
      orders: [order("A1", "50.00")], refunds: [wish("M1", "5.00", for: "A1")],
      events: [
        WebhookEvent(
          provider: "dapit", id: "E1", references: [Identifier("P1")], orderIDs: [Identifier("A1")])
      ],
      rejects: [Reject(source: "o.csv", location: "line 2", reason: "r", record: "x")])
    try store.provider("dapit", ProviderImport(payments: [payment("P1", "50.00", for: "A1")]))
    let decider = Decider(name: "me", instant: store.asOf)
    try store.warehouse.link("P1", to: "A1", note: "n", by: decider)
    #expect(try store.warehouse.check(deep: true) == [])
    for (change, back) in [
      ("UPDATE sales_order SET amount_minor = 5001", "UPDATE sales_order SET amount_minor = 5000"),
      ("UPDATE sales_order SET provider = ''", "UPDATE sales_order SET provider = NULL"),
      ("UPDATE merchant_refund SET order_id = 'A2'", "UPDATE merchant_refund SET order_id = 'A1'"),
      ("UPDATE event SET paid_at = 0", "UPDATE event SET paid_at = NULL"),
      ("UPDATE event_order SET order_id = 'A2'", "UPDATE event_order SET order_id = 'A1'"),
      ("UPDATE reject SET record = 'y'", "UPDATE reject SET record = 'x'"),
      ("UPDATE manual_link SET note = 'm'", "UPDATE manual_link SET note = 'n'"),
    ] {
      try store.execute(change)
      #expect(try store.warehouse.check(deep: true).count == 1, "\(change)")
      try store.execute(back)
      #expect(try store.warehouse.check(deep: true) == [], "\(back)")
    }
  }

  @Test("ids to look up are those of orders in the window that name the provider")
  func lookups() throws {
    let store = try store()
    try store.merchant(orders: [
      order("A1", "1.00", at: "2026-03-01", provider: "gate"),
      order("A2", "1.00", at: "2026-03-01", provider: "gate", reference: "G2"),
      order("A3", "1.00", at: "2026-03-03", provider: "gate"),
      order("A4", "1.00", at: "2026-03-01", provider: "inflow", reference: "TX4"),
      order("A5", "1.00", at: "2026-03-01", provider: "inflow"), order("A6", "1.00", at: "2026-03-01"),
    ])
    let (from, before) = (try instant("2026-03-01"), try instant("2026-03-03"))
    let gate = try store.provider("gate", ProviderImport())
    #expect(try gate.paymentLookups(from: from, before: before).map(\.text) == ["A1", "G2"])
    let inflow = try store.provider("inflow", ProviderImport())
    #expect(try inflow.paymentLookups(from: from, before: before).map(\.text) == ["TX4"])
  }

  @Test("what was asked for before and is not final is asked for again, whatever its age")
  func lateLookups() throws {
    let store = try store()
    let names = ["paid", "open", "nowhere", "broken", "never"]
    try store.merchant(orders: names.map { try order($0, "1.00", at: "2026-01-05", provider: "gate") })
    try store.provider(
      "gate",
      ProviderImport(
        payments: [payment("paid", "1.00"), payment("open", "1.00", .pending)],
        lookups: [
          ("paid", false, .found), ("open", false, .found), ("nowhere", false, .notFound),
          ("broken", false, .failed),
        ]))
    let later = try store.provider("gate", ProviderImport())
    let (from, before) = (try instant("2026-03-01"), try instant("2026-03-03"))
    #expect(
      try later.paymentLookups(from: from, before: before).map(\.text) == ["broken", "nowhere", "open"])
  }

  @Test("Gate refunds are asked for where the order says, else where it was paid")
  func refundLookups() throws {
    let store = try store()
    try store.merchant(
      orders: [
        order("A1", "1.00", provider: "gate"), order("A2", "1.00"), order("A3", "1.00", provider: "dapit"),
      ],
      refunds: ["A1", "A2", "A3", "A9"].map { id in
        var wish = try wish("M" + id, "1.00", for: id)
        wish.providerReference = try Identifier("R" + id)
        return wish
      } + [wish("M5", "1.00", for: "A1")])
    let gate = try store.provider("gate", ProviderImport(payments: [payment("P3", "1.00", for: "A3")]))
    try store.warehouse.link(settings: store.settings)
    let from = try instant("2026-03-01")
    #expect(try gate.refundLookups(gateProviders: ["gate"], from: from).map(\.text) == ["RA1", "RA3"])
    // Asked for long ago and completed: nothing can change there any more.
    try store.provider("gate", ProviderImport(refunds: [refund("RA1", "1.00", of: nil)]))
    let later = try instant("2026-09-01")
    #expect(try gate.refundLookups(gateProviders: ["gate"], from: later).map(\.text) == ["RA3"])
  }
}
