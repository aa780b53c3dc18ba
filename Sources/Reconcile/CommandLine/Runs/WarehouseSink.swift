import Foundation
import Importers
import ReconcileCore
import ReconcileWarehouse

/// Takes what the importers read into the warehouse, one call at a time, on a thread of its own: writing waits for the
/// disk, and the threads that imports run on are few.
final class WarehouseSink: ImportSink, @unchecked Sendable {
  private let warehouse: Warehouse
  private let run: RunHandle
  private let settings: Settings
  private let period: Period
  private let progress: ProgressReporter
  private let writing = DispatchQueue(label: "reconcile.warehouse")
  /// Used on `writing`.
  private var writers: [String: ProviderWriter] = [:]
  /// Providers that an earlier run read, most of whose bodies may be known; complete before the first body comes.
  private var hasEarlierImport: Set<String> = []

  init(
    warehouse: Warehouse, run: RunHandle, settings: Settings, period: Period, progress: ProgressReporter
  ) {
    self.warehouse = warehouse
    self.run = run
    self.settings = settings
    self.period = period
    self.progress = progress
  }

  /// Begins a provider's import.
  func begin(_ provider: ProviderSettings) throws {
    try writing.sync {
      let writer = try ProviderWriter(warehouse, run: run, settings: provider, zone: settings.zone)
      writers[provider.name] = writer
      if writer.hasEarlierImport { hasEarlierImport.insert(provider.name) }
    }
  }

  /// Ends a provider's import; returns the number of rejected records.
  func finish(
    _ provider: ProviderSettings, status: String, message: String?, _ outcome: ProviderOutcome
  ) throws -> Int64 {
    try withWriter(provider.name) { writer in
      try writer.finish(
        status: status, message: message, pages: outcome.pages, records: outcome.records,
        requests: outcome.requests,
        readings: outcome.readings, at: Instant.now())
      return writer.rejectedCount
    }
  }

  /// What this run was the first to see of a provider's API.
  func newDrift(of provider: ProviderSettings) throws -> [String] {
    try withWriter(provider.name) { writer in
      try writer.newDrift().map { drift in
        switch drift.kind {
        case "currency": "currency \(drift.name) in \(drift.stream), for example record \(drift.sample)"
        case "status":
          "unknown status \"\(drift.name)\" in \(drift.stream), for example record \(drift.sample)"
        case "envelope": "unknown field \"\(drift.name)\" around \(drift.stream): \(drift.sample)"
        default: "unknown field \"\(drift.name)\" in \(drift.stream): \(drift.sample)"
        }
      }
    }
  }

  private func withWriter<T>(_ provider: String, _ body: (ProviderWriter) throws -> T) throws -> T {
    try writing.sync { try body(writer(of: provider)) }
  }

  /// Waits for its turn without holding a thread.
  private func write<T: Sendable>(
    _ provider: String, _ body: @escaping @Sendable (ProviderWriter) throws -> T
  ) async throws -> T {
    try await withCheckedThrowingContinuation { turn in
      writing.async { turn.resume(with: Result { try body(self.writer(of: provider)) }) }
    }
  }

  private func writer(of provider: String) throws -> ProviderWriter {
    guard let writer = writers[provider] else {
      throw Failure(
        .defect, "provider \(provider) is read before its import began", remedy: "report this as a defect")
    }
    return writer
  }

  func memory(of provider: String) throws -> ProviderMemory {
    try withWriter(provider) { writer in
      var memory = ProviderMemory()
      memory.refundsReadAt = try writer.lastCompleteReading(ProviderStream.refunds.rawValue)
      memory.openRefunds = try writer.openRefunds()
      return memory
    }
  }

  func lookups(for provider: String, refunds: Bool) throws -> [Lookup] {
    let lookback = settings.provider(named: provider)?.lookbackDays ?? 0
    let from = settings.zone.start(of: period.from.advanced(by: -lookback))
    return try withWriter(provider) { writer in
      if refunds {
        let gates = settings.providers.filter { $0.kind == .gate }.map(\.name)
        return try writer.refundLookups(gateProviders: gates, from: from).map {
          Lookup(id: $0, isRefund: true)
        }
      }
      return try writer.paymentLookups(
        from: from, before: settings.zone.start(of: period.to.advanced(by: 1))
      ).map { Lookup(id: $0) }
    }
  }

  func keep(_ bodies: [FetchedBody], from provider: String) async throws -> [Int64] {
    let packed = try await packed(bodies, from: provider)
    return try await write(provider) { try $0.keepEvidence(packed) }
  }

  func readyToStore(_ bodies: [ReadBody], from provider: String) async throws
    -> @Sendable () async throws -> Void
  {
    let packed = try await packed(bodies.map(\.body), from: provider)
    let records = bodies.map { fetched, contents -> BodyRecords? in
      guard let contents else { return nil }
      var records = BodyRecords(contents, evidence: nil)
      if let provider = settings.provider(named: provider) {
        records.workOut(askedAs: fetched.lookupID?.text, provider, zone: settings.zone)
      }
      return records
    }
    // In one turn: between two of them the writer would wait for a thread that prepares the next bodies.
    return { try await self.write(provider) { try $0.keep(packed, andStore: records) } }
  }

  /// Bodies with their digests, compressed where they are not known.
  private func packed(_ bodies: [FetchedBody], from provider: String) async throws -> [PackedEvidence] {
    let digested = bodies.map {
      PackedEvidence(
        EvidenceInput(
          stream: $0.stream.rawValue, request: $0.request, lookupID: $0.lookupID?.text,
          isRefundLookup: $0.isRefundLookup, fetchedAt: $0.fetchedAt, maskedBytes: $0.maskedBytes))
    }
    guard hasEarlierImport.contains(provider) else { return try PackedEvidence.packed(digested) }
    let held = try await write(provider) { try $0.heldEvidence(among: digested) }
    return try PackedEvidence.packed(digested, but: held)
  }

  func store(_ contents: BodyContents, evidence: Int64, from provider: String) async throws {
    try await store([(contents, evidence)], from: provider)
  }

  func store(_ bodies: [(contents: BodyContents, evidence: Int64)], from provider: String) async throws {
    try await write(provider) { writer in
      try writer.store(bodies.map { BodyRecords($0.contents, evidence: $0.evidence) })
    }
  }

  func note(_ outcomes: [(lookup: Lookup, outcome: LookupOutcome)], from provider: String) async throws {
    try await write(provider) { writer in
      try writer.note(
        outcomes.map { ($0.lookup.id.text, $0.lookup.isRefund, StoredLookupOutcome($0.outcome)) })
    }
  }

  func walkCompleted(_ stream: ProviderStream, since: Instant?, from provider: String) throws {
    try withWriter(provider) {
      try $0.walkCompleted(listOf: stream.listed, stream: stream.rawValue, since: since)
    }
  }

  func progress(_ provider: String, stream: ProviderStream, pages: Int, records: Int, of total: Int?) {
    progress.update(
      provider, step: stream.rawValue, done: Int64(records), of: total.map(Int64.init),
      note: "\(pages) \(pages == 1 ? "page" : "pages")"
    )
  }
}

extension BodyContents {
  /// What may be new of the API, as the warehouse keeps it.
  var driftRows: [(kind: String, name: String, sample: String)] {
    drift.map { ($0.kind.rawValue, $0.name, $0.sample) }
  }
}

extension BodyRecords {
  /// What a reader found, as the warehouse takes it.
  init(_ contents: BodyContents, evidence: Int64?) {
    self.init(
      payments: contents.payments, refunds: contents.refunds, settlements: contents.settlements,
      rejects: contents.rejects, rejectedIDs: contents.rejectedIDs, drift: contents.driftRows,
      evidence: evidence)
  }
}

extension StoredLookupOutcome {
  init(_ outcome: LookupOutcome) {
    switch outcome {
    case .found: self = .found
    case .notFound: self = .notFound
    case .failed: self = .failed
    }
  }
}

extension ProviderOutcome {
  /// One outcome of two steps of the same import: the worse ending, all counts.
  func joined(with other: ProviderOutcome) -> ProviderOutcome {
    var joined = ProviderOutcome(ending: ending)
    switch (ending, other.ending) {
    case (_, .refused), (.complete, _): joined.ending = other.ending
    case (.incomplete(let a), .incomplete(let b)): joined.ending = .incomplete(a == b ? a : a + "; " + b)
    default: break
    }
    joined.pages = pages + other.pages
    joined.records = records + other.records
    joined.requests = requests + other.requests
    joined.readings = readings + other.readings
    return joined
  }
}
