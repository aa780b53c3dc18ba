/// One fact of a sealed period's record that is not what it was when the period was sealed: a row of adjustments.csv.
public struct AdjustmentRow: Sendable {
  /// What a fact says.
  public enum Value: Sendable, Equatable {
    case money(Money)
    case text(String)
    case day(BusinessDay)
  }

  /// The sealed period that the record's date lies in.
  public var period: Period
  /// `order`, `payment` or `refund`.
  public var kind: String
  public var provider: String?
  public var id: String
  /// The record's date now; of one that left the period, the date it had.
  public var date: BusinessDay
  public var currency: Currency
  /// The column of orders.csv, payments.csv or refunds.csv.
  public var field: String
  /// nil where it was blank, or the record was not known.
  public var sealed: Value?
  /// nil where it is blank, or the record is gone.
  public var now: Value?
  /// When the run began that brought the first change, and its id.
  public var arrivedAt: Instant
  public var runID: String
  /// SHA-256 of the response, or file and line, that says what holds now.
  public var evidence: String?

  /// now − sealed where both are known amounts; a record that was not known counted as zero.
  public var difference: Money?

  public init(
    period: Period, kind: String, provider: String?, id: String, date: BusinessDay, currency: Currency,
    field: String, sealed: Value?, now: Value?, difference: Money?, arrivedAt: Instant, runID: String,
    evidence: String?
  ) {
    self.period = period
    self.kind = kind
    self.provider = provider
    self.id = id
    self.date = date
    self.currency = currency
    self.field = field
    self.sealed = sealed
    self.now = now
    self.difference = difference
    self.arrivedAt = arrivedAt
    self.runID = runID
    self.evidence = evidence
  }
}
