import ReconcileCore
import TestSupport
import Testing

@testable import ReconcileWarehouse

/// A random history of imports, played into a warehouse step by step.
struct History {
  var world: RandomWorld
  let store: Store
  private static let day: Int64 = 86_400

  init(seed: UInt64) throws {
    world = try RandomWorld(seed: seed)
    store = try Store(world.settings)
  }

  /// One run: some files, some providers, now and then a decision or another rule; matched at once or later.
  mutating func step() throws {
    if world.random.once(in: 4) { try world.changeRules() }
    if world.random.once(in: 2) { world.asOf = world.asOf.advanced(bySeconds: Self.day) }
    store.settings = world.settings
    store.asOf = world.asOf
    try store.nextRun()
    try readFiles()
    for provider in world.settings.providers where !world.random.once(in: 3) { try read(provider) }
    if world.random.once(in: 3), let link = world.changeLink() { try store.decide(link) }
    // An interrupted run leaves its records to the next one.
    if world.random.once(in: 5) { try store.nextRun() }
    if world.random.once(in: 6) { try store.warehouse.link(settings: store.settings) }
    if world.random.once(in: 4) { return }
    try store.match()
  }

  /// Everything that was decided so far.
  func decisions() throws -> [DecisionRecord] { try store.warehouse.decisions().map(\.record) }

  private mutating func readFiles() throws {
    var orders: [String: MerchantOrder] = [:]
    var asked: [String: MerchantRefund] = [:]
    var events: [RecordKey: WebhookEvent] = [:]
    for _ in 0..<Int.random(in: 0...3, using: &world.random) {
      let order = try world.changeOrder()
      orders[order.id.text] = order
    }
    if world.random.once(in: 2) {
      let refund = try world.changeAsked()
      asked[refund.id.text] = refund
    }
    if world.random.once(in: 2) {
      let event = try world.changeEvent()
      events[RecordKey(provider: event.provider, id: event.id)] = event
    }
    try store.merchant(
      orders: Array(orders.values), refunds: Array(asked.values), events: Array(events.values))
  }

  private mutating func read(_ provider: ProviderSettings) throws {
    var payments: [String: PaymentRecord] = [:]
    var refunds: [String: RefundRecord] = [:]
    for _ in 0..<Int.random(in: 0...2, using: &world.random) {
      let payment = try world.changePayment(provider.name)
      payments[payment.id.text] = payment
    }
    if provider.kind != .maxfi, world.random.once(in: 2) {
      let refund = try world.changeRefund(provider.name)
      refunds[refund.id.text] = refund
    }
    var content = ProviderImport()
    if provider.kind.listsPayments, world.random.once(in: 2) {
      try relist(provider, &payments, &refunds)
      content.walks.append((.payments, "payments"))
      if provider.kind == .dapit { content.walks.append((.refunds, "list_refunds")) }
    }
    if provider.kind == .inflow, world.random.once(in: 2) { content.walks.append((nil, "refunds")) }
    if provider.kind == .dapit, world.random.once(in: 2) {
      if world.random.once(in: 2) { content.settlements.append(try world.changeReport()) }
      content.walks.append((nil, "settlement_report"))
    }
    if !provider.kind.listsPayments {
      let isRefund = world.random.once(in: 2)
      let id =
        isRefund
        ? "R\(Int.random(in: 0..<6, using: &world.random))"
        : "A\(Int.random(in: 0..<9, using: &world.random))"
      let outcome = world.random.pick([StoredLookupOutcome.found, .notFound, .failed])
      content.lookups.append((id, isRefund, outcome))
      world.lookups[RecordKey(provider: provider.name, id: (isRefund ? "refund " : "") + id)] = (
        isRefund, outcome
      )
    }
    content.payments = Array(payments.values)
    content.refunds = Array(refunds.values)
    content.status = world.random.once(in: 4) ? "incomplete" : "complete"
    try store.provider(provider.name, content)
    world.latest[provider.name] = (content.status, Set(content.walks.map(\.stream)))
  }

  /// A complete walk: what it does not hold any more is withdrawn.
  private mutating func relist(
    _ provider: ProviderSettings, _ payments: inout [String: PaymentRecord],
    _ refunds: inout [String: RefundRecord]
  ) throws {
    for (key, payment) in world.payments where key.provider == provider.name && payments[key.id] == nil {
      if world.random.once(in: 5) || world.withdrawn.contains(key) {
        world.withdrawn.insert(key)
      } else {
        payments[key.id] = payment
      }
    }
    guard provider.kind == .dapit else { return }
    for (key, refund) in world.refunds where key.provider == provider.name && refunds[key.id] == nil {
      let mark = RecordKey(provider: provider.name, id: "refund " + key.id)
      if world.random.once(in: 5) || world.withdrawn.contains(mark) {
        world.withdrawn.insert(mark)
      } else {
        refunds[key.id] = refund
      }
    }
  }
}

extension Store {
  func decide(_ link: (payment: RecordKey, order: String?)) throws {
    let decider = Decider(name: "me", instant: asOf)
    let payment = "\(link.payment.provider):\(link.payment.id)"
    if let order = link.order {
      try warehouse.link(payment, to: order, note: "n", by: decider)
    } else {
      try warehouse.unlink(payment, note: "n", by: decider)
    }
  }

  /// A new warehouse that gets all of a world at once, in another order, and is matched once; the decisions are applied
  /// before the first import or after the last.
  convenience init(everythingOf world: RandomWorld, decisions: [DecisionRecord]) throws {
    var random = world.random
    try self.init(world.settings)
    asOf = world.asOf
    let decidesFirst = random.once(in: 2)
    if decidesFirst { try apply(decisions) }
    for provider in world.settings.providers.shuffled(using: &random) {
      func own<T>(_ records: [RecordKey: T], mark: String = "", listed: Bool = false) -> [T] {
        records.filter { key, _ in
          let isWithdrawn = world.withdrawn.contains(RecordKey(provider: key.provider, id: mark + key.id))
          return key.provider == provider.name && !(listed && isWithdrawn)
        }.map(\.value).shuffled(using: &random)
      }
      try nextRun()
      var content = ProviderImport()
      content.payments = own(world.payments)
      content.refunds = own(world.refunds, mark: "refund ")
      try self.provider(provider.name, content)
      try nextRun()
      content.payments = own(world.payments, listed: true)
      content.refunds = own(world.refunds, mark: "refund ", listed: true)
      content.walks = [(.payments, "payments"), (.refunds, "list_refunds")]
      try self.provider(provider.name, content)
      guard let latest = world.latest[provider.name] else {
        try execute("DELETE FROM provider_import WHERE provider = '\(provider.name)'")
        continue
      }
      try nextRun()
      content = ProviderImport(settlements: own(world.reports))
      content.walks = latest.answered.subtracting(["payments", "list_refunds"]).map { (nil, $0) }
      content.status = latest.status
      content.lookups = world.lookups.filter { $0.key.provider == provider.name }.map { key, lookup in
        (lookup.isRefund ? String(key.id.dropFirst(7)) : key.id, lookup.isRefund, lookup.outcome)
      }
      try self.provider(provider.name, content)
    }
    try nextRun()
    try merchant(
      orders: world.orders.values.shuffled(using: &random),
      refunds: world.asked.values.shuffled(using: &random),
      events: world.events.values.shuffled(using: &random))
    if !decidesFirst { try apply(decisions) }
    try match()
  }

  private func apply(_ decisions: [DecisionRecord]) throws {
    for outcome in try warehouse.apply(decisions, isDryRun: false) {
      if let failure = outcome.refusal { throw failure }
    }
  }
}

@Suite("What was matched step by step is what matching everything at once finds")
struct IncrementalTests {
  @Test(
    "any history of imports ends in the same verdicts as one import of everything", arguments: Seeds.some(12)
  )
  func history(seed: UInt64) throws {
    var history = try History(seed: seed)
    for step in 1...12 {
      try history.step()
      guard step % 4 == 0 else { continue }
      try history.store.match()
      let fresh = try Store(everythingOf: history.world, decisions: history.decisions()).derived()
      let stepwise = try history.store.derived()
      let missing = fresh.filter { !stepwise.contains($0) }
      let extra = stepwise.filter { !fresh.contains($0) }
      #expect(missing == [] && extra == [], "step \(step): missing \(missing), too much \(extra)")
      if missing != [] || extra != [] { return }
    }
  }

  @Test("matching again changes nothing", arguments: Seeds.some(6))
  func again(seed: UInt64) throws {
    var history = try History(seed: seed)
    for _ in 1...6 { try history.step() }
    try history.store.match()
    let first = try history.store.derived()
    let discrepancies = try history.store.rows(
      "SELECT id, first_run, changed_run, gone_run FROM discrepancy ORDER BY id")
    try history.store.nextRun()
    try history.store.match()
    #expect(try history.store.derived() == first)
    #expect(
      try history.store.rows("SELECT id, first_run, changed_run, gone_run FROM discrepancy ORDER BY id")
        == discrepancies)
  }

  @Test("collected money is in exactly one row, linked or not", arguments: Seeds.some(6))
  func partition(seed: UInt64) throws {
    var history = try History(seed: seed)
    for _ in 1...8 { try history.step() }
    try history.store.match()
    let byOrder = try history.store.rows(
      """
      SELECT o.order_id, sum(CASE WHEN p.currency = o.currency THEN p.collected_minor ELSE 0 END)
      FROM sales_order o JOIN payment p ON p.sales_order = o.id WHERE p.is_test = 0
      GROUP BY o.id HAVING count(*) = count(p.collected_minor) ORDER BY 1
      """)
    let verdicts = try history.store.rows(
      """
      SELECT o.order_id, v.collected_minor FROM order_verdict v JOIN sales_order o ON o.id = v.sales_order
      WHERE v.payment_ids IS NOT NULL AND v.collected_minor IS NOT NULL ORDER BY 1
      """)
    #expect(byOrder == verdicts)
    #expect(
      try history.store.rows("SELECT id FROM payment WHERE is_test = 1 AND sales_order IS NOT NULL") == [])
    #expect(try history.store.warehouse.check(deep: true) == [])
  }
}
