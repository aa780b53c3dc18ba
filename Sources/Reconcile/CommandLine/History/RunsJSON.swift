import ReconcileCore
import ReconcileWarehouse
import Reports

/// `runs … --json`. Amounts are decimal text, times ISO 8601 in UTC, dates YYYY-MM-DD; null is unknown.
enum RunsJSON {
  static func list(_ runs: [RunRecord]) -> JSONText { .list(runs.map(StatusJSON.run)) }

  static func run(_ run: RunRecord, _ imports: [PastImport], _ comparison: RunComparison?) -> JSONText {
    .object([
      ("run", StatusJSON.run(run)), ("tool", .text(run.tool)),
      ("configuration_digest", .text(run.configurationDigest)), ("imports", .list(imports.map(past))),
      ("previous", comparison.map { StatusJSON.run($0.from) } ?? .null),
      ("changes", comparison.map { changes($0.changes) } ?? .null),
    ])
  }

  static func diff(_ comparison: RunComparison) -> JSONText {
    .object([
      ("from", StatusJSON.run(comparison.from)), ("to", StatusJSON.run(comparison.to)),
      ("changes", changes(comparison.changes)), ("findings", .list(comparison.findings.map(finding))),
    ])
  }

  private static func past(_ past: PastImport) -> JSONText {
    .object([
      ("provider", .text(past.provider)), ("status", .text(past.status)), ("message", JSONText(past.message)),
      ("requests", .count(past.requests)), ("records", .count(past.records)), ("new", .count(past.new)),
      ("changed", .count(past.changed)), ("rejected", .count(past.rejected)),
    ])
  }

  /// `{new: {count, amounts: {EUR: …}}, …}`.
  private static func changes(_ changes: FindingChanges) -> JSONText {
    .object(
      FindingChange.allCases.map { change in
        let amounts = changes.amounts(change).map {
          ($0.currency.code, JSONText.text(Money.decimalText($0.amount, exponent: $0.currency.exponent)))
        }
        return (
          change.rawValue, .object([("count", .count(changes.count(change))), ("amounts", .object(amounts))])
        )
      })
  }

  private static func finding(_ finding: FindingDifference) -> JSONText {
    .object([
      ("id", .text(finding.id)), ("change", .text(finding.change.rawValue)),
      ("code", .text(finding.code.rawValue)), ("provider", JSONText(finding.provider)),
      ("order_id", JSONText(finding.orderID)), ("payment_id", JSONText(finding.paymentID)),
      ("refund_id", JSONText(finding.refundID)), ("before", standing(finding.before)),
      ("after", standing(finding.after)),
    ])
  }

  private static func standing(_ standing: FindingStanding?) -> JSONText {
    guard let standing else { return .null }
    return .object([
      ("status", .text(standing.status.rawValue)), ("currency", JSONText(standing.currency?.code)),
      ("business_date", JSONText(standing.businessDate?.description)),
      ("expected", JSONText(standing.expected?.text)), ("actual", JSONText(standing.actual?.text)),
    ])
  }
}
