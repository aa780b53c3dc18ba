import Foundation
import GRDB
import ReconcileCore

extension StoryTeller {
  /// Behind a finding about a settlement: the day as we count it and as the provider reports it, and the
  /// reports that cover the day, with their evidence. Nothing for other findings.
  func settlement(of finding: Row) throws -> [StoryPart] {
    let code: String = finding["code"]
    guard code.hasPrefix("settlement_"), let provider: String = finding["provider"],
      let currency: String = finding["currency"], let day: Int = finding["business_on"]
    else { return [] }
    var parts: [StoryPart] = []
    if let row = try Row.fetchOne(
      db, sql: "SELECT * FROM settlement_day WHERE provider = ? AND currency = ? AND day_on = ?",
      arguments: [provider, currency, day])
    {
      let facts = Self.fields.map { label, column in
        (
          label,
          figure(row[column.ours], column, currency) + ", reported "
            + figure(row[column.theirs], column, currency)
        )
      }
      parts.append(
        StoryPart(
          heading: "Settlement of \(provider) on \(BusinessDay(dayNumber: day))",
          facts: facts + [("status", row["status"])]))
    }
    let reports = try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM settlement_report WHERE provider = ? AND currency = ? AND from_on <= ? AND to_on >= ?
        ORDER BY from_on, to_on
        """,
      arguments: [provider, currency, day, day])
    for report in reports {
      let first = BusinessDay(dayNumber: report["from_on"])
      let last = BusinessDay(dayNumber: report["to_on"])
      let totals = Self.fields.map { label, column in
        ("total \(label)", figure(report[column.total], column, currency))
      }
      parts.append(
        StoryPart(
          heading: "Settlement report of \(provider), \(first) to \(last)",
          facts: totals + (try evidence(report["evidence"]))))
    }
    return parts
  }

  private struct Column {
    var ours: String
    var theirs: String
    var total: String
    var isCount = false
  }

  private static let fields: [(String, Column)] =
    ["gross", "refunds", "fees", "net"].map {
      ($0, Column(ours: "\($0)_minor", theirs: "reported_\($0)_minor", total: "\($0)_minor"))
    } + [
      (
        "transactions",
        Column(ours: "payment_count", theirs: "reported_count", total: "payment_count", isCount: true)
      )
    ]

  private func figure(_ value: Int64?, _ column: Column, _ currency: String) -> String {
    guard let value else { return "not given" }
    return column.isCount ? String(value) : money(value, currency)
  }
}
