import CZlib
import Foundation
import GRDB
import ReconcileCore

/// SHA-256 in hexadecimal.
func sha256(_ bytes: [UInt8]) -> String { Digest.hex(Digest.sha256(bytes)) }

/// Looks for texts that must not be anywhere, in every form in which they could be.
struct Leaks {
  private let forms: [(canary: String, bytes: [UInt8])]

  init(_ canaries: [String]) {
    forms = canaries.flatMap { canary in Self.forms(of: canary).map { (canary, $0) } }
  }

  /// Raw, percent-encoded in both cases and byte by byte, hexadecimal, escaped as JSON, and base64 at each of
  /// the three places at which it can begin.
  static func forms(of canary: String) -> [[UInt8]] {
    let raw = Array(canary.utf8)
    func hex(_ byte: UInt8, _ digits: [UInt8]) -> [UInt8] {
      [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    let upper = Array("0123456789ABCDEF".utf8)
    let lower = Array("0123456789abcdef".utf8)
    func percent(_ digits: [UInt8], all: Bool) -> [UInt8] {
      raw.flatMap { byte -> [UInt8] in
        let isPlain =
          byte < 128 && (Character(Unicode.Scalar(byte)).isLetter || (48...57).contains(byte))
          || "-._~".utf8.contains(byte)
        return isPlain && !all ? [byte] : [UInt8(ascii: "%")] + hex(byte, digits)
      }
    }
    var forms = [raw, percent(upper, all: false), percent(lower, all: false), percent(upper, all: true)]
    forms += [raw.flatMap { hex($0, upper) }, raw.flatMap { hex($0, lower) }]
    forms.append(raw.flatMap { $0 == UInt8(ascii: "/") ? [92, $0] : [$0] })
    for shift in 0..<3 {
      let encoded = Array(Data([UInt8](repeating: 0, count: shift) + raw).base64EncodedString().utf8)
      // Only the characters that the canary alone decides.
      let core = encoded[[0, 2, 3][shift]..<((shift + raw.count) * 8 / 6)]
      forms += [Array(core), core.map { $0 == 43 ? 45 : $0 == 47 ? 95 : $0 }]
    }
    var seen: Set<[UInt8]> = []
    return forms.filter { seen.insert($0).inserted }
  }

  /// The canaries in these bytes, each with the place.
  func found(in bytes: [UInt8], _ place: String) -> [String] {
    let data = Data(bytes)
    return forms.filter { data.range(of: Data($0.bytes)) != nil }.map {
      "\($0.canary) in \(place) as \(String(decoding: $0.bytes, as: UTF8.self))"
    }
  }

  /// The canaries in a warehouse: in the file's own bytes, in every value, and in every evidence body.
  func found(inWarehouse path: String) throws -> [String] {
    var found = found(in: try bytes(of: path), path)
    try DatabaseQueue(path: path).read { db in
      for table in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'") {
        for row in try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"") {
          for (column, value) in row {
            let data = Data.fromDatabaseValue(value) ?? Data("\(value)".utf8)
            found += self.found(in: [UInt8](data), "\(table).\(column)")
          }
        }
      }
      for row in try Row.fetchAll(db, sql: "SELECT byte_count, deflated FROM evidence_body") {
        found += self.found(in: try Self.inflated(row["deflated"], count: row["byte_count"]), "evidence")
      }
    }
    return found
  }

  private static func inflated(_ data: Data, count: Int) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: max(1, count))
    var length = uLong(output.count)
    guard uncompress(&output, &length, [UInt8](data), uLong(data.count)) == Z_OK else {
      throw Trouble("an evidence body cannot be inflated")
    }
    return Array(output.prefix(Int(length)))
  }
}
