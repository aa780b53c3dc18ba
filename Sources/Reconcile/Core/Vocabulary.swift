/// The provider protocols the tool can read.
public enum ProviderKind: String, Sendable, CaseIterable {
  case maxfi, dapit, gate, inflow

  /// Whether payments can be listed; Gate and Inflow answer only for an id, so money without an order cannot be seen there.
  public var listsPayments: Bool { self == .maxfi || self == .dapit }
  /// Whether the provider has a settlement report.
  public var offersSettlement: Bool { self == .dapit }
}

/// A payment's status in our words.
public enum PaymentStatus: String, Sendable, CaseIterable {
  case pending, authorized, succeeded, partial, overpaid, failed, cancelled, expired, refunded
  case partiallyRefunded = "partially_refunded"
  case unknown
}

/// A refund's status in our words.
public enum RefundStatus: String, Sendable, CaseIterable { case pending, completed, failed, unknown }

/// The rule that tied a payment to an order, strongest first.
public enum MatchRule: String, Sendable, CaseIterable {
  case manual
  case orderID = "order_id"
  case reference
  case event
}

/// What became of an order's money.
public enum MatchStatus: String, Sendable, CaseIterable {
  case currencyMismatch = "currency_mismatch"
  case unknown
  case cancelled
  case paidCancelled = "paid_cancelled"
  case exact
  case partial
  case duplicate
  case overpaid
  case unverified
  case pending
  case unpaid
}

/// What became of the money an order must give back.
public enum RefundVerdict: String, Sendable, CaseIterable {
  case unknown, none, exact, pending, excess, unverified, failed, missing, partial
}

/// How much a discrepancy matters.
public enum Severity: String, Sendable, CaseIterable { case high, medium, low }

/// Whether somebody still has to look at a discrepancy.
public enum DiscrepancyStatus: String, Sendable, CaseIterable { case open, settled, accepted }

/// Every kind of difference the tool reports, see docs/reference/discrepancies.md.
public enum DiscrepancyCode: String, Sendable, CaseIterable {
  case unpaidOrder = "unpaid_order"
  case partialPayment = "partial_payment"
  case overpayment
  case duplicatePayment = "duplicate_payment"
  case currencyMismatch = "currency_mismatch"
  case amountUnknown = "amount_unknown"
  case paidCancelledOrder = "paid_cancelled_order"
  case orphanPayment = "orphan_payment"
  case latePayment = "late_payment"
  case recordWithdrawn = "record_withdrawn"
  case unknownStatus = "unknown_status"
  case refundMissing = "refund_missing"
  case refundShort = "refund_short"
  case refundExcess = "refund_excess"
  case refundExceedsPayment = "refund_exceeds_payment"
  case refundFailed = "refund_failed"
  case refundFeeMismatch = "refund_fee_mismatch"
  case orphanRefund = "orphan_refund"
  case refundWithoutOrder = "refund_without_order"
  case settlementGrossMismatch = "settlement_gross_mismatch"
  case settlementRefundsMismatch = "settlement_refunds_mismatch"
  case settlementFeesMismatch = "settlement_fees_mismatch"
  case settlementCountMismatch = "settlement_count_mismatch"
  case settlementNetMismatch = "settlement_net_mismatch"
  case settlementArithmetic = "settlement_arithmetic"
  case settlementMissing = "settlement_missing"

  /// How urgent the code is; fixed for each code.
  public var severity: Severity {
    switch self {
    case .overpayment, .amountUnknown, .latePayment, .recordWithdrawn, .unknownStatus, .refundWithoutOrder,
      .settlementMissing:
      .medium
    case .refundFeeMismatch: .low
    default: .high
    }
  }
}

/// How a settlement day compares with our records.
public enum SettlementStatus: String, Sendable, CaseIterable {
  case tiedOut = "tied_out"
  case mismatch
  case unknown
  case notReported = "not_reported"
  case notOffered = "not_offered"
}
