import ReconcileCore

/// What came in of one currency: a row of bars for each provider, all drawn to one scale, so that no colour is needed to
/// tell them apart, and the same figures as a table.
struct DailyChart {
  let page: HTMLWriter
  let currency: Currency
  /// The rows of bars from above: all providers together where there are several, then each.
  private let series: [Series]
  /// What each bar stands for: a day; of a long period a month or a year.
  private let steps: [Step]
  private let step: String

  private struct Series {
    let name: String
    let sums: [Int128]
    var total: Int128 { sums.reduce(0, +) }
  }

  private struct Step {
    let from: BusinessDay
    let to: BusinessDay
    var words: String { from == to ? "\(from)" : "\(from) to \(to)" }
  }

  /// Providers with a row of their own; the sum of all is shown above them in any case.
  private static let providerLimit = 12

  init(page: HTMLWriter, currency: Currency, collected: CollectedByDay, period: Period) {
    self.page = page
    self.currency = currency
    let starts = collected.starts
    steps = starts.indices.map { place in
      Step(from: starts[place], to: place + 1 < starts.count ? starts[place + 1].advanced(by: -1) : period.to)
    }
    let rows = collected.providers(currency).map {
      Series(name: $0, sums: collected.sums[currency]?[$0] ?? [])
    }
    let all = starts.indices.map { place in rows.reduce(Int128(0)) { $0 + $1.sums[place] } }
    series =
      (rows.count > 1 ? [Series(name: "all providers", sums: all)] : []) + rows.prefix(Self.providerLimit)
    step = collected.step
  }

  func write() throws {
    try page.element("h4", currency.code)
    try draw()
    try page.element("details") {
      try page.element("summary", "The same figures as a table")
      try table()
    }
    try page.line()
  }

  private func text(_ amount: Int128) -> String { grouped(amount, exponent: currency.exponent) }

  // MARK: Drawing

  private static let left = 1_700
  private static let plot = 5_900
  private static let rowHeight = 560
  private static let barHeight = 430

  private var most: Int128 { series.flatMap(\.sums).max() ?? 0 }

  private func draw() throws {
    try SVGChart.draw(
      page, "chart-\(currency.code)", height: series.count * Self.rowHeight + 260,
      title: "Collected in \(currency.code) by \(step) and provider", description: description
    ) { chart in
      for (index, row) in series.enumerated() {
        let base = (index + 1) * Self.rowHeight
        try chart.text(
          Self.left - 120, base - 60, SVGChart.label(row.name),
          index == 0 && series.count > 1 ? "end strong" : "end")
        for (place, sum) in row.sums.enumerated() where sum > 0 {
          let start = Self.left + place * Self.plot / steps.count
          let end = Self.left + (place + 1) * Self.plot / steps.count
          let height = SVGChart.length(sum, of: most, full: Self.barHeight)
          try chart.bar(
            start, base - height, max(12, (end - start) * 4 / 5), height, "money",
            tip: "\(row.name), \(steps[place].words): \(text(sum)) \(currency.code)")
        }
        try chart.line(Self.left, base, to: Self.left + Self.plot)
        try chart.text(
          Self.left + Self.plot + 120, base - 220, "\(text(row.total)) \(currency.code)", "strong")
        if let peak = peak(row) { try chart.text(Self.left + Self.plot + 120, base - 60, peak, "small") }
      }
      try axis(chart)
    }
  }

  private func peak(_ row: Series) -> String? {
    guard let most = row.sums.max(), most > 0, let place = row.sums.firstIndex(of: most) else { return nil }
    return "most \(text(most)) \(step == "day" ? "on" : "from") \(steps[place].words)"
  }

  private func axis(_ chart: SVGChart) throws {
    let y = series.count * Self.rowHeight + 170
    try chart.text(Self.left, y, "\(steps[0].from)")
    try chart.text(Self.left + Self.plot, y, "\(steps[steps.count - 1].to)", "end")
    // The dates at both ends need this room.
    let free = Self.left + 1_000..<Self.left + Self.plot - 1_000
    for (place, step) in steps.enumerated() where step.from == step.to && step.from.parts.day % 5 == 0 {
      let middle = Self.left + (2 * place + 1) * Self.plot / (2 * steps.count)
      if free.contains(middle) { try chart.text(middle, y, "\(step.from.parts.day)", "middle") }
    }
  }

  private var description: String {
    let rows = series.map { row in
      "\(row.name): \(text(row.total)) \(currency.code)" + (peak(row).map { ", \($0)" } ?? "")
    }
    return "A row of bars for each provider, all to one scale. " + rows.joined(separator: "; ") + "."
  }

  // MARK: Figures

  private func table() throws {
    try page.table(
      "collected-\(currency.code)",
      caption: "Collected in \(currency.code) by \(step) of payment; payments without a date are left out.",
      columns: [.text(step.capitalized)] + series.map { .number($0.name) }
    ) {
      for (index, step) in steps.enumerated() {
        try page.row {
          try page.head(step.words)
          for row in series { try page.amount(row.sums[index], currency.exponent) }
        }
      }
      try page.row(["class": "total"]) {
        try page.head("Total")
        for row in series { try page.amount(row.total, currency.exponent) }
      }
    }
  }
}
