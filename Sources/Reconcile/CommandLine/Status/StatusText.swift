import ReconcileCore
import ReconcileWarehouse

/// `status` for people.
enum StatusText {
  /// The whole text, ending with a line end.
  static func text(_ report: StatusReport) -> String {
    guard let contents = report.contents else {
      return """
        There is no warehouse yet at \(report.warehouse.withControlCharactersEscaped).
        The first `reconcile --from … --to …` begins one; `reconcile doctor` checks what it needs.

        """
    }
    return [
      lastRun(contents.lastRun, report.now), sources(contents, report.now), changes(contents.files),
      findings(contents.findings, report.zone),
    ]
    .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private static func lastRun(_ run: RunRecord?, _ now: Instant) -> String {
    guard let run else { return "No run is on record yet.\n" }
    var lines = [
      "Last run \(run.id)",
      "  command  \(run.command) of \(run.period.from) to \(run.period.to), as of \(run.asOf)",
      "  started  \(Instant(seconds: run.startedAt.seconds)), \(ago(run.startedAt, now))",
    ]
    if let end = run.finishedAt, let status = run.exitStatus {
      let words = ExitStatus(rawValue: status).map { ", \($0.words)" } ?? ""
      lines.append(
        "  ended    after \(duration(end.seconds - run.startedAt.seconds)) with status \(status)\(words)")
    } else {
      lines.append("  ended    not yet: it is still going on, or was stopped from outside; then run it again")
    }
    if run.isTestData { lines.append("  TEST DATA: a test key was used") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func sources(_ contents: StatusReport.Contents, _ now: Instant) -> String {
    var table = TextTable([
      ("Source", .left), ("Kind", .left), ("Last read", .left), ("", .left), ("Records", .right),
      ("Rejected", .right), ("State", .left),
    ])
    for provider in contents.providers {
      guard let reading = provider.reading else {
        table.add([provider.name, provider.kind, "never", "", "", "", "never read"])
        continue
      }
      var state = reading.status
      if let message = reading.message { state += ": \(message)" }
      if reading.status != "complete", let last = reading.lastCompleteWalkAt {
        state += "; a list was last read to its end \(ago(last, now))"
      }
      if provider.isGone { state += " (no longer configured)" }
      table.add([
        provider.name, provider.kind, "\(Instant(seconds: reading.readAt.seconds))",
        ago(reading.readAt, now), "\(reading.records)", "\(reading.rejected)", state,
      ])
    }
    for kind in ["orders", "refunds", "events"] {
      let files = contents.files.map(\.file).filter { $0.kind == kind }
      guard let last = files.map(\.readAt).max() else { continue }
      table.add([
        kind, "files", "\(Instant(seconds: last.seconds))", ago(last, now),
        "\(files.reduce(0) { $0 + $1.rows })", "", files.count == 1 ? "1 file" : "\(files.count) files",
      ])
    }
    let rejected =
      contents.rejectedRows > 0
      ? "  \(contents.rejectedRows) row\(contents.rejectedRows == 1 ? "" : "s") of these files rejected: see rejects.csv\n"
      : ""
    return table.text.isEmpty ? "  No source is configured.\n" : table.text + rejected
  }

  private static func changes(_ files: [(file: ReadFile, change: StatusReport.FileChange)]) -> String {
    files.filter { $0.change != .unchanged }.map { file, change in
      let path = file.path.withControlCharactersEscaped
      return change == .changed
        ? "  \(path) has changed since it was read\n" : "  \(path) is no longer there\n"
    }
    .joined()
  }

  // MARK: Discrepancies

  /// A table for each currency: under each count of an age the sum of |difference|, in that currency only.
  private static func findings(_ groups: [OpenFindings], _ zone: Zone) -> String {
    if groups.isEmpty { return "  No open discrepancies.\n" }
    var text = "Open discrepancies by age in days\n"
    var currencies: [Currency?] = []
    for group in groups where !currencies.contains(group.currency) { currencies.append(group.currency) }
    for currency in currencies {
      text += "\n" + table(of: groups.filter { $0.currency == currency }, currency, zone)
    }
    return text + "\n  `reconcile explain ID` tells the story of each; `reconcile resolve` accepts it.\n"
  }

  private static func table(of groups: [OpenFindings], _ currency: Currency?, _ zone: Zone) -> String {
    let ages = AgeBucket.allCases.filter { age in
      age != .undated || groups.contains { $0.age == .undated }
    }
    var table = TextTable(
      [(currency?.code ?? "no currency", .left)] + ages.map { ($0.rawValue, .right) }
        + [("all", .right), ("first seen", .left), ("last changed", .left)])
    var codes: [DiscrepancyCode] = []
    for group in groups where !codes.contains(group.code) { codes.append(group.code) }
    for code in codes {
      let own = groups.filter { $0.code == code }
      let columns = ages.map { age in own.filter { $0.age == age } } + [own]
      let firstSeen = own.compactMap(\.firstSeen).min().map { "\(zone.day(of: $0))" } ?? ""
      let lastChanged = own.compactMap(\.lastChanged).max().map { "\(zone.day(of: $0))" } ?? ""
      table.add([code.rawValue] + columns.map { count($0) } + [firstSeen, lastChanged])
      let amounts = columns.map { amount($0, currency) }
      if amounts.contains(where: { !$0.isEmpty }) { table.add([""] + amounts + ["", ""]) }
      let unknown = columns.map { $0.reduce(0) { $0 + $1.unknownAmounts } }
      if unknown.contains(where: { $0 > 0 }) {
        table.add(["  of unknown amount"] + unknown.map { $0 > 0 ? "\($0)" : "" } + ["", ""])
      }
    }
    return table.text
  }

  private static func count(_ groups: [OpenFindings]) -> String {
    let count = groups.reduce(0) { $0 + $1.count }
    return count > 0 ? "\(count)" : ""
  }

  private static func amount(_ groups: [OpenFindings], _ currency: Currency?) -> String {
    let sum = groups.reduce(Int128(0)) { $0 + $1.amount }
    guard let currency, sum != 0 else { return "" }
    return Money.decimalText(sum, exponent: currency.exponent)
  }

  // MARK: Times

  /// `2 hours ago`, in the largest unit of which at least one has passed.
  static func ago(_ instant: Instant, _ now: Instant) -> String {
    let seconds = now.seconds - instant.seconds
    return seconds < 60 ? "just now" : duration(seconds) + " ago"
  }

  /// Seconds in one unit: `45 s`, `12 min`, `5 h`, `3 days`.
  static func duration(_ seconds: Int64) -> String {
    switch max(0, seconds) {
    case let seconds where seconds < 60: "\(seconds) s"
    case let seconds where seconds < 3_600: "\(seconds / 60) min"
    case let seconds where seconds < 2 * 86_400: "\(seconds / 3_600) h"
    case let seconds: "\(seconds / 86_400) days"
    }
  }
}
