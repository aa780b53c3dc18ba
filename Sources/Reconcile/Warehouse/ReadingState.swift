import Foundation
import GRDB
import ReconcileCore
import ReconcileMatching

/// What the latest imports read completely, so that nothing is called absent that was only not read.
struct ReadingState {
  let settings: Settings
  /// Providers whose latest import was complete and whose amounts are not in doubt.
  let complete: Set<String>
  /// Inflow providers whose refund list was walked completely by the latest import.
  let refundsWalked: Set<String>
  /// Providers whose settlement reports the latest import asked for and got an answer, be it none.
  let settlementAsked: Set<String>

  init(_ settings: Settings, _ db: Database) throws {
    self.settings = settings
    complete = Set(
      try String.fetchAll(
        db,
        sql: """
          SELECT provider FROM provider_state WHERE status = 'complete'
            AND provider NOT IN (SELECT provider FROM amount_doubt)
          """))
    func answered(_ stream: String) throws -> Set<String> {
      Set(
        try String.fetchAll(
          db,
          sql: """
            SELECT w.provider FROM complete_walk w JOIN provider_state s ON s.provider = w.provider AND s.run = w.run
            WHERE w.stream = ?
            """,
          arguments: [stream]))
    }
    refundsWalked = try answered("refunds")
    settlementAsked = try answered("settlement_report")
  }

  /// What may be missing around one order.
  func gaps(_ order: OrderCase, reference: String?, _ db: Database) throws -> ReadingGaps {
    let gates = Set(settings.providers.filter { $0.kind == .gate }.map(\.name))
    let payers = Set(order.payments.map(\.provider))
    let isAtGate = !payers.isDisjoint(with: gates) || order.namedProvider.map(gates.contains) ?? false
    return ReadingGaps(
      paymentMayBeUnread: try paymentMayBeUnread(order, reference, db),
      refundsMayBeUnread: try refundsMayBeUnread(order, payers, reference, db),
      hasUnaskableRefund: isAtGate && order.asked.contains { $0.providerReference == nil })
  }

  /// Whether refunds at one of the providers of the payments, or with nothing collected at the one named, may be
  /// unread: of a list the whole list, of look-ups those that concern this order.
  private func refundsMayBeUnread(
    _ order: OrderCase, _ payers: Set<String>, _ reference: String?, _ db: Database
  ) throws -> Bool {
    var holders = payers
    let hasCollected = order.payments.contains { ($0.collected ?? 0) > 0 }
    if !hasCollected, let named = order.namedProvider { holders.insert(named) }
    for name in holders {
      switch settings.provider(named: name)?.kind {
      case .maxfi, .dapit:
        if !complete.contains(name) { return true }
      case .inflow:
        if !complete.contains(name) && !refundsWalked.contains(name) { return true }
      case .gate:
        for asked in order.asked {
          if let id = asked.providerReference, try !wasAsked(name, id, isRefund: true, db) { return true }
        }
      case nil: return true
      }
    }
    return false
  }

  private func paymentMayBeUnread(_ order: OrderCase, _ reference: String?, _ db: Database) throws -> Bool {
    guard let name = order.namedProvider else {
      return settings.providers.contains { $0.kind.listsPayments && !complete.contains($0.name) }
    }
    guard let provider = settings.provider(named: name) else { return true }
    if provider.kind.listsPayments { return !complete.contains(name) }
    guard let id = reference ?? (provider.kind == .gate ? order.orderID : nil) else { return true }
    return try !wasAsked(name, id, isRefund: false, db)
  }

  /// Whether the latest look-up of this id got an answer, found or not.
  private func wasAsked(_ provider: String, _ id: String, isRefund: Bool, _ db: Database) throws -> Bool {
    var find = try DirectStatement(
      db, "SELECT outcome FROM lookup WHERE provider = ? AND lookup_id = ? AND is_refund = ?")
    find.add(provider)
    find.add(id)
    find.add(isRefund)
    defer { find.begin() }
    return try find.step() && (find.holds(0, "found") || find.holds(0, "not_found"))
  }
}
