/// A payment as a provider reports it, in our words and exact units; what depends on events is worked out later.
public struct PaymentRecord: Sendable, Equatable {
  /// The provider's own id, as docs/reference/reports.md names it.
  public var id: Identifier
  /// Other names of the same payment that an order or event may use: session id and reference or token.
  public var aliases: [Identifier] = []
  /// Order ids the payment itself carries; the ones that exist decide.
  public var orderClaims: [Identifier] = []
  /// What was to be paid.
  public var amount: Money
  /// The amount received as the record itself gives it; nil where it does not.
  public var received: Money?
  /// Dapit: by how much the payer overpaid, where given.
  public var overpaid: Money?
  /// Dapit: the fee the list announces for refunding the excess, where given.
  public var announcedRefundFee: Money?
  /// MAXFI: the refunded total the payment itself gives, above 0.
  public var refundedTotal: Money?
  public var status: PaymentStatus
  /// The provider's word, verbatim.
  public var providerStatus: String
  /// The payment date, see docs/guides/providers.md; nil where the record gives none.
  public var paidAt: Instant?
  /// MAXFI: when the record last changed, the date of refunds that the status alone tells of.
  public var updatedAt: Instant?
  /// Inflow with amount_basis = net: what the payer paid is not known.
  public var amountIsNet = false
  /// Test money: stored, counted, and left out of everything else.
  public var isTest = false

  public init(id: Identifier, amount: Money, status: PaymentStatus, providerStatus: String) {
    self.id = id
    self.amount = amount
    self.status = status
    self.providerStatus = providerStatus
  }
}

/// A refund as a provider reports it.
public struct RefundRecord: Sendable, Equatable {
  public var id: Identifier
  /// The payment the record names, known or not; nil where it names none for certain.
  public var paymentID: Identifier?
  /// Ids that count as the payment's only when a payment of that id is known (Dapit `reference`, `reference_number`).
  public var possiblePaymentIDs: [Identifier] = []
  public var currency: Currency
  /// What was given back, fee included; nil where not given.
  public var amount: Money?
  /// The provider's fee; nil where not given.
  public var fee: Money?
  public var status: RefundStatus
  /// The provider's word, verbatim.
  public var providerStatus: String
  public var refundedAt: Instant?
  public var updatedAt: Instant?
  public var isTest = false

  public init(id: Identifier, currency: Currency, status: RefundStatus, providerStatus: String) {
    self.id = id
    self.currency = currency
    self.status = status
    self.providerStatus = providerStatus
  }
}

/// The five figures that a settlement report gives for a day or in total; nil where it does not give one.
public struct SettlementFigures: Sendable, Equatable {
  /// Minor units of the report's currency. Refunds and fees count as positive when money left.
  public var gross: Int64?
  public var refunds: Int64?
  public var fees: Int64?
  public var net: Int64?
  /// Number of payments.
  public var count: Int64?

  public init(
    gross: Int64? = nil, refunds: Int64? = nil, fees: Int64? = nil, net: Int64? = nil, count: Int64? = nil
  ) {
    self.gross = gross
    self.refunds = refunds
    self.fees = fees
    self.net = net
    self.count = count
  }
}

/// A provider's own totals for a range of days in its zone, with daily lines.
public struct SettlementReport: Sendable, Equatable {
  public var currency: Currency
  public var from: BusinessDay
  public var to: BusinessDay
  public var totals: SettlementFigures
  /// At most one line a day; a second line of the same day is a reject.
  public var lines: [(day: BusinessDay, figures: SettlementFigures)]
  /// True when a line could not be read: days without a line are then unknown, not zero.
  public var hasUnreadableLines = false

  public init(
    currency: Currency, from: BusinessDay, to: BusinessDay, totals: SettlementFigures,
    lines: [(day: BusinessDay, figures: SettlementFigures)]
  ) {
    self.currency = currency
    self.from = from
    self.to = to
    self.totals = totals
    self.lines = lines
  }

  public static func == (a: SettlementReport, b: SettlementReport) -> Bool {
    a.currency == b.currency && a.from == b.from && a.to == b.to && a.totals == b.totals
      && a.lines.elementsEqual(b.lines) { $0.day == $1.day && $0.figures == $1.figures }
      && a.hasUnreadableLines == b.hasUnreadableLines
  }
}

/// What the merchant sold: one row of an orders file.
public struct MerchantOrder: Sendable, Equatable {
  public var id: Identifier
  public var createdAt: Instant
  public var amount: Money
  /// A provider's name as configured, or any other text; nil where the cell is empty.
  public var provider: String?
  public var providerReference: Identifier?
  public var isCancelled: Bool

  public init(
    id: Identifier, createdAt: Instant, amount: Money, provider: String? = nil,
    providerReference: Identifier? = nil, isCancelled: Bool = false
  ) {
    self.id = id
    self.createdAt = createdAt
    self.amount = amount
    self.provider = provider
    self.providerReference = providerReference
    self.isCancelled = isCancelled
  }
}

/// A refund the merchant says it asked for: one row of a refunds file.
public struct MerchantRefund: Sendable, Equatable {
  public var id: Identifier
  public var orderID: Identifier
  public var createdAt: Instant
  public var amount: Money
  public var providerReference: Identifier?

  public init(
    id: Identifier, orderID: Identifier, createdAt: Instant, amount: Money,
    providerReference: Identifier? = nil
  ) {
    self.id = id
    self.orderID = orderID
    self.createdAt = createdAt
    self.amount = amount
    self.providerReference = providerReference
  }
}

/// A webhook delivery, reduced to what it may fill in. It creates no payment and changes no status.
public struct WebhookEvent: Sendable, Equatable {
  /// The provider's name as configured.
  public var provider: String
  /// The event's own id, else a digest of its body: the same id twice is one event.
  public var id: String
  /// Ids, session ids and references of the payment it speaks of.
  public var references: [Identifier]
  /// The merchant's order ids it names.
  public var orderIDs: [Identifier]
  /// Dapit `amount_paid`.
  public var received: Money?
  /// Dapit `paid_at`.
  public var paidAt: Instant?
  /// MAXFI: a refund, with `amount_refunded` as its amount.
  public var refund: EventRefund?

  public init(provider: String, id: String, references: [Identifier], orderIDs: [Identifier]) {
    self.provider = provider
    self.id = id
    self.references = references
    self.orderIDs = orderIDs
  }
}

/// A refund that a MAXFI event tells of; completed.
public struct EventRefund: Sendable, Equatable {
  public var id: Identifier
  public var amount: Money
  public var providerStatus: String?
  public var createdAt: Instant?

  public init(id: Identifier, amount: Money, providerStatus: String?, createdAt: Instant?) {
    self.id = id
    self.amount = amount
    self.providerStatus = providerStatus
    self.createdAt = createdAt
  }
}

/// A row or record that could not be read; kept and listed, never dropped.
public struct Reject: Sendable, Equatable, Hashable {
  /// The file, or the provider's name.
  public var source: String
  /// `line N`, or the request.
  public var location: String
  public var reason: String
  /// The row or record itself, personal data masked, at most 2,000 bytes.
  public var record: String

  /// What stands in the place of a record whose text a purge took away.
  public static let purgedRecord = "purged"

  public init(source: String, location: String, reason: String, record: String) {
    self.source = source
    self.location = location
    self.reason = reason
    self.record = record
  }
}
