import ReconcileCore

/// The first section: the answer, the money, what is open, what changed, and whether the numbers may be booked.
struct PageSummary {
  let page: HTMLWriter
  let content: PageContent
  let formats: Set<ReportFormat>

  func write() throws {
    try page.section(.summary) {
      try inShort()
      try sources()
      try orders()
      try payments()
      try matching()
      try changes()
      try findings()
    }
  }

  private func inShort() throws {
    guard let short = InShort(content.totals, content.figures, content.verdict) else {
      return try page.note("Nothing to report: the period has no orders, payments, refunds or findings.")
    }
    try page.element("ul", ["class": "short"]) {
      try page.line()
      let isReady = content.verdict.isReady
      try page.element(
        "li", ["class": isReady ? "good" : "bad", "id": "verdict"], (isReady ? "✓ " : "▲ ") + short.verdict)
      try page.element(
        "li", ["class": short.isOpen ? "bad" : "good"], (short.isOpen ? "● " : "✓ ") + short.findings)
      if let rejects = short.rejects {
        try page.element(
          "li", ["class": "bad", "id": "rejects"], "▲ \(rejects); \(ReportTable.rejects.place(in: formats)).")
      }
      if let adjustments = short.adjustments {
        try page.element("li", ["class": "bad", "id": "adjusted"]) {
          try page.text("▲ \(adjustments): see ")
          try page.element("a", ["href": "#\(PageSection.adjustments.rawValue)"]) {
            try page.text(PageSection.adjustments.title)
          }
          try page.text(".")
        }
        try page.line()
      }
      for sentence in short.currencies { try page.element("li", sentence) }
    }
    try page.line()
  }

  // MARK: Money

  private func orders() throws {
    guard !content.currencies.isEmpty else { return }
    let figures = content.figures
    try page.element("h3", "Orders of the period, and the money for them whenever it came")
    try page.table(
      "orders",
      caption:
        "Kept = collected − refunded of orders whose amounts are all known. Unexplained: what open findings say came in "
        + "without a reason (+) or did not come in (−).",
      columns: [
        .text("Currency"), .number("Orders"), .number("Amount due"), .number("Collected"),
        .number("Refunded"),
        .number("Refund fees"), .number("Kept"), .number("Unexplained"), .number("Open findings"),
      ]
    ) {
      for currency in content.currencies {
        let orders = content.totals.orders[currency] ?? SummaryTotals.Orders()
        let exponent = currency.exponent
        func key(_ name: String) -> String? {
          content.totals.orders[currency] == nil ? nil : "orders.\(currency).\(name)"
        }
        try page.row {
          try page.head(currency.code)
          try page.count(orders.count, key: key("count"))
          try page.amount(orders.amount, exponent, key: key("amount"))
          try page.amount(orders.collected, exponent, key: key("collected"))
          try page.amount(orders.refunded, exponent, key: key("refunded"))
          try page.amount(figures.allOrders(currency).refundFees, exponent)
          try page.amount(figures.orders.sum(currency, figures.tables.orders.index("net")).total, exponent)
          try page.amount(figures.unexplained[currency] ?? 0, exponent)
          try page.count(Int64(figures.openFindings(in: currency)))
        }
      }
    }
  }

  private func payments() throws {
    guard !content.currencies.isEmpty else { return }
    try page.element("h3", "Payments and refunds of the period, for whatever order")
    try page.table(
      "payments",
      caption:
        "Undated ones stand in every period. Difference = collected − linked − without an order, and must be 0. Unknown amounts add nothing.",
      groups: [
        .text(""), HTMLWriter.Column(title: "Payments", span: 6),
        HTMLWriter.Column(title: "Refunds", span: 3),
      ],
      columns: [
        .text("Currency"), .number("Number"), .number("Collected"), .number("Linked to orders"),
        .number("Without an order"), .number("Undated part"), .number("Difference"),
        .number("Number"),
        .number("Amount"), .number("Fees"),
      ]
    ) {
      for currency in content.currencies {
        let payments = content.totals.payments[currency] ?? SummaryTotals.Payments()
        let refunds = content.totals.refunds[currency] ?? SummaryTotals.Refunds()
        func key(_ table: String, _ name: String, _ isThere: Bool) -> String? {
          isThere ? "\(table).\(currency).\(name)" : nil
        }
        let paid = content.totals.payments[currency] != nil
        let refunded = content.totals.refunds[currency] != nil
        try page.row {
          try page.head(currency.code)
          try page.count(payments.count, key: key("payments", "count", paid))
          for (name, table, amount) in [
            ("collected", "payments", payments.collected), ("linked", "payments", payments.linked),
            ("unlinked", "payments", payments.unlinked), ("undated", "control", payments.undated),
            ("difference", "control", payments.difference),
          ] {
            try page.amount(amount, currency.exponent, key: key(table, name, paid))
          }
          try page.count(refunds.count, key: key("refunds", "count", refunded))
          try page.amount(refunds.amount, currency.exponent, key: key("refunds", "amount", refunded))
          try page.amount(refunds.fees, currency.exponent, key: key("refunds", "fees", refunded))
        }
      }
    }
  }

  private func matching() throws {
    let orders = content.totals.orders
    let used = MatchStatus.allCases.filter { status in
      orders.values.contains { $0.byMatchStatus[status] != nil }
    }
    guard !used.isEmpty else { return }
    let currencies = orders.keys.sorted()
    try page.element("h3", "Orders by match status")
    try page.table(
      "match-status", caption: "How many orders of each currency have which status.",
      columns: [.text("Currency")] + used.map { .number($0.rawValue) }
    ) {
      for currency in currencies {
        try page.row {
          try page.head(currency.code)
          for status in used {
            let count = orders[currency]?.byMatchStatus[status]
            try page.count(
              count ?? 0, key: count.map { _ in "orders.\(currency).by_match_status.\(status.rawValue)" })
          }
        }
      }
    }
  }

  // MARK: Findings

  private func findings() throws {
    let totals = content.totals
    try page.element("h3", "Discrepancies of the period by kind")
    try page.element("p", ["class": "tally"]) {
      for (index, status) in DiscrepancyStatus.allCases.enumerated() {
        if index > 0 { try page.text(" · ") }
        try page.element("b", ["data-key": "discrepancies.\(status.rawValue)"]) {
          try page.digits("\(totals.findingCount(status))")
        }
        try page.text(" \(status.rawValue)")
      }
    }
    try page.line()
    guard !content.figures.findings.isEmpty else { return try page.note("None.") }
    try page.table(
      "findings",
      caption:
        "High severity first. Open amount: the differences of the open ones, added without their sign.",
      columns: [
        .text("Code"), .text("Severity"), .text("Currency"), .number("Open"), .number("Settled"),
        .number("Accepted"),
        .number("Open amount"), .text("What it means"),
      ]
    ) {
      for (key, finding) in content.figures.findings.sorted(by: { $0.key < $1.key }) {
        try page.row {
          try page.head(key.code.rawValue)
          try page.cell(key.code.severity.marked)
          try page.cell(key.currency?.code)
          for status in DiscrepancyStatus.allCases { try page.count(Int64(finding.count(status))) }
          try page.amount(finding.hasAmounts ? finding.openAmount : nil, key.currency?.exponent ?? 0)
          let unknown = finding.openUnknown == 0 ? "" : " (\(finding.openUnknown) of unknown amount)"
          try page.cell(Glossary.meaning(of: key.code) + unknown)
        }
      }
    }
  }

  private func changes() throws {
    try page.element("h3", "Change since the previous run")
    guard let changes = content.facts.changes else {
      return try page.note("There is no earlier run to compare with.")
    }
    let other =
      changes.period == content.facts.period
      ? "" : ", which was about \(changes.period.from) to \(changes.period.to)"
    let parts = changes.parts.isEmpty ? "nothing changed" : changes.parts.joined(separator: " · ")
    try page.element("p", ["id": "since"], "Since the run as of \(changes.since)\(other): \(parts).")
    let groups = changes.groups.filter { $0.key.change != .aged }
    guard !groups.isEmpty else { return }
    try page.table(
      "changes",
      caption:
        "Findings dated up to \(content.facts.period.to). Amount: of cleared ones what it was, of others what it is. "
        + "What only grew older is counted above.",
      columns: [.text("Change"), .text("Code"), .text("Currency"), .number("Findings"), .number("Amount")]
    ) {
      for (key, group) in groups.sorted(by: { $0.key < $1.key }) {
        try page.row {
          try page.head(key.change.words)
          try page.cell(key.code.rawValue)
          try page.cell(key.currency?.code)
          try page.count(group.count)
          try page.amount(key.currency == nil ? nil : group.amount, key.currency?.exponent ?? 0)
        }
      }
    }
  }

  private func sources() throws {
    try page.element("h3", "How complete the sources are")
    if content.facts.providers.isEmpty { try page.note("No provider is configured.") }
    try page.element("ul", ["class": "sources"]) {
      try page.line()
      for provider in content.facts.providers {
        let message = provider.message.map { " · \($0)" } ?? ""
        try page.element("li", ["class": provider.complete ? "good" : "bad"]) {
          try page.outside(
            "\(provider.complete ? "✓" : "▲") \(provider.name): \(provider.status), \(provider.records) records read"
              + message)
        }
        try page.line()
      }
    }
    try page.line()
  }
}

extension Severity {
  /// The word with a sign that can be told apart without colours.
  var marked: String {
    switch self {
    case .high: "▲ high"
    case .medium: "◆ medium"
    case .low: "▽ low"
    }
  }
}

extension DiscrepancyStatus {
  /// The word with a sign that can be told apart without colours.
  var marked: String {
    switch self {
    case .open: "● open"
    case .settled: "✓ settled"
    case .accepted: "✓ accepted"
    }
  }
}
