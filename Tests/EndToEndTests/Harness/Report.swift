import Foundation
import Testing

/// The reports of one period, as files and as rows.
struct Report: Sendable {
  static let csvNames = [
    "discrepancies.csv", "open_items.csv", "orders.csv", "payments.csv", "refunds.csv", "settlement.csv",
    "rejects.csv",
  ]
  /// The text of each CSV file and of summary.json, with the trial's own folder written as `SHOP`.
  let texts: [String: String]

  init(folder: String, trial: String) throws {
    var texts: [String: String] = [:]
    for name in Self.csvNames + ["summary.json"] {
      texts[name] = try text(of: folder + "/" + name).replacing(trial, with: "SHOP")
    }
    self.texts = texts
  }

  /// The rows of a CSV file by the names of its columns.
  func rows(_ name: String) -> [[String: String]] {
    let table = parseCSV(texts[name] ?? "")
    guard let header = table.first else { return [] }
    return table.dropFirst().map { Dictionary(zip(header, $0)) { first, _ in first } }
  }

  /// A column by another.
  func column(_ column: String, by key: String, of name: String) -> [String: String] {
    Dictionary(rows(name).map { ($0[key] ?? "", $0[column] ?? "") }) { $0 + "|" + $1 }
  }

  /// summary.json.
  func summary() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data((texts["summary.json"] ?? "").utf8)) as? [String: Any] ?? [:]
  }

  /// `complete` or `incomplete`.
  func status() throws -> String { try summary()["status"] as? String ?? "" }

  /// A fact about a provider in summary.json.
  func fact(_ name: String, of provider: String) throws -> Any? {
    ((try summary()["providers"] as? [String: Any])?[provider] as? [String: Any])?[name]
  }
}

/// What two reports may differ in.
enum Leeway {
  /// Another run on the same warehouse: its id, its time, and what was new to it.
  case sameWarehouse
  /// Another way to read the same records: also pages, requests, digests of configuration and files.
  case sameRecords
}

/// Records the first line in which two reports differ.
func expectEqual(
  _ report: Report, _ expected: Report, _ leeway: Leeway, _ what: String = "",
  location: SourceLocation = #_sourceLocation
) throws {
  for name in Report.csvNames {
    expectEqual(
      report.comparable(name, leeway), expected.comparable(name, leeway), "\(what) \(name)",
      location: location)
  }
  expectEqual(
    try report.comparableSummary(leeway), try expected.comparableSummary(leeway), "\(what) summary.json",
    location: location)
}

/// Records the first line in which two texts differ.
func expectEqual(
  _ text: String, _ expected: String, _ what: String, location: SourceLocation = #_sourceLocation
) {
  guard text != expected else { return }
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let place = zip(lines, wanted).prefix { $0 == $1 }.count
  Issue.record(
    """
    \(what), line \(place + 1)
      is       \(place < lines.count ? String(lines[place]) : "(no line)")
      expected \(place < wanted.count ? String(wanted[place]) : "(no line)")
    """, sourceLocation: location)
}

extension Report {
  /// A CSV file as it is compared; a provider's reject names the request it came from.
  fileprivate func comparable(_ name: String, _ leeway: Leeway) -> String {
    guard name == "rejects.csv", leeway == .sameRecords else { return texts[name] ?? "" }
    return rows(name).map { "\($0["source"] ?? "") \($0["reason"] ?? "") \($0["record"] ?? "")\n" }.joined()
  }

  /// summary.json without what the leeway allows, keys sorted.
  fileprivate func comparableSummary(_ leeway: Leeway) throws -> String {
    var summary = try summary()
    for key in ["run_id", "generated_at"] { summary[key] = nil }
    var volatile = ["new", "changed"]
    if leeway == .sameRecords { volatile += ["pages", "records", "readings", "newest_record_at"] }
    var providers = summary["providers"] as? [String: [String: Any]] ?? [:]
    for name in providers.keys { volatile.forEach { providers[name]?[$0] = nil } }
    summary["providers"] = providers
    var files = summary["files"] as? [[String: Any]] ?? []
    for index in files.indices
    where leeway == .sameRecords || files[index]["name"] as? String == "reconciliation.xlsx" {
      files[index]["sha256"] = nil
    }
    summary["files"] = files
    if leeway == .sameRecords { summary["configuration_digest"] = nil }
    let data = try JSONSerialization.data(withJSONObject: summary, options: [.prettyPrinted, .sortedKeys])
    return String(decoding: data, as: UTF8.self)
  }
}

/// Reads RFC 4180: quoted cells may hold commas, line ends and doubled quotes.
func parseCSV(_ text: String) -> [[String]] {
  var rows: [[String]] = []
  var row: [String] = []
  var cell: [UInt8] = []
  var isQuoted = false
  var bytes = Array(text.utf8)[...]
  func take() { row.append(String(decoding: cell, as: UTF8.self)); cell = [] }
  while let byte = bytes.popFirst() {
    switch (byte, isQuoted) {
    case (0x22, true) where bytes.first == 0x22:
      bytes.removeFirst()
      cell.append(0x22)
    case (0x22, _): isQuoted.toggle()
    case (0x2C, false): take()
    case (0x0A, false):
      take()
      rows.append(row)
      row = []
    default: cell.append(byte)
    }
  }
  return rows
}
