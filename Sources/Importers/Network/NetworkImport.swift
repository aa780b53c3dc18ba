import ReconcileCore

/// One provider's import over the network. It owns the order of things: ask, mask, keep as evidence, store.
///
/// Trouble with the provider never throws; it ends in the outcome. What the sink throws is passed on, and a
/// cancelled import ends with `CancellationError` once what came is stored.
public actor NetworkImport {
  let settings: ProviderSettings
  let period: Period
  let sink: any ImportSink
  /// The line to the provider, or why there is none.
  let line: Result<ProviderLine, RefusedRequest>
  private let reader: any ProviderReader
  private let mask: @Sendable ([UInt8]) -> [UInt8]

  var pages: Int64 = 0
  var records: Int64 = 0
  private var problems: [String] = []
  private var readings: [StreamReading] = []
  /// Which list each body came from, by its digest.
  var listsByBody: [String: ProviderStream] = [:]
  /// What was not found so far, while connections were shared.
  var unfound: [Unfound] = []
  /// Transactions that refunds name, in the order they were met (Inflow).
  private(set) var refundTransactions: [Identifier] = []

  /// Prepares an import; nothing is sent yet. All providers of a run share the environment.
  public init(
    _ settings: ProviderSettings, period: Period, reader: any ProviderReader,
    mask: @escaping @Sendable ([UInt8]) -> [UInt8], sink: any ImportSink, environment: NetworkEnvironment
  ) {
    self.settings = settings
    self.period = period
    self.reader = reader
    self.mask = mask
    self.sink = sink
    do throws(RefusedRequest) {
      guard case .network(let baseURL, let key) = settings.source else {
        throw RefusedRequest(reason: "reads saved responses and has no base_url")
      }
      line = .success(try ProviderLine(settings, baseURL: baseURL, key: key, environment: environment))
    } catch {
      line = .failure(error)
    }
  }

  /// Reads the provider's lists and makes its look-ups; Gate refunds wait for `refundLookups()`.
  public func run() async throws -> ProviderOutcome {
    guard case .success(let line) = line else { return outcome() }
    line.startDeadline()
    switch settings.kind {
    case .maxfi: _ = try await readList(.maxfiPayments(limit: 100), stream: .payments, on: line)
    case .dapit:
      _ = try await readList(.dapitTransactions, stream: .listTransactions, on: line)
      _ = try await readList(.dapitRefunds, stream: .listRefunds, on: line)
      try await readSettlement(on: line)
    case .gate:
      let wanted = try sink.lookups(for: settings.name, refunds: false)
      try await lookUp(wanted, stream: .payments, on: line) { .gatePayment($0) }
      line.pauseDeadline()
    case .inflow: try await readInflow(on: line)
    }
    return outcome()
  }

  /// Looks up merchant refunds at Gate, once payments are stored and matched: the same limits, deadline and
  /// refusals as before hold. The other kinds have nothing to look up here. The outcome covers both parts.
  public func refundLookups() async throws -> ProviderOutcome {
    guard case .success(let line) = line, settings.kind == .gate else { return outcome() }
    line.startDeadline()
    let wanted = try sink.lookups(for: settings.name, refunds: true)
    try await lookUp(wanted, stream: .payments, on: line) { .gatePayment($0) }
    return outcome()
  }

  /// Refunds first: each names a transaction to look up, beside those that orders name.
  private func readInflow(on line: ProviderLine) async throws {
    let memory = try sink.memory(of: settings.name)
    let since = memory.refundsReadAt.map { listStart(lastReading: $0) }
    _ = try await readList(
      .inflowRefunds(pageSize: 100, createdSince: since), stream: .refunds, on: line, since: since)
    if since != nil {
      let open = memory.openRefunds.map { Lookup(id: $0, isRefund: true) }
      try await lookUp(open, stream: .refunds, on: line) { .inflowRefund($0) }
    }
    var wanted = try sink.lookups(for: settings.name, refunds: false)
    wanted += refundTransactions.map { Lookup(id: $0) }
    try await lookUp(wanted, stream: .transactions, on: line) { .inflowTransaction($0) }
  }

  /// Where a re-read of a list begins: before the period and before its last reading, by the lookback, so that
  /// no stretch of time stays unread however long the program was not run. It has no end.
  private func listStart(lastReading: Instant) -> Instant {
    let first = min(Zone.utc.start(of: period.from), lastReading)
    return Zone.utc.start(of: Zone.utc.day(of: first).advanced(by: -max(settings.lookbackDays, 1)))
  }

  func reading(on line: ProviderLine) -> ResponseReading {
    ResponseReading(reader: reader, mask: mask, scrubber: line.scrubber, clock: line.clock)
  }

  /// Gives up what was not found so far, to be asked for again.
  func takeUnfound() -> [Unfound] {
    defer { unfound = [] }
    return unfound
  }

  /// Notes how a list was read or look-ups were made.
  func note(reading: StreamReading) { readings.append(reading) }

  /// Notes a problem that leaves the provider incomplete.
  func note(problem: String) { problems.append(problem) }

  /// Remembers the transactions that refunds name.
  func remember(_ contents: BodyContents) {
    guard settings.kind == .inflow else { return }
    refundTransactions += contents.refunds.compactMap(\.paymentID)
  }

  private func outcome() -> ProviderOutcome {
    var outcome = ProviderOutcome(ending: .complete)
    outcome.readings = readings
    var reasons = problems
    switch line {
    case .failure(let refused): reasons.insert(refused.reason, at: 0)
    case .success(let line):
      outcome.requests = line.requests
      switch line.hangUp {
      case .refused(let words):
        outcome.ending = .refused(words)
        outcome.pages = pages
        outcome.records = records
        return outcome
      case .givenUp(let words): reasons.insert("given up for this run: \(words)", at: 0)
      case nil: break
      }
    }
    outcome.pages = pages
    outcome.records = records
    if !reasons.isEmpty {
      let more = reasons.count > 5 ? "; and \(reasons.count - 5) more" : ""
      outcome.ending = .incomplete(reasons.prefix(5).joined(separator: "; ") + more)
    }
    return outcome
  }
}
