import ReconcileCore

/// Open findings of one code and currency by their age, those of the period and those carried forward together.
public struct OpenAges: Sendable, Equatable {
  /// How many findings of one age there are and what they are about.
  public struct Group: Sendable, Equatable {
    public internal(set) var count: Int64 = 0
    /// Sum of |difference| in minor units; findings that count things or whose difference is unknown add nothing.
    public internal(set) var amount: Int128 = 0
  }

  public let code: DiscrepancyCode
  /// Nil where the findings carry no currency.
  public let currency: Currency?
  /// Only ages that occur.
  public private(set) var groups: [AgeBucket: Group] = [:]
  /// The day on which the oldest of them was first found, and the day on which one of them last changed; nil where no
  /// run is known.
  public private(set) var firstSeen: BusinessDay?
  public private(set) var lastChanged: BusinessDay?

  init(code: DiscrepancyCode, currency: Currency?) {
    self.code = code
    self.currency = currency
  }

  mutating func add(_ row: DiscrepancyRow) {
    let age = AgeBucket(days: row.ageDays)
    groups[age, default: Group()].count += 1
    if case .money(let difference) = row.difference {
      groups[age, default: Group()].amount += Int128(difference.minorUnits.magnitude)
    }
    firstSeen = [firstSeen, row.firstSeen].compactMap { $0 }.min()
    lastChanged = [lastChanged, row.lastChanged].compactMap { $0 }.max()
  }
}

extension SummaryTotals {
  struct AgeKey: Hashable, Comparable {
    var currency: Currency?
    var code: DiscrepancyCode

    /// By currency, those without one last; then as codes are listed everywhere.
    static func < (a: AgeKey, b: AgeKey) -> Bool { a.place < b.place }

    private var place: (String, Int) {
      (currency?.code ?? "~", DiscrepancyCode.allCases.firstIndex(of: code) ?? 0)
    }
  }

  /// Open findings by currency and code, sorted by both.
  public var openAges: [OpenAges] { agesByKey.sorted { $0.key < $1.key }.map(\.value) }

  /// Counts a row of open_items.csv.
  mutating func add(openItem row: DiscrepancyRow) {
    addRow(of: .openItems)
    addAge(of: row)
  }

  mutating func addAge(of row: DiscrepancyRow) {
    guard row.status == .open else { return }
    let key = AgeKey(currency: row.currency, code: row.code)
    agesByKey[key, default: OpenAges(code: row.code, currency: row.currency)].add(row)
  }
}
