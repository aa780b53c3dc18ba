/// Everything that can be made to go wrong, by the name that `--fault` takes.
enum FaultName: String, CaseIterable, Sendable {
  case http500 = "http-500"
  case http503ThenOK = "http-503-then-ok"
  case http429RetryAfter = "http-429-retry-after"
  case http429Date = "http-429-date"
  case http401 = "http-401"
  case http401AfterPage = "http-401-after-page"
  case http404 = "http-404"
  case http429 = "http-429"
  case httpStatus = "http-status"
  case redirect
  case successFalse = "success-false"
  case errorObject = "error-object"
  case html
  case emptyBody = "empty-body"
  case invalidJSON = "invalid-json"
  case badUTF8 = "bad-utf8"
  case byteOrderMark = "byte-order-mark"
  case deepJSON = "deep-json"
  case hugeBody = "huge-body"
  case endlessBody = "endless-body"
  case hugeHead = "huge-head"
  case manyHeaders = "many-headers"
  case gzipEncoding = "gzip-encoding"
  case trailingBytes = "trailing-bytes"
  case utf16 = "utf-16"
  case wrongType = "wrong-type"
  case informational
  case cutBody = "cut-body"
  case cutChunked = "cut-chunked"
  case cutClose = "cut-close"
  case reset
  case closeIdle = "close-idle"
  case doubleAnswer = "double-answer"
  case drop
  case slow
  case skewedClock = "skewed-clock"
  case stall
  case trickle
  case trickleHead = "trickle-head"
  case repeatPage = "repeat-page"
  case cyclePages = "cycle-pages"
  case emptyPage = "empty-page"
  case ignorePaging = "ignore-paging"
  case clampLimit = "clamp-limit"
  case totalLies = "total-lies"
  case totalText = "total-text"
  case nextOtherHost = "next-other-host"
  case hasMoreWithoutCursor = "has-more-without-cursor"
  case insertWhileWalking = "insert-while-walking"
  case deleteWhileWalking = "delete-while-walking"
  case touchWhileWalking = "touch-while-walking"
  case reorder

  /// Whether it is an answer of its own, in place of the provider's.
  var replacesAnswer: Bool {
    switch self {
    case .http500, .http503ThenOK, .http429RetryAfter, .http429Date, .http429, .http401, .http401AfterPage,
      .http404, .httpStatus, .redirect, .successFalse, .errorObject, .html, .emptyBody:
      true
    default: false
    }
  }

  /// Whether it concerns pages of lists only.
  var isAboutPages: Bool {
    switch self {
    case .http401AfterPage, .repeatPage, .cyclePages, .emptyPage, .ignorePaging, .clampLimit, .totalLies,
      .totalText, .nextOtherHost, .hasMoreWithoutCursor, .insertWhileWalking, .deleteWhileWalking,
      .touchWhileWalking, .reorder:
      true
    default: false
    }
  }

  /// How often it strikes when `count` is not given; nil for always.
  var usualCount: Int? {
    switch self {
    case .http503ThenOK: 2
    case .http429RetryAfter, .http429Date, .http429, .emptyPage: 1
    default: nil
    }
  }

  /// Parameters of its own besides `provider`, `match`, `after`, `every` and `count`.
  var parameters: [String] {
    switch self {
    case .http429RetryAfter, .http429Date, .stall, .skewedClock: ["seconds"]
    case .http401AfterPage: ["page"]
    case .http429: ["retry"]
    case .httpStatus: ["code"]
    case .redirect: ["to", "code"]
    case .deepJSON: ["levels"]
    case .hugeBody: ["mib"]
    case .hugeHead: ["kib"]
    case .manyHeaders: ["lines"]
    case .cutBody, .cutChunked, .cutClose, .reset: ["at"]
    case .slow, .trickle, .trickleHead: ["ms"]
    case .clampLimit: ["size", "says"]
    case .totalLies: ["by"]
    case .nextOtherHost: ["host"]
    default: []
    }
  }
}

/// One `--fault`: a name and when it strikes.
struct FaultRule: Sendable {
  let name: FaultName
  private(set) var provider: String?
  private var match: String?
  private var skipped = 0
  private var interval = 1
  private var count: Int?
  private var values: [String: String] = [:]
  /// Requests it could have struck so far.
  private var seen = 0

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
      case "match": match = value
      case "after": skipped = try wholeNumber(value, key)
      case "every":
        interval = try wholeNumber(value, key)
        guard interval > 0 else { throw WrongOption("every=\(value): starts at 1") }
      case "count": count = value == "always" ? nil : try wholeNumber(value, key)
      case _ where name.parameters.contains(key):
        if !["to", "host", "says", "retry"].contains(key) { _ = try wholeNumber(value, key) }
        values[key] = value
      default:
        let known = ["provider", "match", "after", "every", "count"] + name.parameters
        throw WrongOption("'\(word)' has no '\(key)'; it takes \(known.joined(separator: ", "))")
      }
    }
    if name == .http401AfterPage { skipped = number("page", 1) }
  }

  func number(_ key: String, _ fallback: Int) -> Int { values[key].flatMap { Int($0) } ?? fallback }
  func text(_ key: String) -> String? { values[key] }

  /// Whether it strikes this request; every request that it fits is counted.
  mutating func strikes(_ request: FaultTarget) -> Bool {
    if let provider, provider != request.provider { return false }
    if let match, !request.target.contains(match) { return false }
    if name.isAboutPages, !request.isList { return false }
    if name == .successFalse, request.kind != .dapit { return false }
    seen += 1
    guard seen > skipped, (seen - skipped - 1) % interval == 0 else { return false }
    return count.map { seen <= skipped + $0 * interval } ?? true
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
      case .totalLies: totalIsOffBy = rule.number("by", 3)
      case .clampLimit:
        clamp = rule.number("size", 3)
        claimsAskedLimit = rule.text("says") == "asked"
      case .nextOtherHost: nextOrigin = "http://" + (rule.text("host") ?? "other-host.invalid")
      case .hasMoreWithoutCursor: withoutCursor = true
      default: break
      }
    }
  }
}
