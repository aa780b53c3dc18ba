/// One `--fault`: a name and when it strikes.
struct FaultRule: Sendable {
  let name: FaultName
  private(set) var provider: String?
  private var match: String?
  private var skipped = 0
  private var interval = 1
  private var count: Int?
  private var values: [String: String] = [:]
  /// Requests it could have struck so far, and those that it did.
  private var seen = 0
  private var struck = 0

  /// Reads `NAME[:key=value,…]`. `http-401-after-page-3` is short for `http-401-after-page:page=3`.
  init(_ text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    var word = parts.first ?? ""
    let pagePrefix = FaultName.http401AfterPage.rawValue + "-"
    if word.hasPrefix(pagePrefix) {
      values["page"] = String(word.dropFirst(pagePrefix.count))
      word = FaultName.http401AfterPage.rawValue
    }
    guard let name = FaultName(rawValue: word) else {
      let known = FaultName.allCases.map(\.rawValue).joined(separator: ", ")
      throw WrongOption("no fault is called '\(word)'; there are \(known)")
    }
    self.name = name
    count = name.usualCount
    for (key, value) in try pairs(parts.count > 1 ? parts[1] : "") {
      switch key {
      case "provider": provider = value
      case "match", "after", "every", "count":
        // It concerns the connection, before there is a request to look at or to count.
        if name.group == .address { throw WrongOption("'\(word)' has no '\(key)'") }
        try takeCommon(key, value)
      case _ where name.parameters.contains { $0.name == key }:
        let isText = ["to", "host", "says", "retry", "trailer", "value", "member", "id"].contains(key)
        if !isText { _ = try wholeNumber(value, key) }
        values[key] = value
      default:
        let common = name.group == .address ? ["provider"] : ["provider", "match", "after", "every", "count"]
        let known = common + name.parameters.map(\.name)
        throw WrongOption("'\(word)' has no '\(key)'; it takes \(known.joined(separator: ", "))")
      }
    }
    if name == .missingRecord, values["id"] == nil { throw WrongOption("'\(word)' needs id=ID") }
    if name == .http401AfterPage { skipped = number("page") }
  }

  private mutating func takeCommon(_ key: String, _ value: String) throws {
    switch key {
    case "match": match = value
    case "after": skipped = try wholeNumber(value, key)
    case "every":
      interval = try wholeNumber(value, key)
      guard interval > 0 else { throw WrongOption("every=\(value): starts at 1") }
    default: count = value == "always" ? nil : try wholeNumber(value, key)
    }
  }

  /// A parameter as a number; 0 for one that has no usual value and was not given.
  func number(_ key: String) -> Int { text(key).flatMap { Int($0) } ?? 0 }

  /// A parameter, else what it usually is.
  func text(_ key: String) -> String? {
    values[key] ?? name.parameters.first { $0.name == key }?.usual
  }

  /// A parameter as JSON: what is no number, literal or quoted text becomes a text.
  func json(_ key: String) -> String {
    let text = text(key) ?? ""
    let isJSON = ["true", "false", "null"].contains(text) || "\"[{".contains(text.first ?? " ")
    return isJSON || (Double(text) != nil && text.first?.isLetter == false) ? text : jsonString(text)
  }

  /// How often it has struck before this time.
  var struckBefore: Int { max(0, struck - 1) }

  /// Whether it strikes this request; every request that it fits is counted.
  mutating func strikes(_ request: FaultTarget) -> Bool {
    if name.group == .address { return false }
    if let provider, provider != request.provider { return false }
    if let match, !request.target.contains(match) { return false }
    if name.isAboutPages, !request.isList { return false }
    if name == .successFalse, request.kind != .dapit { return false }
    seen += 1
    guard seen > skipped, (seen - skipped - 1) % interval == 0 else { return false }
    guard count.map({ seen <= skipped + $0 * interval }) ?? true else { return false }
    struck += 1
    return true
  }
}

/// What a fault looks at to decide whether it strikes.
struct FaultTarget {
  var provider: String
  var kind: ProviderKind
  /// Path and query as they came.
  var target: String
  var isList: Bool
}

extension PageFaults {
  init(_ rules: [FaultRule]) {
    for rule in rules {
      switch rule.name {
      case .repeatPage: repeatsPage = true
      case .cyclePages: cyclesPages = true
      case .emptyPage: isEmpty = true
      case .totalText: totalIsText = true
      case .ignorePaging: ignoresPaging = true
      case .totalLies: totalIsOffBy = rule.number("by")
      case .totalDrifts: totalIsOffBy = rule.number("by") * rule.struckBefore
      case .totalIs: total = rule.text("value") == "none" ? "none" : rule.json("value")
      case .clampLimit:
        clamp = rule.number("size")
        claimsAskedLimit = rule.text("says") == "asked"
      case .nextOtherHost: nextOrigin = "http://" + (rule.text("host") ?? "other-host.invalid")
      case .nextOtherPath: nextPath = "/v2/refunds"
      case .hasMoreWithoutCursor: withoutCursor = true
      default: break
      }
    }
  }
}
