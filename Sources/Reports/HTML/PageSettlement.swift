import ReconcileCore

/// The section that compares the providers' own totals with ours, day by day.
struct PageSettlement {
  let page: HTMLWriter
  let content: PageContent
  let formats: Set<ReportFormat>
  let rowLimit: Int

  /// The days of one provider and currency, in their order.
  private struct Account {
    let provider: String
    let currency: Currency
    var days: [SettlementRow] = []
  }

  /// Writes the days of providers that have settlement reports; returns how many.
  func write(_ source: any ReportSource) throws -> Int64 {
    let comparable = Set(content.facts.providers.filter(\.kind.offersSettlement).map(\.name))
    var accounts: [Account] = []
    var days = 0
    var kept = 0
    try source.forEachSettlementDay { row in
      guard comparable.contains(row.provider) else { return }
      days += 1
      guard kept < rowLimit else { return }
      kept += 1
      if let index = accounts.firstIndex(where: { $0.provider == row.provider && $0.currency == row.currency }
      ) {
        accounts[index].days.append(row)
      } else {
        accounts.append(Account(provider: row.provider, currency: row.currency, days: [row]))
      }
    }
    accounts.sort { ($0.provider, $0.currency.code) < ($1.provider, $1.currency.code) }
    try page.section(.settlement, isLong: days > 20) {
      let others = content.facts.providers.filter { !$0.kind.offersSettlement }.map(\.name)
      if !others.isEmpty {
        try page.note("No settlement reports are offered by \(others.joined(separator: ", ")).")
      }
      guard days > 0 else { return try page.note("No day of the period can be compared.") }
      try page.note(
        "Reported figures stand beside those computed from our records, on days of the provider's zone. "
          + "Net = gross − refunds − fees; difference = reported net − ours. A blank figure is not reported, or unknown."
      )
      try page.tellLimit(rowLimit, of: days, .settlement, formats)
      for (index, account) in accounts.enumerated() { try write(account, "settlement-\(index + 1)") }
    }
    return Int64(kept)
  }

  private func write(_ account: Account, _ id: String) throws {
    let differing = account.days.count { $0.status == .mismatch }
    let verdict = differing == 0 ? "" : ", \(differing) differ"
    let count = account.days.count == 1 ? "1 day" : "\(account.days.count) days"
    let groups = ["Gross", "Refunds", "Fees", "Net"].map { HTMLWriter.Column(title: $0, span: 2) }
    try page.table(
      id, caption: "\(account.provider), \(account.currency.code): \(count)\(verdict).",
      groups: [.text("")] + groups
        + [.number(""), HTMLWriter.Column(title: "Payments", span: 2), .text("")],
      columns: [.text("Day")] + (0..<4).flatMap { _ in [.number("ours"), .number("reported")] }
        + [.number("Difference"), .number("ours"), .number("reported"), .text("Status")]
    ) {
      for day in account.days {
        try page.row(["class": day.status == .mismatch ? "differs" : "day"]) { try cells(day) }
      }
      try total(account)
    }
  }

  private func cells(_ day: SettlementRow) throws {
    let exponent = day.currency.exponent
    try page.head("\(day.date)")
    for (ours, reported) in [
      (day.gross, day.reported.gross), (day.refunds, day.reported.refunds), (day.fees, day.reported.fees),
      (day.net, day.reported.net),
    ] {
      try page.amount(ours.map { Int128($0) }, exponent)
      try page.amount(reported.map { Int128($0) }, exponent)
    }
    try page.amount(day.netDifference.map { Int128($0) }, exponent)
    try page.count(day.transactions)
    try page.count(day.reported.count)
    try page.cell(day.status.marked)
  }

  /// The sum of each column; a column with an unknown figure says so instead of passing for complete.
  private func total(_ account: Account) throws {
    let exponent = account.currency.exponent
    func sum(_ figure: (SettlementRow) -> Int64?) throws {
      let known = account.days.compactMap(figure)
      let digits = Money.decimalText(known.reduce(0) { $0 + Int128($1) }, exponent: exponent)
      try page.element("td", ["class": "n"]) {
        if known.count == account.days.count {
          try page.digits(digits)
        } else if !known.isEmpty {
          try page.digits(digits)
          try page.element("small") { try page.text(" of \(known.count) days") }
        }
      }
    }
    try page.row(["class": "total"]) {
      try page.head("Sum")
      try sum(\.gross)
      try sum(\.reported.gross)
      try sum { $0.refunds }
      try sum(\.reported.refunds)
      try sum { $0.fees }
      try sum(\.reported.fees)
      try sum(\.net)
      try sum(\.reported.net)
      try sum(\.netDifference)
      try page.cell(nil)
      try page.cell(nil)
      try page.cell(nil)
    }
  }
}

extension SettlementStatus {
  /// The word with a sign that can be told apart without colours.
  fileprivate var marked: String {
    switch self {
    case .tiedOut: "✓ tied_out"
    case .mismatch: "▲ mismatch"
    case .unknown: "? unknown"
    case .notReported: "– not_reported"
    case .notOffered: "– not_offered"
    }
  }
}
