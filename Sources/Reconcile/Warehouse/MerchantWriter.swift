import Foundation
import GRDB
import ReconcileCore

extension Warehouse {
  /// SQL for the place that a merchant row was read from: file and line.
  static func source(of row: String) -> String {
    "(SELECT path || ', line ' || \(row).source_line FROM source_file WHERE id = \(row).source_file)"
  }

  /// Stores what one run reads from the merchant's files: all of it, or nothing where `read` throws.
  public func readMerchantFiles<Result>(
    in run: RunHandle, _ read: (MerchantWriter) throws -> Result
  ) throws -> Result {
    try write { db in try read(MerchantWriter(db, run: run)) }
  }
}

/// Stores what one run reads from the merchant's files.
///
/// Of several rows of one id the one read last counts, and only real differences change a stored row: rows that differ
/// from what an earlier run stored wait until everything was read.
public final class MerchantWriter {
  private let db: Database
  private let run: RunHandle
  private var orders: MerchantTable
  private var refunds: MerchantTable
  /// The file that is being read, and its number.
  private var file: (path: String, number: Int64)?
  /// The files whose rows the tables hold as this version and configuration read them, every one of them; empty where
  /// that is not so. The same bytes again would change nothing.
  public let known: [(kind: String, file: InputFile)]
  /// Rejected rows so far.
  public private(set) var rejectedCount: Int64 = 0

  /// Begins a reading; rejects of the same kind of file from earlier runs make room.
  init(_ db: Database, run: RunHandle) throws {
    self.db = db
    self.run = run
    known = try Self.known(to: run, db)
    try db.execute(sql: "DELETE FROM reject WHERE origin = 'file'")
    orders = try MerchantTable(
      db, run, kind: "order", name: "sales_order", key: "order_id",
      columns: ["created_at", "currency", "amount_minor", "provider", "provider_reference", "is_cancelled"])
    refunds = try MerchantTable(
      db, run, kind: "merchant_refund", name: "merchant_refund", key: "refund_id",
      columns: ["order_id", "created_at", "currency", "amount_minor", "provider_reference"])
  }

  private static func known(to run: RunHandle, _ db: Database) throws -> [(kind: String, file: InputFile)] {
    // Rejected rows are read again, so that they are listed again.
    let isKnown = try Bool.fetchOne(
      db,
      sql: """
        SELECT NOT EXISTS (SELECT 1 FROM reject WHERE origin = 'file') AND NOT EXISTS (
          SELECT 1 FROM input_file i JOIN run r ON r.id = i.run JOIN run n ON n.id = ?
          WHERE r.tool <> n.tool OR r.configuration_digest <> n.configuration_digest)
        """, arguments: [run.number])
    guard isKnown ?? false else { return [] }
    return try Row.fetchAll(db, sql: "SELECT kind, path, row_count, sha256 FROM input_file ORDER BY path").map
    {
      ($0[0], InputFile(path: $0[1], rows: $0[2], sha256: $0[3]))
    }
  }

  /// Stores an order row, read from a line of a file.
  public func add(_ order: MerchantOrder, file: String, line: Int64) throws {
    try orders.add(order.id.text, source: source(file, line)) { row in
      row.add(order.createdAt.microseconds)
      row.add(order.amount.currency.code)
      row.add(order.amount.minorUnits)
      row.add(order.provider)
      row.add(order.providerReference?.text)
      row.add(order.isCancelled)
    }
  }

  /// Stores a merchant refund row, read from a line of a file.
  public func add(_ refund: MerchantRefund, file: String, line: Int64) throws {
    try refunds.add(refund.id.text, source: source(file, line)) { row in
      row.add(refund.orderID.text)
      row.add(refund.createdAt.microseconds)
      row.add(refund.amount.currency.code)
      row.add(refund.amount.minorUnits)
      row.add(refund.providerReference?.text)
    }
  }

  private func source(_ path: String, _ line: Int64) throws -> MerchantSource {
    if let file, file.path == path { return MerchantSource(file: file.number, line: line) }
    let find = "SELECT id FROM source_file WHERE path = ?"
    var number = try Int64.fetchOne(db, sql: find, arguments: [path])
    if number == nil {
      try db.execute(
        sql: "INSERT INTO source_file (path, checksum) VALUES (?, ?)",
        arguments: [path, RowChecksum.of([path])])
      number = db.lastInsertedRowID
    }
    file = (path, number ?? 0)
    return MerchantSource(file: number ?? 0, line: line)
  }

  /// Stores an event; the same id twice is one event, the one read last.
  public func add(_ event: WebhookEvent) throws { try store(event, db) }

  /// Keeps a row that could not be read.
  public func reject(_ reject: Reject) throws {
    rejectedCount += 1
    try Warehouse.insert(reject, origin: "file", run: run, db)
  }

  /// Stores the differences, marks the orders and payments that all this concerns, and notes the files.
  public func finish(files: [(kind: String, file: InputFile)]) throws {
    try orders.finish(
      touch: """
        INSERT OR IGNORE INTO touched_name SELECT provider_reference FROM sales_order
          WHERE id IN (SELECT id FROM temp.different) AND provider_reference IS NOT NULL;
        INSERT OR IGNORE INTO touched_order SELECT id FROM temp.different;
        INSERT OR IGNORE INTO touched_payment SELECT id FROM payment WHERE sales_order IN (SELECT id FROM temp.different);
        """,
      // While there is no payment, a new order has none to tie.
      touchNew: """
        INSERT OR IGNORE INTO touched_order
          SELECT id FROM sales_order WHERE id > ? AND EXISTS (SELECT 1 FROM payment)
        """)
    let touchOrders = """
      INSERT OR IGNORE INTO touched_order
        SELECT o.id FROM merchant_refund m JOIN sales_order o ON o.order_id = m.order_id WHERE m.id
      """
    try refunds.finish(
      touch: "\(touchOrders) IN (SELECT id FROM temp.different);", touchNew: "\(touchOrders) > ?")
    try db.execute(sql: "DELETE FROM input_file")
    for (kind, file) in files {
      let values: [(any DatabaseValueConvertible)?] = [file.path, kind, file.rows, file.sha256, run.number]
      try db.execute(
        sql: """
          INSERT INTO input_file (path, kind, row_count, sha256, run, checksum) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (path) DO UPDATE SET (kind, row_count, sha256, run, checksum) =
            (excluded.kind, excluded.row_count, excluded.sha256, excluded.run, excluded.checksum)
          """,
        arguments: StatementArguments(values + [RowChecksum.of(values)]))
    }
  }

  private func store(_ event: WebhookEvent, _ db: Database) throws {
    let values: [DatabaseValueConvertible?] = [
      event.received?.minorUnits, event.received?.currency.code, event.paidAt?.microseconds,
      event.refund?.id.text,
      event.refund?.amount.minorUnits, event.refund?.amount.currency.code, event.refund?.providerStatus,
      event.refund?.createdAt?.microseconds,
    ]
    let columns =
      "received_minor, received_currency, paid_at, refund_id, refund_minor, refund_currency, refund_status, refund_created_at"
    let references = Set(event.references).sorted().map(\.text)
    let orders = Set(event.orderIDs).sorted().map(\.text)
    let old = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT id, \(columns) FROM event WHERE provider = ? AND event_id = ?"),
      arguments: [event.provider, event.id])
    if let old {
      let id: Int64 = old["id"]
      let oldReferences = try String.fetchAll(
        db.cachedStatement(
          sql: "SELECT reference FROM event_reference WHERE provider = ? AND event = ? ORDER BY 1"),
        arguments: [event.provider, id])
      let oldOrders = try String.fetchAll(
        db.cachedStatement(sql: "SELECT order_id FROM event_order WHERE event = ? ORDER BY 1"),
        arguments: [id])
      let isSame =
        oldReferences == references && oldOrders == orders
        && values.enumerated().allSatisfy { ($1?.databaseValue ?? .null) == (old[$0 + 1] as DatabaseValue) }
      if isSame { return }
      for reference in oldReferences {
        try db.execute(sql: "INSERT OR IGNORE INTO touched_name VALUES (?)", arguments: [reference])
      }
      try db.execute(sql: "DELETE FROM event WHERE id = ?", arguments: [id])
    }
    let all = [event.provider, event.id] + values
    func list(_ texts: [String]) -> String? { texts.isEmpty ? nil : texts.joined(separator: "\u{1E}") }
    try db.cachedStatement(
      sql:
        "INSERT INTO event (provider, event_id, \(columns), checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ).execute(
      arguments: StatementArguments(all + [RowChecksum.of(all + [list(references), list(orders)])]))
    let id = db.lastInsertedRowID
    for reference in references {
      try db.cachedStatement(sql: "INSERT INTO event_reference (provider, reference, event) VALUES (?, ?, ?)")
        .execute(arguments: [event.provider, reference, id])
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO touched_name VALUES (?)").execute(
        arguments: [reference])
    }
    for order in orders {
      try db.cachedStatement(sql: "INSERT INTO event_order (order_id, event) VALUES (?, ?)")
        .execute(arguments: [order, id])
    }
  }
}
