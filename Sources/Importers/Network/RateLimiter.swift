import ReconcileCore
import Synchronization

/// The limiters of a run, one for each key.
final class RateLimits: Sendable {
  private let byKey = Mutex<[Secret: RateLimiter]>([:])

  init() {}

  /// The limiter of this key, which from now on keeps this limit too.
  func limiter(for key: Secret, limit: RateLimit?) -> RateLimiter {
    let limiter = byKey.withLock { table in
      if let known = table[key] { return known }
      let fresh = RateLimiter()
      table[key] = fresh
      return fresh
    }
    if let limit { limiter.add(limit) }
    return limiter
  }
}

/// A sliding window: no window of S seconds holds more than N requests.
///
/// A request counts from the moment it is granted until S seconds after its answer. The provider counts it
/// somewhere in between, so its window holds no more than ours however long requests are on their way.
final class RateLimiter: Sendable {
  /// What a wish to send meets.
  enum Answer: Sendable, Equatable {
    case granted(UInt64)
    /// Ask again at this time. A request that is still on its way makes it a guess.
    case wait(until: Double)
  }

  private struct State {
    var limits: [RateLimit] = []
    var nextTicket: UInt64 = 0
    var underWay: Set<UInt64> = []
    /// When requests were answered, oldest first.
    var answered: [Double] = []
  }

  private let state = Mutex(State())

  /// Keeps this limit from now on, beside those it has.
  func add(_ limit: RateLimit) {
    guard limit.requests > 0, limit.seconds > 0 else { return }
    state.withLock { if !$0.limits.contains(limit) { $0.limits.append(limit) } }
  }

  /// Asks to send now.
  func ask(now: Double) -> Answer {
    state.withLock { state in
      var earliest = now
      for limit in state.limits {
        let span = limit.seconds + max(0.02, limit.seconds * 0.01)
        let recent = state.answered.reversed().prefix { $0 + span > now }.count
        let excess = recent + state.underWay.count - limit.requests + 1
        guard excess > 0 else { continue }
        if excess <= recent {
          let place = state.answered.count - recent + excess - 1
          earliest = max(earliest, state.answered[place] + span)
        } else {
          earliest = max(earliest, now + 0.02)
        }
      }
      guard earliest <= now else { return .wait(until: earliest) }
      state.nextTicket += 1
      state.underWay.insert(state.nextTicket)
      return .granted(state.nextTicket)
    }
  }

  /// Says that a granted request was answered, failed or was given up.
  func finish(_ ticket: UInt64, now: Double) {
    state.withLock { state in
      guard state.underWay.remove(ticket) != nil else { return }
      state.answered.append(now)
      let longest = state.limits.map { $0.seconds * 1.01 + 0.02 }.max() ?? 0
      // Forgotten in large steps, so that a long window costs no copy at each request.
      if let first = state.answered.first, first + longest <= now, state.answered.count > 256 {
        state.answered.removeAll { $0 + longest <= now }
      }
    }
  }
}
