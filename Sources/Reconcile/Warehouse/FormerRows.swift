import GRDB
import ReconcileCore

/// What rows were before a run changed them, for the tables that reports are made of.
///
/// Triggers keep a row's columns the first time a run changes or removes it, so the log grows with what changes and
/// not with what is there. Rows that a later run brought are known by their `first_run`, or by an entry without
/// facts.
enum FormerRows {
  /// A table whose former rows are kept.
  struct Table {
    let name: String
    /// The columns that name a row in every version of the table.
    let key: [String]
    /// Whether rows say which run brought them; otherwise an entry without facts does.
    var hasFirstRun = true
    /// Whether `id` is only a number that a rebuild may give to another row.
    var hasFleetingNumbers = false
  }

  static let tables = [
    Table(name: "sales_order", key: ["order_id"]), Table(name: "merchant_refund", key: ["refund_id"]),
    Table(name: "order_verdict", key: ["sales_order"]),
    Table(name: "discrepancy", key: ["id"]), Table(name: "payment", key: ["provider", "payment_id"]),
    Table(name: "refund", key: ["provider", "refund_id"]),
    Table(name: "reject", key: ["id"], hasFleetingNumbers: true),
    Table(name: "settlement_day", key: ["provider", "currency", "day_on"], hasFirstRun: false),
    Table(name: "amount_doubt", key: ["provider", "currency"], hasFirstRun: false),
    Table(name: "suggestion", key: ["sales_order"], hasFirstRun: false),
    Table(name: "input_file", key: ["path"], hasFirstRun: false),
    Table(name: "fact", key: ["name"], hasFirstRun: false),
  ]

  /// Columns of payments and refunds that no report shows: a change of these alone is not kept.
  private static let unreported: Set<String> = ["names", "updated_at", "evidence", "changed_in_run"]

  /// Creates the triggers of this connection. They are temporary, because those of the file may use no JSON functions, and
  /// because what is built again from evidence in a copy is not a change.
  static func createTriggers(_ db: Database) throws {
    for table in tables { try createTriggers(table, db) }
  }

  private static func createTriggers(_ table: Table, _ db: Database) throws {
    let columns = try db.columns(in: table.name).map(\.name)
    let differs = columns.filter { !unreported.contains($0) }
      .map { "OLD.\($0) IS NOT NEW.\($0)" }.joined(separator: " OR ")
    let facts = json(columns, of: "OLD")
    let isOlder = table.hasFirstRun ? "OLD.first_run < (SELECT max(id) FROM run)" : "true"
    try db.execute(
      sql: """
        CREATE TEMP TRIGGER keep_\(table.name)_update AFTER UPDATE ON main.\(table.name)
        WHEN \(isOlder) AND (\(differs)) AND \(isFirst(table, "OLD"))
        BEGIN \(keep(table, "OLD", facts)) END;
        CREATE TEMP TRIGGER keep_\(table.name)_delete AFTER DELETE ON main.\(table.name)
        WHEN \(isOlder) AND \(isFirst(table, "OLD"))
        BEGIN \(keep(table, "OLD", facts)) END;
        """)
    if table.hasFirstRun { return }
    try db.execute(
      sql: """
        CREATE TEMP TRIGGER keep_\(table.name)_insert AFTER INSERT ON main.\(table.name) WHEN \(isFirst(table, "NEW"))
        BEGIN \(keep(table, "NEW", "NULL")) END;
        """)
  }

  /// SQL that reads a column from the facts of a former row `f`.
  static func columns(of table: String, _ db: Database) throws -> (String) -> String {
    let names = try db.columns(in: table, in: "main").map(\.name)
    return { "json_extract(f.facts, '$[\(names.firstIndex(of: $0) ?? 0)]')" }
  }

  private static func json(_ columns: [String], of row: String) -> String {
    "json_array(\(columns.map { "\(row).\($0)" }.joined(separator: ", ")))"
  }

  private static func isFirst(_ table: Table, _ row: String) -> String {
    """
    NOT EXISTS (SELECT 1 FROM former_row f WHERE f.name = '\(table.name)' AND f.key = \(json(table.key, of: row))
      AND f.run = (SELECT max(id) FROM run))
    """
  }

  private static func keep(_ table: Table, _ row: String, _ facts: String) -> String {
    """
    INSERT INTO former_row (name, key, run, facts)
      VALUES ('\(table.name)', \(json(table.key, of: row)), (SELECT max(id) FROM run), \(facts));
    """
  }

  /// Lays temporary tables with the rows as they were after a run over the tables of this connection: every query
  /// then tells what was known at that time.
  ///
  /// - Parameter decidedUpTo: microseconds; decisions made later are left out. Those made after the run are in any
  ///   case.
  static func show(after run: Int64, decidedUpTo instant: Int64, _ db: Database) throws {
    try db.execute(sql: "PRAGMA temp_store = FILE")
    for table in tables { try show(table, after: run, db) }
    let limits = [
      "run": "id <= \(run)", "provider_import": "run <= \(run)", "stream_reading": "run <= \(run)",
      "resolution": "after_run < \(run) AND made_at <= \(instant)", "seal": "after_run < \(run)",
    ]
    for (name, condition) in limits {
      try shadow(name, db)
      try db.execute(sql: "INSERT INTO temp.\(name) SELECT * FROM main.\(name) WHERE \(condition)")
    }
    for view in ["current_finding", "provider_state"] {
      let sql = try String.fetchOne(
        db, sql: "SELECT sql FROM main.sqlite_schema WHERE type = 'view' AND name = ?", arguments: [view])
      try db.execute(sql: (sql ?? "").replacing("CREATE VIEW", with: "CREATE TEMP VIEW", maxReplacements: 1))
    }
  }

  private static func show(_ table: Table, after run: Int64, _ db: Database) throws {
    try shadow(table.name, db)
    let columns = try db.columns(in: table.name, in: "main").map(\.name)
    let restored = columns.enumerated().filter { !(table.hasFleetingNumbers && $0.element == "id") }
    let names = restored.map(\.element).joined(separator: ", ")
    let values = restored.map { "json_extract(facts, '$[\($0.offset)]')" }.joined(separator: ", ")
    let since = table.hasFirstRun ? "WHERE first_run <= \(run)" : ""
    // A row that came after the run and has changed since left a former row too.
    let wasThere =
      columns.firstIndex(of: "first_run").map { "AND json_extract(facts, '$[\($0)]') <= \(run)" } ?? ""
    try db.execute(
      sql: """
        INSERT INTO temp.\(table.name) SELECT * FROM main.\(table.name) \(since);
        CREATE TEMP TABLE former AS SELECT key, facts FROM former_row f
          WHERE name = '\(table.name)' AND run = (SELECT min(g.run) FROM former_row g
            WHERE g.name = f.name AND g.key = f.key AND g.run > \(run));
        DELETE FROM temp.\(table.name) WHERE \(json(table.key, of: "temp.\(table.name)")) IN
          (SELECT key FROM temp.former WHERE facts IS NULL);
        INSERT OR REPLACE INTO temp.\(table.name) (\(names))
          SELECT \(values) FROM temp.former WHERE facts IS NOT NULL \(wasThere);
        DROP TABLE temp.former;
        """)
    let indexes = try String.fetchAll(
      db, sql: "SELECT sql FROM main.sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
      arguments: [table.name])
    for index in indexes {
      try db.execute(sql: index.replacing("INDEX ", with: "INDEX temp.", maxReplacements: 1))
    }
  }

  /// An empty temporary table like the one of the warehouse.
  private static func shadow(_ name: String, _ db: Database) throws {
    let sql =
      try String.fetchOne(
        db, sql: "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?", arguments: [name])
      ?? ""
    // References lead from one schema to the same: they are those of the warehouse and were checked there.
    try db.execute(
      sql: sql.replacing("CREATE TABLE", with: "CREATE TEMP TABLE", maxReplacements: 1)
        .replacing(/\ REFERENCES \w+ \(\w+\)( ON DELETE CASCADE)?/, with: ""))
  }
}

extension Warehouse {
  /// The warehouse as it was known after a run, to read from; this connection shows nothing else any more.
  ///
  /// - Parameter instant: decisions made later are left out.
  public func show(after run: RunRecord, decidedUpTo instant: Instant) throws {
    do {
      try queue.writeWithoutTransaction { db in
        try FormerRows.show(after: run.number, decidedUpTo: instant.microseconds, db)
      }
    } catch let error as DatabaseError {
      throw Self.failure(error, path)
    }
  }
}
