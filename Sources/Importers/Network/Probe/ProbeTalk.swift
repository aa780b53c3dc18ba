import ReconcileCore

/// A probe's questions to one provider, and what came of them.
struct ProbeTalk {
  /// What the answers say about the key.
  private enum KeyStanding: Int { case untold, notRefused, accepted }

  let line: ProviderLine
  private(set) var findings: [ProbeFinding] = []
  private let settings: ProviderSettings
  private let reading: ResponseReading
  private var key = KeyStanding.untold

  init(_ settings: ProviderSettings, reader: any ProviderReader, line: ProviderLine) {
    self.settings = settings
    self.line = line
    reading = ResponseReading(
      reader: reader, mask: { PersonalData.mask($0) }, scrubber: line.scrubber, clock: line.clock)
  }

  /// Asks one question and adds what is found.
  mutating func ask(_ question: ProbeQuestion) async {
    do {
      switch question {
      case .health: try await askHealth()
      case .list(let call, let stream): try await askList(call, stream)
      case .settlement(let day): try await askSettlement(day)
      case .unknown(let id, let call, let stream): try await askUnknown(id, call, stream)
      case .unused(let call): try await askUnused(call)
      }
    } catch let refused as RefusedRequest {
      add(.problem, refused.reason, "correct this provider's settings")
    } catch {
      add(.problem, "interrupted", nil)
    }
  }

  /// In which header the key was accepted; the key itself is never told.
  var keyFinding: [ProbeFinding] {
    switch key {
    case .untold: []
    case .notRefused: [ProbeFinding(.good, "the key was not refused in \(keyPlace)")]
    case .accepted: [ProbeFinding(.good, "the key was accepted in \(keyPlace)")]
    }
  }

  private var keyPlace: String {
    "the header `\(line.scrubber.scrubbed(ProviderLine.header(of: settings)))`"
      + (settings.kind == .dapit ? " (list_refunds and settlement_report: also as api_key)" : "")
  }

  /// A refused key ends every import, so nothing is tried in its place: only a person can say what is right.
  private var keyRemedy: String {
    if key == .accepted { return "other requests took the key: ask the provider what it may read" }
    let common = "check the key, whether it is still valid, and what it may read"
    guard settings.kind == .inflow else { return common }
    let others = ["Authorization: Api-Key {key}", "Authorization: Bearer {key}", "X-Api-Key: {key}"]
      .filter { $0.lowercased() != settings.authHeader.lowercased() }.map { "\"\($0)\"" }
    return common + " (refunds:read or payments:read)\n"
      + "Inflow does not document the header: ask, set auth_header, for example to"
      + " \(others.joined(separator: " or ")), and look again"
  }

  // MARK: Questions

  private mutating func askHealth() async throws {
    let (name, answer) = try await answer(to: .maxfiHealth, stream: nil)
    // An import works without it.
    if answered(name, answer, else: .notice) != nil { add(.good, "\(name) answered 200", nil) }
  }

  private mutating func askList(_ call: ReadCall, _ stream: ProviderStream) async throws {
    let (name, answer) = try await answer(to: call, stream: stream)
    guard let body = answered(name, answer, else: .problem) else { return }
    guard let contents = readable(body, name) else { return }
    learn(.accepted)
    let rejects = contents.rejects.isEmpty ? "" : ", \(contents.rejects.count) of them unreadable"
    add(
      contents.rejects.isEmpty ? .good : .notice,
      "\(name) answered 200 with \(contents.rows.count) \(contents.rows.count == 1 ? "row" : "rows")\(rejects)",
      contents.rejects.isEmpty ? nil : "an import lists them in rejects.csv with the reason")
    guard contents.next == .none else { return add(.good, ProbeWords.paging(contents.next, of: call), nil) }
    if call == .dapitRefunds {
      return add(.good, "\(ProbeWords.name(of: call)) does not say how it goes on: it is taken as whole", nil)
    }
    guard !contents.rows.isEmpty else {
      return add(.good, "\(ProbeWords.name(of: call)) is empty, so how it is paged does not show", nil)
    }
    try await askSecondPage(of: call, stream, first: body.raw)
  }

  /// A list without a hint is paged by number; what its second page is tells whether the provider obeys.
  private mutating func askSecondPage(of call: ReadCall, _ stream: ProviderStream, first: [UInt8])
    async throws
  {
    let (name, answer) = try await answer(to: call, at: .page(2), stream: stream)
    let list = "\(ProbeWords.name(of: call)) does not say how it goes on"
    if case .status(404, _) = answer {
      return add(.good, "\(list): page 2 is answered with 404, the end", nil)
    }
    guard let body = answered(name, answer, else: .problem), let contents = readable(body, name) else {
      return
    }
    if body.raw == first {
      add(.good, "\(list): page 2 is page 1 again byte for byte, so it is taken as whole", nil)
    } else if contents.rows.isEmpty {
      add(.good, "\(list): page 2 is empty, the end", nil)
    } else {
      add(.good, "\(list): it is paged by number, and page 2 holds other rows", nil)
    }
  }

  private mutating func askSettlement(_ day: BusinessDay) async throws {
    let (name, answer) = try await answer(to: .dapitSettlement(from: day, to: day), stream: .settlementReport)
    if case .status(let status, _) = answer, status == 400 || status == 404 {
      return add(.good, "\(name) answered \(status): no report for that day", nil)
    }
    guard let body = answered(name, answer, else: .problem), readable(body, name) != nil else { return }
    add(.good, "\(name) answered 200 with a report", nil)
  }

  private mutating func askUnknown(
    _ id: Identifier, _ call: ReadCall, _ stream: ProviderStream
  ) async throws {
    let (name, answer) = try await answer(to: call, stream: stream)
    let what = "an unknown reference (\(name))"
    switch answer {
    case .status(let status, _) where status == 400 || status == 404:
      learn(.notRefused)
      add(.good, "\(what) is answered with \(status), which means \"not found\"", nil)
    case .status(let status, let words):
      add(
        .problem, "\(what): \(words)",
        (300..<400).contains(status)
          ? "correct base_url"
          : "only 400 and 404 mean \"not found\": ask the provider what an unknown reference is answered with"
      )
    case .value(let body):
      learn(.notRefused)
      let verdict = ProbeWords.verdict(on: body, askedFor: id, kind: settings.kind)
      add(
        verdict.level,
        "\(what) is answered with 200 and \(ProbeWords.outline(of: body.masked)), \(verdict.words)",
        verdict.remedy)
    case .failed(let words):
      add(
        .problem, "\(what): \(words)",
        "check base_url, the network and, behind a company's proxy, ca_file; if known references are answered, this"
          + " provider takes an unknown one for an error of its own, and orders without a payment leave it incomplete:"
          + " tell the provider")
    case .hungUp: hungUp(name)
    }
  }

  private mutating func askUnused(_ call: ReadCall) async throws {
    let (name, answer) = try await answer(to: call, stream: nil)
    let what = "\(name), which no import asks,"
    switch answer {
    case .value(let body):
      add(.good, "\(what) answered 200 with \(ProbeWords.outline(of: body.masked))", nil)
    case .status(let status, _): add(.good, "\(what) answered \(status)", nil)
    case .failed(let words): add(.notice, "\(what) did not answer: \(words)", "nothing, unless you need it")
    case .hungUp: hungUp(name)
    }
  }

  // MARK: Answers

  private func answer(
    to call: ReadCall, at position: PagePosition = .first, stream: ProviderStream?
  ) async throws -> (name: String, answer: ProviderLine.Answer<ResponseReading.Body>) {
    let name = try line.evidenceName(call, at: position)
    let reading = reading
    let answer = try await line.ask(call, at: position) { response in
      guard let stream else {
        return .good(reading.unread(response))
      }
      return reading.judge(response, stream: stream, request: name, isRefundLookup: false)
    }
    return (name, answer)
  }

  /// The body of a 200; nil, with what came instead told, for everything else.
  private mutating func answered(
    _ name: String, _ answer: ProviderLine.Answer<ResponseReading.Body>, else level: ProbeFinding.Level
  ) -> ResponseReading.Body? {
    let isNeeded = level == .problem
    switch answer {
    case .value(let body): return body
    case .status(_, let words):
      add(level, "\(name): \(words)", isNeeded ? "check base_url" : "an import does not need this request")
    case .failed(let words):
      add(
        level, "\(name): \(words)",
        isNeeded
          ? "check base_url, the network and, behind a company's proxy, ca_file"
          : "an import does not need this request")
    case .hungUp: hungUp(name)
    }
    return nil
  }

  private mutating func readable(_ body: ResponseReading.Body, _ name: String) -> BodyContents? {
    switch body.contents {
    case .success(let contents): return contents
    case .failure(let unreadable):
      add(
        .problem, "\(name) answered 200, but the body cannot be read: \(unreadable.reason)",
        "check base_url; if it is right, the provider may have changed its answers")
      return nil
    }
  }

  private mutating func hungUp(_ name: String) {
    switch line.hangUp {
    case .refused(let words): add(.refused, "\(name): \(words) in \(keyPlace)", keyRemedy)
    case .givenUp(let words):
      add(.problem, words, "check base_url, the network and, behind a company's proxy, ca_file")
    case nil: add(.problem, "\(name) was not asked", nil)
    }
  }

  private mutating func learn(_ standing: KeyStanding) {
    if standing.rawValue > key.rawValue { key = standing }
  }

  private mutating func add(_ level: ProbeFinding.Level, _ what: String, _ remedy: String?) {
    findings.append(ProbeFinding(level, line.scrubber.scrubbed(what), remedy: remedy))
  }
}
