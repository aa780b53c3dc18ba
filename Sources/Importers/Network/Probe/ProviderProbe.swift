import ReconcileCore

/// One thing that a look at a provider found.
public struct ProbeFinding: Sendable, Equatable {
  /// How much it matters.
  public enum Level: Sendable, Equatable {
    case good
    /// Works, and deserves a look.
    case notice
    case problem
    /// The provider refused the key.
    case refused
  }

  /// How much it matters.
  public var level: Level
  /// What was asked and what came back; never the key.
  public var what: String
  /// What to do about it; nil where nothing is to be done.
  public var remedy: String?

  /// A finding.
  public init(_ level: Level, _ what: String, remedy: String? = nil) {
    self.level = level
    self.what = what
    self.remedy = remedy
  }
}

/// Looks at an account with a few requests of the allow-list: which of them answer, how lists are paged, in which
/// header the key was accepted, what an unknown reference looks like, and how the provider's clock stands to ours.
/// Nothing is kept, nothing is guessed, and only trouble that another try may cure is tried once more.
public struct ProviderProbe: Sendable {
  private let settings: ProviderSettings
  private let reader: any ProviderReader
  private let environment: NetworkEnvironment

  /// Prepares a probe; nothing is sent yet.
  public init(_ settings: ProviderSettings, reader: any ProviderReader, environment: NetworkEnvironment) {
    self.settings = settings
    self.reader = reader
    self.environment = environment
  }

  /// Asks, and says what was found. A refused key ends it, as it would end an import.
  public func findings() async -> [ProbeFinding] {
    guard case .network(let baseURL, let key) = settings.source else {
      return [ProbeFinding(.notice, "reads saved responses; there is nothing to reach")]
    }
    let witness = ClockWitness(environment.sender, clock: environment.clock)
    var watched = environment
    watched.sender = witness
    var talk: ProbeTalk
    do {
      let line = try ProviderLine(settings, baseURL: baseURL, key: key, environment: watched, tries: 2)
      talk = ProbeTalk(settings, reader: reader, line: line)
    } catch {
      return [ProbeFinding(.problem, error.reason, remedy: "correct this provider's settings")]
    }
    talk.line.startDeadline()
    let questions = ProbeQuestion.all(
      for: settings, now: environment.clock.wallNow(), chance: environment.chance)
    for question in questions where talk.line.hangUp == nil { await talk.ask(question) }
    return talk.findings + talk.keyFinding + witness.findings
  }
}

/// What a probe asks, in this order.
enum ProbeQuestion: Sendable {
  /// Whether the service is up; an import does not need the answer, and no key is needed for it.
  case health
  /// A list's first page, and its second where nothing else tells how the list goes on.
  case list(ReadCall, ProviderStream)
  /// A settlement report of one day; a provider that answers 400 or 404 has none to give.
  case settlement(BusinessDay)
  /// A look-up of an id that nobody gave out.
  case unknown(Identifier, ReadCall, ProviderStream)
  /// The same with a request that no import makes: what it answers is told and judged no further.
  case unused(ReadCall)

  /// The questions to a provider of this kind. `now` gives the day of the settlement report, the day before today;
  /// `chance`, between 0 and 1, makes the id that nobody gave out.
  static func all(for settings: ProviderSettings, now: Instant, chance: () -> Double) -> [ProbeQuestion] {
    let digits = (0..<2).map { _ in String(Int(chance() * 1e6)) }.joined(separator: "-")
    let id = Identifier(stored: "reconcile-probe-\(digits)")
    switch settings.kind {
    case .maxfi: return [.health, .list(.maxfiPayments(limit: 1), .payments)]
    case .dapit:
      return [
        .list(.dapitTransactions, .listTransactions), .list(.dapitRefunds, .listRefunds),
        .settlement(settings.zone.day(of: now).advanced(by: -1)), .unused(.dapitPaymentStatus(id)),
        .unused(.dapitSession(token: id.text)),
      ]
    case .gate: return [.unknown(id, .gatePayment(id), .payments)]
    case .inflow:
      return [
        .list(.inflowRefunds(pageSize: 1, createdSince: nil), .refunds),
        .unknown(id, .inflowTransaction(id), .transactions),
      ]
    }
  }
}
