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
    let collected = content.figures.collected
    try page.element("h3", "Collected by \(collected.step) and provider")
    guard !collected.currencies.isEmpty else {
      return try page.note("No dated payment of the period collected anything.")
    }
    for currency in collected.currencies.prefix(Self.currencyLimit) {
      try DailyChart(page: page, currency: currency, collected: collected, period: content.facts.period)
        .write()
    }
    let others = collected.currencies.count - Self.currencyLimit
    if others > 0 { try page.note("The other \(others) currencies have fewer payments and are not drawn.") }
  }

  // MARK: Findings

  private static let rowHeight = 200
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

  /// What is open by age, in all currencies: a count of findings is no amount.
  private func ageing() throws {
    try page.element("h3", "Age of what is open")
    let groups = content.figures.ageing
    guard !groups.isEmpty else { return try page.note("✓ Nothing is open.") }
    func count(_ bucket: AgeBucket, isEarlier: Bool) -> Int {
      groups.reduce(0) { $1.key.age == bucket && $1.key.isEarlier == isEarlier ? $0 + $1.value.count : $0 }
    }
    let rows = AgeBucket.allCases.map { bucket in
      AgeRow(bucket: bucket, own: count(bucket, isEarlier: false), earlier: count(bucket, isEarlier: true))
    }.filter { $0.bucket != .undated || $0.count > 0 }
    let most = rows.map(\.count).max() ?? 1
    try SVGChart.draw(
      page, "chart-ageing", height: rows.count * Self.rowHeight + 60, title: "Open findings by age",
      description: rows.map { "\($0.words): \($0.told)" }.joined(separator: "; ") + "."
    ) { chart in
      for (index, row) in rows.enumerated() {
        let y = 30 + index * Self.rowHeight
        try chart.text(Self.barStart - 100, y + 150, row.words, "end")
        var x = Self.barStart
        for (count, style) in [(row.own, "open"), (row.earlier, "settled")] where count > 0 {
          let width = SVGChart.length(Int128(count), of: Int128(most), full: Self.barWidth)
          try chart.bar(x, y + 30, width, 160, style, tip: "\(row.words): \(row.told)")
          x += width
        }
        try chart.text(x + 80, y + 150, row.told)
      }
    }
    let currencies = Set(groups.keys.compactMap(\.currency)).sorted()
    try page.table(
      "ageing",
      caption:
        "Open findings of the period and older ones. Amounts: their differences, added without their sign.",
      columns: [.text("Age"), .number("Findings")] + currencies.map { .number($0.code) }
    ) {
      for row in rows {
        try page.row {
          try page.head(row.words)
          try page.count(Int64(row.count))
          for currency in currencies {
            let amount = [false, true].reduce(Int128(0)) {
              $0 + (groups[AgeKey(currency: currency, age: row.bucket, isEarlier: $1)]?.amount ?? 0)
            }
            try page.amount(amount, currency.exponent)
          }
        }
      }
    }
  }
}

/// Open findings of one age.
private struct AgeRow {
  let bucket: AgeBucket
  /// Of the period, and of earlier ones.
  let own: Int
  let earlier: Int

  var count: Int { own + earlier }
  var words: String { bucket == .undated ? "without a date" : "\(bucket.rawValue) days" }
  var told: String { "\(count) open" + (earlier == 0 ? "" : ", \(earlier) from before the period") }
}
