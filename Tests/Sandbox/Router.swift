import Synchronization

/// Takes requests to their provider, lets faults strike, and has everything logged.
final class Router: Sendable {
  private struct State {
    var providers: [String: SandboxProvider]
    var rules: [FaultRule]
  }

  private let state: Mutex<State>
  private let log: RequestLog?
  private let origin: String

  init(providers: sending [SandboxProvider], rules: [FaultRule], origin: String, log: RequestLog?) {
    var byName: [String: SandboxProvider] = [:]
    for provider in providers { byName[provider.name] = provider }
    state = Mutex(State(providers: byName, rules: rules))
    self.origin = origin
    self.log = log
  }

  func answer(_ request: HTTPRequest) -> Reply {
    var entry = LogEntry(request)
    let reply = state.withLock { state in
      Self.answer(request, &state, &entry, origin: origin)
    }
    entry.status = reply.status
    entry.bytes = reply.body.count
    // Before the answer leaves, so that whoever has the answer finds the line.
    log?.write(entry)
    return reply
  }

  private static func answer(
    _ request: HTTPRequest, _ state: inout State, _ entry: inout LogEntry, origin: String
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
    for index in state.rules.indices where state.rules[index].name.replacesAnswer {
      guard state.rules[index].strikes(target) else { continue }
      entry.faults = [state.rules[index].name.rawValue]
      return Reply(state.rules[index], kind: kind)
    }
    // Only now are the others asked: a request answered with 503 must not use up an insertion.
    var striking: [FaultRule] = []
    for index in state.rules.indices where !state.rules[index].name.replacesAnswer {
      if state.rules[index].strikes(target) { striking.append(state.rules[index]) }
    }
    entry.faults = striking.map(\.name.rawValue)
    var reply = provider.answer(endpoint, request, striking, origin: origin)
    for rule in striking { reply.suffer(rule) }
    return reply
  }
}
