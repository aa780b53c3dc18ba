import ReconcileCore
import ReconcileWarehouse
import Reports

/// `status --json`. Amounts are decimal text, times ISO 8601 in UTC, ages as in the text.
enum StatusJSON {
  static func value(_ report: StatusReport) -> JSONText {
    let contents = report.contents
    return .object([
      ("warehouse", .text(report.warehouse)), ("exists", .flag(contents != nil)),
      ("now", .text(report.now.description)), ("last_run", contents?.lastRun.map(run) ?? .null),
      ("providers", .list(contents?.providers.map(provider) ?? [])),
      ("files", .list(contents?.files.map(file) ?? [])),
      ("rejected_rows", .count(contents?.rejectedRows ?? 0)),
      ("open_discrepancies", .list(contents?.findings.map { findings($0, report.zone) } ?? [])),
    ])
  }

  private static func time(_ instant: Instant?) -> JSONText {
    JSONText(instant.map { Instant(seconds: $0.seconds).description })
  }

  /// A run, as `runs --json` shows it too.
  static func run(_ run: RunRecord) -> JSONText {
    .object([
      ("run_id", .text(run.id)), ("command", .text(run.command)),
      ("from", .text(run.period.from.description)), ("to", .text(run.period.to.description)),
      ("as_of", .text(run.asOf.description)), ("started_at", time(run.startedAt)),
      ("finished_at", time(run.finishedAt)),
      ("exit_status", run.exitStatus.map { .count(Int64($0)) } ?? .null),
      ("test_data", .flag(run.isTestData)),
    ])
  }

  private static func provider(_ provider: StatusReport.Provider) -> JSONText {
    let reading = provider.reading
    return .object([
      ("name", .text(provider.name)), ("kind", .text(provider.kind)),
      ("status", .text(reading?.status ?? "never read")),
      ("complete", .flag(reading?.status == "complete")), ("read_at", time(reading?.readAt)),
      ("last_complete_list_at", time(reading?.lastCompleteWalkAt)),
      ("records", .count(reading?.records ?? 0)), ("rejected", .count(reading?.rejected ?? 0)),
      ("message", JSONText(reading?.message)), ("configured", .flag(!provider.isGone)),
    ])
  }

  private static func file(_ file: ReadFile, _ change: StatusReport.FileChange) -> JSONText {
    .object([
      ("kind", .text(file.kind)), ("path", .text(file.path)), ("rows", .count(file.rows)),
      ("read_at", time(file.readAt)), ("since", .text(change.rawValue)),
    ])
  }

  private static func findings(_ group: OpenFindings, _ zone: Zone) -> JSONText {
    .object([
      ("currency", JSONText(group.currency?.code)), ("code", .text(group.code.rawValue)),
      ("severity", .text(group.code.severity.rawValue)), ("age_days", .text(group.age.rawValue)),
      ("count", .count(group.count)),
      (
        "amount",
        JSONText(group.currency.map { Money.decimalText(group.amount, exponent: $0.exponent) })
      ),
      ("unknown_amounts", .count(group.unknownAmounts)),
      ("first_seen", JSONText(group.firstSeen.map { "\(zone.day(of: $0))" })),
      ("last_changed", JSONText(group.lastChanged.map { "\(zone.day(of: $0))" })),
    ])
  }
}
