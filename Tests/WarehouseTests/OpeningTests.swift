import Foundation
import GRDB
import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("A warehouse opens only when it is ours, free and known")
struct OpeningTests {
  private func status(_ path: String, _ access: Warehouse.Access = .write) throws -> Int32 {
    let failure = try #require(throws: Failure.self) { _ = try Warehouse(path: path, access: access) }
    #expect(!failure.what.isEmpty && !failure.remedy.isEmpty && failure.place?.hasPrefix(path) == true)
    return failure.status.rawValue
  }

  /// A database that another program made.
  private func foreign(_ path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in try db.execute(sql: sql) }
    try queue.close()
  }

  private func schema(_ warehouse: Warehouse) throws -> [String] {
    try warehouse.read { db in
      try String.fetchAll(db, sql: "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY type, name")
    }
  }

  @Test("a new file is created whole, for its owner only, and opening it again changes nothing")
  func migratesOnce() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/w.sqlite"
    var first: [String] = []
    do {
      let warehouse = try Warehouse(path: path, access: .write)
      first = try schema(warehouse)
      #expect(first.count > 40)
      #expect(try warehouse.check(deep: true) == [])
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
    #expect(mode?.intValue == 0o600)
    do {
      let warehouse = try Warehouse(path: path, access: .write)
      #expect(try schema(warehouse) == first)
      #expect(try warehouse.read { try Int32.fetchOne($0, sql: "PRAGMA user_version") } == Warehouse.version)
    }
    #expect(try schema(Warehouse(path: path, access: .read)) == first)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
  }

  @Test("every table is strict, and every foreign key leads to a table")
  func strictTables() throws {
    let scratch = try Scratch()
    let warehouse = try Warehouse(path: scratch.path + "/w.sqlite", access: .write)
    let loose = try warehouse.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
            AND name NOT LIKE 'sqlite%'
          """)
    }
    #expect(loose == [])
    let reals = try schema(warehouse).filter { $0.contains(" REAL") || $0.contains("total(") }
    #expect(reals == [])
  }

  @Test("an empty file, as a crash at the very first moment leaves it, becomes a warehouse")
  func emptyFile() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/w.sqlite"
    #expect(FileManager.default.createFile(atPath: path, contents: Data()))
    #expect(try Warehouse(path: path, access: .write).check(deep: true) == [])
  }

  @Test(
    "a database of another program is refused with 74 and left as it is",
    arguments: [
      "PRAGMA application_id = 7; CREATE TABLE t (a)", "CREATE TABLE t (a); INSERT INTO t VALUES (1)",
      "PRAGMA application_id = 7; PRAGMA user_version = 1",
    ])
  func foreignDatabase(sql: String) throws {
    let scratch = try Scratch()
    let path = scratch.path + "/other.sqlite"
    try foreign(path, sql)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(try status(path) == 74)
    #expect(try status(path, .read) == 74)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test("a file that is no database is refused with 74 and left as it is")
  func noDatabase() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/orders.csv"
    let text = Data(String(repeating: "order_id,amount\nA1,49.90\n", count: 200).utf8)
    #expect(FileManager.default.createFile(atPath: path, contents: text))
    #expect(try status(path) == 74)
    #expect(try status(path, .read) == 74)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == text)
  }

  @Test("a warehouse of a newer version is refused with 76 and left as it is")
  func newerVersion() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/w.sqlite"
    _ = try Warehouse(path: path, access: .write)
    try foreign(path, "PRAGMA user_version = \(Warehouse.version + 1)")
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(try status(path) == 76)
    #expect(try status(path, .read) == 76)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test("a damaged warehouse is refused or found by its check, never read as if it were whole")
  func damaged() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/w.sqlite"
    _ = try Warehouse(path: path, access: .write)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for index in 4_096..<min(bytes.count, 40_960) { bytes[index] = 0xA5 }
    try bytes.write(to: URL(fileURLWithPath: path))
    do {
      let problems = try Warehouse(path: path, access: .write).check(deep: true)
      #expect(problems != [])
    } catch let failure as Failure {
      #expect(failure.status == .warehouseFailed)
    }
  }

  @Test("a folder that is not there and a file that is not there are 74")
  func missing() throws {
    let scratch = try Scratch()
    #expect(try status(scratch.path + "/nowhere/w.sqlite") == 74)
    #expect(try status(scratch.path + "/w.sqlite", .read) == 74)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/w.sqlite"))
  }

  @Test("a second writer is refused with 75 until the first is done, a reader is not")
  func secondWriter() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/w.sqlite"
    do {
      let first = try Warehouse(path: path, access: .write)
      #expect(try status(path) == 75)
      #expect(try Warehouse(path: path, access: .read).latestRun() == nil)
      #expect(try first.check(deep: false) == [])
    }
    #expect(try Warehouse(path: path, access: .write).latestRun() == nil)
  }

  @Test("a reader cannot write")
  func readOnly() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/w.sqlite"
    _ = try Warehouse(path: path, access: .write)
    let reader = try Warehouse(path: path, access: .read)
    #expect(throws: Failure.self) { try reader.write { try $0.execute(sql: "DELETE FROM run") } }
  }

  @Test("a lock that an ended process left behind locks nobody out")
  func staleLock() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/w.sqlite"
    #expect(FileManager.default.createFile(atPath: path + ".lock", contents: Data("process 1".utf8)))
    #expect(try Warehouse(path: path, access: .write).check(deep: false) == [])
  }
}
