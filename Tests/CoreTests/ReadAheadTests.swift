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

  // MARK: parts

  private typealias Reader = @Sendable (ReaderShare<Int>) throws -> Void

  /// A reader that gives out `count` numbers for each part: 0, 1, 2 … of part 0, 1,000,000 … of part 1.
  private func reader(_ count: Int, failingAt failing: Int? = nil) -> Reader {
    { share in
      try share.forEach { part, give in
        for number in 0..<count {
          if part * 1_000_000 + number == failing { throw Trouble(at: part) }
          try give(part * 1_000_000 + number)
        }
      }
    }
  }

  private func expected(parts: Int, _ count: Int) -> [Int] {
    (0..<parts).flatMap { part in (0..<count).map { part * 1_000_000 + $0 } }
  }

  @Test(arguments: [0, 1, 2, 7], [1, 2, 3])
  func partsArriveInOrder(parts: Int, readers: Int) throws {
    for count in [0, 1, 256, 1_000, 20_000] {
      var taken: [Int] = []
      try ReadAhead.run(
        parts: parts, bytes: { _ in 0 }, readers: Array(repeating: reader(count), count: readers)
      ) { taken.append($0) }
      #expect(taken == expected(parts: parts, count))
    }
  }

  @Test(arguments: [0, 1, 4, 6])
  func theFirstPartThatFailsEndsAll(failing part: Int) throws {
    var taken: [Int] = []
    let failing = reader(2_000, failingAt: part * 1_000_000 + 700)
    #expect(throws: Trouble(at: part)) {
      try ReadAhead.run(parts: 7, bytes: { _ in 0 }, readers: [failing, failing]) { taken.append($0) }
    }
    #expect(taken == expected(parts: part, 2_000) + (0..<700).map { part * 1_000_000 + $0 })
  }

  @Test func aReaderThatCannotBeginIsHeard() {
    var taken: [Int] = []
    #expect(throws: Trouble(at: -1)) {
      try ReadAhead.run(
        parts: 4, bytes: { _ in 0 }, readers: [reader(300), { @Sendable _ in throw Trouble(at: -1) }]
      ) { taken.append($0) }
    }
    #expect(taken == expected(parts: 1, 300))
  }

  @Test(arguments: [0, 1])
  func aReaderThatCannotEndIsHeard(place: Int) {
    var taken: [Int] = []
    let ended = Mutex(0)
    let reader = reader(300)
    let readers = (0..<2).map { number -> Reader in
      { share in
        try reader(share)
        if number == place { throw Trouble(at: -2) }
        usleep(50_000)
        ended.withLock { $0 += 1 }
      }
    }
    #expect(throws: Trouble(at: -2)) {
      try ReadAhead.run(parts: 4, bytes: { _ in 0 }, readers: readers) { taken.append($0) }
    }
    #expect(taken == expected(parts: 4, 300))
    #expect(ended.withLock { $0 } == 1)
  }

  @Test func aPartThatNobodyReadsIsNoEmptyPart() {
    #expect(throws: (any Error).self) {
      try ReadAhead.run(parts: 2, bytes: { _ in 0 }, readers: [reader(1), { @Sendable _ in }]) { _ in }
    }
  }

  @Test(arguments: [0, 299, 300, 40_000])
  func anErrorOfTheTakerStopsAllReaders(failing at: Int) {
    let begun = Mutex(0)
    let ended = Mutex(0)
    let count = 20_000
    let reader = reader(count)
    let counting: Reader = { share in
      begun.withLock { $0 += 1 }
      defer { ended.withLock { $0 += 1 } }
      try reader(share)
    }
    var taken = 0
    #expect(throws: Trouble(at: at)) {
      try ReadAhead.run(parts: 6, bytes: { _ in 0 }, readers: [counting, counting]) { _ in
        if taken == at { throw Trouble(at: at) }
        taken += 1
      }
    }
    #expect(begun.withLock { $0 } == ended.withLock { $0 })
  }

  @Test func readersOfPartsAreNeverTooFarAhead() throws {
    let given = Mutex(0)
    let parts = 400
    let reader: Reader = { share in
      try share.forEach { part, give in
        for number in 0..<ReadAhead.batch {
          try give(number)
          given.withLock { $0 += 1 }
        }
      }
    }
    var (farthest, taken) = (0, 0)
    try ReadAhead.run(parts: parts, bytes: { _ in 0 }, readers: [reader, reader]) { _ in
      if taken == 0 { usleep(200_000) }
      taken += 1
      farthest = max(farthest, given.withLock { $0 } - taken)
    }
    #expect(taken == parts * ReadAhead.batch)
    #expect(farthest <= ReadAhead.batch * (ReadAhead.room + 4), "\(farthest)")
  }
}
