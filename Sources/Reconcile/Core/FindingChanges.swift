/// What became of a finding between two runs.
public enum FindingChange: String, Sendable, CaseIterable {
  /// Open now and not open then: found since, or open again.
  case new
  /// Open then and not open now: no longer found, settled, or accepted by a person.
  case cleared
  /// Open both times with other amounts.
  case changed
  /// Open both times with the same amounts, and in an older bucket of ages now.
  case aged
}

/// What was to be said of a finding after one run.
public struct FindingStanding: Sendable, Equatable {
  public var status: DiscrepancyStatus
  public var currency: Currency?
  public var businessDate: BusinessDay?
  /// As in discrepancies.csv; nil is unknown.
  public var expected: Figure?
  public var actual: Figure?

  public init(
    status: DiscrepancyStatus, currency: Currency?, businessDate: BusinessDay?, expected: Figure?,
    actual: Figure?
  ) {
    self.status = status
    self.currency = currency
    self.businessDate = businessDate
    self.expected = expected
    self.actual = actual
  }

  /// |actual − expected| in minor units of `currency`; nil where it is unknown or no money.
  public var size: Int128? {
    guard case .money(let expected) = expected, case .money(let actual) = actual else { return nil }
    let difference = Int128(actual.minorUnits) - Int128(expected.minorUnits)
    return difference < 0 ? -difference : difference
  }
}

/// One finding that is not what it was.
public struct FindingDifference: Sendable {
  public var id: String
  public var code: DiscrepancyCode
  public var provider: String?
  public var orderID: String?
  public var paymentID: String?
  public var refundID: String?
  public var change: FindingChange
  /// After the earlier run; nil when it was not found then.
  public var before: FindingStanding?
  /// After the later run; nil when it is not found any more.
  public var after: FindingStanding?

  public init(
    id: String, code: DiscrepancyCode, provider: String?, orderID: String?, paymentID: String?,
    refundID: String?, change: FindingChange, before: FindingStanding?, after: FindingStanding?
  ) {
    self.id = id
    self.code = code
    self.provider = provider
    self.orderID = orderID
    self.paymentID = paymentID
    self.refundID = refundID
    self.change = change
    self.before = before
    self.after = after
  }

  /// The standing that the change is about: how it is, or of a cleared one how it was.
  public var standing: FindingStanding? { change == .cleared ? before : after }
}

/// Changes of findings since an earlier run, counted.
public struct FindingChanges: Sendable, Equatable {
  /// Findings of one change, code and currency.
  public struct Group: Sendable, Equatable {
    public var count: Int64 = 0
    /// Sum of |actual − expected| in minor units; findings whose difference is unknown, or counts, add nothing.
    public var amount: Int128 = 0
  }

  /// What a group has in common.
  public struct Key: Sendable, Hashable, Comparable {
    public var change: FindingChange
    public var code: DiscrepancyCode
    public var currency: Currency?

    public static func < (a: Key, b: Key) -> Bool {
      (place(a.change), place(a.code), a.currency?.code ?? "~")
        < (place(b.change), place(b.code), b.currency?.code ?? "~")
    }

    private static func place<Word: CaseIterable & Equatable>(_ word: Word) -> Int {
      Array(Word.allCases).firstIndex(of: word) ?? 0
    }
  }

  /// The clock and the period of the earlier run.
  public let since: Instant
  public let period: Period
  public private(set) var groups: [Key: Group] = [:]

  /// No changes since a run with this clock and period.
  public init(since: Instant, period: Period) {
    self.since = since
    self.period = period
  }

  /// Counts one finding.
  public mutating func add(_ difference: FindingDifference) {
    let key = Key(
      change: difference.change, code: difference.code, currency: difference.standing?.currency)
    groups[key, default: Group()].count += 1
    groups[key, default: Group()].amount += difference.standing?.size ?? 0
  }

  /// All findings of one change.
  public func count(_ change: FindingChange) -> Int64 {
    groups.reduce(0) { $1.key.change == change ? $0 + $1.value.count : $0 }
  }

  /// The amounts of one change by currency, without those that are nil or zero.
  public func amounts(_ change: FindingChange) -> [(currency: Currency, amount: Int128)] {
    var sums: [Currency: Int128] = [:]
    for (key, group) in groups where key.change == change && group.amount != 0 {
      if let currency = key.currency { sums[currency, default: 0] += group.amount }
    }
    return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

extension FindingChanges {
  /// `3 new: 120.00 EUR`, `1 cleared: 15.00 EUR`: one text for each change that there is.
  public var parts: [String] {
    FindingChange.allCases.filter { count($0) > 0 }.map { change in
      let amounts = amounts(change).map {
        "\(Money.decimalText($0.amount, exponent: $0.currency.exponent)) \($0.currency.code)"
      }
      return "\(count(change)) \(change.words)"
        + (amounts.isEmpty ? "" : ": \(amounts.joined(separator: ", "))")
    }
  }
}

extension FindingChange {
  /// As a person says it.
  public var words: String {
    switch self {
    case .new: "new"
    case .cleared: "cleared"
    case .changed: "changed"
    case .aged: "in an older age group"
    }
  }
}
