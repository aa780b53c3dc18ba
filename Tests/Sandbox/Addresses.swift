/// Where each provider is to be found: at the sandbox's port, or somewhere that a fault has prepared.
struct Addresses {
  /// Scheme, host and port by provider.
  private(set) var origins: [String: String] = [:]
  /// Ports beside the sandbox's own.
  private(set) var servers: [HTTPServer] = []
  /// What a `ca_file` has to hold; nil where no provider is at an https address of the sandbox.
  private(set) var authority: String?

  /// The last fault that fits a provider counts.
  init(_ providers: [String], _ rules: [FaultRule], main: HTTPServer) throws {
    let rules = rules.filter { $0.name.group == .address }
    var issuers: (trusted: Certificate, other: Certificate)?
    for name in providers {
      guard let rule = rules.last(where: { $0.provider == nil || $0.provider == name }) else {
        origins[name] = "http://127.0.0.1:\(main.port)"
        continue
      }
      switch rule.name {
      case .unknownHost: origins[name] = "https://\(name).sandbox.invalid"
      // A broadcast address: the kernel refuses the connection, and nothing leaves the machine.
      case .unreachable: origins[name] = "https://255.255.255.255"
      case .refused: try open(.shut, for: name, scheme: "http")
      case .neverAccepts: try open(.blocked, for: name, scheme: "http")
      case .tlsCut: try open(.cut, for: name, scheme: "https")
      default:
        let known = try issuers ?? (Self.issuer("Sandbox"), Self.issuer("Sandbox, another one"))
        issuers = known
        authority = known.trusted.pem
        try open(Self.door(rule, known.trusted, known.other), for: name, scheme: "https")
        servers[servers.count - 1].answersOnce = rule.name == .tlsChanges
      }
    }
  }

  private mutating func open(_ door: HTTPServer.Door, for name: String, scheme: String) throws {
    let server = try HTTPServer(port: 0, door)
    servers.append(server)
    origins[name] = "\(scheme)://127.0.0.1:\(server.port)"
  }

  private static func issuer(_ name: String) throws -> Certificate {
    try Certificate(Certificate.Claims(name: name, from: -3_650, to: 3_650))
  }

  private static func door(_ rule: FaultRule, _ trusted: Certificate, _ other: Certificate) throws
    -> HTTPServer.Door
  {
    var claims = Certificate.Claims(name: "127.0.0.1", from: -3_000, to: 30, host: "IP:127.0.0.1")
    var issuer: Certificate? = trusted
    var offer = TLSServer.Offer.usual
    switch rule.name {
    case .tlsSelfSigned: issuer = nil
    case .tlsUnknownIssuer: issuer = other
    case .tlsExpired: claims.to = -rule.number("days")
    case .tlsNotYetValid: claims.from = rule.number("days")
    case .tlsWrongHost: claims.host = "DNS:somewhere-else.example"
    case .tlsOldVersion: offer = .oldVersionOnly
    case .tlsHTTP2Only: offer = .http2Only
    default: break
    }
    let first = try TLSServer(try Certificate(claims, issuer: issuer), offer)
    guard rule.name == .tlsChanges else { return .tls(first, connections: .max, then: first) }
    let later = try TLSServer(try Certificate(claims, issuer: other))
    return .tls(first, connections: rule.number("connections"), then: later)
  }
}
