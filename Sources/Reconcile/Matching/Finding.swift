import ReconcileCore

/// A difference before it is stored: what it is about and what was expected.
public struct Finding: Sendable {
  public var code: DiscrepancyCode
  public var status: DiscrepancyStatus = .open
  public var provider: String?
  public var currency: Currency?
  public var orderID: String?
  public var paymentID: String?
  public var refundID: String?
  public var businessDay: BusinessDay?
  /// Minor units of `currency`, or a count where `isCount`; nil is unknown.
  public var expected: Int64?
  public var actual: Int64?
  public var isCount = false
  /// Tells findings of one code and record apart: the equation of a settlement report.
  public var detail = ""
  public var explanation = ""

  public init(_ code: DiscrepancyCode) { self.code = code }

  /// Letters and digits, the same for the same finding in every run: the code, the records' ids, and for a day its date.
  public var id: String {
    let isDaily = code.rawValue.hasPrefix("settlement_")
    let parts = [
      code.rawValue, orderID != nil && paymentID == nil && refundID == nil && !isDaily ? "" : provider ?? "",
      isDaily ? currency?.code ?? "" : "", paymentID == nil && refundID == nil ? orderID ?? "" : "",
      // A refund's payment may become known later; the finding stays the same.
      refundID == nil ? paymentID ?? "" : "", refundID ?? "", isDaily ? businessDay?.description ?? "" : "",
      detail,
    ]
    let digest = Digest.sha256(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8)
    return "D" + Digest.hex(digest.prefix(10)).uppercased()
  }

  /// actual − expected where both are known.
  public var difference: Int64? {
    guard let expected, let actual else { return nil }
    let (difference, overflow) = actual.subtractingReportingOverflow(expected)
    return overflow ? nil : difference
  }

  /// A number of this finding in words: an amount with its currency, or a count.
  public func words(_ value: Int64?) -> String {
    guard let value else { return "an unknown amount" }
    guard !isCount, let currency else { return String(value) }
    return "\(Money(minorUnits: value, currency: currency).decimalText) \(currency)"
  }
}
