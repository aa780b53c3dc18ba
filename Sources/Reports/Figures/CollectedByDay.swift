import ReconcileCore

/// What dated payments brought in, by currency and provider, for every day of the period; of a long period for every
/// month or year, so that a chart stays a chart.
struct CollectedByDay {
  /// The first days of the parts of the period, in order.
  let starts: [BusinessDay]
  /// What one part is: `day`, `month`, `year`.
  let step: String
  /// By provider, one sum for each part.
  private(set) var sums: [Currency: [String: [Int128]]] = [:]
  /// Payments that are counted, by currency.
  private(set) var payments: [Currency: Int] = [:]
  private let first: Int

  init(_ period: Period) {
    first = period.from.dayNumber
    let days = period.from.dayNumber...period.to.dayNumber
    let all = days.lazy.map { BusinessDay(dayNumber: $0) }
    if days.count <= 62 {
      step = "day"
      starts = Array(all)
    } else if days.count <= 3_660 {
      step = "month"
      starts = all.filter { $0.parts.day == 1 || $0 == period.from }
    } else {
      step = "year"
      starts = all.filter { ($0.parts.month == 1 && $0.parts.day == 1) || $0 == period.from }
    }
  }

  /// Counts a payment that has a date and an amount.
  mutating func add(_ row: PaymentRow) {
    guard let day = row.paymentDate, let collected = row.collected, let part = part(of: day) else { return }
    payments[collected.currency, default: 0] += 1
    sums[collected.currency, default: [:]][
      row.provider, default: Array(repeating: 0, count: starts.count)][part] += Int128(collected.minorUnits)
  }

  /// The providers with payments in a currency, in alphabetical order.
  func providers(_ currency: Currency) -> [String] { sums[currency].map { $0.keys.sorted() } ?? [] }

  /// The currencies in which anything was collected, the one with most payments first.
  var currencies: [Currency] {
    sums.keys.sorted { (payments[$1] ?? 0, $0.code) < (payments[$0] ?? 0, $1.code) }
  }

  private func part(of day: BusinessDay) -> Int? {
    guard day.dayNumber >= first else { return nil }
    if step == "day" { return day.dayNumber - first < starts.count ? day.dayNumber - first : nil }
    return starts.lastIndex { $0 <= day }
  }
}
