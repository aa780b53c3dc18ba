import Importers
import ReconcileCore
import Synchronization

/// A warehouse in memory: what an import kept and stored, in order.
final class MemorySink: ImportSink {
  struct State: Sendable {
    var memory = ProviderMemory()
    var paymentLookups: [Lookup] = []
    var refundLookups: [Lookup] = []
    var kept: [FetchedBody] = []
    var contents: [BodyContents] = []
    var outcomes: [Lookup: LookupOutcome] = [:]
    var completed: [ProviderStream] = []
    /// `keep` and `store` in the order of their calls.
    var calls: [String] = []
    /// Thrown by the next call, as a full disk would be.
    var failure: Failure?
  }
  struct Failure: Error, Equatable {}

  let state = Mutex(State())

  init(lookups: [Lookup] = [], refundLookups: [Lookup] = [], memory: ProviderMemory = ProviderMemory()) {
    state.withLock {
      $0.paymentLookups = lookups
      $0.refundLookups = refundLookups
      $0.memory = memory
    }
  }

  /// All payments stored, in order.
  var payments: [PaymentRecord] { state.withLock { $0.contents.flatMap(\.payments) } }
  /// All refunds stored, in order.
  var refunds: [RefundRecord] { state.withLock { $0.contents.flatMap(\.refunds) } }
  /// All settlement reports stored, in order.
  var settlements: [SettlementReport] { state.withLock { $0.contents.flatMap(\.settlements) } }
  /// All rejects stored, in order.
  var rejects: [Reject] { state.withLock { $0.contents.flatMap(\.rejects) } }
  /// The lists that were read completely.
  var completed: [ProviderStream] { state.withLock { $0.completed } }
  /// The bodies kept as evidence.
  var kept: [FetchedBody] { state.withLock { $0.kept } }
  /// How look-ups ended.
  var outcomes: [Lookup: LookupOutcome] { state.withLock { $0.outcomes } }

  func memory(of provider: String) throws -> ProviderMemory { state.withLock { $0.memory } }

  func lookups(for provider: String, refunds: Bool) throws -> [Lookup] {
    state.withLock { refunds ? $0.refundLookups : $0.paymentLookups }
  }

  func keep(_ bodies: [FetchedBody], from provider: String) throws -> [Int64] {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      let first = state.kept.count
      state.kept += bodies
      state.calls.append("keep \(bodies.count)")
      return bodies.indices.map { Int64(first + $0) }
    }
  }

  func store(_ contents: BodyContents, evidence: Int64, from provider: String) throws {
    state.withLock { state in
      state.contents.append(contents)
      state.calls.append("store \(evidence)")
    }
  }

  func note(_ outcomes: [(lookup: Lookup, outcome: LookupOutcome)], from provider: String) throws {
    state.withLock { state in
      for (lookup, outcome) in outcomes { state.outcomes[lookup] = outcome }
    }
  }

  func walkCompleted(_ stream: ProviderStream, since: Instant?, from provider: String) throws {
    state.withLock { $0.completed.append(stream) }
  }

  func progress(_ provider: String, stream: ProviderStream, pages: Int, records: Int, of total: Int?) {}
}

extension ImportSink {
  /// Sinks in memory have nothing to do before they keep.
  func readyToStore(_ bodies: [ReadBody], from provider: String) async throws
    -> @Sendable () async throws -> Void
  {
    {
      let numbers = try await keep(bodies.map(\.body), from: provider)
      try await store(
        zip(bodies, numbers).compactMap { read, number in read.contents.map { ($0, number) } }, from: provider
      )
    }
  }
}
