import ReconcileCore

/// Collected money by currency, provider and day.
struct CollectedByDay {
  /// What a series of days has in common.
  struct Series: Hashable {
    let currency: Currency
    let provider: String
  }

  /// Minor units by day; days without money are absent.
  private(set) var days: [Series: [BusinessDay: Int128]] = [:]
  /// Minor units of payments that carry no date.
  private(set) var undated: [Series: Int128] = [:]

  // Rows of one day and provider stand together: the tables are asked only when these change.
  private var series: Series?
  private var day: BusinessDay?
  private var sum: Int128 = 0

  /// Counts a payment; `finish` must be called after the last one.
  mutating func add(_ row: PaymentRow) {
    guard let collected = row.collected, collected.minorUnits != 0 else { return }
    if row.paymentDate != day || collected.currency != series?.currency || row.provider != series?.provider {
      finish()
      series = Series(currency: collected.currency, provider: row.provider)
      day = row.paymentDate
    }
    sum += Int128(collected.minorUnits)
  }

  /// Keeps what is still being added up.
  mutating func finish() {
    guard let series, sum != 0 else { return }
    if let day {
      days[series, default: [:]][day, default: 0] += sum
    } else {
      undated[series, default: 0] += sum
    }
    sum = 0
  }

  /// The providers with money of this currency, in alphabetical order.
  func providers(_ currency: Currency) -> [String] {
    let all = Set(days.keys).union(undated.keys).filter { $0.currency == currency }
    return all.map(\.provider).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

/// Open findings by age, those of the period and older ones.
struct Ageing {
  /// Findings of one bucket.
  struct Group {
    var count = 0
    /// Sum of |difference| in minor units; findings whose difference is unknown, or counts, add nothing.
    var amounts: [Currency: Int128] = [:]
  }

  private(set) var groups: [AgeBucket: Group] = [:]

  /// Counts a finding if it is open.
  mutating func add(_ row: DiscrepancyRow) {
    guard row.status == .open else { return }
    let bucket = AgeBucket(days: row.ageDays)
    groups[bucket, default: Group()].count += 1
    if case .money(let money) = row.difference {
      groups[bucket, default: Group()].amounts[money.currency, default: 0] +=
        Int128(money.minorUnits).magnitudeValue
    }
  }
}
