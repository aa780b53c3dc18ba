import Foundation
import GRDB
import ReconcileCore

/// How a look-up ended, as the warehouse keeps it.
public enum StoredLookupOutcome: String, Sendable {
  case found
  case notFound = "not_found"
  case failed
}

extension ProviderWriter {
  /// Notes how look-ups ended.
  public func note(_ outcomes: [(id: String, isRefund: Bool, outcome: StoredLookupOutcome)]) throws {
    try warehouse.write { db in
      let statement = try db.cachedStatement(
        sql: """
          INSERT INTO lookup (provider, lookup_id, is_refund, outcome, run) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (provider, lookup_id, is_refund) DO UPDATE SET outcome = excluded.outcome, run = excluded.run
          """)
      for (id, isRefund, outcome) in outcomes {
        try statement.execute(arguments: [settings.name, id, isRefund, outcome.rawValue, run.number])
      }
    }
  }

  /// After a complete, unfiltered walk: records of the list that it no longer held are withdrawn; they stay and count.
  /// A stream that is no list (`kind` nil) was asked for and answered.
  public func walkCompleted(listOf kind: ListedKind?, stream: String) throws {
    try warehouse.write { db in
      if let kind { try withdraw(kind, db) }
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO complete_walk (provider, stream, run, after_evidence)
          VALUES (?, ?, ?, (SELECT coalesce(max(id), 0) FROM evidence))
          """,
        arguments: [settings.name, stream, run.number])
    }
  }

  func withdraw(_ kind: ListedKind, _ db: Database) throws {
    let table = kind.rawValue
    let touch =
      kind == .payments
      ? "INSERT OR IGNORE INTO touched_payment SELECT id FROM payment"
      : "INSERT OR IGNORE INTO touched_payment SELECT payment FROM refund"
    let condition = """
      provider = ? AND withdrawn_in_run IS NULL \(kind == .refunds ? "AND origin = 'listed' AND payment IS NOT NULL" : "")
      AND id NOT IN (SELECT id FROM temp.seen WHERE provider = ? AND kind = ?)
      """
    try db.execute(sql: "\(touch) WHERE \(condition)", arguments: [settings.name, settings.name, table])
    try db.execute(
      sql: """
        UPDATE \(table) SET withdrawn_in_run = ? WHERE provider = ? AND withdrawn_in_run IS NULL
        \(kind == .refunds ? "AND origin = 'listed'" : "")
        AND id NOT IN (SELECT id FROM temp.seen WHERE provider = ? AND kind = ?)
        """,
      arguments: [run.number, settings.name, settings.name, table])
  }

  /// What a list holds.
  public enum ListedKind: String, Sendable {
    case payments = "payment"
    case refunds = "refund"
  }

  /// Ends the provider's import and leaves what a report must say about it.
  public func finish(
    status: String, message: String?, pages: Int64, records: Int64, requests: Int64, at instant: Instant
  ) throws {
    try warehouse.write { db in
      try db.execute(
        sql: """
          UPDATE provider_import SET status = ?, page_count = ?, record_count = ?, new_count = ?, changed_count = ?,
            reject_count = ?, test_count = ?, request_count = ?, message = ?, read_at = ?
          WHERE provider = ? AND run = ?
          """,
        arguments: [
          status, pages, records, tally.new, tally.changed, tally.rejected, tally.test, requests, message,
          instant.microseconds, settings.name, run.number,
        ])
    }
  }

  /// Records rejected so far.
  public var rejectedCount: Int64 { tally.rejected }

  /// Whether a complete walk of the list is on record.
  public func hasCompleteWalk(_ stream: String) throws -> Bool {
    try warehouse.read { db in
      try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM complete_walk WHERE provider = ? AND stream = ?)",
        arguments: [settings.name, stream]) ?? false
    }
  }

  /// Listed refunds that were not final when last read, by id.
  public func openRefunds() throws -> [Identifier] {
    try warehouse.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT refund_id FROM refund WHERE provider = ? AND origin = 'listed' AND status IN ('pending', 'unknown')
          ORDER BY refund_id
          """,
        arguments: [settings.name]
      ).map(Identifier.init(stored:))
    }
  }

  /// The ids to ask for: those of orders that name this provider, created in the window.
  public func paymentLookups(from: Instant, before: Instant) throws -> [Identifier] {
    let id = settings.kind == .gate ? "coalesce(provider_reference, order_id)" : "provider_reference"
    return try warehouse.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT \(id) AS lookup_id FROM sales_order
          WHERE provider = ? AND created_at >= ? AND created_at < ? AND lookup_id IS NOT NULL ORDER BY lookup_id
          """,
        arguments: [settings.name, from.microseconds, before.microseconds]
      ).map(Identifier.init(stored:))
    }
  }

  /// Gate: merchant refunds with a reference, of orders that name this provider, or name no Gate and were paid here.
  public func refundLookups(gateProviders: [String]) throws -> [Identifier] {
    try warehouse.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT m.provider_reference FROM merchant_refund m JOIN sales_order o ON o.order_id = m.order_id
          WHERE m.provider_reference IS NOT NULL AND (o.provider = ?1 OR (
            coalesce(o.provider, '') NOT IN (\(gateProviders.map { "'\($0.replacingOccurrences(of: "'", with: "''"))'" }.joined(separator: ", ")))
            AND EXISTS (SELECT 1 FROM payment p WHERE p.sales_order = o.id AND p.provider = ?1 AND p.is_test = 0)))
          ORDER BY m.provider_reference
          """,
        arguments: [settings.name]
      ).map(Identifier.init(stored:))
    }
  }
}
