import ReconcileCore

extension NetworkImport {
  /// At most this many requests of a provider are under way at once.
  static let atOnce = 4
  /// Answers are stored together, since each store waits for the disk: so many, or those of so many seconds.
  private static let batchSize = 64
  private static let batchSeconds = 2.0

  /// How one look-up ended.
  private enum Result: Sendable {
    case body(Fetched)
    /// Told on a connection that other requests use too, or on one of its own.
    case notFound(isShared: Bool)
    case failed(String)
    case hungUp
    case cancelled
  }

  /// Look-ups that were answered with "not found" on a connection that other requests use too.
  struct Unfound {
    let lookup: Lookup
    let stream: ProviderStream
    let call: @Sendable (Identifier) -> ReadCall
  }

  /// Asks for each id once, four at a time. 400 and 404 mean not found; a look-up that fails for good leaves the
  /// provider incomplete, and the others are still made.
  ///
  /// "Not found" does not say what was not found. Once any answer turns out to belong to another request, all ids
  /// that were not found on a shared connection are asked for again.
  func lookUp(
    _ wanted: [Lookup], stream: ProviderStream, on line: ProviderLine,
    call: @escaping @Sendable (Identifier) -> ReadCall
  ) async throws {
    try await lookUp(wanted, stream: stream, on: line, window: "", call: call)
    guard line.distrustsConnections else { return }
    var doubts = takeUnfound()
    while let first = doubts.first {
      let alike = doubts.prefix { $0.stream == first.stream && $0.lookup.isRefund == first.lookup.isRefund }
      try await lookUp(
        alike.map(\.lookup), stream: first.stream, on: line, window: ", asked again", call: first.call)
      doubts.removeFirst(alike.count)
    }
  }

  private func lookUp(
    _ wanted: [Lookup], stream: ProviderStream, on line: ProviderLine, window: String,
    call: @escaping @Sendable (Identifier) -> ReadCall
  ) async throws {
    var met: Set<Lookup> = []
    let wanted = wanted.filter { met.insert($0).inserted }
    guard !wanted.isEmpty else { return }
    let reading = reading(on: line)
    var tally = Tally(batchStartedAt: line.clock.now())
    defer {
      note(
        reading: StreamReading(
          stream: stream.rawValue, isLookup: true, pages: tally.found, rows: Int64(wanted.count),
          distinct: tally.found, total: nil, walks: 0,
          window: (wanted[0].isRefund ? "refunds by id" : "payments by id") + window,
          isComplete: tally.answered == wanted.count))
    }
    try await withThrowingTaskGroup(of: (Lookup, Result).self) { group in
      var rest = wanted[...]
      for _ in 0..<Self.atOnce {
        guard let lookup = rest.popFirst() else { break }
        group.addTask {
          (lookup, await Self.ask(lookup, call(lookup.id), stream: stream, reading: reading, on: line))
        }
      }
      while let (lookup, result) = try await group.next() {
        tally.add(result, of: lookup)
        if case .notFound(isShared: true) = result {
          unfound.append(Unfound(lookup: lookup, stream: stream, call: call))
        }
        let now = line.clock.now()
        if tally.outcomes.count >= Self.batchSize || now - tally.batchStartedAt >= Self.batchSeconds {
          try await store(&tally, stream: stream, of: wanted.count, now: now)
        }
        guard !tally.wasCancelled, let next = rest.popFirst() else { continue }
        group.addTask {
          (next, await Self.ask(next, call(next.id), stream: stream, reading: reading, on: line))
        }
      }
    }
    try await store(&tally, stream: stream, of: wanted.count, now: line.clock.now())
    if tally.wasCancelled { throw CancellationError() }
    if let first = tally.firstFailure {
      let words = line.scrubber.scrubbed(first)
      note(problem: tally.failures == 1 ? words : "\(tally.failures) look-ups failed, the first: \(words)")
    }
  }

  private static func ask(
    _ lookup: Lookup, _ call: ReadCall, stream: ProviderStream, reading: ResponseReading,
    on line: ProviderLine, isAgain: Bool = false
  ) async -> Result {
    let name: String
    do { name = try line.evidenceName(call, at: .first) } catch { return .failed(error.reason) }
    let isShared = !line.distrustsConnections
    do {
      let answer = try await line.ask(call) { response in
        reading.judge(response, stream: stream, request: name, isRefundLookup: lookup.isRefund)
      }
      switch answer {
      case .value(var body):
        if case .success(let contents) = body.contents, !Self.isAnswer(contents, to: lookup.id, line.kind) {
          // It may be the answer to an earlier request: one more try shows.
          if !isAgain {
            line.distrustConnections()
            try await line.clock.sleep(seconds: RetryPolicy.shortestWait)
            return await ask(lookup, call, stream: stream, reading: reading, on: line, isAgain: true)
          }
          body.contents = .failure(
            UnreadableBody("another record than the one asked for", isTransient: false))
        }
        let evidence = FetchedBody(
          stream: stream, request: name, lookupID: lookup.id, isRefundLookup: lookup.isRefund,
          fetchedAt: body.fetchedAt, maskedBytes: body.masked)
        return .body(Fetched(body: body, evidence: evidence))
      case .status(400, _), .status(404, _): return .notFound(isShared: isShared)
      case .status(_, let words), .failed(let words): return .failed(words)
      case .hungUp: return .hungUp
      }
    } catch {
      return .cancelled
    }
  }

  /// Whether a reply is the record that was asked for. A record of another id, taken for this one, would tie money
  /// to the wrong order. Inflow also knows its records by number and answers with their public id.
  static func isAnswer(_ contents: BodyContents, to id: Identifier, _ kind: ProviderKind) -> Bool {
    guard let answered = contents.rows.first?.identity, answered != id.text else { return true }
    return kind == .inflow && id.text.utf8.allSatisfy { (48...57).contains($0) }
  }

  /// What came since the last store, and how the look-ups went so far.
  private struct Tally {
    var bodies: [Fetched] = []
    var outcomes: [(lookup: Lookup, outcome: LookupOutcome)] = []
    var batchStartedAt: Double
    var done = 0
    var found: Int64 = 0
    /// Look-ups that were answered, be it with "not found".
    var answered = 0
    var failures = 0
    var firstFailure: String?
    var wasCancelled = false

    init(batchStartedAt: Double) { self.batchStartedAt = batchStartedAt }

    mutating func add(_ result: Result, of lookup: Lookup) {
      done += 1
      switch result {
      case .body(let fetched):
        bodies.append(fetched)
        switch fetched.body.contents {
        case .success:
          found += 1
          answered += 1
          outcomes.append((lookup, .found))
        case .failure(let unreadable): fail(lookup, "\(fetched.evidence.request): \(unreadable.reason)")
        }
      case .notFound:
        answered += 1
        outcomes.append((lookup, .notFound))
      case .failed(let words): fail(lookup, words)
      // Why the line was cut is told once for the provider.
      case .hungUp: outcomes.append((lookup, .failed))
      case .cancelled: wasCancelled = true
      }
    }

    private mutating func fail(_ lookup: Lookup, _ words: String) {
      outcomes.append((lookup, .failed))
      failures += 1
      if firstFailure == nil { firstFailure = words }
    }
  }

  /// Evidence first, then records, then what is known of each id.
  private func store(_ tally: inout Tally, stream: ProviderStream, of total: Int, now: Double) async throws {
    let (bodies, outcomes) = (tally.bodies, tally.outcomes)
    tally.bodies = []
    tally.outcomes = []
    tally.batchStartedAt = now
    if !bodies.isEmpty {
      let numbers = try await sink.keep(bodies.map(\.evidence), from: settings.name)
      guard numbers.count == bodies.count else { throw Self.missingEvidence }
      pages += Int64(bodies.count)
      let read = zip(bodies, numbers).compactMap {
        fetched, number -> (contents: BodyContents, evidence: Int64)? in
        guard case .success(let contents) = fetched.body.contents else { return nil }
        return (contents, number)
      }
      try await sink.store(read, from: settings.name)
      for (contents, _) in read {
        records += Int64(contents.recordCount)
        remember(contents)
      }
    }
    if !outcomes.isEmpty { try await sink.note(outcomes, from: settings.name) }
    sink.progress(settings.name, stream: stream, pages: tally.done, records: tally.done, of: total)
  }
}
