/// One row of discrepancies.csv and open_items.csv.
public struct DiscrepancyRow: Sendable {
  public var id: String
  public var code: DiscrepancyCode
  public var status: DiscrepancyStatus
  public var provider: String?
  public var currency: Currency?
  public var orderID: String?
  public var paymentID: String?
  public var refundID: String?
  public var businessDate: BusinessDay?
  /// Plain decimals in the row's currency, or whole numbers for counts; nil is unknown.
  public var expected: Figure?
  public var actual: Figure?
  public var difference: Figure?
  public var ageDays: Int?
  /// The business date of the clock of the run that first found it, and of the one that last found it changed; nil
  /// where no run is known.
  public var firstSeen: BusinessDay?
  public var lastChanged: BusinessDay?
  public var explanation: String

  public init(id: String, code: DiscrepancyCode, status: DiscrepancyStatus, explanation: String) {
    self.id = id
    self.code = code
    self.status = status
    self.explanation = explanation
  }
}

/// A number in a report: money, or a count.
public enum Figure: Sendable, Equatable {
  case money(Money)
  case count(Int64)

  /// As a CSV prints it.
  public var text: String {
    switch self {
    case .money(let money): money.decimalText
    case .count(let count): String(count)
    }
  }
}

/// One row of orders.csv. All amounts are in the order's currency; nil is unknown and prints as a blank cell.
public struct OrderRow: Sendable {
  public var orderID: String
  public var orderDate: BusinessDay
  public var createdAt: Instant
  /// Names joined by `;`; nil where neither payments nor the order name one.
  public var provider: String?
  public var amount: Money
  public var collected: Money?
  public var difference: Money?
  public var refundDue: Money?
  public var refunded: Money?
  public var refundFees: Money?
  public var net: Money?
  public var matchStatus: MatchStatus
  public var refundStatus: RefundVerdict
  /// Joined by `;`; nil where there is none.
  public var paymentIDs: String?
  public var refundIDs: String?
  public var matchedBy: String?
  public var discrepancies: String?
  public var note: String?

  public init(
    orderID: String, orderDate: BusinessDay, createdAt: Instant, amount: Money, matchStatus: MatchStatus,
    refundStatus: RefundVerdict
  ) {
    self.orderID = orderID
    self.orderDate = orderDate
    self.createdAt = createdAt
    self.amount = amount
    self.matchStatus = matchStatus
    self.refundStatus = refundStatus
  }
}

/// One row of payments.csv.
public struct PaymentRow: Sendable {
  public var provider: String
  public var paymentID: String
  public var paymentDate: BusinessDay?
  public var amount: Money
  public var collected: Money?
  public var status: PaymentStatus
  public var providerStatus: String
  public var orderID: String?
  public var matchedBy: MatchRule?
  public var note: String?

  public init(
    provider: String, paymentID: String, amount: Money, status: PaymentStatus, providerStatus: String
  ) {
    self.provider = provider
    self.paymentID = paymentID
    self.amount = amount
    self.status = status
    self.providerStatus = providerStatus
  }
}

/// One row of refunds.csv.
public struct RefundRow: Sendable {
  public var provider: String
  public var refundID: String
  public var refundDate: BusinessDay?
  public var paymentID: String?
  public var orderID: String?
  public var currency: Currency
  public var amount: Money?
  public var fee: Money?
  public var customerAmount: Money?
  public var status: RefundStatus
  public var providerStatus: String
  public var inferred: Bool

  public init(
    provider: String, refundID: String, currency: Currency, status: RefundStatus, providerStatus: String,
    inferred: Bool
  ) {
    self.provider = provider
    self.refundID = refundID
    self.currency = currency
    self.status = status
    self.providerStatus = providerStatus
    self.inferred = inferred
  }
}

/// One row of settlement.csv: a provider, currency and provider-local day.
public struct SettlementRow: Sendable {
  public var provider: String
  public var currency: Currency
  public var date: BusinessDay
  /// Minor units of `currency`; nil is unknown.
  public var gross: Int64?
  public var refunds: Int64
  public var fees: Int64
  public var net: Int64?
  public var transactions: Int64?
  /// What the provider's report says; all nil where none covers the day.
  public var reported: SettlementFigures
  public var netDifference: Int64?
  public var status: SettlementStatus

  public init(
    provider: String, currency: Currency, date: BusinessDay, refunds: Int64, fees: Int64,
    reported: SettlementFigures, status: SettlementStatus
  ) {
    self.provider = provider
    self.currency = currency
    self.date = date
    self.refunds = refunds
    self.fees = fees
    self.reported = reported
    self.status = status
  }
}

/// What the latest import of one provider brought, for summary.json and the Coverage sheet.
public struct ProviderCoverage: Sendable {
  public var name: String
  public var kind: ProviderKind
  /// `complete`, `incomplete`, `refused` (credentials), or `never read`.
  public var status: String
  public var complete: Bool
  /// Response bodies read.
  public var pages: Int64 = 0
  /// Records read, rejects included.
  public var records: Int64 = 0
  /// Records not seen before, and records that changed.
  public var new: Int64 = 0
  public var changed: Int64 = 0
  public var rejected: Int64 = 0
  /// Test records left out.
  public var test: Int64 = 0
  /// Requests sent, retries included; 0 for saved responses.
  public var requests: Int64 = 0
  /// Why it is incomplete, or what the reader must know (money without an order cannot be seen at Gate and Inflow).
  public var message: String?
  /// When the latest import ended.
  public var readAt: Instant?
  /// The newest payment or refund date on record.
  public var newestRecordAt: Instant?
  /// How each list was read and each kind of look-up made, in the order it was done.
  public var readings: [StreamReading] = []

  public init(name: String, kind: ProviderKind, status: String, complete: Bool) {
    self.name = name
    self.kind = kind
    self.status = status
    self.complete = complete
  }
}

/// How one list was read, or one kind of look-up made: the proof behind "complete".
public struct StreamReading: Sendable, Equatable {
  /// The list or kind of response, as saved responses name it.
  public var stream: String
  /// Whether ids were asked for one by one, because the provider lists nothing of the kind.
  public var isLookup: Bool
  /// Bodies read.
  public var pages: Int64
  /// Rows received, those that came twice included; of look-ups the ids asked for.
  public var rows: Int64
  /// Different records; of look-ups those found. nil where they were not counted.
  public var distinct: Int64?
  /// What the provider says the list holds; nil where it says nothing.
  public var total: Int64?
  /// Walks from the first page on that it took; 0 for look-ups.
  public var walks: Int64
  /// What was asked for: `all`, or the window of a filtered list.
  public var window: String
  public var isComplete: Bool

  public init(
    stream: String, isLookup: Bool, pages: Int64, rows: Int64, distinct: Int64?, total: Int64?, walks: Int64,
    window: String, isComplete: Bool
  ) {
    self.stream = stream
    self.isLookup = isLookup
    self.pages = pages
    self.rows = rows
    self.distinct = distinct
    self.total = total
    self.walks = walks
    self.window = window
    self.isComplete = isComplete
  }
}

/// The facts of one report that are not rows.
public struct ReportFacts: Sendable {
  public var tool: String
  public var runID: String
  public var period: Period
  public var asOf: Instant
  public var generatedAt: Instant
  public var zoneName: String
  /// `--allow-test` let a test key through: every sheet says TEST DATA.
  public var isTestData = false
  /// In alphabetical order of names.
  public var providers: [ProviderCoverage]
  public var assumptions: [String]
  /// Records left out of this run's reading, by reason (`test`).
  public var excluded: [String: Int64] = [:]
  /// SHA-256 of the configuration in force.
  public var configurationDigest: String
  /// Which warehouse the rows come from; empty where there is none. The same for its copies, another for every other.
  public var warehouseID = ""
  /// What became of the findings dated up to the period's end since the previous run; nil where there is none.
  public var changes: FindingChanges?
  /// Sealed periods before this one, whose later changes are adjustments.
  public var adjustedPeriods: [Period] = []
  /// Merchant files read by this run: path, rows, SHA-256.
  public var inputs: [InputFile] = []
  /// The part of payments_collected without a date, by currency, is worked out by the report itself.
  public init(
    tool: String, runID: String, period: Period, asOf: Instant, generatedAt: Instant, zoneName: String,
    providers: [ProviderCoverage], assumptions: [String], configurationDigest: String
  ) {
    self.tool = tool
    self.runID = runID
    self.period = period
    self.asOf = asOf
    self.generatedAt = generatedAt
    self.zoneName = zoneName
    self.providers = providers
    self.assumptions = assumptions
    self.configurationDigest = configurationDigest
  }
}

/// A merchant file that a run read.
public struct InputFile: Sendable {
  public var path: String
  public var rows: Int64
  public var sha256: String

  public init(path: String, rows: Int64, sha256: String) {
    self.path = path
    self.rows = rows
    self.sha256 = sha256
  }
}

/// The rows of one report, already chosen for the period and sorted as docs/reference/reports.md says.
/// Each call streams all rows again, in the same order.
public protocol ReportSource {
  var facts: ReportFacts { get }
  func forEachDiscrepancy(_ body: (DiscrepancyRow) throws -> Void) throws
  /// Findings dated before the period that are open.
  func forEachOpenItem(_ body: (DiscrepancyRow) throws -> Void) throws
  func forEachOrder(_ body: (OrderRow) throws -> Void) throws
  func forEachPayment(_ body: (PaymentRow) throws -> Void) throws
  func forEachRefund(_ body: (RefundRow) throws -> Void) throws
  func forEachSettlementDay(_ body: (SettlementRow) throws -> Void) throws
  func forEachReject(_ body: (Reject) throws -> Void) throws
  /// What records of sealed periods say now and did not say when they were sealed.
  func forEachAdjustment(_ body: (AdjustmentRow) throws -> Void) throws
}

extension ReportSource {
  /// None: nothing is sealed.
  public func forEachAdjustment(_ body: (AdjustmentRow) throws -> Void) throws {}
}

/// How far long work has come, for whoever shows it: what is being done, how much of it, and of how much where that is
/// known. Throwing stops the work.
public typealias StepProgress = (_ step: String, _ done: Int64, _ total: Int64?) throws -> Void
