import ReconcileCore

/// A list or kind of response that a provider offers; the file name of saved responses.
public enum ProviderStream: String, Sendable, CaseIterable {
  /// MAXFI list, Gate look-ups (payments and refunds).
  case payments
  /// Dapit lists.
  case listTransactions = "list_transactions"
  case listRefunds = "list_refunds"
  case settlementReport = "settlement_report"
  /// Inflow list and look-ups.
  case refunds
  case transactions
}

/// A response body as it is kept: personal data masked. Reading always starts from these bytes, so that
/// evidence read again gives the same records.
public struct FetchedBody: Sendable {
  public var stream: ProviderStream
  /// Path and query without any key, or the file name and body number of a saved response.
  public var request: String
  /// The id that a look-up asked for; nil for lists.
  public var lookupID: Identifier?
  /// Whether a look-up asked for a refund (Gate): what a reply is follows from the list its id was taken from.
  public var isRefundLookup: Bool
  public var fetchedAt: Instant
  public var maskedBytes: [UInt8]

  public init(
    stream: ProviderStream, request: String, lookupID: Identifier? = nil, isRefundLookup: Bool = false,
    fetchedAt: Instant, maskedBytes: [UInt8]
  ) {
    self.stream = stream
    self.request = request
    self.lookupID = lookupID
    self.isRefundLookup = isRefundLookup
    self.fetchedAt = fetchedAt
    self.maskedBytes = maskedBytes
  }
}

/// What one body holds, in the order of the body.
public struct BodyContents: Sendable {
  public var payments: [PaymentRecord] = []
  public var refunds: [RefundRecord] = []
  public var settlements: [SettlementReport] = []
  public var rejects: [Reject] = []
  /// One entry a row of the list, records and rejects alike: the id that the walk counts by.
  public var rows: [WalkRow] = []
  /// How the list goes on; nil hint for look-ups and settlement reports.
  public var next: PageHint = .none
  /// The list's own `total`, also where it is no hint because its companions are missing.
  public var namedTotal: Int?
  /// The list's own `limit`.
  public var namedLimit: Int?
  /// What the body has that no document names, and the currencies that occur in it.
  public var drift: Set<Drift> = []
  /// Ids of records that are rejects: the list still holds them.
  public var rejectedIDs: [Identifier] = []

  public init() {}
}

/// Something of a provider's API that may be new: the warehouse knows whether it was there before.
public struct Drift: Sendable, Hashable {
  /// What is new.
  public enum Kind: String, Sendable {
    /// A member of a record, or one beside the records.
    case field, envelope
    /// A status word that no map holds.
    case status
    case currency
  }
  public var kind: Kind
  public var name: String
  /// The member's value, masked, or the id of a record that has it.
  public var sample: String

  /// Cuts long texts; samples are for a look, not for reading back.
  public init(_ kind: Kind, name: String, sample: String) {
    self.kind = kind
    self.name = String(name.prefix(80))
    self.sample = String(sample.prefix(80))
  }

  /// One entry a name, whatever its sample.
  public static func == (a: Drift, b: Drift) -> Bool { a.kind == b.kind && a.name == b.name }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(name)
  }
}

/// A list row as the walk sees it.
public struct WalkRow: Sendable {
  /// The record's id, or for a session without one something that names it as well as the body allows.
  public var identity: String
  /// The record's time of creation as the list sorts by it; used to tell newer rows from missed ones.
  public var createdAt: Instant?

  public init(identity: String, createdAt: Instant? = nil) {
    self.identity = identity
    self.createdAt = createdAt
  }
}

/// The first hint that a list body has of how it goes on.
public enum PageHint: Sendable, Equatable {
  /// No hint: page = 2, 3, …
  case none
  /// `next`: nil ends the list.
  case link(String?)
  /// `has_more`, `next_cursor`; cursor nil with more means `starting_after` the last id.
  case cursor(more: Bool, cursor: String?, lastID: String?)
  /// `page` with `total_pages`.
  case pages(page: Int, of: Int)
  /// `total` with `offset` and `limit`; total nil where what stands there cannot be a number of records.
  case offset(total: Int?, offset: Int, limit: Int)
}

/// Why a body could not be read at all. `isTransient` bodies are worth another try over the network.
public struct UnreadableBody: Error, Sendable, Equatable {
  public var reason: String
  public var isTransient: Bool
  /// Whether it may be a whole answer to another request.
  public var mayBeAnothers: Bool

  public init(_ reason: String, isTransient: Bool, mayBeAnothers: Bool = false) {
    self.reason = reason
    self.isTransient = isTransient
    self.mayBeAnothers = mayBeAnothers
  }
}

/// An id to ask for.
public struct Lookup: Sendable, Hashable {
  public var id: Identifier
  public var isRefund: Bool

  public init(id: Identifier, isRefund: Bool = false) {
    self.id = id
    self.isRefund = isRefund
  }
}

/// How a look-up ended.
public enum LookupOutcome: Sendable, Equatable { case found, notFound, failed }

/// What the warehouse already knows when a provider's import begins.
public struct ProviderMemory: Sendable {
  /// When the import began that last read the refund list to its end; nil while no complete walk is on record
  /// (Inflow then reads the whole list, and later only what was created since).
  public var refundsReadAt: Instant?
  /// Refunds that were not final, by id (Inflow asks for each of them in a filtered re-read).
  public var openRefunds: [Identifier] = []

  public init() {}
}

/// A body to be kept, and what was read from it; nil where it could not be read.
public typealias ReadBody = (body: FetchedBody, contents: BodyContents?)

/// Where an import leaves what it reads. The warehouse behind it is the only writer; storing waits for the disk, and the
/// imports go on meanwhile.
public protocol ImportSink: Sendable {
  /// What is known of this provider before the import.
  func memory(of provider: String) throws -> ProviderMemory
  /// The ids to look up: payments first, and once those are stored, Gate refunds (`refunds` true).
  func lookups(for provider: String, refunds: Bool) throws -> [Lookup]
  /// Keeps bodies before they are decoded, durably. Returns one evidence number a body.
  func keep(_ bodies: [FetchedBody], from provider: String) async throws -> [Int64]
  /// Does what can be done before records are written. What it returns keeps the bodies, durably or together with what
  /// was read from them, and then stores that.
  func readyToStore(_ bodies: [ReadBody], from provider: String) async throws
    -> @Sendable () async throws -> Void
  /// Stores what was read from one piece of evidence; a record read twice in a run keeps the later `updatedAt`,
  /// else the one read last.
  func store(_ contents: BodyContents, evidence: Int64, from provider: String) async throws
  /// Stores what was read from several pieces of evidence, in order; all of it or nothing where it can.
  func store(_ bodies: [(contents: BodyContents, evidence: Int64)], from provider: String) async throws
  /// Notes how look-ups ended, so that "not found" is only said where it was asked.
  func note(_ outcomes: [(lookup: Lookup, outcome: LookupOutcome)], from provider: String) async throws
  /// Says that a list was read to its end, in full or from a time of creation on: records of this stream, created
  /// since then, that this run did not see are withdrawn.
  /// For settlement reports: that the provider was asked and answered, be it that there is none.
  func walkCompleted(_ stream: ProviderStream, since: Instant?, from provider: String) throws
  /// One line of progress: what is being read, how far it is.
  func progress(_ provider: String, stream: ProviderStream, pages: Int, records: Int, of total: Int?)
}

extension ImportSink {
  /// One body after the other, for a sink that knows no larger unit.
  public func store(_ bodies: [(contents: BodyContents, evidence: Int64)], from provider: String) async throws
  {
    for body in bodies { try await store(body.contents, evidence: body.evidence, from: provider) }
  }
}

/// How one provider's import ended.
public struct ProviderOutcome: Sendable {
  /// Completely, or why not.
  public enum Ending: Sendable, Equatable {
    case complete
    /// What could not be read, in words for the operator.
    case incomplete(String)
    /// The provider refused the key (401, 403).
    case refused(String)
  }
  public var ending: Ending
  /// Bodies read, records seen (rejects included), requests sent (retries included).
  public var pages: Int64 = 0
  public var records: Int64 = 0
  public var requests: Int64 = 0
  /// How each list was read and each kind of look-up made.
  public var readings: [StreamReading] = []

  public init(ending: Ending) { self.ending = ending }
}
