import CZlib
import Foundation
import GRDB
import ReconcileCore

/// SHA-256 in hexadecimal.
func sha256(_ bytes: [UInt8]) -> String { Digest.hex(Digest.sha256(bytes)) }

/// Looks for texts that must not be anywhere, in every form in which they could be.
struct Leaks: Sendable {
  private let forms: [(canary: String, bytes: [UInt8])]
  /// The forms by their first two bytes: a run leaves many bytes, and each is looked at once.
  private let places: [UInt16: [Int]]

  /// Every key, every secret and everything personal that tests plant.
  static let everything = Leaks(Canary.people + Array(Canary.keys.values) + [Canary.webhookSecret])

  init(_ canaries: [String]) {
    forms = canaries.flatMap { canary in Self.forms(of: canary).map { (canary, $0) } }
    places = Dictionary(grouping: forms.indices) { [forms] in
      Self.pair(forms[$0].bytes[0], forms[$0].bytes[1])
    }
  }

  private static func pair(_ first: UInt8, _ second: UInt8) -> UInt16 { UInt16(first) << 8 | UInt16(second) }

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
    var isStart = [Bool](repeating: false, count: 1 << 16)
    for pair in places.keys { isStart[Int(pair)] = true }
    var found: Set<Int> = []
    bytes.withUnsafeBufferPointer { bytes in
      isStart.withUnsafeBufferPointer { isStart in
        for index in bytes.indices.dropLast() {
          let pair = Self.pair(bytes[index], bytes[index + 1])
          guard isStart[Int(pair)] else { continue }
          for form in places[pair] ?? []
          where bytes.count - index >= forms[form].bytes.count
            && bytes[index..<(index + forms[form].bytes.count)].elementsEqual(forms[form].bytes)
          {
            found.insert(form)
          }
        }
      }
    }
    return found.sorted().map {
      "\(forms[$0].canary) in \(place) as \(String(decoding: forms[$0].bytes, as: UTF8.self))"
    }
  }

  /// The canaries in a warehouse: in the file's own bytes, in every value, and in every evidence body.
  func found(inWarehouse path: String) throws -> [String] {
    var found = found(in: try bytes(of: path), path)
    try DatabaseQueue(path: path).read { db in
      for table in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'") {
        var values: [UInt8] = []
        for row in try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"") {
          for (_, value) in row {
            values += [UInt8](Data.fromDatabaseValue(value) ?? Data("\(value)".utf8)) + [0]
          }
        }
        found += self.found(in: values, "table \(table)")
      }
      let hasEvidence = try db.tableExists("evidence_body")
      for row in hasEvidence
        ? try Row.fetchAll(
          db, sql: "SELECT byte_count, deflated FROM evidence_body WHERE deflated IS NOT NULL") : []
      {
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
