import ReconcileCore

/// An order with everything that belongs to it: the input of `classify`.
///
/// Amounts are minor units. Payments are those linked to the order, in any currency; refunds are those of these
/// payments in the order's currency; asked refunds are the merchant's, in the order's currency.
public struct OrderCase: Sendable {
  public var orderID: String
  public var createdAt: Instant
  public var amount: Money
  /// The provider the order names.
  public var namedProvider: String?
  public var isCancelled: Bool
  public var payments: [LinkedPayment] = []
  public var refunds: [LinkedRefund] = []
  public var asked: [AskedRefund] = []

  public init(orderID: String, createdAt: Instant, amount: Money, namedProvider: String?, isCancelled: Bool) {
    self.orderID = orderID
    self.createdAt = createdAt
    self.amount = amount
    self.namedProvider = namedProvider
    self.isCancelled = isCancelled
  }
}

/// A payment of an order.
public struct LinkedPayment: Sendable {
  public var provider: String
  public var paymentID: String
  public var currency: Currency
  /// Nil where the provider does not say how much came in.
  public var collected: Int64?
  public var status: PaymentStatus
  public var paidAt: Instant?
  public var rule: MatchRule
  /// The amount after the provider's fees, where it reports only that.
  public var netAmount: Int64?

  public init(
    provider: String, paymentID: String, currency: Currency, collected: Int64?, status: PaymentStatus,
    paidAt: Instant?, rule: MatchRule
  ) {
    self.provider = provider
    self.paymentID = paymentID
    self.currency = currency
    self.collected = collected
    self.status = status
    self.paidAt = paidAt
    self.rule = rule
  }
}

/// A refund of one of an order's payments.
public struct LinkedRefund: Sendable {
  public var provider: String
  public var refundID: String
  public var paymentID: String?
  /// Nil where not given.
  public var amount: Int64?
  public var fee: Int64?
  public var status: RefundStatus
  public var refundedAt: Instant?

  public init(
    provider: String, refundID: String, paymentID: String?, amount: Int64?, fee: Int64?, status: RefundStatus,
    refundedAt: Instant?
  ) {
    self.provider = provider
    self.refundID = refundID
    self.paymentID = paymentID
    self.amount = amount
    self.fee = fee
    self.status = status
    self.refundedAt = refundedAt
  }

  /// Pending and completed refunds count; failed and unknown ones do not.
  var counts: Bool { status == .pending || status == .completed }
}

/// A refund the merchant asked for.
public struct AskedRefund: Sendable {
  public var refundID: String
  public var createdAt: Instant
  public var amount: Int64
  public var providerReference: String?

  public init(refundID: String, createdAt: Instant, amount: Int64, providerReference: String?) {
    self.refundID = refundID
    self.createdAt = createdAt
    self.amount = amount
    self.providerReference = providerReference
  }
}

/// What the classification needs to know beyond the order itself.
public struct MatchingRules: Sendable {
  /// The clock for grace periods.
  public var asOf: Instant
  public var graceSeconds: Int64
  public var refundGraceSeconds: Int64
  public var tolerance: [Currency: Money]
  /// The fee each provider keeps of a refund, by provider name; no entry means no fee rule.
  public var refundFees: [String: Money]
  public var kinds: [String: ProviderKind]
  /// Whether a merchant refund of any order was ever imported.
  public var merchantRefundsKnown: Bool

  /// The rules of a configuration at one instant.
  public init(settings: Settings, asOf: Instant, merchantRefundsKnown: Bool) {
    self.asOf = asOf
    self.merchantRefundsKnown = merchantRefundsKnown
    graceSeconds = settings.graceSeconds
    refundGraceSeconds = settings.refundGraceSeconds
    tolerance = settings.tolerance
    refundFees = [:]
    kinds = [:]
    for provider in settings.providers {
      kinds[provider.name] = provider.kind
      if let fee = provider.refundFee { refundFees[provider.name] = fee }
    }
  }

  func tolerance(for currency: Currency) -> Int64 { tolerance[currency]?.minorUnits ?? 0 }
}

/// What was not read and therefore must not be called absent.
public struct ReadingGaps: Sendable {
  /// A provider that could hold the order's payment was not completely read.
  public var paymentMayBeUnread: Bool
  /// A provider of the order's payments was not completely read as far as its refunds go.
  public var refundsMayBeUnread: Bool
  /// A merchant refund at Gate carries no provider reference, so nobody could ask for it.
  public var hasUnaskableRefund: Bool

  public init(paymentMayBeUnread: Bool, refundsMayBeUnread: Bool, hasUnaskableRefund: Bool) {
    self.paymentMayBeUnread = paymentMayBeUnread
    self.refundsMayBeUnread = refundsMayBeUnread
    self.hasUnaskableRefund = hasUnaskableRefund
  }
}
