import TestSupport
import Testing

@testable import ReconcileWarehouse

@Suite("Bodies are kept small and come back as they were")
struct DeflateTests {
  @Test("bodies of any length, one after the other", arguments: Seeds.some(4))
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let deflater = try Deflater()
    let sizes = [0, 1, 2, Deflater.shortBody - 1, Deflater.shortBody, Deflater.shortBody + 1, 100_000]
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
}
