import Foundation
import GRDB
import ReconcileCore

/// A run whose imports can be read again from evidence.
public struct PastRun: Sendable {
  /// The run as the warehouse knows it.
  public var handle: RunHandle
  /// The clock that its matching used.
  public var asOf: Instant
  /// Names of the providers that it read.
  public var providers: [String]
}

/// A kept body with what is known of it.
public struct KeptBody: Sendable {
  public var evidence: Int64
  public var provider: String
  public var stream: String
  public var request: String
  public var isRefundLookup: Bool
  /// The masked bytes; nil when they were purged.
  public var bytes: [UInt8]?
}

/// A complete walk of a list, and the last piece of evidence that was there when it ended.
public struct PastWalk: Sendable {
  public var provider: String
  public var stream: String
  public var afterEvidence: Int64
}

extension Warehouse {
  /// Runs that read a provider, oldest first.
  public func pastRuns() throws -> [PastRun] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM run WHERE id IN (SELECT run FROM provider_import) ORDER BY id"
      ).compactMap { row in
        guard let period = Self.period(of: row) else { return nil }
        return PastRun(
          handle: RunHandle(number: row["id"], id: row["run_id"], period: period),
          asOf: Instant(microseconds: row["as_of_at"]),
          providers: try String.fetchAll(
            db, sql: "SELECT provider FROM provider_import WHERE run = ? ORDER BY provider",
            arguments: [row["id"] as Int64]))
      }
    }
  }

  /// The newest run that matched; nil when none did.
  public func latestMatching() throws -> PastRun? {
    try read { db in
      guard
        let row = try Row.fetchOne(
          db,
          sql: """
            SELECT * FROM run WHERE command IN ('run', 'match') AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1
            """),
        let period = Self.period(of: row)
      else { return nil }
      return PastRun(
        handle: RunHandle(number: row["id"], id: row["run_id"], period: period),
        asOf: Instant(microseconds: row["as_of_at"]), providers: [])
    }
  }

  private static func period(of row: Row) -> Period? {
    Period(from: BusinessDay(dayNumber: row["from_on"]), to: BusinessDay(dayNumber: row["to_on"]))
  }

  /// The bodies that a run kept and stored the records of, in the order they came: at most `limit` after the piece of evidence `after`.
  public func keptBodies(of run: RunHandle, after: Int64, limit: Int) throws -> [KeptBody] {
    try read { db in
      try Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT e.id, e.provider, e.stream, e.request, e.is_refund_lookup, b.sha256, b.byte_count, b.deflated
            FROM evidence e JOIN evidence_body b ON b.id = e.body WHERE e.run = ? AND e.id > ? AND e.is_read = 1
            ORDER BY e.id LIMIT ?
            """), arguments: [run.number, after, limit]
      ).map { row in
        KeptBody(
          evidence: row["id"], provider: row["provider"], stream: row["stream"], request: row["request"],
          isRefundLookup: row["is_refund_lookup"], bytes: try evidenceBytes(row))
      }
    }
  }

  /// Providers of which a run kept evidence that was purged since.
  public func providersWithPurgedEvidence(in run: RunHandle) throws -> Set<String> {
    try read { db in
      Set(
        try String.fetchAll(
          db,
          sql: """
            SELECT DISTINCT e.provider FROM evidence e JOIN evidence_body b ON b.id = e.body
            WHERE e.run = ? AND b.deflated IS NULL
            """,
          arguments: [run.number]))
    }
  }

  /// The lists that a run walked completely, in the order the walks ended.
  public func completeWalks(of run: RunHandle) throws -> [PastWalk] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT provider, stream, after_evidence FROM complete_walk WHERE run = ?
          ORDER BY after_evidence, provider, stream
          """,
        arguments: [run.number]
      ).map { PastWalk(provider: $0[0], stream: $0[1], afterEvidence: $0[2]) }
    }
  }

  /// Takes away what can be built again from the evidence of these providers. Records whose evidence was purged stay,
  /// as do merchant rows, history and decisions.
  public func forgetRecords(of providers: [String]) throws {
    try write { db in
      let names = providers.map { "'\($0.replacingOccurrences(of: "'", with: "''"))'" }
        .joined(separator: ", ")
      let kept =
        "SELECT e.id FROM evidence e JOIN evidence_body b ON b.id = e.body WHERE b.deflated IS NOT NULL"
      try db.execute(
        sql: """
          DELETE FROM suggestion;
          DELETE FROM order_verdict;
          DELETE FROM settlement_day;
          UPDATE refund SET payment = NULL;
          UPDATE payment SET sales_order = NULL, rule = NULL;
          DELETE FROM refund WHERE provider IN (\(names)) AND (evidence IS NULL OR evidence IN (\(kept)));
          DELETE FROM payment WHERE provider IN (\(names)) AND evidence IN (\(kept));
          DELETE FROM settlement_report WHERE provider IN (\(names)) AND evidence IN (\(kept));
          DELETE FROM fact WHERE name = 'rules';
          """)
    }
  }
}

extension ProviderWriter {
  /// Marks what a complete walk of an earlier run no longer held.
  public func repeatWalk(listOf kind: ListedKind) throws {
    try warehouse.write { db in try withdraw(kind, db) }
  }
}
