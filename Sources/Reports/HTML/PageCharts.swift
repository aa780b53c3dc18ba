import ReconcileCore

/// The section of charts: what came in when, what was found, and how old it is.
struct PageCharts {
  let page: HTMLWriter
  let content: PageContent

  /// Currencies that have a chart of days; those with the most payments come first.
  private static let currencyLimit = 8

  func write() throws {
    try page.section(.charts, isLong: true) {
      try collected()
      try codes()
      try ageing()
    }
  }

  private func collected() throws {
    try page.element("h3", "Collected by day and provider")
    let collected = content.figures.collectedByDay
    let all = content.currencies.filter { !collected.providers($0).isEmpty }
    guard !all.isEmpty else { return try page.note("No payment of the period collected anything.") }
    let shown = all.sorted {
      let (a, b) = (content.totals.payments[$0]?.count ?? 0, content.totals.payments[$1]?.count ?? 0)
      return a != b ? a > b : $0 < $1
    }.prefix(Self.currencyLimit)
    for currency in shown {
      try DailyChart(page: page, currency: currency, collected: collected, period: content.facts.period)
        .write()
    }
    if all.count > shown.count {
      try page.note("The other \(all.count - shown.count) currencies have fewer payments and are not drawn.")
    }
  }

  // MARK: Findings

  private static let rowHeight = 230
  private static let barStart = 2_500
  private static let barWidth = 5_000

  private func codes() throws {
    try page.element("h3", "Discrepancies of the period by kind")
    let totals = content.totals
    let codes = totals.codes.sorted { a, b in
      let (left, right) = (
        Severity.allCases.firstIndex(of: a.severity), Severity.allCases.firstIndex(of: b.severity)
      )
      return (left ?? 0) < (right ?? 0)
    }
    guard !codes.isEmpty else { return try page.note("None.") }
    let most = codes.compactMap { totals.findings[$0]?.count }.max() ?? 1
    try SVGChart.draw(
      page, "chart-codes", height: codes.count * Self.rowHeight + 300, title: "Discrepancies by kind",
      description: codes.map { "\($0.rawValue): \(parts(of: $0).joined(separator: ", "))" }.joined(
        separator: "; ") + "."
    ) { chart in
      try legend(chart)
      for (index, code) in codes.enumerated() {
        let y = 300 + index * Self.rowHeight
        try chart.text(Self.barStart - 100, y + 150, code.rawValue, "end")
        var x = Self.barStart
        guard let findings = totals.findings[code] else { continue }
        for (status, count) in zip(
          DiscrepancyStatus.allCases, [findings.open, findings.settled, findings.accepted])
        where count > 0 {
          let width = SVGChart.length(Int128(count), of: Int128(most), full: Self.barWidth)
          try chart.bar(
            x, y + 30, width, 160, status.rawValue, tip: "\(code.rawValue): \(count) \(status.rawValue)")
          x += width
        }
        try chart.text(x + 80, y + 150, parts(of: code).joined(separator: " · "))
      }
    }
  }

  private func parts(of code: DiscrepancyCode) -> [String] {
    let findings = content.totals.findings[code] ?? SummaryTotals.Findings()
    return zip(DiscrepancyStatus.allCases, [findings.open, findings.settled, findings.accepted])
      .filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" }
  }

  private func legend(_ chart: SVGChart) throws {
    for (index, status) in DiscrepancyStatus.allCases.enumerated() {
      let x = Self.barStart + index * 1_000
      try chart.bar(x, 60, 160, 120, status.rawValue, tip: status.rawValue)
      try chart.text(x + 220, 160, status.rawValue)
    }
  }

  private func ageing() throws {
    try page.element("h3", "Age of what is open")
    let groups = content.figures.ageing.groups
    let open = groups.values.reduce(0) { $0 + $1.count }
    guard open > 0 else { return try page.note("✓ Nothing is open.") }
    let buckets = AgeBucket.allCases.filter { $0 != .undated || groups[$0] != nil }
    let most = groups.values.map(\.count).max() ?? 1
    func words(_ bucket: AgeBucket) -> String {
      bucket == .undated ? "without a date" : "\(bucket.rawValue) days"
    }
    try SVGChart.draw(
      page, "chart-ageing", height: buckets.count * Self.rowHeight + 60, title: "Open findings by age",
      description: buckets.map { "\(words($0)): \(groups[$0]?.count ?? 0)" }.joined(separator: "; ") + "."
    ) { chart in
      for (index, bucket) in buckets.enumerated() {
        let y = 30 + index * Self.rowHeight
        let count = groups[bucket]?.count ?? 0
        try chart.text(Self.barStart - 100, y + 150, words(bucket), "end")
        let width = SVGChart.length(Int128(count), of: Int128(most), full: Self.barWidth)
        if count > 0 {
          try chart.bar(Self.barStart, y + 30, width, 160, "open", tip: "\(words(bucket)): \(count) open")
        }
        try chart.text(Self.barStart + width + 80, y + 150, "\(count) open")
      }
    }
    let currencies = Set(groups.values.flatMap(\.amounts.keys)).sorted()
    try page.table(
      "ageing",
      caption:
        "Open findings of the period and older ones. Amounts: their differences, added without their sign.",
      columns: [.text("Age"), .number("Findings")] + currencies.map { .number($0.code) }
    ) {
      for bucket in buckets {
        try page.row {
          try page.head(words(bucket))
          try page.count(Int64(groups[bucket]?.count ?? 0))
          for currency in currencies {
            try page.amount(groups[bucket]?.amounts[currency] ?? 0, currency.exponent)
          }
        }
      }
    }
  }
}
