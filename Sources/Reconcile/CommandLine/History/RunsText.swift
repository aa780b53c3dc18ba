import ReconcileCore
import ReconcileWarehouse

/// `runs` for people.
enum RunsText {
  /// A line for each run.
  static func list(_ runs: [RunRecord]) -> String {
    if runs.isEmpty { return "No run is on record.\n" }
    var table = TextTable([
      ("Run", .left), ("Command", .left), ("Period", .left), ("As of", .left), ("Status", .right),
      ("", .left),
    ])
    for run in runs {
      table.add([
        run.id, run.command, "\(run.period.from) to \(run.period.to)", "\(run.asOf)",
        run.exitStatus.map { "\($0)" } ?? "", ending(run),
      ])
    }
    return table.text
  }

  /// One run: how it went, what it read, what became of the findings.
  static func run(_ run: RunRecord, _ imports: [PastImport], _ comparison: RunComparison?) -> String {
    var lines = [
      "Run \(run.id)",
      "  command        \(run.command) of \(run.period.from) to \(run.period.to), as of \(run.asOf)",
      "  started        \(Instant(seconds: run.startedAt.seconds))",
      "  ended          "
        + (run.finishedAt.map { "\(Instant(seconds: $0.seconds)), status \(run.exitStatus ?? 0), " } ?? "")
        + ending(run),
      "  program        \(run.tool)", "  configuration  \(run.configurationDigest)",
    ]
    if run.isTestData { lines.append("  TEST DATA: a test key was used") }
    var text = lines.map(\.withControlCharactersEscaped).joined(separator: "\n") + "\n"
    var table = TextTable([
      ("Provider", .left), ("State", .left), ("Requests", .right), ("Records", .right), ("New", .right),
      ("Changed", .right), ("Rejected", .right), ("", .left),
    ])
    for past in imports {
      table.add([
        past.provider, past.status, "\(past.requests)", "\(past.records)", "\(past.new)", "\(past.changed)",
        "\(past.rejected)", past.message ?? "",
      ])
    }
    if !imports.isEmpty { text += "\n" + table.text }
    if let comparison {
      text +=
        "\nDiscrepancies since run \(comparison.from.id), as of \(comparison.from.asOf)\n" + parts(comparison)
        + "  `reconcile runs diff \(comparison.from.id) \(run.id)` lists them\n"
    }
    return text
  }

  /// The findings that are not the same, a table for each kind of change.
  static func diff(_ comparison: RunComparison) -> String {
    let (from, to) = (comparison.from, comparison.to)
    var text = """
      From \(from.id), \(from.command) of \(from.period.from) to \(from.period.to), as of \(from.asOf)
      To   \(to.id), \(to.command) of \(to.period.from) to \(to.period.to), as of \(to.asOf)
      Discrepancies dated up to \(to.period.to)

      """ + parts(comparison)
    for change in FindingChange.allCases {
      let findings = comparison.findings.filter { $0.change == change }
      if findings.isEmpty { continue }
      text += "\n\(change.words.prefix(1).uppercased() + change.words.dropFirst())\n" + table(findings)
    }
    return text
  }

  /// How many findings became what, a line for each.
  private static func parts(_ comparison: RunComparison) -> String {
    let parts = comparison.changes.parts
    return (parts.isEmpty ? ["nothing changed"] : parts).map { "  \($0)\n" }.joined()
  }

  private static func table(_ findings: [FindingDifference]) -> String {
    var table = TextTable([
      ("Date", .left), ("Code", .left), ("About", .left), ("Was", .left), ("Is", .left), ("Id", .left),
    ])
    for finding in findings {
      table.add([
        finding.standing?.businessDate.map { "\($0)" } ?? "", finding.code.rawValue, finding.about,
        words(finding.before), words(finding.after), finding.id,
      ])
    }
    return table.text
  }

  /// `open, 12.00 of 20.00 EUR`.
  private static func words(_ standing: FindingStanding?) -> String {
    guard let standing else { return "not found" }
    guard let actual = standing.actual, let expected = standing.expected else {
      return standing.status.rawValue
    }
    var text = "\(standing.status.rawValue), \(actual.text) of \(expected.text)"
    if case .money(let money) = expected { text += " \(money.currency.code)" }
    return text
  }

  private static func ending(_ run: RunRecord) -> String {
    guard run.finishedAt != nil, let status = run.exitStatus else { return "not ended: going on, or stopped" }
    return ExitStatus(rawValue: status)?.words ?? ""
  }
}

extension FindingDifference {
  /// The order, payment, refund or provider that the finding is about.
  var about: String { orderID ?? paymentID ?? refundID ?? provider ?? "" }
}
