import GRDB
import ReconcileCore

/// Where a row was read: the number of its file in `source_file`, and the line.
struct MerchantSource {
  var file: Int64
  var line: Int64
}

/// The rows of one kind that a run reads from the merchant's files, on their way into their table.
struct MerchantTable {
  private let db: Database
  private let run: RunHandle
  /// What the history calls these rows.
  private let kind: String
  private let name: String
  private let key: String
  private let columns: [String]
  /// The number of the last row that was there before this run.
  private let lastBefore: Int64
  private var hasStaged = false
  private var insert: DirectStatement
  private var find: DirectStatement
  private var findStaged: DirectStatement
  private var replace: DirectStatement

  init(_ db: Database, _ run: RunHandle, kind: String, name: String, key: String, columns: [String]) throws {
    (self.db, self.run, self.kind, self.name, self.key, self.columns) = (db, run, kind, name, key, columns)
    let list = columns.joined(separator: ", ")
    let places = Array(repeating: "?", count: columns.count + 5).joined(separator: ", ")
    try db.execute(
      sql: """
        DROP TABLE IF EXISTS temp.staged_\(name);
        CREATE TEMP TABLE staged_\(name) AS SELECT \(key), \(list), source_file, source_line, checksum, first_run FROM \(name) LIMIT 0;
        CREATE UNIQUE INDEX temp.staged_\(name)_by_key ON staged_\(name) (\(key));
        """)
    lastBefore = try Int64.fetchOne(db, sql: "SELECT coalesce(max(id), 0) FROM \(name)") ?? 0
    insert = try DirectStatement(
      db,
      """
      INSERT INTO \(name) (\(key), \(list), source_file, source_line, checksum, first_run) VALUES (\(places))
      ON CONFLICT (\(key)) DO NOTHING
      """, isChecksummed: true)
    let isSame = columns.enumerated().map { "\($1) IS ?\($0 + 2)" }.joined(separator: " AND ")
    find = try DirectStatement(db, "SELECT id, \(isSame) FROM \(name) WHERE \(key) = ?1")
    findStaged = try DirectStatement(db, "SELECT \(isSame) FROM temp.staged_\(name) WHERE \(key) = ?1")
    replace = try DirectStatement(
      db, "INSERT OR REPLACE INTO temp.staged_\(name) VALUES (\(places))", isChecksummed: true)
  }

  /// Takes a row; `values` are those of the columns.
  mutating func add(_ id: String, source: MerchantSource, _ values: (inout DirectStatement) -> Void) throws {
    // Where rows were read before, most are known: then looking first spares a vain attempt.
    if lastBefore == 0 {
      try store(id, source, values, with: &insert)
      if db.changesCount > 0 { return }
    }
    find.add(id)
    values(&find)
    guard try find.step() else {
      find.begin()
      return try store(id, source, values, with: &insert)
    }
    let (number, isSame) = (find.number(0), find.number(1) != 0)
    find.begin()
    if number > lastBefore {
      if !isSame { try remember(id, in: name) }
      try db.cachedStatement(sql: "DELETE FROM \(name) WHERE id = ?").execute(arguments: [number])
      try store(id, source, values, with: &insert)
      return
    }
    if hasStaged {
      findStaged.add(id)
      values(&findStaged)
      let isStaged = try findStaged.step()
      let isSameAsStaged = isStaged && findStaged.number(0) != 0
      findStaged.begin()
      if isStaged, !isSameAsStaged { try remember(id, in: "temp.staged_\(name)") }
      if isStaged { return try store(id, source, values, with: &replace) }
    }
    if isSame { return }
    try store(id, source, values, with: &replace)
    hasStaged = true
  }

  private func store(
    _ id: String, _ source: MerchantSource, _ values: (inout DirectStatement) -> Void,
    with statement: inout DirectStatement
  ) throws {
    statement.add(id)
    values(&statement)
    statement.add(source.file)
    statement.add(source.line)
    statement.addChecksum()
    statement.add(run.number)
    try statement.run()
  }

  /// Keeps what a row said that another one replaces.
  private func remember(_ id: String, in table: String) throws {
    let old = try Row.fetchOne(
      db, sql: "SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE \(key) = ?", arguments: [id])
    if let old { try Warehouse.remember(kind, provider: "", id, old, run: run, db) }
  }

  /// Stores the rows that differ from those of earlier runs.
  ///
  /// - Parameters:
  ///   - touch: SQL that marks what the rows of `temp.different` concern, before and after they change.
  ///   - touchNew: SQL that marks what the rows behind number `?` concern.
  func finish(touch: String, touchNew: String) throws {
    let list = columns.joined(separator: ", ")
    let differs = columns.map { "t.\($0) IS NOT s.\($0)" }.joined(separator: " OR ")
    try db.execute(
      sql: """
        DROP TABLE IF EXISTS temp.different;
        CREATE TEMP TABLE different AS SELECT t.id AS id FROM temp.staged_\(name) s JOIN \(name) t ON t.\(key) = s.\(key)
        WHERE \(differs);
        """)
    let old = try Row.fetchAll(
      db, sql: "SELECT \(key) AS record, \(list) FROM \(name) WHERE id IN (SELECT id FROM temp.different)")
    for row in old { try Warehouse.remember(kind, provider: "", row["record"], row, run: run, db) }
    try db.execute(sql: touch)
    try db.execute(
      sql: """
        UPDATE \(name) SET (\(list), source_file, source_line, checksum) =
          (SELECT \(list), source_file, source_line, checksum FROM temp.staged_\(name) s WHERE s.\(key) = \(name).\(key))
        WHERE id IN (SELECT id FROM temp.different);
        DROP TABLE temp.staged_\(name);
        """)
    try db.execute(sql: touch)
    try db.execute(sql: touchNew, arguments: [lastBefore])
  }
}
