import Dispatch
import Synchronization
import Testing

@testable import ReconcileCore

/// One thread gives, another takes: everything arrives once and in order, and whoever fails ends both.
@Suite struct ReadAheadTests {
  private struct Trouble: Error, Equatable { var at: Int }

  @Test(arguments: [0, 1, 255, 256, 257, 10_000])
  func everythingArrivesInOrder(count: Int) throws {
    var taken: [Int] = []
    let outcome = try ReadAhead.run(bytes: { _ in 0 }) { give in
      for number in 0..<count { try give(number) }
      return "read \(count)"
    } take: {
      taken.append($0)
    }
    #expect(taken == Array(0..<count))
    #expect(outcome == "read \(count)")
  }

  @Test(arguments: [0, 1, 256, 700, 5_000])
  func whatWasGivenBeforeAnErrorIsTakenFirst(failing at: Int) throws {
    var taken: [Int] = []
    #expect(throws: Trouble(at: at)) {
      try ReadAhead.run(bytes: { _ in 0 }) { give in
        for number in 0..<at { try give(number) }
        throw Trouble(at: at)
      } take: { (number: Int) in
        taken.append(number)
      }
    }
    #expect(taken == Array(0..<at))
  }

  @Test(arguments: [0, 1, 255, 256, 257, 2_000, 9_999])
  func anErrorOfTheTakerStopsTheGiver(failing at: Int) throws {
    let ended = Mutex(false)
    #expect(throws: Trouble(at: at)) {
      try ReadAhead.run(bytes: { _ in 0 }) { give in
        defer { ended.withLock { $0 = true } }
        for number in 0..<10_000 { try give(number) }
      } take: { number in
        if number == at { throw Trouble(at: at) }
      }
    }
    #expect(ended.withLock { $0 })
  }

  @Test func theGiverIsNeverFarAhead() throws {
    let given = Mutex(0)
    var farthest = 0
    var taken = 0
    try ReadAhead.run(bytes: { _ in 0 }) { give in
      for number in 0..<20_000 {
        given.withLock { $0 = number }
        try give(number)
      }
    } take: { _ in
      taken += 1
      farthest = max(farthest, given.withLock { $0 } - taken)
    }
    #expect(taken == 20_000)
    #expect(farthest <= ReadAhead.batch * (ReadAhead.room + 2))
  }

  @Test func fewLongElementsAreInMemory() throws {
    let given = Mutex(0)
    var (farthest, taken) = (0, 0)
    try ReadAhead.run(bytes: { _ in ReadAhead.batchBytes / 2 }) { give in
      for number in 0..<200 {
        given.withLock { $0 = number }
        try give(number)
      }
    } take: { _ in
      taken += 1
      farthest = max(farthest, given.withLock { $0 } - taken)
    }
    #expect(taken == 200)
    #expect(farthest <= 2 * (ReadAhead.room + 2))
  }
}
