import GRDB
import ReconcileCore

/// Finds the order of a payment: the strongest rule that names exactly one order decides; a rule that names two does
/// not apply.
struct PaymentLinker {
  /// The order that a payment belongs to, by its number, and the rule that says so.
  typealias Tie = (order: Int64, rule: MatchRule)

  private var manual: DirectStatement
  private var byOrderID: DirectStatement
  private var byReference: DirectStatement
  private var byEvent: DirectStatement
  private let hasManualLinks: Bool
  private let hasEvents: Bool

  init(_ db: Database) throws {
    manual = try DirectStatement(
      db,
      """
      SELECT o.id FROM manual_link m LEFT JOIN sales_order o ON o.order_id = m.order_id
      WHERE m.provider = ? AND m.payment_id = ? ORDER BY m.id DESC LIMIT 1
      """)
    byOrderID = try DirectStatement(db, "SELECT id FROM sales_order WHERE order_id = ?")
    byReference = try DirectStatement(
      db,
      "SELECT id FROM sales_order WHERE provider_reference = ? AND (provider IS NULL OR provider = ?)")
    byEvent = try DirectStatement(
      db,
      """
      SELECT o.id FROM event_reference r CROSS JOIN event_order e ON e.event = r.event
      CROSS JOIN sales_order o ON o.order_id = e.order_id WHERE r.reference = ? AND r.provider = ?
      """)
    hasManualLinks = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM manual_link)") ?? false
    hasEvents = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM event_order)") ?? false
  }

  /// The tie of a payment that is no test.
  mutating func tie(of id: String, at provider: String, _ names: PaymentNames) throws -> Tie? {
    if hasManualLinks {
      manual.add(provider)
      manual.add(id)
      defer { manual.begin() }
      // A person's word ends the search, also where it unlinks or names an order that is not here.
      if try manual.step() { return manual.integer(0).map { ($0, .manual) } }
    }
    var only = OnlyOrder()
    for claim in names.claims {
      byOrderID.add(claim)
      try only.add(all: &byOrderID)
    }
    if let order = only.order { return (order, .orderID) }
    only = OnlyOrder()
    for place in -1..<names.others.count {
      byReference.add(place < 0 ? id : names.others[place])
      byReference.add(provider)
      try only.add(all: &byReference)
    }
    if let order = only.order { return (order, .reference) }
    guard hasEvents else { return nil }
    only = OnlyOrder()
    for place in -1..<names.others.count {
      byEvent.add(place < 0 ? id : names.others[place])
      byEvent.add(provider)
      try only.add(all: &byEvent)
    }
    return only.order.map { ($0, .event) }
  }

  /// The one order that a rule names, as long as it names no second one.
  private struct OnlyOrder {
    private var first: Int64?
    private var isAmbiguous = false

    var order: Int64? { isAmbiguous ? nil : first }

    mutating func add(all rows: inout DirectStatement) throws {
      while try rows.step() {
        let order = rows.number(0)
        if let first, first != order { isAmbiguous = true }
        first = first ?? order
      }
      rows.begin()
    }
  }
}
