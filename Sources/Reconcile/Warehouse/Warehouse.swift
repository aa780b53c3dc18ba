import CSQLite
import Foundation
import GRDB
import ReconcileCore

/// The local SQLite file that holds everything that was read, decided and found. The only writer of it.
///
/// One process writes at a time: a kernel lock on `<file>.lock`, which dies with its process, so no unlock exists.
/// One connection with a rollback journal and `synchronous = EXTRA`: what was acknowledged survives a power cut.
public final class Warehouse: Sendable {
  /// "RCNL": marks the file as ours.
  static let applicationID: Int32 = 0x5243_4E4C
  /// The number of the newest migration in `SQL/`.
  static let version: Int32 = 1

  /// The file's path.
  public let path: String
  let queue: DatabaseQueue
  private let lock: FileLock?
  let grouping = CommitGrouping()

  /// How a warehouse is opened.
  public enum Access: Sendable {
    /// Creates the file where there is none and holds the writer's lock.
    case write
    /// Reads only; may run beside a writer.
    case read
    /// Reads only, beside another connection of this process that holds most of the pages.
    case readBeside
    /// A copy that no other process knows of: written without a lock and without waiting for the disk.
    case scratch
  }

  /// Opens, and for writing creates or migrates, the warehouse.
  ///
  /// - Throws: `Failure` 74 when the file is no warehouse or cannot be opened, 75 when another run holds it, 76 when
  ///   a newer version wrote it.
  public init(path: String, access: Access) throws {
    self.path = path
    if access != .write && !Self.exists(at: path) {
      throw Failure(
        .warehouseFailed, "there is no warehouse yet", at: path,
        remedy: "run `reconcile --from … --to …` first, or check [warehouse] path")
    }
    lock = access == .write ? try FileLock(path: path + ".lock") : nil
    do {
      queue = try Self.openOurs(path, access)
      if access == .write {
        try Self.migrate(queue)
        try queue.inDatabase { db in try FormerRows.createTriggers(db) }
      }
      try queue.inDatabase { db in try Self.verifyPragmas(db, path, access) }
    } catch let error as DatabaseError {
      throw Self.failure(error, path)
    }
  }

  /// A second connection that reads the same, for as long as this one does not write. Nil for a connection without the
  /// lock: another process may write then, or only that connection sees what the rows were (`show`).
  func beside() throws -> Warehouse? {
    lock == nil ? nil : try Warehouse(path: path, access: .readBeside)
  }

  /// Whether a warehouse was begun there. A run that was killed at its very start leaves an empty file.
  public static func exists(at path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_size > 0
  }

  /// Opens the file and sees to it that it is one of ours. A run that was killed amid a transaction leaves its
  /// journal behind, and a connection that only reads cannot play it back: one that may write does so first.
  private static func openOurs(_ path: String, _ access: Access) throws -> DatabaseQueue {
    func opened() throws -> DatabaseQueue {
      let queue = try open(path, access)
      try queue.inDatabase { db in try identify(db, path) }
      return queue
    }
    do {
      return try opened()
    } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
      try open(path, .write).inDatabase { db in try identify(db, path) }
      return try opened()
    }
  }

  /// What is set once for all connections of the process, before the first of them.
  private static let library: Void = reconcile_sqlite_keep_no_statistics()

  private static func open(_ path: String, _ access: Access) throws -> DatabaseQueue {
    _ = library
    var configuration = Configuration()
    configuration.readonly = access == .read || access == .readBeside
    configuration.foreignKeysEnabled = true
    // A group of writes leaves its transaction open from one write to the next.
    configuration.allowsUnsafeTransactions = access == .write
    // A check or a backup of a large warehouse reads for minutes, and a run's commit waits for its end.
    configuration.busyMode = .timeout(access == .write || access == .readBeside ? 300 : 10)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
      try db.execute(sql: "PRAGMA cell_size_check = ON")
      // Counts where the file is created: larger pages are written fewer times in a first import.
      if !db.configuration.readonly { try db.execute(sql: "PRAGMA page_size = 8192") }
      try db.execute(sql: "PRAGMA cache_size = \(access == .readBeside ? -8_192 : -57_344)")
      try db.execute(sql: "PRAGMA temp_store = MEMORY")
      switch access {
      case .read, .readBeside: break
      case .write: try db.execute(sql: "PRAGMA synchronous = EXTRA")
      case .scratch: try db.execute(sql: "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY")
      }
    }
    if access == .write, !FileManager.default.fileExists(atPath: path) {
      let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw Failure(
          .warehouseFailed, "the warehouse cannot be created (\(String(cString: strerror(errno))))", at: path,
          remedy: "create the folder, or change [warehouse] path or --warehouse")
      }
      close(descriptor)
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  private static func identify(_ db: Database, _ path: String) throws {
    let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
    if application != applicationID && (application != 0 || tables > 0) {
      throw Failure(
        .warehouseFailed, "the file is a database of another program", at: path,
        remedy: "point [warehouse] path or --warehouse to a file of its own; this one was not changed")
    }
    if version > Self.version {
      throw Failure(
        .warehouseNewer, "the warehouse was written by a newer version of reconcile (schema \(version))",
        at: path,
        remedy: "install the newer version; this one knows schemas up to \(Self.version)")
    }
  }

  private static func migrate(_ queue: DatabaseQueue) throws {
    let migrations: [(version: Int32, sql: [UInt8])] = [(1, PackageResources.v0001_create_warehouse_sql)]
    for migration in migrations {
      try queue.inTransaction(.immediate) { db in
        if try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0 < migration.version {
          try db.execute(sql: String(decoding: migration.sql, as: UTF8.self))
          try db.execute(sql: "PRAGMA application_id = \(applicationID)")
          try db.execute(sql: "PRAGMA user_version = \(migration.version)")
        }
        return .commit
      }
    }
  }

  /// A setting that did not take hold would only show after a power cut: better now.
  private static func verifyPragmas(_ db: Database, _ path: String, _ access: Access) throws {
    var expected = [
      ("foreign_keys", "1"), ("application_id", "\(applicationID)"), ("user_version", "\(version)"),
    ]
    if access == .write { expected += [("synchronous", "3"), ("journal_mode", "delete")] }
    for (pragma, value) in expected {
      let row = try Row.fetchOne(db, sql: "PRAGMA \(pragma)")
      let actual = row.map { "\($0[0] as DatabaseValue)" }?.replacingOccurrences(of: "\"", with: "") ?? ""
      guard actual == value else {
        throw Failure(
          .warehouseFailed, "SQLite keeps \(pragma) at \(actual) where \(value) is needed", at: path,
          remedy: "check the file's permissions, and that SQLite 3.40 or newer is installed")
      }
    }
  }

  static func failure(_ error: DatabaseError, _ path: String) -> Failure {
    switch error.resultCode {
    case .SQLITE_NOTADB:
      Failure(
        .warehouseFailed, "the file is not a SQLite database", at: path,
        remedy: "point [warehouse] path or --warehouse to a file of its own; this one was not changed")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      Failure(
        .warehouseBusy, "another program holds the warehouse", at: path,
        remedy: "wait until it is done, or close the program that has the file open")
    case .SQLITE_FULL:
      Failure(
        .warehouseFailed, "the disk of the warehouse is full", at: path, remedy: "free space and run again")
    case .SQLITE_CORRUPT:
      Failure(
        .warehouseFailed, "the warehouse is damaged", at: path,
        remedy: "run `reconcile warehouse check`, then restore the newest backup")
    default:
      Failure(
        .warehouseFailed, "SQLite reports \(error.resultCode.rawValue) (\(error.message ?? "no message"))",
        at: path,
        remedy: "check the disk and the file's permissions, then run `reconcile warehouse check`")
    }
  }
}

/// The writer's lock: flock on a file beside the warehouse, released by the kernel when its process ends.
final class FileLock: Sendable {
  private let descriptor: Int32

  init(path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Failure(
        .warehouseFailed, "the warehouse's lock file cannot be opened (\(String(cString: strerror(errno))))",
        at: path, remedy: "check that the folder exists and may be written")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      var buffer = [UInt8](repeating: 0, count: 200)
      let length = pread(descriptor, &buffer, 200, 0)
      let holder = String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
      close(descriptor)
      throw Failure(
        .warehouseBusy, "another run holds the warehouse (\(holder))", at: path,
        remedy: "wait until it is done; nothing needs to be unlocked by hand")
    }
    let holder = "process \(getpid()), started \(Instant(seconds: Instant.now().seconds))"
    _ = ftruncate(descriptor, 0)
    _ = holder.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  deinit { close(descriptor) }
}
