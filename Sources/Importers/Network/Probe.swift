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

/// Checks that a provider can be reached and takes the key, with the cheapest requests of the allow-list. Nothing
/// is kept, and only trouble that another try may cure is tried once more.
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

  /// Asks, and says what was found.
  public func findings() async -> [ProbeFinding] {
    guard case .network(let baseURL, let key) = settings.source else {
      return [ProbeFinding(.notice, "reads saved responses; there is nothing to reach")]
    }
    let line: ProviderLine
    do {
      line = try ProviderLine(settings, baseURL: baseURL, key: key, environment: environment, tries: 2)
    } catch {
      return [ProbeFinding(.problem, error.reason, remedy: "correct this provider's settings")]
    }
    line.startDeadline()
    switch settings.kind {
    case .maxfi:
      let health = await ask(.maxfiHealth, stream: nil, on: line)
      if health.contains(where: { $0.level == .refused }) { return health }
      return health + (await ask(.maxfiPayments(limit: 1), stream: .payments, on: line))
    case .dapit: return await ask(.dapitTransactions, stream: .listTransactions, on: line)
    case .gate:
      let unused = (0..<4).map { _ in String(Int(environment.chance() * 1e6)) }.joined(separator: "-")
      return await ask(.gatePayment(Identifier(stored: "reconcile-probe-\(unused)")), stream: nil, on: line)
    case .inflow: return await ask(.inflowRefunds(pageSize: 1, createdSince: nil), stream: .refunds, on: line)
    }
  }

  private struct Seen: Sendable {
    var findings: [ProbeFinding]
  }

  private func ask(_ call: ReadCall, stream: ProviderStream?, on line: ProviderLine) async -> [ProbeFinding] {
    let (reader, clock) = (reader, line.clock)
    let answer: ProviderLine.Answer<Seen>
    let name: String
    do throws(RefusedRequest) { name = try line.evidenceName(call, at: .first) } catch {
      return [ProbeFinding(.problem, error.reason, remedy: "correct this provider's settings")]
    }
    do {
      answer = try await line.ask(call) { response in
        let clockFindings = Self.judge(clockOf: response, now: clock.wallNow())
        guard let stream else {
          return .good(Seen(findings: [ProbeFinding(.good, "\(name) answered 200")] + clockFindings))
        }
        do throws(UnreadableBody) {
          let contents = try reader.read(stream, body: response.body, request: name, isRefundLookup: false)
          let rejects = contents.rejects.isEmpty ? "" : ", \(contents.rejects.count) of them unreadable"
          let words =
            "\(name) answered 200 with \(contents.rows.count) rows\(rejects); \(Self.words(contents.next))"
          return .good(Seen(findings: [ProbeFinding(.good, words)] + clockFindings))
        } catch {
          let finding = ProbeFinding(
            .problem, "\(name) answered 200, but the body cannot be read: \(error.reason)",
            remedy: "check base_url; if it is right, the provider may have changed its answers")
          let seen = Seen(findings: [finding] + clockFindings)
          return error.isTransient ? .retry(error.reason, lastResort: seen) : .good(seen)
        }
      }
    } catch {
      return [ProbeFinding(.problem, "interrupted")]
    }
    return findings(of: answer, to: call, named: name, on: line)
  }

  private func findings(
    of answer: ProviderLine.Answer<Seen>, to call: ReadCall, named name: String, on line: ProviderLine
  ) -> [ProbeFinding] {
    let network = "check base_url, the network and, behind a company's proxy, ca_file"
    switch answer {
    case .value(let seen):
      return seen.findings.map {
        ProbeFinding($0.level, line.scrubber.scrubbed($0.what), remedy: $0.remedy)
      }
    case .status(let status, let words):
      if call.kind == .gate, status == 400 || status == 404 {
        return [ProbeFinding(.good, "the provider answers; an unknown reference gives \(status)")]
      }
      return [ProbeFinding(.problem, words, remedy: "check base_url")]
    case .failed(let words): return [ProbeFinding(.problem, words, remedy: network)]
    case .hungUp:
      switch line.hangUp {
      case .refused(let words):
        let remedy = "check the key, whether it is still valid, and what it may read"
        return [ProbeFinding(.refused, words, remedy: remedy)]
      case .givenUp(let words): return [ProbeFinding(.problem, words, remedy: network)]
      case nil: return [ProbeFinding(.problem, "\(name) was not asked")]
      }
    }
  }

  private static func judge(clockOf response: HTTPResponse, now: Instant) -> [ProbeFinding] {
    guard let date = response.date else { return [] }
    let skew = now.seconds - date.seconds
    guard abs(skew) > 60 else { return [] }
    return [
      ProbeFinding(
        .notice,
        "this machine's clock is \(abs(skew)) seconds \(skew > 0 ? "ahead of" : "behind") the provider's",
        remedy: "set the clock; grace periods and ages depend on it")
    ]
  }

  private static func words(_ hint: PageHint) -> String {
    switch hint {
    case .none: "the list does not say how it goes on, so it is paged by number"
    case .link: "pages follow a next link"
    case .cursor: "pages follow a cursor"
    case .pages(_, let count): "pages are numbered, \(count) in all"
    case .offset(let total, _, _): "pages follow an offset, \(total) records in all"
    }
  }
}
