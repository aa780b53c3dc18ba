import Dispatch
import Synchronization

/// Lets one thread read or work out what another one takes, so that a large shop keeps two cores busy.
public enum ReadAhead {
  /// Elements of usual size that change hands together: enough that waiting for one another costs nothing.
  static let batch = 256
  /// Bytes of long elements that change hands together.
  static let batchBytes = 131_072
  /// Batches that may wait to be taken: report rows come out day by day, and while one thread waits for the next day to be
  /// sorted the other still has some to write.
  static let room = 64

  /// Runs `produce` on a thread of its own and hands everything that it gives out to `take`, in order, on the calling
  /// thread.
  ///
  /// - Parameter bytes: about how much text an element holds, so that few long ones are in memory at a time.
  /// - Returns: what `produce` returns.
  /// - Throws: what `produce` throws, after all that it gave out before was taken; or what `take` throws, after `produce`
  ///   has stopped too.
  public static func run<Element: Sendable, Outcome: Sendable>(
    bytes: @escaping @Sendable (Element) -> Int,
    _ produce: @escaping @Sendable (_ give: (Element) throws -> Void) throws -> Outcome,
    take: (Element) throws -> Void
  ) throws -> Outcome {
    let handover = Handover<Element, Outcome>(bytes: bytes, room: DispatchSemaphore(value: room))
    DispatchQueue(label: "reconcile.read-ahead").async {
      _ = handover.fill(0) { _, give in try produce(give) }
    }
    return try handover.empty(take)
  }

  /// Does the same for work in parts, with a thread for each reader, of which there is one at least: the parts go to the
  /// readers in turn, and all that they give out is taken in the order of the parts.
  ///
  /// - Throws: what the first part that fails throws, after all before it was taken; or what a reader or `take` throws.
  ///   All readers have stopped then.
  public static func run<Element: Sendable>(
    parts: Int, bytes: @escaping @Sendable (Element) -> Int,
    readers: [@Sendable (ReaderShare<Element>) throws -> Void], take: (Element) throws -> Void
  ) throws {
    let rooms = readers.map { _ in DispatchSemaphore(value: max(1, room / readers.count)) }
    let handovers = (0..<parts).map { Handover<Element, Void>(bytes: bytes, room: rooms[$0 % readers.count]) }
    let reading = readers.enumerated().map { place, reader in
      let numbers = stride(from: place, to: parts, by: readers.count)
      let share = ReaderShare(parts: numbers.map { ($0, handovers[$0]) })
      return Beside { try share.read(reader) }
    }
    do {
      for handover in handovers { try handover.empty(take) }
    } catch {
      for handover in handovers { handover.stop() }
      for handover in handovers { handover.drain() }
      for reader in reading { _ = try? reader.value() }
      throw error
    }
    let ends = reading.map { reader in Result { try reader.value() } }
    for end in ends { try end.get() }
  }
}

/// The parts of a piece of work that fall to one reader.
public final class ReaderShare<Element: Sendable>: Sendable {
  fileprivate struct Unread: Error {}
  private let parts: [(number: Int, handover: Handover<Element, Void>)]

  fileprivate init(parts: [(number: Int, handover: Handover<Element, Void>)]) { self.parts = parts }

  /// Produces the parts one after the other, by their numbers from 0. To be called once.
  ///
  /// - Throws: what `produce` throws, or an error of its own where nobody takes any more.
  public func forEach(_ produce: (_ part: Int, _ give: (Element) throws -> Void) throws -> Void) throws {
    for part in parts { try part.handover.fill(part.number, produce).get() }
  }

  /// Lets the reader read, and sees to it that nobody waits for a part that it leaves out.
  fileprivate func read(_ reader: (ReaderShare) throws -> Void) throws {
    let outcome = Result { try reader(self) }
    for part in parts { part.handover.end(.failure(outcome.error ?? Unread())) }
    try outcome.get()
  }
}

extension Result {
  fileprivate var error: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}

/// What lies between the two threads.
private final class Handover<Element: Sendable, Outcome: Sendable>: Sendable {
  private struct Stopped: Error {}
  private struct State {
    var batches: [[Element]] = []
    var end: Result<Outcome, any Error>?
    var isGivenUp = false
  }

  private let bytes: @Sendable (Element) -> Int
  private let state = Mutex(State())
  /// Counts the batches that may still be filled; handovers of one reader share it.
  private let room: DispatchSemaphore
  /// Counts batches, and the end.
  private let filled = DispatchSemaphore(value: 0)

  init(bytes: @escaping @Sendable (Element) -> Int, room: DispatchSemaphore) {
    (self.bytes, self.room) = (bytes, room)
  }

  /// Hands over all that `produce` gives out of a part; returns how it ended.
  func fill(
    _ part: Int, _ produce: (_ part: Int, _ give: (Element) throws -> Void) throws -> Outcome
  ) -> Result<Outcome, any Error> {
    var batch: [Element] = []
    batch.reserveCapacity(ReadAhead.batch)
    var size = 0
    func hand() throws {
      room.wait()
      let isGivenUp = state.withLock { state in
        state.batches.append(batch)
        return state.isGivenUp
      }
      filled.signal()
      if isGivenUp { throw Stopped() }
      batch.removeAll(keepingCapacity: true)
      size = 0
    }
    let outcome = Result {
      do {
        if state.withLock({ $0.isGivenUp }) { throw Stopped() }
        let outcome = try produce(part) { element in
          batch.append(element)
          size += bytes(element)
          if batch.count == ReadAhead.batch || size >= ReadAhead.batchBytes { try hand() }
        }
        if !batch.isEmpty { try hand() }
        return outcome
      } catch {
        // What was given out before the error is not lost with it.
        if !batch.isEmpty, !(error is Stopped) { try hand() }
        throw error
      }
    }
    end(outcome)
    return outcome
  }

  /// Says how it ended, unless that is known.
  func end(_ end: Result<Outcome, any Error>) {
    state.withLock { $0.end = $0.end ?? end }
    filled.signal()
  }

  func empty(_ take: (Element) throws -> Void) throws -> Outcome {
    while true {
      filled.wait()
      let (batch, end) = state.withLock { state in
        (state.batches.isEmpty ? nil : state.batches.removeFirst(), state.end)
      }
      guard let batch else {
        if let end { return try end.get() }
        continue
      }
      room.signal()
      do {
        for element in batch { try take(element) }
      } catch {
        stop()
        drain()
        throw error
      }
    }
  }

  /// Makes the other thread stop.
  func stop() { state.withLock { $0.isGivenUp = true } }

  /// Waits until the other thread has stopped: what it uses may end with the caller.
  func drain() {
    while true {
      let (dropped, hasEnded) = state.withLock { state in
        let dropped = state.batches.count
        state.batches.removeAll()
        return (dropped, state.end != nil)
      }
      // Room for each, also at the end: a semaphore may not go while it is below where it began.
      for _ in 0..<dropped { room.signal() }
      if hasEnded { return }
      filled.wait()
    }
  }
}
