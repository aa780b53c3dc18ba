import CZlib
import GRDB
import ReconcileCore

/// The CRC-32 of a row's values: finds a changed byte in rows that no evidence can rebuild.
final class RowChecksum {
  /// Most rows fit: the checksum is then taken once.
  private static let room = 512

  private let space = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
  private var used = 0
  /// Of what came before the bytes in `space`.
  private var sum: UInt = 0

  deinit { space.deallocate() }

  /// The checksum of values in the order of their columns; texts, integers, bytes and NULL only.
  static func of(_ values: [(any DatabaseValueConvertible)?]) -> Int64 {
    let checksum = RowChecksum()
    for value in values {
      switch (value?.databaseValue ?? .null).storage {
      case .null: checksum.addNull()
      case .int64(let number): checksum.add(number)
      case .string(var text): text.withUTF8 { checksum.add($0) }
      case .blob(let data): Array(data).withUnsafeBufferPointer { checksum.add($0) }
      case .double: checksum.add(1, 0x1F)
      }
    }
    return checksum.value
  }

  /// The checksum of what was added since `begin`.
  var value: Int64 {
    take()
    return Int64(sum)
  }

  func begin() { (used, sum) = (0, 0) }

  func addNull() { add(0, 0x1F) }

  func add(_ number: Int64?) {
    guard let number else { return addNull() }
    // 19 digits, a sign and the mark at the end.
    makeRoom(21)
    if number < 0 { append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var digits = 1
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    rest = number.magnitude
    for place in (used..<used + digits).reversed() {
      space[place] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    used += digits
    append(0x1F)
  }

  func add(_ text: UnsafeBufferPointer<UInt8>) {
    if let start = text.baseAddress, !text.isEmpty {
      if text.count < Self.room {
        makeRoom(text.count)
        (space + used).update(from: start, count: text.count)
        used += text.count
      } else {
        take()
        sum = crc32_z(sum, start, text.count)
      }
    }
    makeRoom(1)
    append(0x1F)
  }

  private func add(_ first: UInt8, _ second: UInt8) {
    makeRoom(2)
    append(first)
    append(second)
  }

  private func append(_ byte: UInt8) {
    space[used] = byte
    used += 1
  }

  private func makeRoom(_ count: Int) { if used + count > Self.room { take() } }

  private func take() {
    sum = crc32_z(sum, space, used)
    used = 0
  }
}

/// A table whose rows carry a checksum, with the columns that it covers.
struct ChecksummedTable {
  let name: String
  /// The column that names a row in a message.
  let key: String
  let columns: String

  static let all = [
    sourceFile, salesOrder, merchantRefund, event, evidence, reject, inputFile, manualLink, resolution,
    seal,
  ]

  static let sourceFile = ChecksummedTable(name: "source_file", key: "path", columns: "path")
  static let salesOrder = ChecksummedTable(
    name: "sales_order", key: "order_id",
    columns:
      "order_id, created_at, currency, amount_minor, provider, provider_reference, is_cancelled, "
      + "source_file, source_line")
  static let merchantRefund = ChecksummedTable(
    name: "merchant_refund", key: "refund_id",
    columns:
      "refund_id, order_id, created_at, currency, amount_minor, provider_reference, source_file, source_line")
  static let event = ChecksummedTable(
    name: "event", key: "event_id",
    columns: """
      provider, event_id, received_minor, received_currency, paid_at, refund_id, refund_minor, refund_currency, \
      refund_status, refund_created_at, \
      (SELECT group_concat(reference, char(30)) FROM (SELECT reference FROM event_reference r WHERE r.event = event.id \
      ORDER BY reference)), \
      (SELECT group_concat(order_id, char(30)) FROM (SELECT order_id FROM event_order o WHERE o.event = event.id \
      ORDER BY order_id))
      """)
  static let evidence = ChecksummedTable(
    name: "evidence", key: "id",
    columns:
      "run, provider, stream, request, lookup_id, is_refund_lookup, fetched_at, "
      + "(SELECT sha256 FROM evidence_body b WHERE b.id = evidence.body)")
  static let reject = ChecksummedTable(
    name: "reject", key: "id", columns: "origin, source, location, reason, record")
  static let inputFile = ChecksummedTable(
    name: "input_file", key: "path", columns: "path, kind, row_count, sha256, run")
  static let manualLink = ChecksummedTable(
    name: "manual_link", key: "payment_id",
    columns: "provider, payment_id, order_id, note, made_by, made_at, after_run")
  static let resolution = ChecksummedTable(
    name: "resolution", key: "discrepancy_id",
    columns: "discrepancy_id, resolution, currency, expected, actual, note, made_by, made_at, after_run")
  static let seal = ChecksummedTable(
    name: "seal", key: "id",
    columns: "from_on, to_on, is_sealed, run, generated_at, basis, files, note, made_by, made_at, after_run")

  /// Rows that are not what was written, in words.
  func damage(_ db: Database) throws -> [String] {
    var damaged: [String] = []
    let rows = try Row.fetchCursor(db, sql: "SELECT \(key), checksum, \(columns) FROM \(name)")
    while let row = try rows.next() {
      let values: [(any DatabaseValueConvertible)?] = Array(row.databaseValues.dropFirst(2))
      if RowChecksum.of(values) != row["checksum"] {
        damaged.append("the row `\(row[0] as DatabaseValue)` of \(name) is not what was written")
        if damaged.count == 20 { break }
      }
    }
    return damaged
  }
}
