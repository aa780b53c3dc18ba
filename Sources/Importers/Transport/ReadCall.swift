import ReconcileCore

/// Everything the tool can ask a provider. There is no other way to make a request, every case is a GET that
/// changes nothing, and a case that is not here cannot be sent.
enum ReadCall: Sendable, Hashable {
  case maxfiPayments(limit: Int)
  case maxfiPayment(Identifier)
  case maxfiCheckout(Identifier)
  case maxfiHealth
  case dapitTransactions
  case dapitRefunds
  case dapitSettlement(from: BusinessDay, to: BusinessDay)
  case dapitPaymentStatus(Identifier)
  case dapitSession(token: String)
  case gatePayment(Identifier)
  case inflowRefunds(pageSize: Int, createdSince: Instant?)
  case inflowRefund(Identifier)
  case inflowTransaction(Identifier)

  /// The kind of provider that has this request.
  var kind: ProviderKind {
    switch self {
    case .maxfiPayments, .maxfiPayment, .maxfiCheckout, .maxfiHealth: .maxfi
    case .dapitTransactions, .dapitRefunds, .dapitSettlement, .dapitPaymentStatus, .dapitSession: .dapit
    case .gatePayment: .gate
    case .inflowRefunds, .inflowRefund, .inflowTransaction: .inflow
    }
  }

  /// Whether the request is one page of a list, so that it can be asked for at another position.
  var isList: Bool {
    switch self {
    case .maxfiPayments, .dapitTransactions, .dapitRefunds, .inflowRefunds: true
    default: false
    }
  }

  /// The rows a page that the request asks for; nil where it does not say.
  var pageSize: Int? {
    switch self {
    case .maxfiPayments(let limit): limit
    case .dapitTransactions: 200
    case .inflowRefunds(let pageSize, _): pageSize
    default: nil
    }
  }

  /// Dapit documents its key as a parameter of these two; it is put on the URL at the last moment.
  var takesKeyParameter: Bool {
    switch self {
    case .dapitRefunds, .dapitSettlement: true
    default: false
    }
  }

  /// Dapit's `action`, which a next link must keep.
  var action: String? {
    switch self {
    case .dapitTransactions: "list_transactions"
    case .dapitRefunds: "list_refunds"
    case .dapitSettlement: "settlement_report"
    case .dapitPaymentStatus: "payment_status"
    case .dapitSession: "get_session"
    default: nil
    }
  }

  /// The path behind the base address.
  var path: String {
    switch self {
    case .maxfiPayments: "/v2/payments"
    case .maxfiPayment(let id): "/v2/payments/" + PercentEncoding.segment(id.text)
    case .maxfiCheckout(let id): "/v2/payments/checkout/" + PercentEncoding.segment(id.text)
    case .maxfiHealth: "/v2/health"
    case .dapitTransactions, .dapitRefunds, .dapitSettlement, .dapitPaymentStatus, .dapitSession: ""
    case .gatePayment(let id): "/api/v1/api/payments/" + PercentEncoding.segment(id.text)
    case .inflowRefunds: "/refunds/"
    case .inflowRefund(let id): "/refunds/" + PercentEncoding.segment(id.text) + "/"
    case .inflowTransaction(let id): "/transactions/" + PercentEncoding.segment(id.text) + "/"
    }
  }

  /// The documented parameters of the first page.
  var parameters: [(name: String, value: String)] {
    switch self {
    case .maxfiPayments(let limit): [("limit", String(limit))]
    case .maxfiPayment, .maxfiCheckout, .maxfiHealth, .gatePayment, .inflowRefund, .inflowTransaction: []
    case .dapitTransactions: [("action", "list_transactions"), ("limit", "200"), ("offset", "0")]
    case .dapitRefunds: [("action", "list_refunds")]
    case .dapitSettlement(let from, let to):
      [("action", "settlement_report"), ("date_from", from.description), ("date_to", to.description)]
    case .dapitPaymentStatus(let id): [("action", "payment_status"), ("reference", id.text)]
    case .dapitSession(let token): [("action", "get_session"), ("token", token)]
    case .inflowRefunds(let pageSize, let since):
      [("page_size", String(pageSize)), ("ordering", "created_at")]
        + (since.map { [("created_at__gte", $0.description)] } ?? [])
    }
  }
}

/// Where in a list a page begins.
enum PagePosition: Sendable, Hashable {
  case first
  case page(Int)
  case cursor(String)
  case startingAfter(String)
  case offset(Int)
  /// A link that the provider gave; checked before it is followed.
  case link(String)
}

/// Why a request may not be sent.
struct RefusedRequest: Error, Equatable, Sendable { let reason: String }

extension ReadCall {
  /// Path and query of this call at a position, without any key.
  func target(at position: PagePosition, base: BaseURL) throws(RefusedRequest) -> String {
    guard position == .first || isList else { throw RefusedRequest(reason: "only lists have pages") }
    var parameters = parameters
    func set(_ name: String, _ value: String) {
      parameters.removeAll { $0.name == name }
      parameters.append((name, value))
    }
    switch position {
    case .first: break
    case .page(let number): set("page", String(number))
    case .cursor(let cursor): set("cursor", cursor)
    case .startingAfter(let id): set("starting_after", id)
    case .offset(let rows): set("offset", String(rows))
    case .link(let link): return base.path + path + "?" + (try checkedQuery(of: link, base: base))
    }
    let query = parameters.map { $0.name + "=" + PercentEncoding.segment($0.value) }.joined(separator: "&")
    return base.path + path + (query.isEmpty ? "" : "?" + query)
  }

  /// The query of a next link, once the link is known to lead to this very list.
  private func checkedQuery(of link: String, base: BaseURL) throws(RefusedRequest) -> String {
    guard link.utf8.count <= 8_192, let parts = URLParts(link) else {
      throw RefusedRequest(reason: "its next link is not a URL")
    }
    let scheme = parts.scheme ?? base.scheme
    if let authority = parts.authority {
      guard let (host, port) = BaseURL.hostAndPort(authority, scheme: scheme) else {
        throw RefusedRequest(reason: "its next link names no plain host")
      }
      guard scheme == base.scheme, host == base.host, port == base.port else {
        throw RefusedRequest(reason: "its next link leads to another host, port or scheme")
      }
    } else if parts.scheme != nil {
      throw RefusedRequest(reason: "its next link has a scheme and no host")
    }
    let own = base.path + path
    guard resolved(parts, against: own) == (own.isEmpty ? "/" : own) else {
      throw RefusedRequest(reason: "its next link leads to another path")
    }
    var kept: [Substring] = []
    var actions: [[UInt8]] = []
    for pair in (parts.query ?? "").split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = Self.plainName(halves[0])
      if name == "api_key" { continue }
      if name == "action" { actions.append(PercentEncoding.decoded(halves.count > 1 ? halves[1] : "")) }
      kept.append(pair)
    }
    if let action {
      // A link of parameters alone may leave the action out; a second one would override the first.
      if actions.isEmpty { kept.insert("action=\(action)", at: 0) }
      guard actions.count <= 1, actions.allSatisfy({ $0.elementsEqual(action.utf8) }) else {
        throw RefusedRequest(reason: "its next link names another action")
      }
    }
    return kept.joined(separator: "&")
  }

  /// The name as a lenient server reads it: escapes decoded, blanks in front skipped, cut at NUL and `[`.
  private static func plainName(_ raw: Substring) -> String {
    let bytes = PercentEncoding.decoded(raw).drop { $0 == 32 }.prefix { $0 != 0 && $0 != UInt8(ascii: "[") }
    return String(decoding: bytes, as: UTF8.self).lowercased()
  }

  /// The path a reference leads to from `own` (RFC 3986, 5.2), dots resolved.
  private func resolved(_ parts: URLParts, against own: String) -> String {
    if parts.path.isEmpty { return parts.authority == nil ? (own.isEmpty ? "/" : own) : "/" }
    var path = parts.path
    if !path.hasPrefix("/") {
      let folder = own.lastIndex(of: "/").map { own[...$0] } ?? "/"
      path = folder + path
    }
    guard path.contains("/.") else { return path }
    var segments: [Substring] = []
    let all = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for (index, segment) in all.enumerated() {
      if segment == ".." { _ = segments.popLast() }
      if segment == "." || segment == ".." {
        if index == all.count - 1 { segments.append("") }
      } else {
        segments.append(segment)
      }
    }
    return "/" + segments.joined(separator: "/")
  }
}
