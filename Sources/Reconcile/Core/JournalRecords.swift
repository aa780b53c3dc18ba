/// One payment or refund of a period with what decides how it is booked.
public enum JournalRecord: Sendable {
  case payment(JournalPayment)
  case refund(JournalRefund)
}

/// A payment to be booked.
public struct JournalPayment: Sendable {
  public var provider: String
  public var id: String
  /// The business date; nil where the provider names none.
  public var day: BusinessDay?
  public var currency: Currency
  /// Minor units of `currency`; nil is unknown.
  public var collected: Int64?
  /// The order that the payment is linked to.
  public var order: JournalOrder?
  /// What the order's dated payments in its currency collected before this one, in minor units.
  public var collectedBefore: Int128 = 0

  public init(provider: String, id: String, day: BusinessDay?, currency: Currency) {
    self.provider = provider
    self.id = id
    self.day = day
    self.currency = currency
  }
}

/// A refund to be booked.
public struct JournalRefund: Sendable {
  public var provider: String
  public var id: String
  /// The business date; nil where the provider names none.
  public var day: BusinessDay?
  public var currency: Currency
  /// Minor units of `currency` with the fee in them; nil is unknown.
  public var amount: Int64?
  /// What the provider keeps of `amount`; nil where it names none.
  public var fee: Int64?
  public var status: RefundStatus
  /// The payment as the provider names it.
  public var paymentID: String?
  /// The order of the payment.
  public var order: JournalOrder?
  /// What happened to that order's money up to this refund.
  public var history = OrderHistory()

  public init(provider: String, id: String, day: BusinessDay?, currency: Currency, status: RefundStatus) {
    self.provider = provider
    self.id = id
    self.day = day
    self.currency = currency
    self.status = status
  }
}

/// The order behind a payment or refund.
public struct JournalOrder: Sendable, Equatable {
  public var id: String
  public var amount: Money
  /// Nothing is due for a cancelled order.
  public var isCancelled: Bool
  /// Minor units; a difference up to it is written off.
  public var tolerance: Int64

  public init(id: String, amount: Money, isCancelled: Bool, tolerance: Int64) {
    self.id = id
    self.amount = amount
    self.isCancelled = isCancelled
    self.tolerance = tolerance
  }
}

/// Dated movements of an order in its currency, in the order they happened. Amounts are minor units.
public struct OrderHistory: Sendable, Equatable {
  /// A movement of money, or of what was asked for.
  public struct Movement: Sendable, Equatable {
    public var day: BusinessDay
    public var amount: Int64

    public init(day: BusinessDay, amount: Int64) {
      self.day = day
      self.amount = amount
    }
  }

  /// What payments collected.
  public var collected: [Movement] = []
  /// Refunds that the merchant asked for.
  public var asked: [Movement] = []
  /// Completed refunds before the one at hand.
  public var refunded: [Movement] = []

  public init() {}
}

/// What the report of a period says of one currency, in minor units; an unknown amount adds nothing.
public struct JournalTotals: Sendable, Equatable {
  /// What payments collected.
  public var payments: Int128 = 0
  /// The amounts of refunds, whatever became of them.
  public var refunds: Int128 = 0
  /// The fees of these refunds.
  public var fees: Int128 = 0

  public init() {}
}

/// The records of a period in the order they are booked.
public protocol JournalSource {
  /// What is known of the report that is not rows.
  var facts: ReportFacts { get }
  /// The sums over the payments and refunds of the period, undated ones included, found apart from the records.
  func journalTotals() throws -> [Currency: JournalTotals]
  /// Streams the payments and refunds of the period: by date, payments before refunds, then by provider and id;
  /// those without a date last.
  func forEachJournalRecord(_ body: (JournalRecord) throws -> Void) throws
  /// The providers that occur in the warehouse or in the configuration, in alphabetical order.
  func journalProviders() throws -> [String]
}
