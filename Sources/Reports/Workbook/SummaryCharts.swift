import ReconcileCore

/// The charts of Summary, and the tables with their figures at its end.
struct SummaryCharts {
  let figures: ReportFigures
  let file: WorkbookFile

  /// Charts of collected money; more currencies stand in the tables only.
  private static let currencyLimit = 4
  /// Rows that a chart takes, and its pixels; two stand side by side.
  static let rows = 15
  private static let size = (width: 560, height: 290)
  /// Bars that the chart by code has room for; with more of them it is as high as two.
  private static let codeLimit = 10

  private var chartedCurrencies: [Currency] { Array(figures.collected.currencies.prefix(Self.currencyLimit)) }

  /// Where the charts go, from the row that is left for them: column by column of the page.
  private struct Room {
    let first: Int
    var left = 0
    var right = 0

    /// The place for a chart so many rows high, on the side with more room.
    mutating func take(_ rows: Int, prefersRight: Bool = false) -> (row: Int, column: Int) {
      if prefersRight || right < left {
        right += rows
        return (first + right - rows, 6)
      }
      left += rows
      return (first + left - rows, 0)
    }
  }

  /// Leaves room for all charts; returns the row of the first.
  func reserve(_ page: SummaryPage) -> Int {
    var room = Room(first: 0)
    for (rows, isRight) in heights { _ = room.take(rows, prefersRight: isRight) }
    guard !heights.isEmpty else { return page.row }
    page.skip()
    defer { page.skip(max(room.left, room.right)) }
    return page.row
  }

  /// The charts in the order they are placed: collected in the main currency, findings by code, by age, the rest.
  private var heights: [(rows: Int, isRight: Bool)] {
    var heights: [(Int, Bool)] = chartedCurrencies.isEmpty ? [] : [(Self.rows, false)]
    if !figures.findings.isEmpty {
      let codes = Set(figures.findings.keys.map(\.code)).count
      heights.append((codes > Self.codeLimit ? 2 * Self.rows : Self.rows, true))
    }
    if !figures.ageing.isEmpty { heights.append((Self.rows, false)) }
    return heights + chartedCurrencies.dropFirst().map { _ in (Self.rows, false) }
  }

  /// Writes the tables and puts the charts into the room left for them. Returns formulas for the sums of the tables.
  func write(_ page: SummaryPage, at first: Int, ageing: AgeingRows?) throws -> [Currency: String] {
    if !figures.collected.currencies.isEmpty || !figures.findings.isEmpty {
      try page.heading("Figures behind the charts")
    }
    var sums: [Currency: String] = [:]
    var byCurrency: [WorkbookChart] = []
    for currency in figures.collected.currencies {
      let (chart, sum) = try collected(currency, page)
      sums[currency] = sum
      if let chart { byCurrency.append(chart) }
    }
    var charts = Array(byCurrency.prefix(1))
    if !figures.findings.isEmpty { charts.append(try byCode(page)) }
    if let ageing { charts.append(try byAge(ageing, page)) }
    charts += byCurrency.dropFirst()
    var room = Room(first: first)
    for (chart, (rows, isRight)) in zip(charts, heights) {
      let place = room.take(rows, prefersRight: isRight)
      let size = (Self.size.width, Self.size.height + (rows - Self.rows) * 20)
      try page.sheet.insert(chart, place.row, place.column, size: size)
    }
    return sums
  }

  /// One table of what came in: a row for each day, a column for each provider.
  private func collected(_ currency: Currency, _ page: SummaryPage) throws -> (WorkbookChart?, String?) {
    let collected = figures.collected
    let providers = collected.providers(currency)
    // Further providers share the last column, so that the table stays on the page.
    let room = SummaryPage.columns - 1
    let names = providers.count <= room ? providers : providers.prefix(room - 1) + ["others"]
    func amount(_ column: Int, _ part: Int) -> Int128 {
      let isRest = providers.count > room && column == names.count - 1
      let these = isRest ? Array(providers[column...]) : [providers[column]]
      return these.reduce(0) { $0 + (collected.sums[currency]?[$1]?[part] ?? 0) }
    }
    try page.header(["Collected \(currency) by \(collected.step)"] + names, numbersFrom: 1)
    let first = page.row
    var isExact = true
    for (part, start) in collected.starts.enumerated() {
      try page.text(0, label(start))
      for column in names.indices {
        let amount = amount(column, part)
        if !CellWriter.fits(amount) { isExact = false }
        try page.figure(1 + column, amount, exponent: currency.exponent, nil)
      }
      page.skip()
    }
    let rows = first...page.row - 1
    page.skip()
    let sum = isExact ? "SUM(\(CellRange(page.sheet, rows, 1...names.count)))" : nil
    guard chartedCurrencies.contains(currency) else { return (nil, sum) }
    let chart = try WorkbookChart(
      .columns, title: "Collected by \(collected.step) and provider, \(currency)",
      description: "Collected \(currency) by \(collected.step), one colour for each provider",
      numberFormat: "#,##0", in: file)
    for (column, name) in names.enumerated() {
      try chart.add(
        name, categories: CellRange(page.sheet, rows, 0...0),
        values: CellRange(page.sheet, rows, 1 + column...1 + column))
    }
    return (chart, sum)
  }

  private func label(_ day: BusinessDay) -> String {
    switch figures.collected.step {
    case "day": day.description
    case "month": String(day.description.prefix(7))
    default: String(day.description.prefix(4))
    }
  }

  /// Findings of each kind, over all currencies: a count of findings is no amount.
  private func byCode(_ page: SummaryPage) throws -> WorkbookChart {
    try page.header(["Findings by code", "Open", "Settled", "Accepted"], numbersFrom: 1)
    let statuses: [DiscrepancyStatus] = [.open, .settled, .accepted]
    let codes = Set(figures.findings.keys.map(\.code))
    let first = page.row
    for code in DiscrepancyCode.allCases where codes.contains(code) {
      let ofCode = figures.findings.filter { $0.key.code == code }.values
      try page.text(0, code.rawValue)
      for (column, status) in statuses.enumerated() {
        try page.count(1 + column, ofCode.reduce(0) { $0 + $1.count(status) })
      }
      page.skip()
    }
    let rows = first...page.row - 1
    let chart = try WorkbookChart(
      .bars, title: "Discrepancies by code", description: "Findings of the period by code and status",
      numberFormat: "0", in: file)
    for (column, status) in statuses.enumerated() {
      try chart.add(
        status.rawValue, categories: CellRange(page.sheet, rows, 0...0),
        values: CellRange(page.sheet, rows, 1 + column...1 + column))
    }
    return chart
  }

  /// What is open by age; the figures stand in the ageing table.
  private func byAge(_ ageing: AgeingRows, _ page: SummaryPage) throws -> WorkbookChart {
    let chart = try WorkbookChart(
      .columns, title: "Open findings by age in days",
      description: "Open findings by age, earlier periods apart",
      numberFormat: "0", in: file)
    for (name, row) in [("this period", ageing.period), ("earlier periods", ageing.earlier)] {
      try chart.add(
        name, categories: CellRange(page.sheet, ageing.header...ageing.header, ageing.columns),
        values: CellRange(page.sheet, row...row, ageing.columns))
    }
    return chart
  }
}
