import Foundation
import ReconcileCore
import Synchronization

@testable import Importers

/// A clock that sleeps by moving its hands.
final class FakeClock: ImportClock {
  private let time = Mutex(0.0)
  let start = Instant(seconds: 1_772_000_000)

  func now() -> Double { time.withLock { $0 } }
  func wallNow() -> Instant { Instant(microseconds: start.microseconds + Int64(now() * 1e6)) }
  func sleep(seconds: Double) async throws {
    let end = now() + seconds
    await Task.yield()
    try Task.checkCancellation()
    time.withLock { $0 = max($0, end) }
  }
  func pass(_ seconds: Double) { time.withLock { $0 += seconds } }
}

/// Answers requests from a script and remembers what was asked, and when.
final class ScriptedSender: HTTPSending {
  typealias Reply = Result<HTTPResponse, TransportError>
  private let log = Mutex<[(target: String, time: Double)]>([])
  private let clock: FakeClock
  private let latency: Double
  private let reply: @Sendable (_ target: String, _ number: Int) -> Reply

  init(clock: FakeClock, latency: Double = 0, reply: @escaping @Sendable (String, Int) -> Reply) {
    self.clock = clock
    self.latency = latency
    self.reply = reply
  }

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    if Task.isCancelled { throw .cancelled }
    let number = log.withLock { log in
      log.append((request.target, clock.now()))
      return log.count
    }
    clock.pass(latency)
    return try reply(request.target, number).get()
  }

  var targets: [String] { log.withLock { $0.map(\.target) } }
  var times: [Double] { log.withLock { $0.map(\.time) } }
  /// The pauses between one request and the next.
  var pauses: [Double] { zip(times.dropFirst(), times).map { $0 - $1 } }
}

/// Bodies of the tests: a line for the hint, then a line a row; `!` is cut short, `?` has a wrong shape, `@` is of
/// another kind.
struct PlainReader: ProviderReader {
  func read(_ stream: ProviderStream, body: [UInt8], request: String, isRefundLookup: Bool)
    throws(UnreadableBody) -> BodyContents
  {
    var lines = String(decoding: body, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    guard let head = lines.first, head != "!" else { throw UnreadableBody("is cut short", isTransient: true) }
    if head == "@" {
      throw UnreadableBody("holds something else", isTransient: false, mayBeAnothers: true)
    }
    if head == "?" { throw UnreadableBody("has a wrong shape", isTransient: false) }
    lines.removeFirst()
    var contents = BodyContents()
    if head.hasPrefix("next=") {
      let link = head.dropFirst(5)
      contents.next = .link(link.isEmpty ? nil : String(link))
    }
    for line in lines {
      let words = line.split(separator: ">").map(String.init)
      contents.rows.append(WalkRow(identity: words[0]))
      guard stream == .refunds, words.count > 1, let euro = Currency("EUR") else { continue }
      var refund = RefundRecord(
        id: Identifier(stored: words[0]), currency: euro, status: .completed, providerStatus: "completed")
      refund.paymentID = Identifier(stored: words[1])
      contents.refunds.append(refund)
    }
    return contents
  }
}

/// A warehouse that remembers what was brought, in order.
final class NetworkSink: ImportSink {
  struct Notes {
    var log: [String] = []
    var bodies: [FetchedBody] = []
    var outcomes: [Lookup: LookupOutcome] = [:]
    var completed: [ProviderStream] = []
  }
  private let state = Mutex(Notes())
  private let known: ProviderMemory
  private let wanted: [Lookup]
  private let failsAtKeep: Int?

  init(memory: ProviderMemory = ProviderMemory(), lookups: [Lookup] = [], failsAtKeep: Int? = nil) {
    known = memory
    wanted = lookups
    self.failsAtKeep = failsAtKeep
  }

  var notes: Notes { state.withLock { $0 } }

  func memory(of provider: String) throws -> ProviderMemory { known }
  func lookups(for provider: String, refunds: Bool) throws -> [Lookup] {
    wanted.filter { $0.isRefund == refunds }
  }
  func keep(_ bodies: [FetchedBody], from provider: String) throws -> [Int64] {
    try state.withLock { notes in
      if let failsAtKeep, notes.bodies.count + bodies.count > failsAtKeep {
        throw Failure(.warehouseFailed, "full", remedy: "none")
      }
      return bodies.map { body in
        notes.bodies.append(body)
        notes.log.append("keep \(body.request)")
        return Int64(notes.bodies.count)
      }
    }
  }
  func store(_ contents: BodyContents, evidence: Int64, from provider: String) throws {
    state.withLock { $0.log.append("store \(evidence)") }
  }
  func note(_ outcomes: [(lookup: Lookup, outcome: LookupOutcome)], from provider: String) throws {
    state.withLock { notes in for (lookup, outcome) in outcomes { notes.outcomes[lookup] = outcome } }
  }
  func walkCompleted(_ stream: ProviderStream, since: Instant?, from provider: String) throws {
    state.withLock { $0.completed.append(stream) }
  }
  func progress(_ provider: String, stream: ProviderStream, pages: Int, records: Int, of total: Int?) {}
}

/// An import against a script.
struct Trial {
  let clock = FakeClock()
  let sender: ScriptedSender
  let sink: NetworkSink
  let run: NetworkImport

  init(
    _ kind: ProviderKind, sink: NetworkSink = NetworkSink(), latency: Double = 0,
    key: String = "test-key-0123456789", change: (inout ProviderSettings) -> Void = { _ in },
    reply: @escaping @Sendable (String, Int) -> ScriptedSender.Reply
  ) {
    guard let euro = Currency("EUR"), let day = BusinessDay("2026-03-01"),
      let end = BusinessDay("2026-03-31"),
      let period = Period(from: day, to: end)
    else { fatalError("the calendar is broken") }
    var settings = ProviderSettings(
      name: "trial", kind: kind,
      source: .network(baseURL: "https://api.example.com/base", key: Secret(key)), currency: euro)
    change(&settings)
    sender = ScriptedSender(clock: clock, latency: latency, reply: reply)
    self.sink = sink
    run = NetworkImport(
      settings, period: period, reader: PlainReader(), mask: { $0 }, sink: sink,
      environment: NetworkEnvironment(sender: sender, clock: clock, chance: { 0.5 }))
  }
}

/// A 200 with a body of the tests' own form.
func ok(_ body: String) -> ScriptedSender.Reply {
  .success(HTTPResponse(status: 200, body: Array(body.utf8)))
}

/// The record that a look-up asks for, by the last segment of its path.
func record(_ target: String) -> ScriptedSender.Reply {
  let id = target.split(separator: "/").last.map(String.init) ?? ""
  return ok("x\n" + (id.removingPercentEncoding ?? id))
}

/// A status without a body.
func status(_ status: Int, retryAfter: [String] = []) -> ScriptedSender.Reply {
  .success(HTTPResponse(status: status, retryAfter: retryAfter))
}
