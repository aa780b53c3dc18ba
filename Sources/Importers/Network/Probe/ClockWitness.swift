import ReconcileCore
import Synchronization

/// Notes the `Date` of every response that passes, beside this machine's own time, and passes everything on.
final class ClockWitness: HTTPSending {
  private struct State {
    var responses = 0
    /// How far this machine is ahead of the provider at least and at most, in microseconds, by the response that came
    /// quickest: a slow one says less.
    var lead: ClosedRange<Int64>?
  }

  /// A difference of more seconds than this deserves a look.
  private static let tolerated: Int64 = 60
  private let sender: any HTTPSending
  private let clock: any ImportClock
  private let state = Mutex(State())

  init(_ sender: any HTTPSending, clock: any ImportClock) {
    self.sender = sender
    self.clock = clock
  }

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let sent = clock.wallNow()
    let response = try await sender.send(request)
    let received = clock.wallNow()
    state.withLock { state in
      state.responses += 1
      guard let date = response.date, received >= sent else { return }
      // The header names whole seconds: the provider's clock stood at `date` or up to a second later.
      let lead =
        (sent.microseconds - date.microseconds - 1_000_000)...(received.microseconds - date.microseconds)
      if let known = state.lead, known.width <= lead.width { return }
      state.lead = lead
    }
    return response
  }

  /// What the responses say of the two clocks; nothing when none came.
  var findings: [ProbeFinding] {
    let state = state.withLock { $0 }
    guard state.responses > 0 else { return [] }
    guard let lead = state.lead else {
      return [
        ProbeFinding(
          .good, "no response carries a Date, so the provider's clock cannot be compared with ours")
      ]
    }
    if lead.contains(0) {
      return [ProbeFinding(.good, "this machine's clock and the provider's agree to the second")]
    }
    let isAhead = lead.lowerBound > 0
    let least = (isAhead ? lead.lowerBound : -lead.upperBound) / 1_000_000
    let middle = abs(lead.lowerBound / 2 + lead.upperBound / 2)
    let seconds = (middle + 500_000) / 1_000_000
    let words =
      "this machine's clock is \(seconds) \(seconds == 1 ? "second" : "seconds") \(isAhead ? "ahead of" : "behind")"
      + " the provider's"
    guard least > Self.tolerated else { return [ProbeFinding(.good, words)] }
    return [
      ProbeFinding(
        .notice, words,
        remedy:
          "set this machine's clock (`timedatectl` shows whether it is synchronised); grace periods, ages and"
          + " --period depend on it. If it is right, tell the provider")
    ]
  }
}

extension ClosedRange<Int64> {
  fileprivate var width: Int64 { upperBound - lowerBound }
}
