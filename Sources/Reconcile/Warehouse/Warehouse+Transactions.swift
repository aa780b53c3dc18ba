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
  ///   belongs to along, and every later one throws what it threw.
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
    // What others wrote before it went with the group, and they do not know: nothing more may build on it.
    if let failure = grouping.failure { throw failure }
    do {
      if !db.isInsideTransaction {
        try db.beginTransaction(.immediate)
        grouping.restart()
      }
      let value = try body(db)
      guard db.isInsideTransaction else {
        throw DatabaseError(resultCode: .SQLITE_ABORT, message: "the transaction was rolled back")
      }
      if grouping.isDue { try db.commit() }
      return value
    } catch {
      if db.isInsideTransaction { try? db.rollback() }
      let failure = (error as? DatabaseError).map { Self.failure($0, path) } ?? error
      grouping.fail(failure)
      throw failure
    }
  }
}

/// Whether writes are committed in groups, how old the group at hand is, and what made one fail.
final class CommitGrouping: Sendable {
  /// Short enough that others who read the file need not wait long, and that little is read twice after a crash.
  private static let longest = Duration.seconds(2)

  private struct State {
    var began: ContinuousClock.Instant?
    var failure: (any Error)?
  }
  private let state = Mutex(State())

  var isOn: Bool { state.withLock { $0.began != nil } }
  var isDue: Bool { state.withLock { $0.began.map { $0.duration(to: .now) >= Self.longest } ?? false } }
  /// What every further write throws until the grouping ends.
  var failure: (any Error)? { state.withLock { $0.failure } }

  func begin() { state.withLock { $0 = State(began: .now) } }
  func restart() { state.withLock { $0.began = .now } }
  func fail(_ failure: any Error) { state.withLock { $0.failure = $0.failure ?? failure } }
  func end() { state.withLock { $0 = State() } }
}
