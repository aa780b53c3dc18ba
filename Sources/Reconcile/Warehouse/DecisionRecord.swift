import GRDB
import ReconcileCore

/// A payment by its provider and id.
public struct PaymentKey: Sendable, Hashable {
  public var provider: String
  public var id: String

  public init(provider: String, id: String) {
    self.provider = provider
    self.id = id
  }

  /// `provider:id`, as people name it where ids are not unique.
  public var text: String { "\(provider):\(id)" }
}

/// The amounts that a verdict is about, as the finding had them.
public struct DecidedAmounts: Sendable, Equatable {
  /// The code of the currency; nil where the finding has none.
  public var currency: String?
  /// Minor units of the currency, or a count; nil is unknown.
  public var expected: Int64?
  public var actual: Int64?

  public init(currency: String?, expected: Int64?, actual: Int64?) {
    self.currency = currency
    self.expected = expected
    self.actual = actual
  }
}

/// A decision as the warehouse keeps it.
public struct DecisionRecord: Sendable, Equatable {
  /// What was decided.
  public enum Subject: Sendable, Equatable {
    /// The payment belongs to this order; nil for none.
    case link(PaymentKey, order: String?)
    /// The verdict on the discrepancy with this id.
    case verdict(String, Resolution, DecidedAmounts)

    /// The payment or discrepancy that it is about: of two decisions about the same the later one counts.
    public var name: String {
      switch self {
      case .link(let payment, _): "payment \(payment.text)"
      case .verdict(let id, _, _): "discrepancy \(id)"
      }
    }
  }

  public var subject: Subject
  /// Why.
  public var note: String
  /// Who and when.
  public var decider: Decider

  public init(_ subject: Subject, note: String, _ decider: Decider) {
    self.subject = subject
    self.note = note
    self.decider = decider
  }

  /// The order that a payment is linked to; nil for none, and for a verdict.
  public var order: String? { if case .link(_, let order) = subject { order } else { nil } }

  /// Who, when and why in words.
  public var origin: String { "by \(decider.name), \(decider.instant): \(note)" }

  private init(link row: Row) {
    self.init(
      .link(PaymentKey(provider: row["provider"], id: row["payment_id"]), order: row["order_id"]),
      note: row["note"], Decider(row))
  }

  private init(verdict row: Row) {
    let amounts = DecidedAmounts(currency: row["currency"], expected: row["expected"], actual: row["actual"])
    let resolution = Resolution(rawValue: row["resolution"]) ?? .open
    self.init(.verdict(row["discrepancy_id"], resolution, amounts), note: row["note"], Decider(row))
  }

  /// The links and unlinkings of a payment, the one that counts last; of all payments for nil.
  static func links(of payment: PaymentKey? = nil, _ db: Database) throws -> [DecisionRecord] {
    let own = payment == nil ? "" : "WHERE provider = ? AND payment_id = ?"
    return try Row.fetchAll(
      db, sql: "SELECT * FROM manual_link \(own) ORDER BY provider, payment_id, id",
      arguments: payment.map { [$0.provider, $0.id] } ?? []
    ).map(DecisionRecord.init(link:))
  }

  /// The verdicts on a discrepancy, the one that counts last; on all for nil.
  static func verdicts(on id: String? = nil, _ db: Database) throws -> [DecisionRecord] {
    let own = id == nil ? "" : "WHERE discrepancy_id = ?"
    return try Row.fetchAll(
      db, sql: "SELECT * FROM resolution \(own) ORDER BY discrepancy_id, id",
      arguments: id.map { [$0] } ?? []
    ).map(DecisionRecord.init(verdict:))
  }

  /// Adds the decision: it counts from now on.
  func insert(_ db: Database) throws {
    // The number of the newest run: what the decision was made after.
    let run = try Int64.fetchOne(db, sql: "SELECT max(id) FROM run") ?? 0
    let origin: [(any DatabaseValueConvertible)?] = [note, decider.name, decider.instant.microseconds, run]
    switch subject {
    case .link(let payment, let order):
      try add(
        "manual_link", "provider, payment_id, order_id", [payment.provider, payment.id, order] + origin, db)
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO touched_payment SELECT id FROM payment WHERE provider = ? AND payment_id = ?
          """, arguments: [payment.provider, payment.id])
    case .verdict(let id, let resolution, let amounts):
      try add(
        "resolution", "discrepancy_id, resolution, currency, expected, actual",
        [id, resolution.rawValue, amounts.currency, amounts.expected, amounts.actual] + origin, db)
    }
  }

  private func add(
    _ table: String, _ columns: String, _ values: [(any DatabaseValueConvertible)?], _ db: Database
  ) throws {
    let marks = Array(repeating: "?", count: values.count + 1).joined(separator: ", ")
    try db.execute(
      sql: "INSERT INTO \(table) (\(columns), note, made_by, made_at, after_run, checksum) VALUES (\(marks))",
      arguments: StatementArguments(values + [RowChecksum.of(values)]))
  }
}

extension Decider {
  fileprivate init(_ row: Row) {
    self.init(name: row["made_by"], instant: Instant(microseconds: row["made_at"]))
  }
}

/// A finding as far as a verdict needs it, whether it still holds or not.
public struct DecidedFinding: Sendable {
  public let id: String
  /// A word of `DiscrepancyCode`.
  public let code: String
  public let provider: String?
  public let orderID: String?
  public let paymentID: String?
  public let refundID: String?
  public let businessDate: BusinessDay?
  let amounts: DecidedAmounts
  /// Whether the amounts are counts and no money.
  public let isCount: Bool

  /// nil when no such discrepancy was ever found.
  init?(_ id: String, _ db: Database) throws {
    guard let row = try Row.fetchOne(db, sql: "SELECT * FROM discrepancy WHERE id = ?", arguments: [id])
    else {
      return nil
    }
    self.id = id
    code = row["code"]
    provider = row["provider"]
    orderID = row["order_id"]
    paymentID = row["payment_id"]
    refundID = row["refund_id"]
    businessDate = (row["business_on"] as Int?).map(BusinessDay.init(dayNumber:))
    amounts = DecidedAmounts(currency: row["currency"], expected: row["expected"], actual: row["actual"])
    isCount = row["is_count"]
  }

  /// The finding in words: its code, what it is about, and its id.
  var text: String {
    let named = [("order ", orderID), ("refund ", refundID), ("payment ", paymentID), ("", provider)]
    let about = named.first { $0.1 != nil }.map { " of \($0.0)\($0.1 ?? "")" }
    return "\(code)\(about ?? "") (\(id))"
  }

  /// Its amounts in words.
  var figures: String {
    let unit = isCount ? "" : amounts.currency.map { " \($0)" } ?? ""
    func words(_ value: Int64?) -> String { figure(value).map { $0.text + unit } ?? "an unknown figure" }
    return "\(words(amounts.expected)) expected and \(words(amounts.actual)) found"
  }

  /// What its row in a workbook of this warehouse carries.
  func key(_ warehouse: String) -> FindingRowKey {
    FindingRowKey(
      warehouse: warehouse, findingID: id, expected: figure(amounts.expected), actual: figure(amounts.actual))
  }

  private func figure(_ value: Int64?) -> Figure? {
    Figure(value, isCount: isCount, currency: amounts.currency.flatMap { Currency($0) })
  }
}
