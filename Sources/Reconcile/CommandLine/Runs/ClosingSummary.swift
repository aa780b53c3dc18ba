import ReconcileCore
import Reports

/// What a run prints on standard output when it is done: amounts per currency, counts, completeness, where the files are.
struct ClosingSummary {
  let facts: ReportFacts
  let result: ReportResult

  /// The summary as text, ending with a line feed.
  var text: String {
    var lines = [
      "Reconciliation \(facts.period.from) to \(facts.period.to), \(facts.zoneName), run \(facts.runID)"
    ]
    let incomplete = facts.providers.filter { !$0.complete }
    if !incomplete.isEmpty { lines.append("INCOMPLETE: \(incomplete.map(\.name).joined(separator: ", "))") }
    if facts.isTestData { lines.append("TEST DATA: a test key was used") }
    if let changes = facts.changes { lines += ["", news(changes)] }
    lines += ["", amounts, "", matches]
    lines += ["", discrepancies]
    if let ages { lines += ["", ages] }
    let adjustments = result.totals.rowCount(.adjustments)
    if adjustments > 0 {
      let files = ["adjustments.csv", "reconciliation.xlsx", "report.html"]
      let list = files.first { name in result.files.contains { $0.name == name } }
      lines.append(
        "  \(adjustments) facts of sealed periods have changed since"
          + (list.map { ": \($0) lists them." } ?? "."))
    }
    lines += ["", "  Sources"]
    for provider in facts.providers {
      let note = provider.message.map { ": \($0)" } ?? ""
      lines.append("    \(provider.name) \(provider.status), \(provider.records) records\(note)")
    }
    lines += ["", "  Files in \(result.folder)"]
    for file in result.files { lines.append("    \(file.name)") }
    for name in result.removed { lines.append("    \(name) of an earlier run removed") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What is new since the previous run.
  private func news(_ changes: FindingChanges) -> String {
    let other =
      changes.period == facts.period ? "" : ", which was about \(changes.period.from) to \(changes.period.to)"
    let lines = changes.parts.map { "    \($0)" }
    return
      (["  Discrepancies since the run as of \(changes.since)\(other)"]
      + (lines.isEmpty ? ["    nothing changed"] : lines + ["    `reconcile runs diff` lists them"]))
      .joined(separator: "\n")
  }

  private func decimal(_ minorUnits: Int128, _ currency: Currency) -> String {
    Money.decimalText(minorUnits, exponent: currency.exponent)
  }

  private var amounts: String {
    var table = TextTable([
      ("", .left), ("Orders", .right), ("Amount due", .right), ("Collected", .right), ("Refunded", .right),
      ("Payments", .right), ("of them linked", .right), ("not linked", .right),
    ])
    for currency in result.totals.currencies {
      let orders = result.totals.orders[currency]
      let payments = result.totals.payments[currency]
      table.add([
        currency.code, String(orders?.count ?? 0), decimal(orders?.amount ?? 0, currency),
        decimal(orders?.collected ?? 0, currency), decimal(orders?.refunded ?? 0, currency),
        decimal(payments?.collected ?? 0, currency), decimal(payments?.linked ?? 0, currency),
        decimal(payments?.unlinked ?? 0, currency),
      ])
    }
    return table.text
  }

  private var matches: String {
    let statuses = MatchStatus.allCases.filter { status in
      result.totals.orders.values.contains { $0.byMatchStatus[status] != nil }
    }
    if statuses.isEmpty { return "  No orders in this period." }
    var table = TextTable(
      [("Orders", .left)] + result.totals.currencies.map { ($0.code, .right) })
    for status in statuses {
      table.add(
        [status.rawValue]
          + result.totals.currencies.map { String(result.totals.orders[$0]?.byMatchStatus[status] ?? 0) })
    }
    return table.text
  }

  private var discrepancies: String {
    let codes = result.totals.codes.filter { (result.totals.findings[$0]?.open ?? 0) > 0 }
    if codes.isEmpty { return "  No open discrepancies." }
    var table = TextTable([
      ("Open discrepancies", .left), ("Severity", .left), ("Count", .right), ("Difference", .left),
    ])
    for code in codes {
      guard let findings = result.totals.findings[code] else { continue }
      let amounts = findings.openAmount.sorted { $0.key < $1.key }.map {
        "\(decimal($0.value, $0.key)) \($0.key)"
      }
      table.add([
        code.rawValue, code.severity.rawValue, String(findings.open), amounts.joined(separator: ", "),
      ])
    }
    let open = result.totals.findingCount(.open)
    return table.text + "\n  \(open) open, \(result.totals.findingCount(.settled)) settled, "
      + "\(result.totals.findingCount(.accepted)) accepted; `reconcile explain ID` tells the story of any of them."
  }

  /// Everything that is open, of earlier periods too: counts by age and the amounts under them, for each currency.
  private var ages: String? {
    let open = result.totals.openAges
    if open.isEmpty { return nil }
    let buckets = AgeBucket.allCases.filter { age in
      age != .undated || open.contains { $0.groups[.undated] != nil }
    }
    var table = TextTable(
      [("Open by age in days", .left)] + buckets.map { ($0.rawValue, .right) } + [("first seen", .left)])
    var currencies: [Currency?] = []
    for ages in open where !currencies.contains(ages.currency) { currencies.append(ages.currency) }
    for currency in currencies {
      let own = open.filter { $0.currency == currency }
      let groups = buckets.map { age in own.compactMap { $0.groups[age] } }
      let counts = groups.map { $0.reduce(0) { $0 + $1.count } }.map { $0 == 0 ? "" : "\($0)" }
      let firstSeen = own.compactMap(\.firstSeen).min().map { "\($0)" } ?? ""
      table.add([currency?.code ?? "no currency"] + counts + [firstSeen])
      guard let currency else { continue }
      let amounts = groups.map { $0.reduce(Int128(0)) { $0 + $1.amount } }
      if amounts.contains(where: { $0 != 0 }) {
        table.add([""] + amounts.map { $0 == 0 ? "" : decimal($0, currency) } + [""])
      }
    }
    return table.text
  }
}
