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
      let add = try DirectStatement(
        db,
        """
        INSERT INTO lookup (outcome, run, provider, lookup_id, is_refund) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (provider, lookup_id, is_refund) DO NOTHING
        """)
      let change = try DirectStatement(
        db, "UPDATE lookup SET outcome = ?, run = ? WHERE provider = ? AND lookup_id = ? AND is_refund = ?")
      func takes(
        _ statement: inout DirectStatement, _ id: String, _ isRefund: Bool, _ outcome: StoredLookupOutcome
      ) throws -> Bool {
        statement.add(outcome.rawValue)
        statement.add(run.number)
        statement.add(settings.name)
        statement.add(id)
        statement.add(isRefund)
        try statement.run()
        return db.changesCount > 0
      }
      // Together they do what one insert could that turns into an update, which costs more.
      var (likely, other) = hasEarlierImport ? (change, add) : (add, change)
      for (id, isRefund, outcome) in outcomes where try !takes(&likely, id, isRefund, outcome) {
        _ = try takes(&other, id, isRefund, outcome)
      }
    }
  }

  /// After a complete walk, of the whole list or of what was created since a time: records that it no longer held are
  /// withdrawn; they stay and count.
  /// A stream that is no list (`kind` nil) was asked for and answered.
  public func walkCompleted(listOf kind: ListedKind?, stream: String, since: Instant? = nil) throws {
    try warehouse.write { db in
      if let kind { try withdraw(kind, since: since, db) }
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO complete_walk (provider, stream, run, since_at, after_evidence)
          VALUES (?, ?, ?, ?, (SELECT coalesce(max(id), 0) FROM evidence))
          """,
        arguments: [settings.name, stream, run.number, since?.microseconds])
    }
  }

  func withdraw(_ kind: ListedKind, since: Instant?, _ db: Database) throws {
    let (payment, time) = kind == .payments ? ("id", "paid_at") : ("payment", "refunded_at")
    let isListed = kind == .refunds ? "AND origin = 'listed'" : ""
    let held = try Row.fetchCursor(
      db,
      sql: """
        SELECT id, \(payment) FROM \(kind.rawValue) WHERE provider = ?1 AND withdrawn_in_run IS NULL \(isListed)
          AND (?2 IS NULL OR \(time) >= ?2)
        """, arguments: [settings.name, since?.microseconds])
    var missing: [(id: Int64, payment: Int64?)] = []
    while let row = try held.next() {
      if !seen.contains(row[0], of: kind) { missing.append((row[0], row[1])) }
    }
    for (id, payment) in missing {
      if let payment {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO touched_payment VALUES (?)").execute(arguments: [
          payment
        ])
      }
      try db.cachedStatement(sql: "UPDATE \(kind.rawValue) SET withdrawn_in_run = ? WHERE id = ?")
        .execute(arguments: [run.number, id])
    }
  }

  /// Notes what the API was not seen to have before.
  func note(_ drift: [(kind: String, name: String, sample: String)], stream: String, _ db: Database) throws {
    for (kind, name, sample) in drift where knownDrift.insert(DriftName(stream, kind, name)).inserted {
      let clean = { (text: String) in text.replacingOccurrences(of: "\0", with: "\u{FFFD}") }
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO drift VALUES (?, ?, ?, ?, ?, ?)").execute(
        arguments: [settings.name, stream, kind, clean(name), clean(sample), run.number])
    }
  }

  /// What this import was the first to see, in words. A provider's first import sees every currency for the first
  /// time, which is no news.
  public func newDrift() throws -> [(kind: String, stream: String, name: String, sample: String)] {
    try warehouse.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT kind, stream, name, sample FROM drift WHERE provider = ?1 AND first_run = ?2
            AND (kind <> 'currency' OR EXISTS (SELECT 1 FROM provider_import
              WHERE provider = ?1 AND run < ?2 AND status = 'complete'))
          ORDER BY kind, stream, name
          """,
        arguments: [settings.name, run.number]
      ).map { ($0[0], $0[1], $0[2], $0[3]) }
    }
  }

  /// What a list holds.
  public enum ListedKind: String, Sendable {
    case payments = "payment"
    case refunds = "refund"
  }

  /// Ends the provider's import and leaves what a report must say about it.
  public func finish(
    status: String, message: String?, pages: Int64, records: Int64, requests: Int64,
    readings: [StreamReading],
    at instant: Instant
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
      for (place, reading) in readings.enumerated() {
        try db.execute(
          sql: "INSERT OR REPLACE INTO stream_reading VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          arguments: [
            settings.name, run.number, place, reading.stream, reading.isLookup, reading.pages, reading.rows,
            reading.distinct, reading.total, reading.walks, reading.window, reading.isComplete,
          ])
      }
    }
  }

  /// Records rejected so far.
  public var rejectedCount: Int64 { tally.rejected }

  /// When the run began that last read the list to its end, by its own clock where that was set back; nil while no
  /// complete walk is on record.
  public func lastCompleteReading(_ stream: String) throws -> Instant? {
    try warehouse.read { db in
      try Int64.fetchOne(
        db,
        sql: """
          SELECT max(min(r.started_at, r.as_of_at)) FROM complete_walk w JOIN run r ON r.id = w.run WHERE w.provider = ? AND w.stream = ?
          """,
        arguments: [settings.name, stream]
      ).map(Instant.init(microseconds:))
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

  /// The ids to ask for: those of orders that name this provider, created in the window, and of any age those that an
  /// earlier import asked for and that are not final, so that money which comes late is seen; at Inflow also the
  /// payments of refunds that nobody has asked for yet.
  public func paymentLookups(from: Instant, before: Instant) throws -> [Identifier] {
    let id = settings.kind == .gate ? "coalesce(provider_reference, order_id)" : "provider_reference"
    return try warehouse.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT \(id) AS lookup_id FROM sales_order
          WHERE provider = ?1 AND created_at >= ?2 AND created_at < ?3 AND lookup_id IS NOT NULL
          UNION
          SELECT l.lookup_id FROM lookup l WHERE l.provider = ?1 AND l.is_refund = 0 AND (l.outcome <> 'found'
            OR EXISTS (
              SELECT 1 FROM payment p WHERE p.provider = ?1 AND p.payment_id = l.lookup_id
                AND p.status IN ('pending', 'authorized', 'partial', 'unknown'))
            OR EXISTS (
              SELECT 1 FROM payment_name n JOIN payment p ON p.id = n.payment WHERE n.name = l.lookup_id
                AND n.provider = ?1 AND p.status IN ('pending', 'authorized', 'partial', 'unknown')))
          UNION
          SELECT r.payment_id FROM refund r WHERE ?4 AND r.provider = ?1 AND r.origin = 'listed' AND r.is_test = 0
            AND r.payment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lookup l
              WHERE l.provider = ?1 AND l.lookup_id = r.payment_id AND l.is_refund = 0)
          ORDER BY 1
          """,
        arguments: [settings.name, from.microseconds, before.microseconds, settings.kind == .inflow]
      ).map(Identifier.init(stored:))
    }
  }

  /// Gate: merchant refunds with a reference, of orders that name this provider, or name no Gate and were paid here;
  /// those asked for since `from` and, of any age, those that are not known as final.
  public func refundLookups(gateProviders: [String], from: Instant) throws -> [Identifier] {
    let gates = gateProviders.map { "'\($0.replacingOccurrences(of: "'", with: "''"))'" }.joined(
      separator: ", ")
    return try warehouse.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT m.provider_reference FROM merchant_refund m JOIN sales_order o ON o.order_id = m.order_id
          WHERE m.provider_reference IS NOT NULL AND (o.provider = ?1 OR (
            coalesce(o.provider, '') NOT IN (\(gates))
            AND EXISTS (SELECT 1 FROM payment p WHERE p.sales_order = o.id AND p.provider = ?1 AND p.is_test = 0)))
            AND (m.created_at >= ?2 OR NOT EXISTS (SELECT 1 FROM refund r WHERE r.provider = ?1
              AND r.refund_id = m.provider_reference AND r.status IN ('completed', 'failed')))
          ORDER BY m.provider_reference
          """,
        arguments: [settings.name, from.microseconds]
      ).map(Identifier.init(stored:))
    }
  }
}
