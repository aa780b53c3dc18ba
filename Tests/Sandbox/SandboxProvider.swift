/// What the command line decides about one provider.
struct ProviderOptions: Sendable {
  var key: String?
  /// `Name: value` with `{key}` where the key stands.
  var authHeader: String
  /// By stream; the kind's usual style where nothing is said.
  var paging: [SavedStream: PagingStyle] = [:]
  var pageSize: Int?
  var rateLimit: RateLimit?
  var refusesPastTheEnd = false
  /// How Gate answers for a reference it does not know: its document names 400 and no 404. With 200 comes a record
  /// without money.
  var unknownStatus = 404

  init(kind: ProviderKind) {
    authHeader =
      switch kind {
      case .maxfi, .gate: "Authorization: Bearer {key}"
      case .dapit: "X-Gateway-Key: {key}"
      case .inflow: "Authorization: Api-Key {key}"
      }
    if kind == .gate { unknownStatus = 400 }
  }
}

/// One provider: its saved records and how it answers from them.
struct SandboxProvider {
  let name: String
  let kind: ProviderKind
  var options: ProviderOptions
  var saved: SavedResponses

  /// Whether the request carries the key in every place that its endpoint wants it. Without a key to compare
  /// with, any that is not empty will do.
  func accepts(_ request: HTTPRequest, _ endpoint: Endpoint) -> Bool {
    if case .health = endpoint { return true }
    let sides = options.authHeader.split(separator: ":", maxSplits: 1).map(String.init)
    guard sides.count == 2 else { return false }
    let pattern = sides[1].drop { $0 == " " }
    let sent = request.header(sides[0].lowercased()) ?? ""
    guard matches(sent, String(pattern)) else { return false }
    switch endpoint {
    case .list(.listRefunds), .settlementReport:
      return matches(request.parameters.first { $0.name == "api_key" }?.value ?? "", "{key}")
    default: return true
    }
  }

  private func matches(_ sent: String, _ pattern: String) -> Bool {
    if let key = options.key { return sent == pattern.replacing("{key}", with: key) }
    let prefix = pattern.prefix { $0 != "{" }
    return sent.hasPrefix(prefix) && sent.count > prefix.count
  }

  mutating func answer(_ endpoint: Endpoint, _ request: HTTPRequest, _ rules: [FaultRule], origin: String)
    -> Reply
  {
    let parameters = request.parameters
    func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }
    for rule in rules where rule.name == .missingRecord {
      for stream in saved.lists.keys { saved.lists[stream]?.remove(id: rule.text("id") ?? "") }
    }
    switch endpoint {
    case .health: return Reply(json: "{\"status\":\"ok\"}")
    case .list(let stream): return list(stream, request, rules, address: origin + request.path)
    case .lookup(let stream, let id):
      guard let row = saved.lists[stream]?.row(id: id) else {
        guard kind == .gate else { return .failure(404, "no such record", kind) }
        guard options.unknownStatus == 200 else {
          return .failure(options.unknownStatus, "no such record", kind)
        }
        let facts = "\"amount\":0,\"currencyCode\":\"EUR\",\"status\":\"none\""
        return Reply(json: "{\"referenceId\":\(jsonString(id)),\(facts)}")
      }
      return Reply(status: 200, body: row.bytes)
    case .checkoutSession(let id): return checkoutSession(id)
    case .settlementReport:
      guard let from = parameter("date_from"), let to = parameter("date_to"), Moment(from) != nil,
        Moment(to) != nil
      else { return .failure(400, "date_from and date_to are required as YYYY-MM-DD", kind) }
      guard let report = SettlementBody.answering(from: from, to: to, among: saved.settlements) else {
        return .failure(404, "no report for these days", kind)
      }
      return Reply(status: 200, body: report.bytes)
    case .paymentStatus: return transaction("reference_number", parameter("reference"))
    case .session: return transaction("session_token", parameter("token"))
    }
  }

  private mutating func list(
    _ stream: SavedStream, _ request: HTTPRequest, _ rules: [FaultRule], address: String
  ) -> Reply {
    guard var list = saved.lists[stream] else {
      return .failure(404, "no saved responses for \(stream.rawValue)", kind)
    }
    for rule in rules where rule.name == .secondCopy && rule.struckBefore == 0 {
      list.addCopy(of: rule.text("id"), rule.text("member") ?? "", value: rule.json("value"))
    }
    let parameters = request.parameters
    func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }
    var query = RowQuery()
    if kind == .inflow {
      query = RowQuery(
        ordering: parameter("ordering"), createdFrom: parameter("created_at__gte"),
        createdTo: parameter("created_at__lte"))
    }
    let asked = parameter(kind == .inflow ? "page_size" : "limit")
    guard asked.map({ (Int($0) ?? 0) > 0 }) ?? true else { return .failure(400, "a wrong page size", kind) }
    let largest = options.pageSize ?? kind.largestPage
    let usual = options.pageSize ?? kind.usualPage
    var maker = PageMaker(
      style: options.paging[stream] ?? kind.usualPaging(of: stream),
      limit: min(largest, asked.flatMap { Int($0) } ?? usual), view: list.view(query), parameters: parameters,
      faults: PageFaults(rules), listMember: stream.listMember,
      preamble: kind == .dapit ? "\"success\":true," : "", address: address,
      refusesPastTheEnd: options.refusesPastTheEnd)
    let reply: Reply
    do throws(PageRefusal) {
      reply = Reply(status: 200, body: try maker.body())
    } catch {
      switch error {
      case .pastTheEnd: reply = .failure(404, "invalid page", kind)
      case .badParameter(let name): reply = .failure(400, "a wrong \(name)", kind)
      }
    }
    // The list moves after the page was made, so that the next request meets the change.
    for rule in rules {
      switch rule.name {
      case .insertWhileWalking: list.insertAtHead(daysOld: rule.number("age"))
      case .deleteWhileWalking: list.deleteAtHead()
      case .touchWhileWalking: list.touchLast()
      case .changeWhileWalking: list.changeFirst(rule.text("member") ?? "", to: rule.json("value"))
      case .swapWhileWalking: list.swap(behind: maker.end)
      case .reorder: list.reorder()
      default: break
      }
    }
    saved.lists[stream] = list
    return reply
  }

  /// A session is made up from the payment that came of it, with the payment's own values.
  private func checkoutSession(_ id: String) -> Reply {
    let rows = saved.lists[.payments]?.rows ?? []
    guard let row = rows.first(where: { $0.id == id || $0.text(["checkout_session_id"]) == id }) else {
      return .failure(404, "no such session", kind)
    }
    if row.id == id { return Reply(status: 200, body: row.bytes) }
    var out = "{\"id\":\(jsonString(id))"
    for name in ["amount", "currency", "status", "livemode", "expires_at"] {
      if let value = row.slice(name) { out += ",\"\(name)\":\(String(decoding: value, as: UTF8.self))" }
    }
    return Reply(json: out + "}")
  }

  /// A Dapit transaction by its reference or its session: the row itself with `success` in front.
  private mutating func transaction(_ member: String, _ value: String?) -> Reply {
    guard let value, !value.isEmpty else { return .failure(400, "missing parameter", kind) }
    let found =
      member == "reference_number"
      ? saved.lists[.listTransactions]?.row(id: value)
      : saved.lists[.listTransactions]?.rows.first { !$0.isGone && $0.text([member]) == value }
    guard let row = found else { return .failure(404, "no such transaction", kind) }
    let start = Array((row.bytes.count <= 2 ? "{\"success\":true" : "{\"success\":true,").utf8)
    return Reply(status: 200, body: start + row.bytes.dropFirst())
  }
}
