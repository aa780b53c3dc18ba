import Foundation
import GRDB
import ReconcileCore

/// Who decided, and when: written beside every decision.
public struct Decider: Sendable {
  public var name: String
  public var instant: Instant

  public init(name: String, instant: Instant) {
    self.name = name
    self.instant = instant
  }
}

extension Warehouse {
  /// Ties a payment to an order; outranks every rule. Takes effect with the next matching.
  ///
  /// - Parameter payment: a payment id, or `provider:id` where two providers use the same id.
  /// - Returns: the provider and id of the payment.
  public func linkByHand(payment: String, order: String, note: String, by decider: Decider) throws -> String {
    try write { db in
      let found = try findPayment(payment, db)
      guard
        let id = try String.fetchOne(
          db, sql: "SELECT order_id FROM sales_order WHERE order_id = ?", arguments: [try identifier(order)])
      else {
        throw Failure(
          .usage, "no order `\(order)` is in the warehouse", at: path,
          remedy: "check the id, and that the orders file that holds it was imported")
      }
      try decide(found, order: id, note: note, decider, db)
      return "\(found.provider):\(found.id)"
    }
  }

  /// Takes a payment from its order, whatever tied it there; no rule ties it again until a person links it.
  public func unlinkByHand(payment: String, note: String, by decider: Decider) throws -> String {
    try write { db in
      let found = try findPayment(payment, db)
      try decide(found, order: nil, note: note, decider, db)
      return "\(found.provider):\(found.id)"
    }
  }

  private func identifier(_ text: String) throws -> String {
    do throws(Identifier.Problem) { return try Identifier(text).text } catch {
      throw Failure(.usage, "the id \(error.reason)", remedy: "give an id as the reports print it")
    }
  }

  private func findPayment(_ text: String, _ db: Database) throws -> (
    number: Int64, provider: String, id: String
  ) {
    let id = try identifier(text)
    var rows = try Row.fetchAll(
      db, sql: "SELECT id, provider, payment_id FROM payment WHERE payment_id = ? AND is_test = 0",
      arguments: [id])
    if rows.isEmpty, let colon = id.firstIndex(of: ":") {
      rows = try Row.fetchAll(
        db,
        sql:
          "SELECT id, provider, payment_id FROM payment WHERE provider = ? AND payment_id = ? AND is_test = 0",
        arguments: [String(id[..<colon]), String(id[id.index(after: colon)...])])
    }
    guard let row = rows.first else {
      throw Failure(
        .usage, "no payment `\(text)` is in the warehouse", at: path,
        remedy: "give the payment_id of payments.csv, or provider:payment_id")
    }
    guard rows.count == 1 else {
      let names = rows.map { "\($0["provider"] as String):\(id)" }
      throw Failure(
        .usage, "several providers have a payment `\(text)`", at: path,
        remedy: "say which one: \(names.joined(separator: " or "))")
    }
    return (row["id"], row["provider"], row["payment_id"])
  }

  private func decide(
    _ payment: (number: Int64, provider: String, id: String), order: String?, note: String,
    _ decider: Decider,
    _ db: Database
  ) throws {
    let values: [(any DatabaseValueConvertible)?] = [
      payment.provider, payment.id, order, note, decider.name, decider.instant.microseconds,
      try Self.newestRun(db),
    ]
    try db.execute(
      sql: """
        INSERT INTO manual_link (provider, payment_id, order_id, note, made_by, made_at, after_run, checksum)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: StatementArguments(values + [RowChecksum.of(values)]))
    try db.execute(sql: "INSERT OR IGNORE INTO touched_payment VALUES (?)", arguments: [payment.number])
  }

  /// Writes a person's verdict on a discrepancy; throws 64 when no such discrepancy was ever found.
  public func resolve(_ verdicts: [(id: String, resolution: Resolution, note: String)], by decider: Decider)
    throws
  {
    try write { db in
      let run = try Self.newestRun(db)
      for verdict in verdicts {
        guard
          let finding = try Row.fetchOne(
            db, sql: "SELECT currency, expected, actual FROM discrepancy WHERE id = ?",
            arguments: [verdict.id])
        else {
          throw Failure(
            .usage, "no discrepancy `\(verdict.id)` is in the warehouse", at: path,
            remedy: "give the id of discrepancies.csv; nothing was changed")
        }
        let amounts: [DatabaseValue] = [finding[0], finding[1], finding[2]]
        let values: [(any DatabaseValueConvertible)?] =
          [verdict.id, verdict.resolution.rawValue] + amounts
          + [verdict.note, decider.name, decider.instant.microseconds, run]
        try db.execute(
          sql: """
            INSERT INTO resolution (discrepancy_id, resolution, currency, expected, actual, note, made_by, made_at,
              after_run, checksum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: StatementArguments(values + [RowChecksum.of(values)]))
      }
    }
  }

  /// The number of the newest run: what a decision was made after.
  private static func newestRun(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT max(id) FROM run") ?? 0
  }

  /// Those of the ids that no discrepancy ever had, in the order they were given.
  public func unknownDiscrepancies(among ids: [String]) throws -> [String] {
    try read { db in
      let known = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM discrepancy WHERE id = ?)")
      return try ids.filter { try !(Bool.fetchOne(known, arguments: [$0]) ?? false) }
    }
  }

  /// A person's verdict.
  public enum Resolution: String, Sendable, CaseIterable { case accepted, open }
}
