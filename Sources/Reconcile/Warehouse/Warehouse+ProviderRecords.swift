import Foundation
import GRDB
import ReconcileCore

/// What a run's reading of one provider did so far.
struct ProviderTally: Sendable {
  var new: Int64 = 0
  var changed: Int64 = 0
  var rejected: Int64 = 0
  var test: Int64 = 0
  /// Rejects of a request that was read before in this run, so that a page read twice lists them once.
  var rejectsByRequest: [String: [Reject]] = [:]
}

/// What tells one novelty of an API from another.
struct DriftName: Hashable {
  let stream: String
  let kind: String
  let name: String

  init(_ stream: String, _ kind: String, _ name: String) {
    (self.stream, self.kind, self.name) = (stream, kind, name)
  }
}

/// Stores what one provider's import reads, in the run it belongs to. Not shared between providers.
public final class ProviderWriter {
  let warehouse: Warehouse
  let run: RunHandle
  let settings: ProviderSettings
  /// The zone of business days.
  let zone: Zone
  var tally = ProviderTally()
  /// What was noted of the API in this run already.
  var knownDrift: Set<DriftName> = []
  var firstBodies = FirstBodies()
  /// The rows that this run read.
  var seen = SeenRows()
  /// Whether most records of this import may be known from an earlier one.
  public let hasEarlierImport: Bool

  /// Begins a provider's import: its rejects of earlier runs make room for this reading's, unless `keepsRejects`.
  public init(
    _ warehouse: Warehouse, run: RunHandle, settings: ProviderSettings, zone: Zone, keepsRejects: Bool = false
  ) throws {
    self.warehouse = warehouse
    self.run = run
    self.settings = settings
    self.zone = zone
    hasEarlierImport = try warehouse.write { db in
      if !keepsRejects {
        try db.execute(sql: "DELETE FROM reject WHERE origin = ?", arguments: ["provider:" + settings.name])
      }
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO provider_import (provider, run, kind, reading_rules, status, message, read_at)
          VALUES (?, ?, ?, ?, 'incomplete', 'the run ended before this import did', ?)
          """,
        arguments: [
          settings.name, run.number, settings.kind.rawValue, settings.readingRules,
          Instant.now().microseconds,
        ])
      return try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM provider_import WHERE provider = ? AND run < ?)",
        arguments: [settings.name, run.number]) ?? false
    }
  }

  /// Stores the records of one piece of evidence within a transaction.
  func store(
    _ body: BodyRecords, from source: BodySource, _ statements: inout RecordStatements, _ db: Database
  ) throws {
    let evidence = body.evidence ?? 0
    let request = source.request
    try note(body.drift, stream: source.stream, db)
    let payments =
      body.worked
      ?? body.payments.map { WorkedPayment($0, askedAs: source.lookupID, settings, zone: zone) }
    let news = firstBodies.news(payments, body.refunds, from: source)
    for payment in news.payments { try store(payment, evidence, &statements, db) }
    for refund in news.refunds { try store(refund, evidence, &statements, db) }
    for report in body.settlements where report.from <= run.period.to && report.to >= run.period.from {
      try store(report, evidence, db)
    }
    for id in body.rejectedIDs { try noteHeld(id, db) }
    var earlier = tally.rejectsByRequest[request] ?? []
    for reject in body.rejects {
      if let index = earlier.firstIndex(of: reject) {
        earlier.remove(at: index)
        continue
      }
      tally.rejected += 1
      try Warehouse.insert(reject, origin: "provider:" + settings.name, run: run, db)
    }
    if !body.rejects.isEmpty { tally.rejectsByRequest[request] = body.rejects }
  }

  /// A record that cannot be read this time is still there: what is known of it is not withdrawn.
  private func noteHeld(_ id: Identifier, _ db: Database) throws {
    for (kind, column) in [(ListedKind.payments, "payment_id"), (.refunds, "refund_id")] {
      let number = try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT id FROM \(kind.rawValue) WHERE provider = ? AND \(column) = ?"),
        arguments: [settings.name, id.text])
      if let number { seen.insert(number, of: kind) }
    }
  }

  private func store(_ report: SettlementReport, _ evidence: Int64, _ db: Database) throws {
    try db.execute(
      sql: """
        DELETE FROM settlement_report WHERE provider = ? AND currency = ? AND from_on = ? AND to_on = ?
          AND evidence NOT IN (SELECT id FROM evidence WHERE run = ?)
        """,
      arguments: [
        settings.name, report.currency.code, report.from.dayNumber, report.to.dayNumber, run.number,
      ])
    try db.execute(
      sql: """
        INSERT INTO settlement_report (provider, currency, from_on, to_on, gross_minor, refunds_minor, fees_minor,
          net_minor, payment_count, has_unreadable_lines, evidence, read_order)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(read_order), 0) + 1 FROM settlement_report))
        """,
      arguments: [
        settings.name, report.currency.code, report.from.dayNumber, report.to.dayNumber, report.totals.gross,
        report.totals.refunds, report.totals.fees, report.totals.net, report.totals.count,
        report.hasUnreadableLines, evidence,
      ])
    let id = db.lastInsertedRowID
    for line in report.lines {
      try db.execute(
        sql: """
          INSERT INTO settlement_line (report, line_on, gross_minor, refunds_minor, fees_minor, net_minor, payment_count)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          id, line.day.dayNumber, line.figures.gross, line.figures.refunds, line.figures.fees,
          line.figures.net,
          line.figures.count,
        ])
    }
  }

  /// Keeps what a record says before it is overwritten.
  func remember(_ kind: String, _ recordID: String, _ columns: String, of id: Int64, _ db: Database) throws {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT \(columns) FROM \(kind) WHERE id = ?"), arguments: [id])
    if let row { try Warehouse.remember(kind, provider: settings.name, recordID, row, run: run, db) }
  }

  static func isOlder(_ new: Instant?, than old: Int64?) -> Bool {
    guard let old else { return false }
    return new.map { $0.microseconds < old } ?? true
  }

  static func list(_ ids: [Identifier]) -> String {
    ids.count == 1 ? ids[0].text : ids.map(\.text).joined(separator: "\u{1F}")
  }

  /// A provider's word without the NUL that would end a text in SQLite.
  static func clean(_ text: String) -> String {
    text.utf8.contains(0) ? text.replacingOccurrences(of: "\0", with: "\u{FFFD}") : text
  }
}

extension Warehouse {
  static func insert(_ reject: Reject, origin: String, run: RunHandle, _ db: Database) throws {
    let clean: (String) -> String = { $0.replacingOccurrences(of: "\0", with: "\u{FFFD}") }
    let values: [(any DatabaseValueConvertible)?] = [
      origin, clean(reject.source), clean(reject.location), clean(reject.reason), clean(reject.record),
    ]
    try db.cachedStatement(
      sql: """
        INSERT INTO reject (origin, source, location, reason, record, checksum, first_run) VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: StatementArguments(values + [RowChecksum.of(values), run.number]))
  }

  /// Keeps what a record said before it is overwritten; the same old values twice are kept once.
  static func remember(
    _ kind: String, provider: String, _ recordID: String, _ old: Row, run: RunHandle, _ db: Database
  ) throws {
    var parts: [String] = []
    for (column, value) in old
    where !["id", "record", "withdrawn_in_run", "payment"].contains(column) && !value.isNull {
      parts.append("\(column)=\(value.storage.value.map { "\($0)" } ?? "")")
    }
    try db.cachedStatement(
      sql:
        "INSERT OR IGNORE INTO history (kind, provider, record_id, facts, replaced_by_run) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [kind, provider, recordID, parts.joined(separator: "; "), run.number])
  }
}
