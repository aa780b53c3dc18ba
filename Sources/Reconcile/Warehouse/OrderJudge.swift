import ReconcileCore
import ReconcileMatching

/// An order's verdict as it is stored.
struct JudgedOrder: Sendable {
  var verdict: OrderVerdict
  var day: BusinessDay
  /// Of its payments, else the one that the order names.
  var provider: String?
  /// Lists as the reports print them; nil where there is nothing to list.
  var paymentIDs: String?
  var refundIDs: String?
  var matchedBy: String?
}

/// An order between reading and storing.
struct OrderInHand: Sendable {
  enum State: Sendable {
    case judged(JudgedOrder)
    /// Its verdict depends on what was not read: the warehouse is asked for that.
    case open(OrderCases.Case)
  }

  /// Its row in `sales_order`.
  let number: Int64
  let suspect: AmountKey?
  let state: State

  init(_ read: OrderCases.Case, _ judge: OrderJudge) throws {
    number = read.number
    suspect = read.order.suspect
    state = try judge.withoutWarehouse(read.order).map { .judged($0) } ?? .open(read)
  }
}

/// Works out what is stored of an order.
struct OrderJudge: Sendable {
  let classifier: Classifier
  /// The zone of business days.
  let zone: Zone
  let doubted: DoubtedAmounts

  private struct WarehouseNeeded: Error {}

  /// The verdict, nil where it depends on what was not read: the warehouse is asked for that.
  func withoutWarehouse(_ order: OrderCase) throws -> JudgedOrder? {
    do { return try judged(order) { throw WarehouseNeeded() } } catch is WarehouseNeeded { return nil }
  }

  /// The verdict; `gaps` says what was not read around the order.
  func judged(_ order: OrderCase, gaps: () throws -> ReadingGaps) throws -> JudgedOrder {
    var verdict = try classifier.verdict(order, gaps: gaps)
    if !doubted.isEmpty, order.payments.contains(where: { doubted.contains($0.provider, $0.currency.code) }) {
      // The doubt is told once for the provider, not for each order.
      verdict.findings.removeAll { $0.code == .amountUnknown }
    }
    let day = zone.day(of: order.createdAt)
    let provider = Self.list(order.payments.map(\.provider)) ?? order.namedProvider
    for index in verdict.findings.indices {
      if verdict.findings[index].code == .refundFailed {
        let refund = order.refunds.first {
          $0.refundID == verdict.findings[index].refundID && $0.provider == verdict.findings[index].provider
        }
        verdict.findings[index].businessDay = refund?.refundedAt.map { zone.day(of: $0) }
      } else {
        verdict.findings[index].provider = provider
        verdict.findings[index].businessDay = day
      }
    }
    return JudgedOrder(
      verdict: verdict, day: day, provider: provider, paymentIDs: Self.list(order.payments.map(\.paymentID)),
      refundIDs: Self.list(order.refunds.map(\.refundID)),
      matchedBy: Self.list(order.payments.map(\.rule.rawValue)))
  }

  private static func list(_ texts: [String]) -> String? {
    if texts.count <= 1 { return texts.first }
    return Set(texts.map(Identifier.init(stored:))).sorted().map(\.text).joined(separator: ";")
  }
}
