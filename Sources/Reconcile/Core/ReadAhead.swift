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
    let handover = Handover<Element, Outcome>(bytes: bytes)
    DispatchQueue(label: "reconcile.read-ahead").async { handover.fill(produce) }
    return try handover.empty(take)
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
  private let room = DispatchSemaphore(value: ReadAhead.room)
  /// Counts batches, and the end.
  private let filled = DispatchSemaphore(value: 0)

  init(bytes: @escaping @Sendable (Element) -> Int) { self.bytes = bytes }

  func fill(_ produce: (_ give: (Element) throws -> Void) throws -> Outcome) {
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
    let end = Result {
      do {
        let outcome = try produce { element in
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
    state.withLock { $0.end = end }
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
        giveUp()
        throw error
      }
    }
  }

  /// Makes the other thread stop and waits until it has: what it uses may end with the caller.
  private func giveUp() {
    state.withLock { $0.isGivenUp = true }
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
