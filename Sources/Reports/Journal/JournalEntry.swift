import ReconcileCore

/// An account by what it is for; its name or number comes from the configuration.
public enum JournalAccount: Hashable, Sendable {
  case clearing(provider: String)
  case role(JournalRole)
}

/// One line of an entry.
public struct Posting: Sendable, Equatable {
  public let account: JournalAccount
  /// Minor units of the entry's currency; a debit is positive, a credit negative, and none is zero.
  public let amount: Int64
}

/// Which kind of record an entry comes from.
public enum JournalKind: String, Sendable, CaseIterable { case payment, refund }

/// The double entry of one payment or refund. Its postings add up to zero.
public struct JournalEntry: Sendable, Equatable {
  public let kind: JournalKind
  public let day: BusinessDay
  public let provider: String
  /// The payment's or the refund's own id.
  public let recordID: String
  /// Of a refund: the payment that it belongs to.
  public let paymentID: String?
  public let orderID: String?
  public let currency: Currency
  public let postings: [Posting]

  /// What the entry is, in words; with the date it names the record and no other.
  var description: String { description { $0 } }

  /// The same with ids as a layout can write them.
  func description(_ id: (String) -> String) -> String {
    let order = orderID.map { "order " + id($0) } ?? "no order"
    switch kind {
    case .payment: return "Payment \(provider) \(id(recordID)), \(order)"
    case .refund: return "Refund \(provider) \(id(recordID)), \(order)"
    }
  }
}

/// Why a payment or refund is in no entry.
public enum UnbookedReason: String, Sendable, CaseIterable {
  /// The provider gives no date, and a record without one shows in every period: it would be booked again and again.
  case noDate = "no_date"
  /// The provider does not say how much.
  case amountUnknown = "amount_unknown"
  /// The refund has not left the provider yet.
  case refundPending = "refund_pending"
  /// The refund came to nothing.
  case refundFailed = "refund_failed"
  /// The refund's status is a word that no map holds.
  case statusUnknown = "status_unknown"
  /// The layout carries the currency of the books alone.
  case otherCurrency = "other_currency"
  /// The layout has two decimals, and the amount more.
  case tooManyDecimals = "too_many_decimals"
  /// The layout, or 64 bits, cannot hold an amount of the entry.
  case tooLarge = "too_large"
}

/// A payment or refund that stands in the report and is not booked.
public struct UnbookedRecord: Sendable, Equatable {
  public let kind: JournalKind
  public let provider: String
  public let recordID: String
  public let day: BusinessDay?
  public let currency: Currency
  /// What the report says; nil where it is unknown.
  public let amount: Int64?
  /// Of a refund: what the provider keeps of it.
  public let fee: Int64?
  public let orderID: String?
  public let reason: UnbookedReason

  /// The columns of the list of records that are not booked.
  static let columns: [Column<UnbookedRecord>] = [
    Column("record") { .text($0.kind.rawValue) },
    Column("provider") { .text($0.provider) },
    Column("record_id") { .text($0.recordID) },
    Column("date") { Cell($0.day) },
    Column("currency") { .text($0.currency.code) },
    Column("amount") { row in
      Cell(row.amount.map { Money(minorUnits: $0, currency: row.currency) })
    },
    Column("fee") { row in Cell(row.fee.map { Money(minorUnits: $0, currency: row.currency) }) },
    Column("order_id") { Cell($0.orderID) },
    Column("reason") { .text($0.reason.rawValue) },
  ]
}
