import GRDB
import ReconcileCore
import Synchronization

extension Warehouse {
  /// One write transaction, or a part of one where writes are grouped; database errors become `Failure`.
  func write<T>(_ body: (Database) throws -> T) throws -> T {
    do {
      guard grouping.isOn else { return try queue.write(body) }
      return try queue.writeWithoutTransaction { db in try grouped(db, body) }
    } catch let error as DatabaseError {
      throw Self.failure(error, path)
    }
  }

  /// One consistent read; database errors become `Failure`.
  func read<T>(_ body: (Database) throws -> T) throws -> T {
    do {
      guard grouping.isOn else { return try queue.read(body) }
      return try queue.inDatabase(body)
    } catch let error as DatabaseError {
      throw Self.failure(error, path)
    }
  }

  /// Commits the writes of `body` in groups, at the latest when it ends or throws: each commit writes pages all over a
  /// large file, and what is read from files can be read again.
  ///
  /// - Throws: what `body` throws, and `Failure` 74 where the last commit fails. A write that fails takes the group it
  ///   belongs to along.
  public func groupingCommits<T>(_ body: () async throws -> T) async throws -> T {
    grouping.begin()
    let result: Result<T, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    let commit = Result { try endGrouping() }
    // What went wrong first is told first.
    let value = try result.get()
    try commit.get()
    return value
  }

  private func endGrouping() throws {
    grouping.end()
    do {
      try queue.writeWithoutTransaction { db in
        guard db.isInsideTransaction else { return }
        do {
          try db.commit()
        } catch {
          if db.isInsideTransaction { try? db.rollback() }
          throw error
        }
      }
    } catch let error as DatabaseError {
      throw Self.failure(error, path)
    }
  }

  private func grouped<T>(_ db: Database, _ body: (Database) throws -> T) throws -> T {
    do {
      if !db.isInsideTransaction {
        try db.beginTransaction(.immediate)
        grouping.restart()
      }
      let value = try body(db)
      if grouping.isDue { try db.commit() }
      return value
    } catch {
      if db.isInsideTransaction { try? db.rollback() }
      throw error
    }
  }
}

/// Whether writes are committed in groups, and how old the group at hand is.
final class CommitGrouping: Sendable {
  /// Short enough that others who read the file need not wait long, and that little is read twice after a crash.
  private static let longest = Duration.seconds(2)

  private let began = Mutex<ContinuousClock.Instant?>(nil)

  var isOn: Bool { began.withLock { $0 != nil } }
  var isDue: Bool { began.withLock { $0.map { $0.duration(to: .now) >= Self.longest } ?? false } }

  func begin() { began.withLock { $0 = .now } }
  func restart() { began.withLock { $0 = .now } }
  func end() { began.withLock { $0 = nil } }
}
