import Foundation

/// SplitMix64: the same seed always gives the same numbers.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator that begins at this seed.
  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// True once in `n` times.
  public mutating func once(in n: Int) -> Bool { Int.random(in: 0..<n, using: &self) == 0 }

  /// One of these values; `values` must not be empty.
  public mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &self)] }
}

/// Seeds of property tests. They are arguments of the test, so a failure prints the one it happened with.
public enum Seeds {
  /// `count` seeds: the first half always the same, the rest new in every run. With `RECONCILE_TEST_SEED`
  /// set, only that one, to see a failure again.
  public static func some(_ count: Int) -> [UInt64] {
    if let text = ProcessInfo.processInfo.environment["RECONCILE_TEST_SEED"], let seed = UInt64(text) {
      return [seed]
    }
    return (0..<count).map { $0 < (count + 1) / 2 ? UInt64($0 + 1) : .random(in: 0...UInt64.max) }
  }
}
