import GRDB
import ReconcileCore

/// A value of a query's row.
public enum QueryValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case text(String)
}

extension Warehouse {
  /// Runs one statement that only reads, and hands out its rows.
  ///
  /// Real numbers and bytes come as text, bytes in hexadecimal.
  ///
  /// - Throws: `Failure` 64 when SQLite does not understand the statement or it would write.
  public func query(
    _ sql: String, columns: ([String]) throws -> Void, row: ([QueryValue]) throws -> Void
  ) throws {
    do {
      try queue.read { db in
        let statements = try db.allStatements(sql: sql)
        guard let statement = try statements.next() else { throw Self.queryFailure("nothing is asked", path) }
        guard try statements.next() == nil else {
          throw Self.queryFailure("several statements are given", path)
        }
        guard statement.isReadonly, statement.columnCount > 0 else {
          throw Self.queryFailure("the statement asks nothing", path)
        }
        try columns(statement.columnNames)
        let rows = try Row.fetchCursor(statement)
        while let values = try rows.next() { try row(values.databaseValues.map(Self.value)) }
      }
    } catch let error as DatabaseError {
      guard [.SQLITE_ERROR, .SQLITE_READONLY, .SQLITE_AUTH].contains(error.resultCode) else {
        throw Self.failure(error, path)
      }
      throw Self.queryFailure(error.message ?? "\(error.resultCode)", path)
    }
  }

  private static func queryFailure(_ what: String, _ path: String) -> Failure {
    Failure(
      .usage, "the query cannot be answered: \(what)", at: path,
      remedy: "give one SELECT; docs/reference/warehouse.md names the views and tables")
  }

  private static func value(_ value: DatabaseValue) -> QueryValue {
    switch value.storage {
    case .null: .null
    case .int64(let number): .integer(number)
    case .double(let number): .text("\(number)")
    case .string(let text): .text(text)
    case .blob(let bytes): .text(Digest.hex(bytes))
    }
  }
}
