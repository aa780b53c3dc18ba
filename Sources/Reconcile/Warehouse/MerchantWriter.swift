import Foundation
import GRDB
import ReconcileCore

/// Stores what one run reads from the merchant's files, in one transaction a batch.
///
/// Rows are staged first, so that within a run the last row of an id wins, and only real differences reach the tables.
public final class MerchantWriter {
  private let warehouse: Warehouse
  private let run: RunHandle
  private var orders: [(MerchantOrder, String)] = []
  private var refunds: [(MerchantRefund, String)] = []
  private var events: [WebhookEvent] = []
  private var rejects: [(Reject, String)] = []
  /// Rejected rows so far.
  public private(set) var rejectedCount: Int64 = 0
  private static let batch = 5_000

  /// Begins a reading; rejects of the same kind of file from earlier runs make room.
  public init(_ warehouse: Warehouse, run: RunHandle) throws {
    self.warehouse = warehouse
    self.run = run
    try warehouse.write { db in
      try db.execute(
        sql: """
          CREATE TEMP TABLE IF NOT EXISTS staged_order (
            order_id TEXT PRIMARY KEY, created_at INTEGER, currency TEXT, amount_minor INTEGER, provider TEXT,
            provider_reference TEXT, is_cancelled INTEGER, source TEXT, checksum INTEGER) WITHOUT ROWID;
          CREATE TEMP TABLE IF NOT EXISTS staged_refund (
            refund_id TEXT PRIMARY KEY, order_id TEXT, created_at INTEGER, currency TEXT, amount_minor INTEGER,
            provider_reference TEXT, source TEXT, checksum INTEGER) WITHOUT ROWID;
          DELETE FROM temp.staged_order;
          DELETE FROM temp.staged_refund;
          DELETE FROM reject WHERE origin = 'file';
          """)
    }
  }

  /// Stages an order row; `source` is file and line.
  public func add(_ order: MerchantOrder, source: String) throws {
    orders.append((order, source))
    if orders.count >= Self.batch { try flush() }
  }

  /// Stages a merchant refund row.
  public func add(_ refund: MerchantRefund, source: String) throws {
    refunds.append((refund, source))
    if refunds.count >= Self.batch { try flush() }
  }

  /// Stores an event; the same id twice is one event, the one read last.
  public func add(_ event: WebhookEvent) throws {
    events.append(event)
    if events.count >= Self.batch { try flush() }
  }

  /// Keeps a row that could not be read.
  public func reject(_ reject: Reject) throws {
    rejectedCount += 1
    rejects.append((reject, "file"))
    if rejects.count >= Self.batch { try flush() }
  }

  private static let orderColumns =
    "created_at, currency, amount_minor, provider, provider_reference, is_cancelled"
  private static let refundColumns = "order_id, created_at, currency, amount_minor, provider_reference"

  private func flush() throws {
    try warehouse.write { db in
      try stageOrders(db)
      try stageRefunds(db)
      for event in events { try store(event, db) }
      for (reject, origin) in rejects { try Warehouse.insert(reject, origin: origin, run: run, db) }
    }
    orders.removeAll(keepingCapacity: true)
    refunds.removeAll(keepingCapacity: true)
    events.removeAll(keepingCapacity: true)
    rejects.removeAll(keepingCapacity: true)
  }

  private func stageOrders(_ db: Database) throws {
    let add = try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO temp.staged_order VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for (order, source) in orders {
      let values: [(any DatabaseValueConvertible)?] = [
        order.createdAt.microseconds, order.amount.currency.code, order.amount.minorUnits,
        order.provider, order.providerReference?.text, order.isCancelled,
      ]
      let row = [order.id.text] + values + [source]
      let arguments = StatementArguments(row + [RowChecksum.of(row)])
      try add.execute(arguments: arguments)
      if db.changesCount > 0 { continue }
      try supersede(
        "order", table: "staged_order", key: "order_id", order.id.text, Self.orderColumns, by: values, db)
      try db.cachedStatement(
        sql: "INSERT OR REPLACE INTO temp.staged_order VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
      )
      .execute(arguments: arguments)
    }
  }

  private func stageRefunds(_ db: Database) throws {
    let add = try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO temp.staged_refund VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    for (refund, source) in refunds {
      let values: [(any DatabaseValueConvertible)?] = [
        refund.orderID.text, refund.createdAt.microseconds, refund.amount.currency.code,
        refund.amount.minorUnits, refund.providerReference?.text,
      ]
      let row = [refund.id.text] + values + [source]
      let arguments = StatementArguments(row + [RowChecksum.of(row)])
      try add.execute(arguments: arguments)
      if db.changesCount > 0 { continue }
      try supersede(
        "merchant_refund", table: "staged_refund", key: "refund_id", refund.id.text, Self.refundColumns,
        by: values, db)
      try db.cachedStatement(sql: "INSERT OR REPLACE INTO temp.staged_refund VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .execute(arguments: arguments)
    }
  }

  /// Keeps a row that a later row of the same run replaces, unless the two say the same.
  private func supersede(
    _ kind: String, table: String, key: String, _ id: String, _ columns: String,
    by values: [DatabaseValueConvertible?], _ db: Database
  ) throws {
    guard
      let old = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT \(columns) FROM temp.\(table) WHERE \(key) = ?"), arguments: [id])
    else { return }
    let isSame = values.enumerated().allSatisfy {
      ($1?.databaseValue ?? .null) == (old[$0] as DatabaseValue)
    }
    if isSame { return }
    try Warehouse.remember(kind, provider: "", id, old, run: run, db)
  }

  /// Moves what was staged into the tables and marks the orders and payments that this concerns.
  public func finish(files: [(kind: String, file: InputFile)]) throws {
    try flush()
    try warehouse.write { db in
      try merge(
        "order", table: "sales_order", staged: "staged_order", key: "order_id", Self.orderColumns, db,
        touch: """
          INSERT OR IGNORE INTO touched_name SELECT provider_reference FROM sales_order
          WHERE id IN (SELECT id FROM temp.different) AND provider_reference IS NOT NULL;
          INSERT OR IGNORE INTO touched_order SELECT id FROM temp.different;
          INSERT OR IGNORE INTO touched_payment SELECT id FROM payment WHERE sales_order IN (SELECT id FROM temp.different);
          """,
        touchNew: """
          INSERT OR IGNORE INTO touched_order SELECT id FROM sales_order WHERE id > (SELECT last FROM temp.before_merge);
          """)
      try merge(
        "merchant_refund", table: "merchant_refund", staged: "staged_refund", key: "refund_id",
        Self.refundColumns, db,
        touch: """
          INSERT OR IGNORE INTO touched_order SELECT o.id FROM merchant_refund m JOIN sales_order o ON o.order_id = m.order_id
          WHERE m.id IN (SELECT id FROM temp.different);
          """,
        touchNew: """
          INSERT OR IGNORE INTO touched_order SELECT o.id FROM merchant_refund m JOIN sales_order o ON o.order_id = m.order_id
          WHERE m.id > (SELECT last FROM temp.before_merge);
          """)
      try db.execute(sql: "DELETE FROM input_file")
      for (kind, file) in files {
        let values: [(any DatabaseValueConvertible)?] = [
          file.path, kind, file.rows, file.sha256, run.number,
        ]
        try db.execute(
          sql: """
            INSERT INTO input_file (path, kind, row_count, sha256, run, checksum) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (path) DO UPDATE SET (kind, row_count, sha256, run, checksum) =
              (excluded.kind, excluded.row_count, excluded.sha256, excluded.run, excluded.checksum)
            """,
          arguments: StatementArguments(values + [RowChecksum.of(values)]))
      }
    }
  }

  private func merge(
    _ kind: String, table: String, staged: String, key: String, _ columns: String, _ db: Database,
    touch: String,
    touchNew: String
  ) throws {
    let names = columns.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let differs = names.map { "t.\($0) IS NOT s.\($0)" }.joined(separator: " OR ")
    try db.execute(
      sql: """
        DROP TABLE IF EXISTS temp.different;
        DROP TABLE IF EXISTS temp.before_merge;
        CREATE TEMP TABLE different AS SELECT t.id AS id FROM temp.\(staged) s JOIN \(table) t ON t.\(key) = s.\(key)
        WHERE \(differs);
        CREATE TEMP TABLE before_merge AS SELECT coalesce(max(id), 0) AS last FROM \(table);
        """)
    let old = try Row.fetchAll(
      db, sql: "SELECT \(key) AS record, \(columns) FROM \(table) WHERE id IN (SELECT id FROM temp.different)"
    )
    for row in old { try Warehouse.remember(kind, provider: "", row["record"], row, run: run, db) }
    try db.execute(sql: touch)
    try db.execute(
      sql: """
        INSERT INTO \(table) (\(key), \(columns), source, checksum, first_run)
          SELECT \(key), \(columns), source, checksum, \(run.number) FROM temp.\(staged) WHERE true
        ON CONFLICT (\(key)) DO UPDATE SET (\(columns), source, checksum) =
          (\(names.map { "excluded.\($0)" }.joined(separator: ", ")), excluded.source, excluded.checksum)
        WHERE \(names.map { "\($0) IS NOT excluded.\($0)" }.joined(separator: " OR "));
        DELETE FROM temp.\(staged);
        """)
    try db.execute(sql: touch)
    try db.execute(sql: touchNew)
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
