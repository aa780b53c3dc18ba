import Foundation
import GRDB
import ReconcileCore

extension Warehouse {
  /// Stops what SQLite is doing at the moment, from any thread; the call that asked for it throws.
  public func interrupt() { queue.interrupt() }

  /// Problems of the file: structure, foreign keys, and with `deep` every piece of evidence by its digest and every
  /// merchant row and decision by its checksum. Empty when all is well.
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
    guard deep, problems.isEmpty else { return problems }
    try look(&problems) { db, problems in
      let bodies = try Row.fetchCursor(db, sql: "SELECT sha256, byte_count, deflated FROM evidence_body")
      while let row = try bodies.next() {
        do { _ = try evidenceBytes(row) } catch let failure as Failure { problems.append(failure.what) }
      }
    }
    try look(&problems) { db, problems in
      for table in ChecksummedTable.all { problems += try table.damage(db) }
    }
    return problems
  }

  /// Writes a consistent copy that nobody but the caller knows of; the caller removes it.
  public func copy(to target: String) throws {
    try? FileManager.default.removeItem(atPath: target)
    do {
      try queue.inDatabase { db in try db.execute(sql: "VACUUM INTO ?", arguments: [target]) }
    } catch let error as DatabaseError {
      try? FileManager.default.removeItem(atPath: target)
      if error.resultCode == .SQLITE_CORRUPT {
        throw Failure(
          .warehouseFailed, "the warehouse is damaged, so no copy was made", at: path,
          remedy: "run `reconcile warehouse check`; restore the newest backup")
      }
      throw Failure(
        .outputNotWritten,
        "a copy of the warehouse could not be written (\(error.message ?? "\(error.resultCode)"))",
        at: target, remedy: "check the folder, its permissions and the free space")
    }
    chmod(target, 0o600)
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
    defer { try? FileManager.default.removeItem(atPath: partial) }
    try copy(to: partial)
    let problems = try Warehouse(path: partial, access: .read).check(deep: true)
    guard problems.isEmpty else {
      throw Failure(
        .warehouseFailed, "the copy does not pass its check: \(problems[0])", at: target,
        remedy: "run `reconcile warehouse check --deep` on the warehouse itself")
    }
    try Self.give(partial, theName: target)
  }

  /// Puts a finished file in the place of another, so that after a power cut there is the one or the other.
  public static func give(_ partial: String, theName target: String) throws {
    guard sync(partial), rename(partial, target) == 0,
      sync((target as NSString).deletingLastPathComponent)
    else {
      throw Failure(
        .outputNotWritten, "the file could not be finished (\(String(cString: strerror(errno))))", at: target,
        remedy: "check the folder, its permissions and the free space")
    }
  }

  private static func sync(_ path: String) -> Bool {
    let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }

  /// Removes the bytes of evidence that was fetched before an instant, and the texts of rejects that old; digests,
  /// requests, records and totals stay. The space is given back and overwritten.
  ///
  /// - Returns: the number of bodies whose bytes were removed.
  public func purge(before instant: Instant) throws -> Int {
    let count = try write { db in
      try db.execute(sql: "PRAGMA secure_delete = ON")
      try db.execute(
        sql: """
          UPDATE evidence_body SET deflated = NULL WHERE deflated IS NOT NULL
            AND id NOT IN (SELECT body FROM evidence WHERE fetched_at >= ?)
          """,
        arguments: [instant.microseconds])
      let count = db.changesCount
      try purgeRejects(before: instant, db)
      let record = try db.columns(in: "reject").firstIndex { $0.name == "record" } ?? 0
      try db.execute(
        sql: "UPDATE former_row SET facts = json_replace(facts, '$[\(record)]', ?) WHERE name = 'reject'",
        arguments: [Reject.purgedRecord])
      return count
    }
    do { try queue.vacuum() } catch let error as DatabaseError { throw Self.failure(error, path) }
    return count
  }

  private func purgeRejects(before instant: Instant, _ db: Database) throws {
    let old = try Row.fetchAll(
      db,
      sql: """
        SELECT id, origin, source, location, reason FROM reject WHERE record <> ?2 AND origin IN (
          SELECT 'provider:' || provider FROM provider_state WHERE read_at < ?1
          UNION ALL SELECT 'file' WHERE NOT EXISTS (
            SELECT 1 FROM input_file f JOIN run r ON r.id = f.run WHERE r.started_at >= ?1))
        """,
      arguments: [instant.microseconds, Reject.purgedRecord])
    for row in old {
      let values: [(any DatabaseValueConvertible)?] = [
        row["origin"] as String, row["source"] as String, row["location"] as String, row["reason"] as String,
        Reject.purgedRecord,
      ]
      try db.execute(
        sql: "UPDATE reject SET record = ?, checksum = ? WHERE id = ?",
        arguments: [Reject.purgedRecord, RowChecksum.of(values), row["id"] as Int64])
    }
  }
}
