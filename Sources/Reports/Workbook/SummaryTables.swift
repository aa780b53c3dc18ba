import ReconcileCore

/// Where the ageing table of all currencies stands, for its chart.
struct AgeingRows {
  /// Columns of the buckets, counted from 0.
  let columns: ClosedRange<Int>
  let header: Int
  let period: Int
  let earlier: Int
}

extension SummarySheet {
  /// Kinds of findings, with what is open.
  func findings(_ page: SummaryPage) throws {
    try page.heading("Discrepancies of the period")
    guard !figures.findings.isEmpty else { return try page.line("None.") }
    try page.header(
      ["Code", "Severity", "Currency", "Open", "Settled", "Accepted", "Open amount", "What it means"],
      numbersFrom: 3, until: 7)
    let table = plan.discrepancies
    for (key, finding) in figures.findings.sorted(by: { $0.key < $1.key }) {
      let currency = key.currency.map { Condition("currency", $0.code) } ?? .blank("currency")
      let ofKind = [Condition("code", key.code.rawValue), currency]
      try page.link(0, key.code.rawValue, to: table.place(of: finding.firstRow, 1))
      try page.text(1, key.code.severity.rawValue, key.code.severity == .high ? styles.bad : styles.text)
      if let currency = key.currency { try page.text(2, currency.code) }
      for (offset, status) in [DiscrepancyStatus.open, .settled, .accepted].enumerated() {
        let condition = Condition("status", status.rawValue)
        try page.count(3 + offset, finding.count(status), table.count(where: ofKind + [condition]))
      }
      if finding.hasAmounts, let currency = key.currency {
        let open = ofKind + [Self.isOpen]
        let above = table.sum("difference", where: open + [.above("difference", 0)])
        let below = table.sum("difference", where: open + [.below("difference", 0)])
        let distance = above.flatMap { above in below.map { "(\(above))-(\($0))" } }
        try page.figure(
          6, finding.openAmount, exponent: currency.exponent, finding.isFormulaExact ? distance : nil)
      }
      let unknown =
        finding.openUnknown == 0 ? "" : " (\(grouped(Int128(finding.openUnknown))) unknown)"
      try page.text(7, Glossary.meaning(of: key.code) + unknown, styles.indented)
      page.skip()
    }
    try page.line(
      "Open amount: the sum of |actual − expected| of the open ones; of those counted as unknown nobody says it. A code "
        + "leads to its first row.",
      styles.note)
  }

  /// Orders by verdict: how amount due becomes amount collected.
  func matching(_ page: SummaryPage) throws {
    guard !figures.matching.isEmpty else { return }
    try page.heading("Orders by match status")
    try page.header(
      ["Match status", "Currency", "Orders", "Order amount", "Collected", "Difference"], numbersFrom: 2)
    let table = plan.orders
    for (key, figure) in figures.matching.sorted(by: { $0.key < $1.key }) {
      let conditions = [
        Condition("currency", key.currency.code), Condition("match_status", key.status.rawValue),
      ]
      func formula(_ column: String) -> String? {
        let sum = figures.orders.sum(key.currency, figures.tables.orders.index(column))
        return sum.isFormulaExact ? table.sum(column, where: conditions) : nil
      }
      try page.text(0, key.status.rawValue, key.status == .exact ? styles.text : styles.strong)
      try page.text(1, key.currency.code)
      try page.count(2, figure.count, table.count(where: conditions))
      let exponent = key.currency.exponent
      try page.figure(3, figure.amount, exponent: exponent, formula("amount"))
      try page.figure(4, figure.collected, exponent: exponent, formula("collected"))
      try page.figure(5, figure.difference, exponent: exponent, formula("difference"))
      page.skip()
    }
    try page.line(
      "Difference = collected − order amount where collected is known; it adds up to collected − order amount of the "
        + "currency, as far as all is known.", styles.note)
  }

  /// Open findings by age. The first two rows are those of the chart.
  func ageing(_ page: SummaryPage) throws -> AgeingRows? {
    try page.heading("Ageing of what is open")
    guard !figures.ageing.isEmpty else {
      try page.line("Nothing is open.")
      return nil
    }
    let buckets = AgeBucket.allCases
    let header = page.row
    try page.header(
      ["Days since the business date", "Currency"] + buckets.map(\.rawValue) + ["All"], numbersFrom: 2)
    func rows(_ label: String, _ currency: Condition?, _ all: [AgeKey: AgeFigures], tables: [PlannedTable])
      throws
      -> Int
    {
      try page.text(0, label)
      for (offset, bucket) in buckets.enumerated() {
        let count = all.filter { $0.key.age == bucket }.values.reduce(0) { $0 + $1.count }
        let conditions = [Self.isOpen] + (currency.map { [$0] } ?? []) + Condition.age(bucket)
        let formulas = tables.compactMap { $0.count(where: conditions) }
        try page.count(2 + offset, count, formulas.isEmpty ? nil : formulas.joined(separator: "+"))
      }
      let row = page.row
      let last = ColumnLayout.letter(1 + buckets.count)
      try page.count(
        2 + buckets.count, all.values.reduce(0) { $0 + $1.count }, "SUM(C\(row + 1):\(last)\(row + 1))")
      page.skip()
      return row
    }
    let period = try rows(
      "findings of this period", nil, figures.ageing.filter { !$0.key.isEarlier },
      tables: [plan.discrepancies])
    let earlier = try rows(
      "open items of earlier periods", nil, figures.ageing.filter { $0.key.isEarlier },
      tables: [plan.openItems])
    for code in Set(figures.ageing.keys.map { $0.currency?.code ?? "" }).sorted(by: Self.namelessLast) {
      let currency = Currency(code)
      let ofCurrency = figures.ageing.filter { $0.key.currency == currency }
      let condition = currency.map { Condition("currency", $0.code) } ?? .blank("currency")
      try page.text(1, currency?.code ?? "none", styles.strong)
      _ = try rows("findings", condition, ofCurrency, tables: [plan.discrepancies, plan.openItems])
      guard let currency, ofCurrency.values.contains(where: { $0.amount != 0 }) else { continue }
      try page.text(0, "|difference|")
      try page.text(1, currency.code)
      for (offset, bucket) in buckets.enumerated() {
        let amount = ofCurrency.filter { $0.key.age == bucket }.values.reduce(0) { $0 + $1.amount }
        try page.figure(2 + offset, amount, exponent: currency.exponent, nil)
      }
      let row = page.row + 1
      let last = ColumnLayout.letter(1 + buckets.count)
      try page.figure(
        2 + buckets.count, ofCurrency.values.reduce(0) { $0 + $1.amount }, exponent: currency.exponent,
        "ROUND(SUM(C\(row):\(last)\(row)),\(currency.exponent))")
      page.skip()
    }
    return AgeingRows(columns: 2...1 + buckets.count, header: header, period: period, earlier: earlier)
  }

  private static func namelessLast(_ a: String, _ b: String) -> Bool {
    (a.isEmpty ? "~" : a) < (b.isEmpty ? "~" : b)
  }

  /// What the providers' own reports say beside our records, over the days that both cover.
  func settlement(_ page: SummaryPage) throws {
    guard !figures.settlementTotals.isEmpty else { return }
    try page.heading("Settlement by provider")
    try page.header(
      [
        "Provider", "Currency", "Net, ours", "Net, reported", "Difference", "Days tied out",
        "Days that differ",
        "Days unknown", "Not reported", "Not offered",
      ], numbersFrom: 2)
    let table = plan.settlement
    for (key, total) in figures.settlementTotals.sorted(by: { $0.key < $1.key }) {
      let place = [Condition("provider", key.provider), Condition("currency", key.currency.code)]
      func formula(_ column: String, _ other: String) -> String? {
        let sum = figures.settlement.sum(key.currency, figures.tables.settlement.index(column))
        guard sum.isFormulaExact else { return nil }
        return table.sum(
          column, whereAny: "status",
          [SettlementStatus.tiedOut.rawValue, SettlementStatus.mismatch.rawValue],
          and: place + [.known(other)])
      }
      try page.text(0, key.provider, styles.strong)
      try page.text(1, key.currency.code)
      if let ours = total.ours[.net], let reported = total.reported[.net] {
        let exponent = key.currency.exponent
        try page.figure(2, ours, exponent: exponent, formula("net", "reported_net"))
        try page.figure(3, reported, exponent: exponent, formula("reported_net", "net"))
        let row = page.row + 1
        let fits = CellWriter.fits(ours) && CellWriter.fits(reported)
        try page.figure(
          4, reported - ours, exponent: exponent, fits ? "ROUND(D\(row)-C\(row),\(exponent))" : nil)
      }
      for (offset, status) in [SettlementStatus.tiedOut, .mismatch, .unknown, .notReported, .notOffered]
        .enumerated()
      {
        let condition = Condition("status", status.rawValue)
        try page.count(5 + offset, total.days(status), table.count(where: place + [condition]))
      }
      page.skip()
    }
    try page.line(
      "Net over the days that the provider's report covers. Only a provider with settlement reports can be tied out.",
      styles.note)
  }

  /// How far each source was read.
  func completeness(_ page: SummaryPage) throws {
    try page.heading("How complete the sources are")
    if facts.providers.isEmpty { try page.line("No provider is configured.") }
    for provider in facts.providers {
      try page.text(0, provider.name, styles.strong)
      try page.text(1, provider.status, provider.complete ? styles.good : styles.bad)
      let read = "\(grouped(Int128(provider.records))) records read"
      try page.text(2, read + (provider.message.map { " · \($0)" } ?? ""))
      page.skip()
    }
  }
}
