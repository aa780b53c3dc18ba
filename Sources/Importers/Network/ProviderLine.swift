import ReconcileCore
import Synchronization

/// The line to one provider: every request of its import passes here, under one set of limits. It tries again
/// where that can help, and hangs up for good when the provider refuses the key or is given up.
final class ProviderLine: Sendable {
  /// How a request ended.
  enum Answer<Value: Sendable>: Sendable {
    case value(Value)
    /// A status other than 200 that is not tried again, in words and as a number.
    case status(Int, String)
    /// Used up its tries, or cannot succeed.
    case failed(String)
    /// No further request goes to this provider.
    case hungUp
  }

  /// What a caller makes of a 200.
  enum Judgement<Value: Sendable>: Sendable {
    case good(Value)
    /// Worth another try; the value is what is returned when there is none left.
    case retry(String, lastResort: Value)
  }

  /// Why the line was cut.
  enum HangUp: Sendable, Equatable {
    case refused(String)
    case givenUp(String)
  }

  private struct State {
    var hangUp: HangUp?
    var notBefore = -Double.infinity
    var exhausted = 0
    var requests: Int64 = 0
    var deadline: Double?
    /// What was left when the clock was stopped.
    var remaining: Double?
    var distrustsConnections = false
  }

  let base: BaseURL
  let scrubber: SecretScrubber
  let clock: any ImportClock
  private let settings: ProviderSettings
  private let credential: Credential
  private let sender: any HTTPSending
  private let limiter: RateLimiter
  private let chance: @Sendable () -> Double
  private let tries: Int
  private let state = Mutex(State())

  init(
    _ settings: ProviderSettings, baseURL: String, key: Secret, environment: NetworkEnvironment,
    tries: Int = RetryPolicy.tries
  ) throws(RefusedRequest) {
    do { base = try BaseURL(baseURL) } catch { throw RefusedRequest(reason: "base_url \(error.reason)") }
    credential = try Credential(template: Self.header(of: settings), key: key)
    scrubber = SecretScrubber(key)
    let standard: RateLimit? = settings.kind == .maxfi ? RateLimit(requests: 90, seconds: 60) : nil
    limiter = environment.limits.limiter(for: key, limit: settings.rateLimit ?? standard)
    self.settings = settings
    self.tries = tries
    sender = environment.sender
    clock = environment.clock
    chance = environment.chance
  }

  /// The header that shows the key, `{key}` in its place.
  static func header(of settings: ProviderSettings) -> String {
    switch settings.kind {
    case .maxfi, .gate: "Authorization: Bearer {key}"
    case .dapit: "X-Gateway-Key: {key}"
    case .inflow: settings.authHeader
    }
  }

  /// The provider's kind.
  var kind: ProviderKind { settings.kind }
  /// Why the line was cut; nil while it stands.
  var hangUp: HangUp? { state.withLock { $0.hangUp } }
  /// Requests sent so far, retries included.
  var requests: Int64 { state.withLock { $0.requests } }

  /// Starts the clock of the provider's whole import; later calls change nothing.
  func startDeadline() {
    let now = clock.now()
    state.withLock { state in
      if state.deadline == nil { state.deadline = now + (state.remaining ?? settings.deadlineSeconds) }
    }
  }

  /// Stops the clock while other providers are waited for; `startDeadline` goes on with what is left.
  func pauseDeadline() {
    let now = clock.now()
    state.withLock { state in
      guard let end = state.deadline else { return }
      state.remaining = max(0, end - now)
      state.deadline = nil
    }
  }

  /// Says that an answer seems to belong to an earlier request: something on the way may have lost count. From now on
  /// every request has a connection of its own.
  func distrustConnections() { state.withLock { $0.distrustsConnections = true } }

  /// Whether every request has a connection of its own by now.
  var distrustsConnections: Bool { state.withLock { $0.distrustsConnections } }

  /// The call's path and query without any key, as evidence names it.
  func evidenceName(_ call: ReadCall, at position: PagePosition) throws(RefusedRequest) -> String {
    scrubber.scrubbed(try call.target(at: position, base: base))
  }

  /// Asks until there is an answer. `judge` sees every 200 and says whether it can be used; it is called again
  /// for each try. Throws only `CancellationError`.
  func ask<Value: Sendable>(
    _ call: ReadCall, at position: PagePosition = .first,
    judge: @Sendable (HTTPResponse) -> Judgement<Value>
  ) async throws -> Answer<Value> {
    let request: HTTPRequest
    do { request = try makeRequest(call, at: position) } catch { return .failed(error.reason) }
    let place = scrubber.scrubbed(request.place)
    var wait = -Double.infinity
    for number in 1...tries {
      guard let ticket = try await admission(notBefore: wait) else { return .hungUp }
      let trouble: String
      var lastResort: Value?
      switch await send(request, ticket: ticket) {
      case .failure(.cancelled): throw CancellationError()
      case .failure(let error):
        let words = "\(place): \(scrubber.scrubbed(error.words))"
        if case .certificate = error { return hangUp(.givenUp(words)) }
        if pastDeadline() { return hangUp(.givenUp(deadlineWords)) }
        guard error.isTransient else { return settled(.failed(words)) }
        trouble = error.words
      case .success(let response):
        let words = "\(place) answered \(response.status)"
        switch response.status {
        case 200:
          if let coding = response.contentEncoding {
            return settled(.failed("\(place): the answer is compressed (\(scrubber.scrubbed(coding)))"))
          }
          switch judge(response) {
          case .good(let value): return settled(.value(value))
          case .retry(let reason, let value):
            trouble = reason
            lastResort = value
          }
        case 401, 403:
          return hangUp(.refused("\(words): the key was refused"))
        case let status where RetryPolicy.isTransient(status: status):
          trouble = "status \(status)"
          if let seconds = RetryPolicy.retryAfter(response, wallNow: clock.wallNow()) {
            guard seconds <= RetryPolicy.longestRetryAfter else {
              return hangUp(.givenUp("\(words) and asks to wait longer than 120 seconds"))
            }
            let until = clock.now() + seconds
            state.withLock { $0.notBefore = max($0.notBefore, until) }
          }
        case 300..<400:
          let host = response.locationHost.map { " to " + scrubber.scrubbed($0) } ?? ""
          return settled(.status(response.status, "\(words): a redirect\(host), which is never followed"))
        default: return settled(.status(response.status, words))
        }
      }
      if number == tries {
        if exhausted() {
          _ =
            hangUp(.givenUp("three requests in a row used up their tries, the last \(place): \(trouble)"))
            as Answer<Value>
        }
        if let lastResort { return .value(lastResort) }
        return .failed("\(place): \(trouble), \(tries) times")
      }
      wait = clock.now() + RetryPolicy.wait(afterTry: number, chance: chance())
    }
    return .hungUp
  }

  private func makeRequest(_ call: ReadCall, at position: PagePosition) throws(RefusedRequest) -> HTTPRequest
  {
    guard call.kind == settings.kind else {
      throw RefusedRequest(reason: "the request belongs to another kind of provider")
    }
    return HTTPRequest(
      base: base, target: try call.target(at: position, base: base), credential: credential,
      keyAsParameter: call.takesKeyParameter, timeoutSeconds: settings.timeoutSeconds,
      caFile: settings.caFile,
      maximumSeconds: settings.deadlineSeconds)
  }

  /// Waits until the provider may be asked again; nil when it may not be asked at all any more.
  private func admission(notBefore: Double) async throws -> UInt64? {
    while true {
      try Task.checkCancellation()
      let (cut, deadline, floor) = state.withLock { ($0.hangUp != nil, $0.deadline, $0.notBefore) }
      if cut { return nil }
      let now = clock.now()
      var until = max(notBefore, floor)
      if until <= now {
        switch limiter.ask(now: now) {
        case .granted(let ticket):
          guard now < deadline ?? .infinity else {
            limiter.finish(ticket, now: now)
            cutLine(.givenUp(deadlineWords))
            return nil
          }
          return ticket
        case .wait(let time): until = time
        }
      }
      if let deadline, until >= deadline {
        cutLine(.givenUp(deadlineWords))
        return nil
      }
      try await clock.sleep(seconds: until - now)
    }
  }

  private func send(_ request: HTTPRequest, ticket: UInt64) async -> Result<HTTPResponse, TransportError> {
    var request = request
    let deadline = state.withLock { state in
      state.requests += 1
      request.usesOwnConnection = state.distrustsConnections
      return state.deadline
    }
    if let deadline { request.maximumSeconds = max(0.05, deadline - clock.now()) }
    defer { limiter.finish(ticket, now: clock.now()) }
    do { return .success(try await sender.send(request)) } catch { return .failure(error) }
  }

  private var deadlineWords: String {
    "the provider's deadline of \(Int(settings.deadlineSeconds)) seconds has passed"
  }

  private func pastDeadline() -> Bool { state.withLock { clock.now() >= $0.deadline ?? .infinity } }

  /// An answer for good: the row of exhausted requests ends.
  private func settled<Value: Sendable>(_ answer: Answer<Value>) -> Answer<Value> {
    state.withLock { $0.exhausted = 0 }
    return answer
  }

  private func exhausted() -> Bool {
    state.withLock {
      $0.exhausted += 1
      return $0.exhausted >= RetryPolicy.exhaustedLimit
    }
  }

  private func hangUp<Value: Sendable>(_ reason: HangUp) -> Answer<Value> {
    cutLine(reason)
    return .hungUp
  }

  /// A refused key outranks every other reason.
  private func cutLine(_ reason: HangUp) {
    state.withLock { state in
      switch (state.hangUp, reason) {
      case (nil, _), (.givenUp, .refused): state.hangUp = reason
      default: break
      }
    }
  }
}
