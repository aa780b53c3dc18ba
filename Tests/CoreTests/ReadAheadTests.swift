import Foundation
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

  /// How many of so many elements the giver is ahead of a taker that waits for it to have given `enough`.
  private func lead(of count: Int, bytes: Int, enough: Int) throws -> Int {
    let given = Mutex(0)
    var (farthest, taken) = (0, 0)
    try ReadAhead.run(bytes: { _ in bytes }) { give in
      for number in 0..<count {
        given.withLock { $0 = number }
        try give(number)
      }
    } take: { _ in
      if taken == 0 {
        // Whoever may go on does so while nothing is taken.
        for _ in 0..<1_000 where given.withLock({ $0 }) < enough { usleep(10_000) }
        usleep(50_000)
      }
      taken += 1
      farthest = max(farthest, given.withLock { $0 } - taken)
    }
    #expect(taken == count)
    return farthest
  }

  @Test func theGiverIsFarAheadAndNeverTooFar() throws {
    let room = ReadAhead.batch * ReadAhead.room
    let lead = try lead(of: 10 * room, bytes: 0, enough: room)
    #expect((room - 1...room + 2 * ReadAhead.batch).contains(lead), "\(lead)")
  }

  @Test func fewLongElementsAreInMemory() throws {
    let lead = try lead(of: 1_000, bytes: ReadAhead.batchBytes / 2, enough: 2 * ReadAhead.room)
    #expect(lead <= 2 * (ReadAhead.room + 2), "\(lead)")
  }
}
