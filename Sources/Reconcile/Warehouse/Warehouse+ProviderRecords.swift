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

/// Stores what one provider's import reads, in the run it belongs to. Not shared between providers.
public final class ProviderWriter {
  let warehouse: Warehouse
  let run: RunHandle
  let settings: ProviderSettings
  var tally = ProviderTally()
  /// What was noted of the API in this run already.
  var knownDrift: Set<String> = []
  var firstBodies = FirstBodies()

  /// Begins a provider's import: its rejects of earlier runs make room for this reading's, unless `keepsRejects`.
  public init(_ warehouse: Warehouse, run: RunHandle, settings: ProviderSettings, keepsRejects: Bool = false)
    throws
  {
    self.warehouse = warehouse
    self.run = run
    self.settings = settings
    try warehouse.write { db in
      try db.execute(
        sql: """
          CREATE TEMP TABLE IF NOT EXISTS seen (
            provider TEXT NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (provider, kind, id)
          ) WITHOUT ROWID
          """)
      try db.execute(sql: "DELETE FROM temp.seen WHERE provider = ?", arguments: [settings.name])
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
    }
  }

  /// Stores the records of one piece of evidence within a transaction.
  func store(_ body: BodyRecords, _ db: Database) throws {
    let evidence = body.evidence
    let source = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT stream, request, lookup_id FROM evidence WHERE id = ?"),
      arguments: [evidence])
    try db.cachedStatement(sql: "UPDATE evidence SET is_read = 1 WHERE id = ?").execute(arguments: [evidence])
    try note(body.drift, stream: source?["stream"] ?? "", db)
    let lookupID: String? = source?["lookup_id"]
    let request: String = source?["request"] ?? ""
    let news = firstBodies.news(in: body, stream: source?["stream"] ?? "", request: request)
    for payment in news.payments { try store(payment, askedAs: lookupID, evidence, db) }
    for refund in news.refunds { try store(refund, evidence, db) }
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
      try Warehouse.insert(reject, origin: "provider:" + settings.name, db)
    }
    if !body.rejects.isEmpty { tally.rejectsByRequest[request] = body.rejects }
  }

  /// A record that cannot be read this time is still there: what is known of it is not withdrawn.
  private func noteHeld(_ id: Identifier, _ db: Database) throws {
    for (table, column) in [("payment", "payment_id"), ("refund", "refund_id")] {
      try db.cachedStatement(
        sql: """
          INSERT OR IGNORE INTO temp.seen (provider, kind, id)
          SELECT provider, '\(table)', id FROM \(table) WHERE provider = ? AND \(column) = ?
          """
      ).execute(arguments: [settings.name, id.text])
    }
  }

  /// Whether the record was not read before in this run.
  private func isFirstReading(_ kind: String, _ id: Int64, _ db: Database) throws -> Bool {
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO temp.seen (provider, kind, id) VALUES (?, ?, ?)")
      .execute(arguments: [settings.name, kind, id])
    return db.changesCount > 0
  }

  private func store(_ payment: PaymentRecord, askedAs lookupID: String?, _ evidence: Int64, _ db: Database)
    throws
  {
    var names = [payment.id] + payment.aliases
    if let lookupID { names.append(Identifier(stored: lookupID)) }
    var seen = Set<Identifier>()
    names = names.filter { seen.insert($0).inserted }
    let claims = Array(Set(payment.orderClaims)).sorted()
    let values: [DatabaseValueConvertible?] = [
      payment.amount.currency.code, payment.amount.minorUnits, payment.received?.minorUnits,
      payment.overpaid?.minorUnits, payment.announcedRefundFee?.minorUnits, payment.refundedTotal?.minorUnits,
      payment.status.rawValue, Self.clean(payment.providerStatus), payment.paidAt?.microseconds,
      payment.updatedAt?.microseconds, payment.amountIsNet, payment.isTest,
      Self.list(names) + "\u{1E}" + Self.list(claims),
    ]
    let columns = Self.paymentColumns
    let old = try Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT id, withdrawn_in_run, \(columns) FROM payment WHERE provider = ? AND payment_id = ?"),
      arguments: [settings.name, payment.id.text])
    let id: Int64
    if let old {
      id = old["id"]
      let isFirst = try isFirstReading("payment", id, db)
      if isFirst, payment.isTest { tally.test += 1 }
      if !isFirst, Self.isOlder(payment.updatedAt, than: old["updated_at"]) { return }
      let isSame = Self.equal(values, old, skipping: 2)
      if isSame && old["withdrawn_in_run"] == nil { return }
      if !isSame {
        tally.changed += 1
        try remember("payment", payment.id.text, old, db)
      }
      try db.cachedStatement(
        sql: """
          UPDATE payment SET (\(columns)) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), evidence = ?, changed_in_run = ?,
            withdrawn_in_run = NULL WHERE id = ?
          """
      ).execute(arguments: StatementArguments(values + [evidence, run.number, id]))
    } else {
      tally.new += 1
      if payment.isTest { tally.test += 1 }
      try db.cachedStatement(
        sql: """
          INSERT INTO payment (\(columns), provider, payment_id, evidence, changed_in_run)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(
        arguments: StatementArguments(values + [settings.name, payment.id.text, evidence, run.number]))
      id = db.lastInsertedRowID
      _ = try isFirstReading("payment", id, db)
    }
    if old != nil {
      try db.cachedStatement(sql: "DELETE FROM payment_name WHERE payment = ?").execute(arguments: [id])
      try db.cachedStatement(sql: "DELETE FROM payment_claim WHERE payment = ?").execute(arguments: [id])
    }
    let addName = try db.cachedStatement(
      sql: "INSERT INTO payment_name (name, provider, payment) VALUES (?, ?, ?)")
    for name in names { try addName.execute(arguments: [name.text, settings.name, id]) }
    let addClaim = try db.cachedStatement(sql: "INSERT INTO payment_claim (order_id, payment) VALUES (?, ?)")
    for claim in claims { try addClaim.execute(arguments: [claim.text, id]) }
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO touched_payment VALUES (?)").execute(arguments: [id])
  }

  private static let paymentColumns = """
    currency, amount_minor, received_minor, overpaid_minor, announced_fee_minor, refunded_total_minor, status, \
    provider_status, paid_at, updated_at, amount_is_net, is_test, names
    """

  private func store(_ refund: RefundRecord, _ evidence: Int64, _ db: Database) throws {
    let possible = refund.possiblePaymentIDs.map(\.text) + [nil, nil]
    let values: [DatabaseValueConvertible?] = [
      refund.paymentID?.text, possible[0], possible[1], refund.currency.code, refund.amount?.minorUnits,
      refund.fee?.minorUnits, refund.status.rawValue, Self.clean(refund.providerStatus),
      refund.refundedAt?.microseconds, refund.updatedAt?.microseconds, refund.isTest,
    ]
    let columns = """
      payment_id, possible_payment_id_1, possible_payment_id_2, currency, amount_minor, fee_minor, status, \
      provider_status, refunded_at, updated_at, is_test
      """
    let old = try Row.fetchOne(
      db.cachedStatement(
        sql:
          "SELECT id, withdrawn_in_run, payment, \(columns) FROM refund WHERE provider = ? AND refund_id = ?"),
      arguments: [settings.name, refund.id.text])
    let id: Int64
    if let old {
      id = old["id"]
      let isFirst = try isFirstReading("refund", id, db)
      if isFirst, refund.isTest { tally.test += 1 }
      if !isFirst, Self.isOlder(refund.updatedAt, than: old["updated_at"]) { return }
      let isSame = Self.equal(values, old, skipping: 3)
      if isSame && old["withdrawn_in_run"] == nil { return }
      if !isSame {
        tally.changed += 1
        try remember("refund", refund.id.text, old, db)
      }
      // The payment it belonged to so far must be looked at again too.
      try db.cachedStatement(
        sql:
          "INSERT OR IGNORE INTO touched_payment SELECT payment FROM refund WHERE id = ? AND payment IS NOT NULL"
      )
      .execute(arguments: [id])
      try db.cachedStatement(
        sql: """
          UPDATE refund SET (\(columns)) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), evidence = ?, changed_in_run = ?,
            withdrawn_in_run = NULL, origin = 'listed', inferred = 0, payment = NULL, refunded_on = NULL,
            local_on = NULL WHERE id = ?
          """
      ).execute(arguments: StatementArguments(values + [evidence, run.number, id]))
    } else {
      tally.new += 1
      if refund.isTest { tally.test += 1 }
      try db.cachedStatement(
        sql: """
          INSERT INTO refund (\(columns), provider, refund_id, origin, inferred, evidence, changed_in_run)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'listed', 0, ?, ?)
          """
      ).execute(
        arguments: StatementArguments(values + [settings.name, refund.id.text, evidence, run.number]))
      id = db.lastInsertedRowID
      _ = try isFirstReading("refund", id, db)
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

  private func remember(_ kind: String, _ recordID: String, _ old: Row, _ db: Database) throws {
    try Warehouse.remember(kind, provider: settings.name, recordID, old, run: run, db)
  }

  private static func isOlder(_ new: Instant?, than old: Int64?) -> Bool {
    guard let old else { return false }
    return new.map { $0.microseconds < old } ?? true
  }

  private static func equal(_ values: [DatabaseValueConvertible?], _ row: Row, skipping count: Int) -> Bool {
    for (index, value) in values.enumerated() {
      if (value?.databaseValue ?? .null) != (row[index + count] as DatabaseValue) { return false }
    }
    return true
  }

  private static func list(_ ids: [Identifier]) -> String { ids.map(\.text).joined(separator: "\u{1F}") }

  /// A provider's word without the NUL that would end a text in SQLite.
  private static func clean(_ text: String) -> String {
    text.utf8.contains(0) ? text.replacingOccurrences(of: "\0", with: "\u{FFFD}") : text
  }
}

extension Warehouse {
  static func insert(_ reject: Reject, origin: String, _ db: Database) throws {
    let clean: (String) -> String = { $0.replacingOccurrences(of: "\0", with: "\u{FFFD}") }
    let values: [(any DatabaseValueConvertible)?] = [
      origin, clean(reject.source), clean(reject.location), clean(reject.reason), clean(reject.record),
    ]
    try db.cachedStatement(
      sql: "INSERT INTO reject (origin, source, location, reason, record, checksum) VALUES (?, ?, ?, ?, ?, ?)"
    ).execute(arguments: StatementArguments(values + [RowChecksum.of(values)]))
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
