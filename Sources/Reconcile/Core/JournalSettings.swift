/// What an account of the books is for. The raw value is its key in `[journal.accounts]`.
public enum JournalRole: String, Sendable, CaseIterable {
  /// Money that a provider holds for the merchant, with an account of its own for each provider.
  case clearing
  /// What customers owe for orders.
  case receivable
  /// What customers paid beyond their orders and may have back.
  case overpayments
  /// Receipts and refunds that belong to no order in their currency, until a person says what they are.
  case suspense
  /// Money that was given back for sales.
  case refunds
  /// What providers keep of refunds.
  case refundFees = "refund_fees"
  /// Refund fees that were taken out of money owed to the customer, so that they cost the merchant nothing.
  case recoveredFees = "recovered_fees"
  /// Differences within the tolerance, written off.
  case differences
}

/// The `[journal]` table: which accounts the entries go to, and what single layouts need besides.
public struct JournalSettings: Sendable, Equatable {
  /// The currency of the books; layouts without a currency column carry no other.
  public var currency: Currency?
  /// Accounts as they are written in the configuration; a role that is missing has the layout's default.
  public var accounts: [JournalRole: String] = [:]
  /// Clearing accounts by the provider's name, where they are not below that of `accounts`.
  public var clearing: [String: String] = [:]
  /// Xero: the name of the tax rate that means no tax.
  public var xeroTaxRate: String?
  /// QuickBooks: the customer that lines of the receivable account name.
  public var quickBooksCustomer: String?
  /// DATEV: Beraternummer.
  public var datevConsultant: Int?
  /// DATEV: Mandantennummer.
  public var datevClient: Int?
  /// DATEV: Sachkontenlänge, 4 to 8 digits.
  public var datevAccountLength = 4
  /// DATEV: the month, 1 to 12, on whose first day the fiscal year begins.
  public var datevFiscalYearMonth = 1

  public init() {}
}
