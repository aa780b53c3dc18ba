import ReconcileCore

extension NetworkImport {
  /// Reads one list to its end. A complete walk is reported to the sink; what came of an
  /// incomplete one stays.
  func readList(
    _ call: ReadCall, stream: ProviderStream, on line: ProviderLine, since: Instant? = nil
  ) async throws -> Bool {
    var isComplete = false
    var walk = ListWalk(hintlessIsWhole: call == .dapitRefunds, asked: call.pageSize)
    var position = ListWalk.start
    var count = (pages: 0, records: 0)
    defer {
      note(
        reading: StreamReading(
          stream: stream.rawValue, isLookup: false, pages: Int64(count.pages), rows: Int64(count.records),
          distinct: Int64(walk.distinct), total: walk.total.map(Int64.init), walks: Int64(walk.walkNumber),
          window: since.map { "created since \($0)" } ?? "all",
          isComplete: isComplete))
    }
    while true {
      try Task.checkCancellation()
      let step: ListWalk.Step
      switch try await fetchOwn(call, at: position, stream: stream, on: line) {
      case .value(let body):
        let contents = try await store(body.body, as: body.evidence)
        guard let contents else { return false }
        count.pages += 1
        count.records += contents.recordCount
        sink.progress(
          settings.name, stream: stream, pages: count.pages, records: count.records, of: walk.total)
        step = walk.receive(
          ListWalk.Page(
            rows: contents.rows, hint: contents.next, namedTotal: contents.namedTotal,
            namedLimit: contents.namedLimit, rawBytes: body.body.raw))
      case .status(404, let words): step = walk.receiveNotFound() ?? .incomplete(words)
      case .status(_, let words), .failed(let words): step = .incomplete(words)
      case .hungUp: return false
      }
      switch step {
      case .ask(let next):
        if next == position || walk.isInDoubt { line.distrustConnections() }
        if next == position { try await line.clock.sleep(seconds: RetryPolicy.shortestWait) }
        position = next
      case .complete:
        try sink.walkCompleted(stream, since: since, from: settings.name)
        isComplete = true
        return true
      case .incomplete(let reason):
        note(problem: "\(stream.rawValue): \(line.scrubber.scrubbed(reason))")
        return false
      }
    }
  }

  /// Asks once for the period's days. A provider that answers 400 or 404 has no report to give.
  func readSettlement(on line: ProviderLine) async throws {
    let call = ReadCall.dapitSettlement(from: period.from, to: period.to)
    var count: Int64 = 0
    var isComplete = false
    defer {
      note(
        reading: StreamReading(
          stream: ProviderStream.settlementReport.rawValue, isLookup: false, pages: count, rows: count,
          distinct: count, total: nil, walks: 1, window: "\(period.from) to \(period.to)",
          isComplete: isComplete))
    }
    switch try await fetchOwn(call, at: .first, stream: .settlementReport, on: line) {
    case .value(let body):
      if let contents = try await store(body.body, as: body.evidence) {
        count = Int64(contents.settlements.count)
        isComplete = true
        sink.progress(
          settings.name, stream: .settlementReport, pages: 1, records: contents.recordCount, of: nil)
        try sink.walkCompleted(.settlementReport, since: nil, from: settings.name)
      }
    case .status(400, _), .status(404, _):
      isComplete = true
      try sink.walkCompleted(.settlementReport, since: nil, from: settings.name)
    case .hungUp: break
    case .status(_, let words), .failed(let words):
      note(problem: "\(ProviderStream.settlementReport.rawValue): \(words)")
    }
  }

  /// A body together with what evidence says of it.
  struct Fetched: Sendable {
    var body: ResponseReading.Body
    var evidence: FetchedBody
  }

  /// Asks, and asks once more where the answer is byte for byte one to another list, or of another kind: something on
  /// the way may be an answer late. Two lists may both be empty, but they cannot hold the same records.
  private func fetchOwn(
    _ call: ReadCall, at position: PagePosition, stream: ProviderStream, on line: ProviderLine,
    isAgain: Bool = false
  ) async throws -> ProviderLine.Answer<Fetched> {
    let answer = try await fetch(call, at: position, stream: stream, on: line)
    guard case .value(let body) = answer else { return answer }
    let digest = Digest.hex(Digest.sha256(body.body.raw))
    var other = listsByBody[digest]
    if other == stream { other = nil }
    var isAnothers = other != nil
    if case .failure(let unreadable) = body.body.contents {
      isAnothers = isAnothers || unreadable.mayBeAnothers
    }
    if other == nil, isAgain || !isAnothers { listsByBody[digest] = stream }
    if isAnothers, !isAgain {
      line.distrustConnections()
      try await line.clock.sleep(seconds: RetryPolicy.shortestWait)
      return try await fetchOwn(call, at: position, stream: stream, on: line, isAgain: true)
    }
    guard let other else { return answer }
    if case .success(let contents) = body.body.contents, contents.recordCount == 0 { return answer }
    return .failed("\(body.evidence.request): the answer is one to \(other.rawValue)")
  }

  private func fetch(
    _ call: ReadCall, at position: PagePosition, stream: ProviderStream, on line: ProviderLine
  ) async throws -> ProviderLine.Answer<Fetched> {
    let name: String
    do { name = try line.evidenceName(call, at: position) } catch { return .failed(error.reason) }
    let reading = reading(on: line)
    let answer = try await line.ask(call, at: position) { response in
      reading.judge(response, stream: stream, request: name, isRefundLookup: false)
    }
    return answer.map { body in
      Fetched(
        body: body,
        evidence: FetchedBody(
          stream: stream, request: name, fetchedAt: body.fetchedAt, maskedBytes: body.masked))
    }
  }

  /// Keeps a body and stores what it holds; nil, with the problem noted, when it could not be read.
  private func store(_ body: ResponseReading.Body, as evidence: FetchedBody) async throws -> BodyContents? {
    let numbers = try await sink.keep([evidence], from: settings.name)
    pages += 1
    switch body.contents {
    case .success(let contents):
      guard let number = numbers.first else { throw Self.missingEvidence }
      try await sink.store(contents, evidence: number, from: settings.name)
      records += Int64(contents.recordCount)
      remember(contents)
      return contents
    case .failure(let unreadable):
      note(problem: "\(evidence.stream.rawValue): \(evidence.request): \(unreadable.reason)")
      return nil
    }
  }

  static var missingEvidence: Failure {
    Failure(.defect, "a body was kept without an evidence number", remedy: "report this as a defect")
  }
}

extension ProviderLine.Answer {
  /// The same answer with another value.
  func map<Other: Sendable>(_ change: (Value) -> Other) -> ProviderLine.Answer<Other> {
    switch self {
    case .value(let value): .value(change(value))
    case .status(let status, let words): .status(status, words)
    case .failed(let words): .failed(words)
    case .hungUp: .hungUp
    }
  }
}
