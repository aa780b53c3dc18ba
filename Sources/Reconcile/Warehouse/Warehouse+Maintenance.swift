import Foundation
import GRDB
import ReconcileCore

extension Warehouse {
  /// Stops what SQLite is doing at the moment, from any thread; the call that asked for it throws.
  public func interrupt() { queue.interrupt() }

  /// Problems of the file: structure, foreign keys, and with `deep` every piece of evidence by its digest.
  /// Empty when all is well.
  public func check(deep: Bool) throws -> [String] {
    var problems: [String] = []
    try look(&problems) { db, problems in
      problems += try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
    }
    try look(&problems) { db, problems in
      problems += try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(20).map {
        "a row of \($0[0] as String) points to a row of \($0[2] as String) that is not there"
      }
    }
    try look(&problems) { db, problems in
      let linked =
        try Int64.fetchOne(
          db, sql: "SELECT count(*) FROM payment WHERE is_test = 1 AND sales_order IS NOT NULL") ?? 0
      if linked > 0 { problems.append("\(linked) test payments are linked to orders") }
    }
    guard deep else { return problems }
    try look(&problems) { db, problems in
      let bodies = try Row.fetchCursor(db, sql: "SELECT sha256, byte_count, deflated FROM evidence_body")
      while let row = try bodies.next() {
        do { _ = try evidenceBytes(db, body: row) } catch let failure as Failure {
          problems.append(failure.what)
        }
      }
    }
    return problems
  }

  /// One part of the check. Damage can stop it halfway: that is a problem like others.
  private func look(
    _ problems: inout [String], _ body: (Database, inout [String]) throws -> Void
  ) throws {
    do {
      try queue.read { db in try body(db, &problems) }
    } catch let error as DatabaseError {
      guard [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_IOERR].contains(error.resultCode) else {
        throw Self.failure(error, path)
      }
      let words = "the file cannot be read to its end (\(error.message ?? "\(error.resultCode)"))"
      if !problems.contains(words) { problems.append(words) }
    }
  }

  /// Writes a consistent copy and checks it before it gets its name; a file that exists is not overwritten.
  public func backUp(to target: String) throws {
    if FileManager.default.fileExists(atPath: target) {
      throw Failure(
        .outputNotWritten, "the backup's file exists already", at: target,
        remedy: "name another file, or move this one away first")
    }
    let partial = target + ".partial"
    try? FileManager.default.removeItem(atPath: partial)
    defer { try? FileManager.default.removeItem(atPath: partial) }
    do {
      try queue.writeWithoutTransaction { db in try db.execute(sql: "VACUUM INTO ?", arguments: [partial]) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      throw Failure(
        .warehouseFailed, "the warehouse is damaged, so no copy was made", at: path,
        remedy: "run `reconcile warehouse check`; restore the newest backup")
    } catch let error as DatabaseError {
      throw Failure(
        .outputNotWritten, "the backup could not be written (\(error.message ?? "\(error.resultCode)"))",
        at: target,
        remedy: "check the folder, its permissions and the free space")
    }
    chmod(partial, 0o600)
    let problems = try Warehouse(path: partial, access: .read).check(deep: true)
    guard problems.isEmpty else {
      throw Failure(
        .warehouseFailed, "the copy does not pass its check: \(problems[0])", at: target,
        remedy: "run `reconcile warehouse check --deep` on the warehouse itself")
    }
    guard Self.sync(partial), rename(partial, target) == 0,
      Self.sync((target as NSString).deletingLastPathComponent)
    else {
      throw Failure(
        .outputNotWritten, "the backup could not be finished (\(String(cString: strerror(errno))))",
        at: target,
        remedy: "check the folder, its permissions and the free space")
    }
  }

  private static func sync(_ path: String) -> Bool {
    let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }
}
