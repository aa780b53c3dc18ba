import Testing

@testable import ReconcileCore

@Suite("Work beside the caller's own", .timeLimit(.minutes(1)))
struct BesideTests {
  private struct Trouble: Error {}

  @Test func itsResultIsThereForAllWhoAsk() throws {
    let sums = (0..<50).map { count in Beside { (0..<count).reduce(0, +) } }
    for (count, sum) in sums.enumerated() {
      #expect(try sum.value() == count * (count - 1) / 2)
      #expect(try sum.value() == count * (count - 1) / 2)
    }
  }

  @Test func itsErrorIsThrown() {
    let work = Beside { () throws -> Int in throw Trouble() }
    #expect(throws: Trouble.self) { try work.value() }
  }
}
