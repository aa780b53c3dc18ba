import ReconcileCore
import TestSupport
import Testing

@testable import ReconcileWarehouse

@Suite("Bodies are kept small and come back as they were")
struct DeflateTests {
  @Test("bodies of any length, one after the other", arguments: Seeds.some(4))
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let deflater = try Deflater()
    let sizes = [0, 1, 2, Deflate.shortBody - 1, Deflate.shortBody, Deflate.shortBody + 1, 100_000]
    for size in sizes + sizes.reversed() {
      let body = (0..<size).map { _ in UInt8.random(in: 32...60, using: &random) }
      let packed = try deflater.compress(body)
      #expect(Deflate.decompress(packed, count: size) == body, "seed \(seed), \(size) bytes")
      #expect(Deflate.decompress(packed, count: size + 1) == nil)
      if size > 0 { #expect(Deflate.decompress(packed, count: size - 1) == nil) }
    }
  }

  @Test("a stream that is cut, longer than it was, or damaged is none")
  func damaged() throws {
    for text in ["{\"referenceId\":\"A\"}", String(repeating: "page of records ", count: 100)] {
      let packed = try Deflater().compress(Array(text.utf8))
      let count = text.utf8.count
      #expect(Deflate.decompress(Array(packed.dropLast()), count: count) == nil)
      #expect(Deflate.decompress(packed + [0], count: count) == nil)
      for place in packed.indices {
        var other = packed
        other[place] ^= 0x10
        let read = Deflate.decompress(other, count: count)
        #expect(read == nil || read == Array(text.utf8), "byte \(place)")
      }
    }
  }

  @Test("a reply about one record shrinks to less than half")
  func shortBodies() throws {
    let reply = """
      {"referenceId":"SO-1","amount":1801,"currencyCode":"USD","status":"success","customerAction":null,\
      "merchantMetadata":{"orderId":"SO-1"},"actualAmount":1801,"createdAt":"2026-02-28T22:02:41.001Z"}
      """
    #expect(try Deflater().compress(Array(reply.utf8)).count * 2 < reply.utf8.count)
  }

  /// Warehouses hold streams that were made with it.
  @Test("the dictionary is the one of the first version")
  func dictionary() {
    #expect(
      Digest.hex(Digest.sha256(Deflate.dictionary))
        == "b4bc8b552b3674d3838df71af1d5b09fb150edcedbe43a061531703d6e936945")
  }
}
