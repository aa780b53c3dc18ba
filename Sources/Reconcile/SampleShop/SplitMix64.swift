/// A small generator of repeatable numbers (SplitMix64, Steele, Lea and Flood 2014): the same seed gives the
/// same shop on every machine, which Swift's own generators do not promise.
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 to `bound` − 1; the bounds in use are so small that the remainder favours nothing.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

  /// A number of the range, both ends included.
  mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  /// True `count` times in `total`.
  mutating func chance(_ count: Int, in total: Int) -> Bool { below(total) < count }

  /// One of these.
  mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }

  /// An index of `weights`, each as often as its weight says.
  mutating func weighted(_ weights: [Int]) -> Int {
    var rest = below(weights.reduce(0, +))
    for (index, weight) in weights.enumerated() {
      if rest < weight { return index }
      rest -= weight
    }
    return 0
  }

  /// Letters and digits that nobody mistakes for one another, as providers like them in references.
  mutating func code(_ length: Int) -> String {
    var number = next()
    var text: [UInt8] = []
    text.reserveCapacity(length)
    for index in 0..<length {
      if index == 12 { number = next() }
      text.append(Self.letters[Int(number & 31)])
      number >>= 5
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789".utf8)
}
