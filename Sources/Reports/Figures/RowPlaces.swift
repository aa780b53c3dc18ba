import ReconcileCore

/// Where the orders, payments and refunds stand that findings speak of, so that a finding can link to its row.
///
/// Only the records of the first findings are remembered: nobody clicks through more, and the memory stays small.
struct RowPlaces {
  /// Records remembered of each kind.
  static let limit = 20_000

  /// Positions among the rows of Orders, by order id; nil until the row is seen.
  private var orders: [String: Int?] = [:]
  /// The same for payments and refunds, by provider and id.
  private var payments: [String: [String: Int?]] = [:]
  private var refunds: [String: [String: Int?]] = [:]
  private var count = 0

  /// Remembers what a finding speaks of; findings come before the rows.
  mutating func want(_ finding: DiscrepancyRow) {
    guard count < Self.limit else { return }
    count += 1
    if let id = finding.orderID { orders[id] = .some(nil) }
    guard let provider = finding.provider else { return }
    if let id = finding.paymentID { payments[provider, default: [:]][id] = .some(nil) }
    if let id = finding.refundID { refunds[provider, default: [:]][id] = .some(nil) }
  }

  mutating func note(order id: String, at row: Int) {
    if !orders.isEmpty, orders[id] != nil { orders[id] = row }
  }

  mutating func note(payment id: String, of provider: String, at row: Int) {
    if !payments.isEmpty, payments[provider]?[id] != nil { payments[provider]?[id] = row }
  }

  mutating func note(refund id: String, of provider: String, at row: Int) {
    if !refunds.isEmpty, refunds[provider]?[id] != nil { refunds[provider]?[id] = row }
  }

  /// The position of a finding's order among the rows of Orders.
  func order(of finding: DiscrepancyRow) -> Int? { finding.orderID.flatMap { orders[$0] ?? nil } }

  /// The position of a finding's payment among the rows of Payments.
  func payment(of finding: DiscrepancyRow) -> Int? {
    guard let provider = finding.provider, let id = finding.paymentID else { return nil }
    return payments[provider]?[id] ?? nil
  }

  /// The position of a finding's refund among the rows of Refunds.
  func refund(of finding: DiscrepancyRow) -> Int? {
    guard let provider = finding.provider, let id = finding.refundID else { return nil }
    return refunds[provider]?[id] ?? nil
  }
}
