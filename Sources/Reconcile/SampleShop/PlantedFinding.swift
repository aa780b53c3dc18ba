import ReconcileCore

/// A difference that the generator put into the shop on purpose, as a right reconciliation must report it.
///
/// The fields are those of discrepancies.csv, empty where that file leaves a cell blank.
public struct PlantedFinding: Sendable, Hashable {
  public let code: DiscrepancyCode
  public let provider: String
  public let currency: String
  public let orderID: String
  public let paymentID: String
  public let refundID: String
  /// `YYYY-MM-DD` in the shop's zone; a day of the provider for settlement findings.
  public let businessDate: String
  /// `open`, or `settled` where the money went back already.
  public let status: DiscrepancyStatus
  /// What should be, as a decimal with the currency's decimals, or a count.
  public let expected: String
  /// What is.
  public let actual: String
  /// How it came about, in one sentence.
  public let story: String

  /// The columns of planted.csv.
  static let header = [
    "code", "provider", "currency", "order_id", "payment_id", "refund_id", "business_date", "status",
    "expected", "actual",
  ]

  /// The cells in the order of `header`.
  var cells: [String] {
    [
      code.rawValue, provider, currency, orderID, paymentID, refundID, businessDate, status.rawValue,
      expected,
      actual,
    ]
  }
}
