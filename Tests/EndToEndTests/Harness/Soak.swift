import Foundation

/// How many seeded cases a test makes: a few in every test run, many when somebody asks for a soak.
///
/// `RECONCILE_SOAK` is a first and a last seed, `1-300`, or the one seed of a case that failed. A failure names its
/// seed as the argument of the test.
enum Soak {
  /// The seeds of a test: those that were asked for, else 1 to `usual`.
  static func seeds(usual: UInt64) -> [UInt64] {
    let words = ProcessInfo.processInfo.environment["RECONCILE_SOAK"] ?? ""
    let ends = words.split(separator: "-").compactMap { UInt64($0) }
    guard let first = ends.first, let last = ends.last, first <= last else { return Array(1...usual) }
    return Array(first...last)
  }

  /// Cases that run side by side: each has a sandbox and a program, and a hundred of them would only wait for each
  /// other until the waits run out.
  static let slots = Slots(6)
}
