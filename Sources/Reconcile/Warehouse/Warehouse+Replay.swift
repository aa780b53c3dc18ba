import Foundation
import GRDB
import ReconcileCore

/// A run whose imports can be read again from evidence.
public struct PastRun: Sendable {
  /// The run as the warehouse knows it.
  public var handle: RunHandle
  /// The clock that its matching used.
  public var asOf: Instant
  /// Names of the providers that it read, with the reading rules that it followed.
  public var providers: [(name: String, readingRules: String)]
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
  /// The time of creation that it began with; nil when it read the whole list.
  public var since: Instant?
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
          providers: try Row.fetchAll(
            db, sql: "SELECT provider, reading_rules FROM provider_import WHERE run = ? ORDER BY provider",
            arguments: [row["id"] as Int64]
          ).map { ($0[0], $0[1]) })
      }
    }
  }

  /// The newest run that matched, else the newest run; nil in an empty warehouse.
  public func latestMatching() throws -> PastRun? {
    try read { db in
      guard
        let row = try Row.fetchOne(
          db,
          sql: """
            SELECT * FROM run ORDER BY id = (SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'matched_run') DESC,
              id DESC LIMIT 1
            """),
        let period = Self.period(of: row)
      else { return nil }
      return PastRun(
        handle: RunHandle(number: row["id"], id: row["run_id"], period: period),
        asOf: Instant(microseconds: row["as_of_at"]), providers: [])
    }
  }

  /// Whether the next matching has something to do but look at the clock: what was imported or decided since the last
  /// one, or a changed rule.
  public func isMatchingDue(_ settings: Settings) throws -> Bool {
    try read { db in
      let isDue = try Bool.fetchOne(
        db,
        sql: """
          SELECT EXISTS (SELECT 1 FROM touched_payment) OR EXISTS (SELECT 1 FROM touched_order)
            OR EXISTS (SELECT 1 FROM touched_name) OR EXISTS (SELECT 1 FROM order_to_classify)
            OR coalesce((SELECT max(id) FROM sales_order), 0) > coalesce((SELECT max(sales_order) FROM order_verdict), 0)
            OR ?1 IS NOT (SELECT value FROM fact WHERE name = 'rules')
            OR max(coalesce((SELECT max(run) FROM provider_import), 0), coalesce((SELECT max(run) FROM input_file), 0))
              > coalesce((SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'matched_run'), 0)
          """,
        arguments: [settings.rulesDigest])
      return isDue ?? false
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

  /// Notes that the responses of an import were read anew by these rules, so that a later check reads them so too.
  public func note(readingRules: String, of provider: String, in run: RunHandle) throws {
    try write { db in
      try db.execute(
        sql: "UPDATE provider_import SET reading_rules = ? WHERE provider = ? AND run = ?",
        arguments: [readingRules, provider, run.number])
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
          SELECT provider, stream, after_evidence, since_at FROM complete_walk WHERE run = ?
          ORDER BY after_evidence, provider, stream
          """,
        arguments: [run.number]
      ).map {
        PastWalk(
          provider: $0[0], stream: $0[1], afterEvidence: $0[2],
          since: ($0[3] as Int64?).map(Instant.init(microseconds:)))
      }
    }
  }

  /// Gives rows that were built again the numbers that they have in another warehouse, and the run that first brought
  /// them: what is known of former rows then holds for them too.
  public func takeNumbers(from path: String) throws {
    try queue.inDatabase { db in
      try db.execute(sql: "PRAGMA foreign_keys = OFF; ATTACH DATABASE ? AS former", arguments: [path])
      defer { try? db.execute(sql: "DETACH DATABASE former; PRAGMA foreign_keys = ON") }
      for (table, key, references) in [
        (
          "payment", "payment_id",
          [
            ("refund", "payment"), ("payment_name", "payment"), ("payment_claim", "payment"),
            ("suggestion", "payment"),
          ]
        ), ("refund", "refund_id", []),
      ] {
        try db.execute(
          sql: """
            CREATE TEMP TABLE number AS SELECT n.id AS now, f.id AS former, f.first_run FROM main.\(table) n
              JOIN former.\(table) f ON f.provider = n.provider AND f.\(key) = n.\(key);
            INSERT INTO temp.number SELECT id, (SELECT max(id) FROM former.\(table)) + row_number() OVER (ORDER BY id),
              first_run FROM main.\(table) WHERE id NOT IN (SELECT now FROM temp.number);
            CREATE UNIQUE INDEX temp.number_by_now ON number (now);
            UPDATE main.\(table) SET first_run = n.first_run FROM temp.number n WHERE n.now = id;
            """)
        for (holder, column) in [(table, "id")] + references {
          // Negative first: two rows may exchange their numbers.
          try db.execute(
            sql: """
              UPDATE main.\(holder) SET \(column) = -n.former FROM temp.number n
                WHERE n.now = \(holder).\(column) AND n.now <> n.former;
              UPDATE main.\(holder) SET \(column) = -\(column) WHERE \(column) < 0;
              """)
        }
        try db.execute(sql: "DROP TABLE temp.number")
      }
      try db.execute(
        sql: """
          UPDATE main.order_verdict SET first_run = f.first_run FROM former.order_verdict f
          WHERE f.sales_order = main.order_verdict.sales_order;
          """)
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
          DELETE FROM payment_name WHERE payment NOT IN (SELECT id FROM payment);
          DELETE FROM payment_claim WHERE payment NOT IN (SELECT id FROM payment);
          DELETE FROM settlement_report WHERE provider IN (\(names)) AND evidence IN (\(kept));
          DELETE FROM fact WHERE name = 'rules';
          """)
    }
  }
}

extension ProviderWriter {
  /// Marks what a complete walk of an earlier run no longer held.
  public func repeatWalk(listOf kind: ListedKind, since: Instant?) throws {
    try warehouse.write { db in try withdraw(kind, since: since, db) }
  }
}
