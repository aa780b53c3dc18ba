import ReconcileCore
import Testing

@testable import Importers

private func reason(_ outcome: ProviderOutcome) -> String {
  switch outcome.ending {
  case .complete: "complete"
  case .incomplete(let words), .refused(let words): words
  }
}

@Suite("Requests are tried again where that helps")
struct TransportRetryTests {
  @Test(
    "a transient status is tried at most six times, with growing waits",
    arguments: [408, 425, 429, 500, 502, 503, 504])
  func transientStatus(code: Int) async throws {
    let trial = Trial(.maxfi) { _, _ in status(code) }
    let outcome = try await trial.run.run()
    #expect(trial.sender.targets.count == 6)
    #expect(outcome.requests == 6)
    #expect(zip(trial.sender.pauses.dropFirst(), trial.sender.pauses).allSatisfy { $0 > $1 })
    #expect(trial.sender.pauses.allSatisfy { $0 >= 0.2 })
    #expect(reason(outcome).contains("api.example.com/base/v2/payments"))
  }

  @Test(
    "other statuses are not tried again",
    arguments: [301, 302, 307, 400, 402, 404, 405, 409, 410, 422, 501, 204])
  func permanentStatus(code: Int) async throws {
    let trial = Trial(.maxfi) { _, _ in status(code) }
    let outcome = try await trial.run.run()
    #expect(trial.sender.targets.count == 1)
    #expect(outcome.ending != .complete)
  }

  @Test("a failure that passes leaves no trace in the outcome")
  func recovers() async throws {
    let trial = Trial(.maxfi) { _, number in
      number < 6 ? .failure(.connection("reset")) : ok("next=\na")
    }
    #expect(try await trial.run.run().ending == .complete)
    #expect(trial.sink.notes.completed == [.payments])
    #expect(trial.sink.notes.log == ["keep /base/v2/payments?limit=100", "store 1"])
  }

  @Test("a body that does not parse is tried again, and only the last one is kept as evidence")
  func cutBody() async throws {
    let trial = Trial(.maxfi) { _, _ in ok("!") }
    let outcome = try await trial.run.run()
    #expect(trial.sender.targets.count == 6)
    #expect(trial.sink.notes.bodies.count == 1)
    #expect(reason(outcome).contains("is cut short"))
  }

  @Test("a body of a wrong shape is kept and not tried again")
  func wrongShape() async throws {
    let trial = Trial(.maxfi) { _, _ in ok("?") }
    #expect(try await trial.run.run().ending != .complete)
    #expect(trial.sender.targets.count == 1)
    #expect(trial.sink.notes.bodies.count == 1)
  }

  @Test(
    "what cannot pass is not tried again",
    arguments: [TransportError.certificate("expired"), .tooLarge, .setup("no ca_file")])
  func permanentError(error: TransportError) async throws {
    let trial = Trial(.dapit) { _, _ in .failure(error) }
    let outcome = try await trial.run.run()
    if case .certificate = error {
      #expect(trial.sender.targets.count == 1)
      #expect(reason(outcome).contains("certificate"))
    } else {
      #expect(trial.sender.targets.count == 3)
    }
  }

  @Test("a compressed body fails without another try")
  func compressed() async throws {
    let trial = Trial(.maxfi) { _, _ in .success(HTTPResponse(status: 200, contentEncoding: "gzip")) }
    #expect(reason(try await trial.run.run()).contains("gzip"))
    #expect(trial.sender.targets.count == 1)
  }

  @Test("a refused key ends all requests to that provider", arguments: [401, 403])
  func refused(code: Int) async throws {
    let trial = Trial(.dapit) { _, _ in status(code) }
    let outcome = try await trial.run.run()
    #expect(trial.sender.targets.count == 1)
    guard case .refused = outcome.ending else {
      Issue.record("not refused")
      return
    }
  }

  @Test("Retry-After is a minimum", arguments: ["7", "Fri, 20 Feb 2026 00:00:27 GMT"])
  func retryAfter(header: String) async throws {
    let date = Instant(seconds: 1_771_545_620)
    let trial = Trial(.maxfi) { _, number in
      guard number == 1 else { return ok("next=\na") }
      return .success(HTTPResponse(status: 429, retryAfter: [header, "0"], date: date))
    }
    #expect(try await trial.run.run().ending == .complete)
    #expect(try #require(trial.sender.pauses.first) >= 7)
    #expect(try #require(trial.sender.pauses.first) < 8)
  }

  @Test(
    "a Retry-After that means nothing is no minimum",
    arguments: ["soon", "-5", "0", "Mon, 01 Jan 2001 00:00:00 GMT", ""])
  func oddRetryAfter(header: String) async throws {
    let trial = Trial(.maxfi) { _, number in
      number == 1 ? status(503, retryAfter: [header]) : ok("next=\na")
    }
    #expect(try await trial.run.run().ending == .complete)
    #expect(try #require(trial.sender.pauses.first) >= 0.2)
    #expect(try #require(trial.sender.pauses.first) < 1)
  }

  @Test(
    "a Retry-After above 120 seconds gives the provider up",
    arguments: ["121", "1000000000", "99999999999999999999"])
  func longRetryAfter(header: String) async throws {
    let trial = Trial(.dapit) { _, _ in status(429, retryAfter: [header]) }
    #expect(reason(try await trial.run.run()).contains("120 seconds"))
    #expect(trial.sender.targets.count == 1)
  }

  @Test("three requests in a row that used up their tries give the provider up")
  func threeInARow() async throws {
    let lookups = (0..<20).map { Lookup(id: Identifier(stored: "p\($0)")) }
    let sink = NetworkSink(lookups: lookups)
    let trial = Trial(.gate, sink: sink) { _, _ in status(500) }
    let outcome = try await trial.run.run()
    #expect(reason(outcome).contains("three requests in a row"))
    #expect(trial.sender.targets.count <= 24)
    #expect(sink.notes.outcomes.count == 20)
    #expect(sink.notes.outcomes.values.allSatisfy { $0 == .failed })
  }

  @Test("the deadline bounds the whole import")
  func deadline() async throws {
    let trial = Trial(.maxfi, latency: 5, change: { $0.deadlineSeconds = 60 }) { _, number in
      ok("next=?c=\(number)\nr\(number)")
    }
    #expect(reason(try await trial.run.run()).contains("deadline of 60 seconds"))
    #expect(trial.sender.targets.count == 12)
    #expect(trial.sink.notes.completed.isEmpty)
  }
}

@Suite("Rate limits hold for each key")
struct TransportLimitTests {
  private func holds(_ times: [Double], _ limit: RateLimit) -> Bool {
    times.indices.allSatisfy { index in
      times.filter { $0 >= times[index] && $0 < times[index] + limit.seconds }.count <= limit.requests
    }
  }

  @Test("no window holds more than the limit, retries included")
  func window() async throws {
    let limit = RateLimit(requests: 5, seconds: 10)
    let lookups = (0..<40).map { Lookup(id: Identifier(stored: "p\($0)")) }
    let trial = Trial(
      .gate, sink: NetworkSink(lookups: lookups), latency: 0.3, change: { $0.rateLimit = limit }
    ) {
      _, number in number % 7 == 0 ? status(503) : ok("x")
    }
    #expect(try await trial.run.run().ending == .complete)
    #expect(trial.sender.times.count > 40)
    #expect(holds(trial.sender.times, limit))
    // The limit is used, not undercut: 46 requests are nine windows and a bit.
    #expect(try #require(trial.sender.times.last) < 130)
  }

  @Test("MAXFI is asked at most 90 times a minute when nothing else is said")
  func standard() async throws {
    let trial = Trial(.maxfi) { _, number in
      ok(number < 200 ? "next=?c=\(number)\nr\(number)" : "next=\nlast")
    }
    #expect(try await trial.run.run().ending == .complete)
    #expect(holds(trial.sender.times, RateLimit(requests: 90, seconds: 60)))
    #expect(try #require(trial.sender.times.last) > 120)
  }

  @Test(
    "a provider that answers in 50 ms is read at 95 % of what its limit allows at least, and never above it")
  func pace() async throws {
    let limit = RateLimit(requests: 90, seconds: 60)
    let trial = Trial(.maxfi, latency: 0.05) { _, number in
      ok(number < 1_000 ? "next=?c=\(number)\nr\(number)" : "next=\nlast")
    }
    #expect(try await trial.run.run().ending == .complete)
    #expect(holds(trial.sender.times, limit))
    let windows = (trial.sender.times.count - 1) / limit.requests
    let pace = Double(windows) * limit.seconds / (try #require(trial.sender.times.last))
    #expect(pace >= 0.95 && pace <= 1, "\(pace)")
  }

  @Test("two providers with the same key share its limit")
  func shared() {
    let limits = RateLimits()
    let first = limits.limiter(for: Secret("same"), limit: RateLimit(requests: 2, seconds: 10))
    let second = limits.limiter(for: Secret("same"), limit: nil)
    let other = limits.limiter(for: Secret("other"), limit: nil)
    #expect(first === second)
    #expect(first !== other)
    guard case .granted(let one) = first.ask(now: 0), case .granted(let two) = second.ask(now: 0) else {
      Issue.record("not granted")
      return
    }
    #expect(first.ask(now: 0) == .wait(until: 0.02))
    first.finish(one, now: 1)
    second.finish(two, now: 2)
    #expect(first.ask(now: 2) == .wait(until: 11.1))
    #expect(second.ask(now: 11.1) != .wait(until: 11.1))
  }

  @Test("waits grow from half a second to thirty and are never below 200 ms")
  func waits() {
    #expect(RetryPolicy.wait(afterTry: 1, chance: 0.5) == 0.25)
    #expect(RetryPolicy.wait(afterTry: 2, chance: 1) == 1)
    #expect(RetryPolicy.wait(afterTry: 40, chance: 1) == 30)
    #expect((1...60).allSatisfy { RetryPolicy.wait(afterTry: $0, chance: 0) >= 0.2 })
  }
}
