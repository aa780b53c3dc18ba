import Synchronization

/// Takes requests to their provider, lets faults strike, and has everything logged.
final class Router: Sendable {
  private struct State {
    var providers: [String: SandboxProvider]
    var rules: [FaultRule]
    /// The latest answer to each provider's requests that brought something.
    var latest: [String: Reply] = [:]
    /// On connections that are one answer late: the answer that is due.
    var late: [String: Reply] = [:]

    /// The answer that leaves in place of the provider's own.
    mutating func mixedUp(_ own: Reply, _ connection: String, of name: String, _ rules: [FaultRule]) -> Reply
    {
      let before = latest[name]
      if own.status == 200 { latest[name] = own }
      if let due = late[connection] {
        late[connection] = own
        return due
      }
      guard let before else { return own }
      if rules.contains(where: { $0.name == .lateAnswers }) { late[connection] = own }
      return rules.contains { [.lateAnswers, .earlierAnswer].contains($0.name) } ? before : own
    }
  }

  private let state: Mutex<State>
  private let log: RequestLog?
  /// Scheme, host and port by provider.
  private let origins: [String: String]

  init(
    providers: sending [SandboxProvider], rules: [FaultRule], origins: [String: String], log: RequestLog?
  ) {
    var byName: [String: SandboxProvider] = [:]
    for provider in providers { byName[provider.name] = provider }
    state = Mutex(State(providers: byName, rules: rules))
    self.origins = origins
    self.log = log
  }

  func answer(_ request: HTTPRequest) -> Reply {
    var entry = LogEntry(request)
    let reply = state.withLock { state in
      Self.answer(request, &state, &entry, origins: origins)
    }
    entry.status = reply.status
    entry.bytes = reply.body.count
    // Before the answer leaves, so that whoever has the answer finds the line.
    log?.write(entry)
    return reply
  }

  private static func answer(
    _ request: HTTPRequest, _ state: inout State, _ entry: inout LogEntry, origins: [String: String]
  ) -> Reply {
    let path = request.path
    let name = percentDecoded(path.dropFirst().prefix { $0 != "/" })
    guard var provider = state.providers[name] else {
      return .failure(404, "no provider is called '\(name)'", nil)
    }
    let kind = provider.kind
    entry.provider = name
    guard request.method == "GET" else {
      var reply = Reply.failure(405, "only GET is served", kind)
      reply.headers.append(("Allow", "GET"))
      return reply
    }
    let rest = String(path.dropFirst().drop { $0 != "/" })
    let action = request.parameters.first { $0.name == "action" }?.value
    guard let endpoint = Endpoint(kind, path: rest, action: action) else {
      return .failure(404, "not on the list of what may be read", kind)
    }
    entry.isAllowed = true
    entry.unexpected = request.parameters.map(\.name).filter { !endpoint.parameters.contains($0) }

    if let seconds = provider.options.rateLimit?.wait(at: .now()) {
      var reply = Reply.failure(429, "too many requests", kind)
      reply.headers.append(("Retry-After", String(seconds)))
      entry.faults = ["rate-limit"]
      return reply
    }
    defer { state.providers[name] = provider }
    guard provider.accepts(request, endpoint) else {
      return .failure(401, "missing or wrong key", kind)
    }

    let target = FaultTarget(
      provider: name, kind: kind, target: request.target, isList: endpoint.isList)
    for index in state.rules.indices where state.rules[index].name.group == .inPlace {
      guard state.rules[index].strikes(target) else { continue }
      entry.faults = [state.rules[index].name.rawValue]
      return Reply(state.rules[index], kind: kind)
    }
    // Only now are the others asked: a request answered with 503 must not use up an insertion.
    var striking: [FaultRule] = []
    for index in state.rules.indices where state.rules[index].name.group != .inPlace {
      if state.rules[index].strikes(target) { striking.append(state.rules[index]) }
    }
    entry.faults = striking.map(\.name.rawValue)
    let own = provider.answer(endpoint, request, striking, origin: origins[name] ?? "")
    var reply = state.mixedUp(own, "\(name) \(request.connection)", of: name, striking)
    for rule in striking { reply.suffer(rule) }
    return reply
  }
}
