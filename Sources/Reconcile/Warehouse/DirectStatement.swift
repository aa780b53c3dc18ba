import Foundation
import GRDB
import GRDBSQLite

/// A prepared statement whose values go to SQLite and come from it without being boxed on the way.
///
/// GRDB's arguments and rows cost more than SQLite's own work where a statement runs once for each record of a large
/// shop. Those statements are written this way, and only those.
struct DirectStatement {
  private let statement: Statement
  private let handle: SQLiteStatement
  private let connection: SQLiteConnection?
  /// Like the statement itself, one for all copies.
  private let checksum: RowChecksum?
  private var next: Int32 = 1

  /// Prepares a statement, or takes it up again; one of the same text must not be under way.
  ///
  /// - Parameter isChecksummed: whether `addChecksum` is to be used.
  init(_ db: Database, _ sql: String, isChecksummed: Bool = false) throws {
    checksum = isChecksummed ? RowChecksum() : nil
    statement = try db.cachedStatement(sql: sql)
    handle = statement.sqliteStatement
    connection = db.sqliteConnection
    begin()
  }

  /// Begins a new use: the next value goes to the first place, and no row is being read.
  mutating func begin() {
    sqlite3_reset(handle)
    next = 1
    checksum?.begin()
  }

  // MARK: values, in the order of their places

  /// Binds a whole number; nil is NULL.
  mutating func add(_ value: Int64?) {
    if let value { sqlite3_bind_int64(handle, next, value) } else { sqlite3_bind_null(handle, next) }
    checksum?.add(value)
    next += 1
  }

  /// Binds a yes or no as 1 or 0.
  mutating func add(_ value: Bool) { add(value ? 1 : 0 as Int64) }

  /// Binds a text; nil is NULL.
  mutating func add(_ value: String?) {
    if var value {
      let place = next
      value.withUTF8 { text in
        let start = text.baseAddress.map { UnsafeRawPointer($0) } ?? Self.nothing
        let characters = start.assumingMemoryBound(to: CChar.self)
        _ = sqlite3_bind_text(handle, place, characters, Int32(text.count), Self.copied)
        checksum?.add(text)
      }
    } else {
      sqlite3_bind_null(handle, next)
      checksum?.addNull()
    }
    next += 1
  }

  /// Binds bytes as a blob.
  mutating func add(_ bytes: [UInt8]) {
    let place = next
    bytes.withUnsafeBytes {
      _ = sqlite3_bind_blob(handle, place, $0.baseAddress ?? Self.nothing, Int32($0.count), Self.copied)
      checksum?.add($0.bindMemory(to: UInt8.self))
    }
    next += 1
  }

  /// Binds the checksum of all values bound so far.
  mutating func addChecksum() {
    sqlite3_bind_int64(handle, next, checksum?.value ?? 0)
    next += 1
  }

  /// An address for a text of no bytes: a null pointer would be NULL.
  private static var nothing: UnsafeRawPointer { UnsafeRawPointer(("" as StaticString).utf8Start) }

  /// Tells SQLite to copy what it is given.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  // MARK: execution

  /// The next row is there; false at the end, or for a statement that gives no rows once it is done.
  func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default:
      let code = ResultCode(rawValue: sqlite3_extended_errcode(connection))
      let message = connection.map { String(cString: sqlite3_errmsg($0)) }
      sqlite3_reset(handle)
      throw DatabaseError(resultCode: code, message: message, sql: statement.sql)
    }
  }

  /// Executes a statement that gives no rows, and makes it ready for the next use.
  mutating func run() throws {
    while try step() {}
    begin()
  }

  // MARK: columns of the current row, from 0

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func integer(_ column: Int32) -> Int64? { isNull(column) ? nil : sqlite3_column_int64(handle, column) }

  /// A whole number of a column that is never NULL.
  func number(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func text(_ column: Int32) -> String? {
    withText(column) { $0.map { String(decoding: $0, as: UTF8.self) } }
  }

  /// A text of a column that is never NULL.
  func word(_ column: Int32) -> String { text(column) ?? "" }

  /// Looks at a text where it lies; nil is NULL.
  func withText<T>(_ column: Int32, _ body: (UnsafeBufferPointer<UInt8>?) -> T) -> T {
    guard let start = sqlite3_column_text(handle, column) else { return body(nil) }
    return body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
  }

  /// Whether a column holds exactly this text.
  func holds(_ column: Int32, _ text: String?) -> Bool {
    withText(column) { stored in
      guard let stored, let text else { return stored == nil && text == nil }
      return text.utf8.elementsEqual(stored)
    }
  }

  /// Whether a column holds exactly this number.
  func holds(_ column: Int32, _ number: Int64?) -> Bool { integer(column) == number }
}
