import Foundation
import ReconcileCore

/// Reads a provider's saved responses instead of its API: lists in full, look-ups by the ids that are asked
/// for. `from` and `to` say which settlement reports are of use. What cannot be read is told by the outcome;
/// only trouble with the sink, and cancellation, is thrown.
public func importSavedResponses(
  _ provider: ProviderSettings, directory: String, from: BusinessDay, to: BusinessDay, sink: any ImportSink
) async throws -> ProviderOutcome {
  var run = SavedImport(provider, directory: directory, days: from...max(from, to), sink: sink)
  switch provider.kind {
  case .maxfi:
    try await run.list(.payments)
  case .dapit:
    try await run.list(.listTransactions)
    try await run.list(.listRefunds)
    try await run.settlements()
  case .gate:
    try await run.lookups(.payments, try sink.lookups(for: provider.name, refunds: false))
  case .inflow:
    try await run.list(.refunds)
    let asked = try sink.lookups(for: provider.name, refunds: false)
    try await run.lookups(.transactions, asked + run.transactionsOfRefunds.map { Lookup(id: $0) })
  }
  return run.outcome
}

/// Reads the saved bodies of Gate refunds: a step of its own, because which refunds are asked for depends on
/// where the orders were paid. Providers of other kinds have nothing to read here.
public func importSavedGateRefunds(
  _ provider: ProviderSettings, directory: String, sink: any ImportSink
) async throws -> ProviderOutcome {
  var run = SavedImport(provider, directory: directory, days: nil, sink: sink)
  if provider.kind == .gate {
    try await run.lookups(.payments, try sink.lookups(for: provider.name, refunds: true))
  }
  return run.outcome
}

/// One import from a folder.
struct SavedImport {
  let provider: ProviderSettings
  let directory: String
  let days: ClosedRange<BusinessDay>?
  let sink: any ImportSink
  let reader: any ProviderReader
  /// The transactions that the refunds of this run name, in order and each once.
  private(set) var transactionsOfRefunds: [Identifier] = []
  private var knownTransactions = Set<Identifier>()
  private var problems: [String] = []
  private var problemCount = 0
  private var readings: [StreamReading] = []
  private var pages: Int64 = 0
  private var records: Int64 = 0
  private let startedAt = Instant.now()

  init(_ provider: ProviderSettings, directory: String, days: ClosedRange<BusinessDay>?, sink: any ImportSink)
  {
    self.provider = provider
    self.directory = directory
    self.days = days
    self.sink = sink
    reader = ProviderRegistry.reader(for: provider)
  }

  /// How the import ended so far.
  var outcome: ProviderOutcome {
    var ending = ProviderOutcome.Ending.complete
    if !problems.isEmpty {
      let more = problemCount - problems.count
      ending = .incomplete(problems.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : ""))
    }
    var outcome = ProviderOutcome(ending: ending)
    outcome.readings = readings
    outcome.pages = pages
    outcome.records = records
    return outcome
  }

  /// Notes what is wrong; the first few are enough for a message.
  private mutating func note(_ problem: String) {
    problemCount += 1
    if problems.count < 5 { problems.append(problem) }
  }

  /// Reads a list from its first body to its last.
  mutating func list(_ stream: ProviderStream) async throws {
    let files = SavedFiles(directory: directory, stream: stream)
    guard !files.names.isEmpty else {
      note(missing(stream))
      return
    }
    let before = problemCount
    var end = ListEnd()
    var bodies = 0
    try await readAll(files, stream) { run, prepared in
      bodies += 1
      guard case .success(let contents) = prepared.contents else { return true }
      end.add(contents)
      if stream == .refunds { run.collectTransactions(contents) }
      return true
    }
    if bodies == 0, problemCount == before {
      note("\(files.names.joined(separator: ", ")): no response in it")
    } else if let problem = end.problem {
      note("\(files.names.last ?? stream.rawValue): \(problem)")
    }
    readings.append(
      StreamReading(
        stream: stream.rawValue, isLookup: false, pages: Int64(bodies), rows: Int64(end.rows),
        distinct: end.distinct.map(Int64.init), total: end.largestTotal.map(Int64.init), walks: 1,
        window: "all",
        isComplete: problemCount == before))
    if problemCount == before { try sink.walkCompleted(stream, since: nil, from: provider.name) }
  }

  /// Reads the settlement reports that overlap the period; a folder need not hold any.
  mutating func settlements() async throws {
    let files = SavedFiles(directory: directory, stream: .settlementReport)
    let days = days
    let before = problemCount
    var used: Int64 = 0
    try await readAll(files, .settlementReport) { _, prepared in
      guard case .success(let contents) = prepared.contents, let days, !contents.settlements.isEmpty else {
        return true
      }
      let isUsed = contents.settlements.contains { $0.from <= days.upperBound && days.lowerBound <= $0.to }
      if isUsed { used += 1 }
      return isUsed
    }
    readings.append(
      StreamReading(
        stream: ProviderStream.settlementReport.rawValue, isLookup: false, pages: used, rows: used,
        distinct: nil,
        total: nil, walks: 1, window: days.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "all",
        isComplete: problemCount == before))
    if problemCount == before { try sink.walkCompleted(.settlementReport, since: nil, from: provider.name) }
  }

  /// Finds the bodies of these ids; the others are passed over.
  mutating func lookups(_ stream: ProviderStream, _ lookups: [Lookup]) async throws {
    guard !lookups.isEmpty else { return }
    let files = SavedFiles(directory: directory, stream: stream)
    let before = problemCount
    let isRefund = lookups.contains { $0.isRefund }
    var asked: [String: Lookup] = [:]
    for lookup in lookups { asked[lookup.id.text] = lookup }
    var found = Set<Lookup>()
    if files.names.isEmpty { note(missing(stream)) }
    try await readAll(files, stream, isRefundLookup: isRefund, askedFor: asked) { run, prepared in
      guard case .success(let contents) = prepared.contents, let row = contents.rows.first else {
        return true
      }
      if let lookup = asked[row.identity] {
        found.insert(lookup)
        return true
      }
      // A record whose id cannot be read may be one of those asked for.
      guard BodyReading.isNameless(row.identity) else { return false }
      run.note("\(prepared.request): the record's id cannot be read")
      return true
    }
    // With a body that cannot be read nobody knows whose it was: then nothing is known to be absent.
    let absent: LookupOutcome = problemCount == before ? .notFound : .failed
    var seen = Set<Lookup>()
    let outcomes = lookups.filter { seen.insert($0).inserted }
      .map { (lookup: $0, outcome: found.contains($0) ? .found : absent) }
    readings.append(
      StreamReading(
        stream: stream.rawValue, isLookup: true, pages: Int64(found.count), rows: Int64(outcomes.count),
        distinct: Int64(found.count), total: nil, walks: 0,
        window: isRefund ? "refunds by id" : "payments by id",
        isComplete: problemCount == before))
    try await sink.note(outcomes, from: provider.name)
  }

  private func missing(_ stream: ProviderStream) -> String {
    let name = stream.rawValue
    return "\(name).json (or \(name)-*.json, \(name).jsonl) is missing in \(directory)"
  }

  private mutating func collectTransactions(_ contents: BodyContents) {
    for refund in contents.refunds {
      if let id = refund.paymentID, knownTransactions.insert(id).inserted { transactionsOfRefunds.append(id) }
    }
  }

  /// Reads every body of a stream in batches; while one is stored the next is read. `isWanted` sees each body in order;
  /// what it refuses is not stored.
  private mutating func readAll(
    _ files: SavedFiles, _ stream: ProviderStream, isRefundLookup: Bool = false,
    askedFor: [String: Lookup] = [:],
    isWanted: (inout SavedImport, PreparedBody) throws -> Bool
  ) async throws {
    var batch: [(request: String, bytes: [UInt8])] = []
    var size = 0
    var total: Int?
    var storing: Task<Void, any Error>?
    func flush(_ run: inout SavedImport) async throws {
      try Task.checkCancellation()
      let prepared = await BodyPreparation.prepare(
        batch, stream: stream, reader: run.reader, isRefundLookup: isRefundLookup)
      batch.removeAll(keepingCapacity: true)
      size = 0
      let wanted = try prepared.filter { body in
        if case .failure(let problem) = body.contents { run.note("\(body.request): \(problem.reason)") }
        return try isWanted(&run, body)
      }
      if wanted.isEmpty { return }
      // What can be done before the last batch is stored is done before it is waited for.
      let store = try await run.sink.readyToStore(
        run.forSink(wanted, stream, isRefundLookup: isRefundLookup, askedFor: askedFor),
        from: run.provider.name)
      try await storing?.value
      run.count(wanted, of: &total, stream)
      storing = Task(operation: store)
    }
    do {
      try await files.forEachBody { body in
        switch body.bytes {
        case .failure(let problem): note("\(body.request): \(problem.reason)")
        case .success(let bytes):
          batch.append((body.request, bytes))
          size += bytes.count
          if batch.count >= BodyPreparation.batchCount || size >= BodyPreparation.batchBytes {
            try await flush(&self)
          }
        }
      }
      if !batch.isEmpty { try await flush(&self) }
      try await storing?.value
    } catch {
      // Nothing is written for an import that has ended, and what could not be stored is why it ended.
      if case .failure(let failure)? = await storing?.result { throw failure }
      throw error
    }
  }

  /// What the sink takes of a batch.
  private func forSink(
    _ bodies: [PreparedBody], _ stream: ProviderStream, isRefundLookup: Bool, askedFor: [String: Lookup]
  ) -> [ReadBody] {
    bodies.map { body in
      let contents = try? body.contents.get()
      let lookup = contents?.rows.first.flatMap { askedFor[$0.identity] }
      let fetched = FetchedBody(
        stream: stream, request: body.request, lookupID: lookup?.id, isRefundLookup: isRefundLookup,
        fetchedAt: startedAt, maskedBytes: body.masked)
      return (fetched, contents)
    }
  }

  /// Counts what a batch brings.
  private mutating func count(_ bodies: [PreparedBody], of total: inout Int?, _ stream: ProviderStream) {
    for body in bodies {
      guard case .success(let contents) = body.contents else { continue }
      pages += 1
      records += Int64(contents.rows.count)
      if case .offset(let announced?, _, _) = contents.next { total = announced }
    }
    sink.progress(provider.name, stream: stream, pages: Int(pages), records: Int(records), of: total)
  }
}
