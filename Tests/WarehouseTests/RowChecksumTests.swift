import CZlib
import GRDB
import TestSupport
import Testing

@testable import ReconcileWarehouse

@Suite("The checksum of a row")
struct RowChecksumTests {
  /// The bytes that stand for the values, one behind the other.
  private func bytes(_ values: [(any DatabaseValueConvertible)?]) -> [UInt8] {
    values.flatMap { value -> [UInt8] in
      switch value {
      case let number as Int64: Array("\(number)\u{1F}".utf8)
      case let text as String: Array("\(text)\u{1F}".utf8)
      default: [0, 0x1F]
      }
    }
  }

  private func check(_ values: [(any DatabaseValueConvertible)?]) {
    let expected = bytes(values)
    #expect(RowChecksum.of(values) == Int64(crc32(0, expected, UInt32(expected.count))))
  }

  @Test("is the CRC-32 of its values, however long they are")
  func known() {
    check([])
    check([nil])
    check([Int64(0), Int64.min, Int64.max, Int64(-1), nil, "", "é", "a\u{1F}b"])
    for length in [1, 489, 490, 491, 510, 511, 512, 513, 1_024, 5_000] {
      let text = String(repeating: "x", count: length)
      check([text])
      check([text, Int64.min, text, nil])
      check(["before", text, Int64(7)])
    }
  }

  @Test("holds for any rows, one after the other", arguments: Seeds.some(4))
  func any(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      check(
        (0..<Int.random(in: 0...40, using: &random)).map { _ -> (any DatabaseValueConvertible)? in
          switch Int.random(in: 0...2, using: &random) {
          case 0: nil
          case 1: Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random)
          default: String(repeating: "y", count: .random(in: 0...90, using: &random))
          }
        })
    }
  }
}
