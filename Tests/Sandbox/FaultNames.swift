/// Everything that can be made to go wrong, by the name that `--fault` takes.
enum FaultName: String, CaseIterable, Sendable {
  // Where a provider is found, and how it is reached.
  case unknownHost = "unknown-host"
  case refused
  case unreachable
  case neverAccepts = "never-accepts"
  case tls
  case tlsSelfSigned = "tls-self-signed"
  case tlsUnknownIssuer = "tls-unknown-issuer"
  case tlsExpired = "tls-expired"
  case tlsNotYetValid = "tls-not-yet-valid"
  case tlsWrongHost = "tls-wrong-host"
  case tlsChanges = "tls-changes"
  case tlsOldVersion = "tls-old-version"
  case tlsHTTP2Only = "tls-http2-only"
  case tlsCut = "tls-cut"
  // In place of an answer.
  case http500 = "http-500"
  case http503ThenOK = "http-503-then-ok"
  case http429RetryAfter = "http-429-retry-after"
  case http429Date = "http-429-date"
  case http429 = "http-429"
  case http401 = "http-401"
  case http401AfterPage = "http-401-after-page"
  case http404 = "http-404"
  case httpStatus = "http-status"
  case redirect
  case successFalse = "success-false"
  case errorObject = "error-object"
  case html
  case emptyBody = "empty-body"
  case drop
  case silent
  case http2
  // A damaged answer.
  case invalidJSON = "invalid-json"
  case badUTF8 = "bad-utf8"
  case byteOrderMark = "byte-order-mark"
  case deepJSON = "deep-json"
  case hugeBody = "huge-body"
  case endlessBody = "endless-body"
  case endlessTrickle = "endless-trickle"
  case hugeHead = "huge-head"
  case manyHeaders = "many-headers"
  case trailingBytes = "trailing-bytes"
  case utf16 = "utf-16"
  case wrongType = "wrong-type"
  case informational
  case gzip
  case gzipBomb = "gzip-bomb"
  case gzipEncoding = "gzip-encoding"
  case cutBody = "cut-body"
  case cutChunked = "cut-chunked"
  case cutClose = "cut-close"
  case reset
  case resetHead = "reset-head"
  case skewedClock = "skewed-clock"
  case closeIdle = "close-idle"
  case doubleAnswer = "double-answer"
  case earlierAnswer = "earlier-answer"
  case lateAnswers = "late-answers"
  case stall
  case slow
  case trickle
  case trickleHead = "trickle-head"
  // Lists.
  case repeatPage = "repeat-page"
  case cyclePages = "cycle-pages"
  case emptyPage = "empty-page"
  case ignorePaging = "ignore-paging"
  case clampLimit = "clamp-limit"
  case totalLies = "total-lies"
  case totalDrifts = "total-drifts"
  case totalIs = "total-is"
  case totalText = "total-text"
  case nextOtherHost = "next-other-host"
  case nextOtherPath = "next-other-path"
  case hasMoreWithoutCursor = "has-more-without-cursor"
  case insertWhileWalking = "insert-while-walking"
  case deleteWhileWalking = "delete-while-walking"
  case touchWhileWalking = "touch-while-walking"
  case changeWhileWalking = "change-while-walking"
  case swapWhileWalking = "swap-while-walking"
  case reorder
  // Records.
  case changedRecord = "changed-record"
  case missingRecord = "missing-record"
  case secondCopy = "second-copy"

  /// The tables of docs/guides/sandbox.md, in their order.
  enum Group: CaseIterable, Sendable {
    case address, inPlace, damaged, lists, records
  }

  var group: Group {
    switch self {
    case .unknownHost, .refused, .unreachable, .neverAccepts, .tls, .tlsSelfSigned, .tlsUnknownIssuer,
      .tlsExpired, .tlsNotYetValid, .tlsWrongHost, .tlsChanges, .tlsOldVersion, .tlsHTTP2Only, .tlsCut:
      .address
    case .http500, .http503ThenOK, .http429RetryAfter, .http429Date, .http429, .http401, .http401AfterPage,
      .http404, .httpStatus, .redirect, .successFalse, .errorObject, .html, .emptyBody, .drop, .silent,
      .http2:
      .inPlace
    case .repeatPage, .cyclePages, .emptyPage, .ignorePaging, .clampLimit, .totalLies, .totalDrifts, .totalIs,
      .totalText, .nextOtherHost, .nextOtherPath, .hasMoreWithoutCursor, .insertWhileWalking,
      .deleteWhileWalking, .touchWhileWalking, .changeWhileWalking, .swapWhileWalking, .reorder:
      .lists
    case .changedRecord, .missingRecord, .secondCopy: .records
    default: .damaged
    }
  }

  /// Whether it concerns pages of lists only.
  var isAboutPages: Bool { group == .lists || self == .http401AfterPage || self == .secondCopy }

  /// How often it strikes when `count` is not given; nil for always.
  var usualCount: Int? {
    switch self {
    case .http503ThenOK: 2
    case .http429RetryAfter, .http429Date, .http429, .emptyPage, .earlierAnswer, .lateAnswers: 1
    default: nil
    }
  }

  /// Parameters of its own, each with what it is when not given: text, number, or nothing.
  var parameters: [(name: String, usual: String?)] {
    switch self {
    case .tlsExpired, .tlsNotYetValid: [("days", "1")]
    case .tlsChanges: [("connections", "1")]
    case .http429RetryAfter, .http429Date: [("seconds", "1")]
    case .http401AfterPage: [("page", "1")]
    case .http429: [("retry", nil)]
    case .httpStatus: [("code", "502")]
    case .html: [("code", "200")]
    case .redirect: [("to", nil), ("code", "302")]
    case .silent, .stall: [("seconds", "3600")]
    case .skewedClock: [("seconds", "300")]
    case .deepJSON: [("levels", "100")]
    case .hugeBody: [("mib", "17")]
    case .gzipBomb: [("mib", "200"), ("says", "yes")]
    case .gzip: [("says", "yes"), ("trailer", "right")]
    case .hugeHead: [("kib", "1024")]
    case .manyHeaders: [("lines", "10000")]
    case .cutBody, .cutChunked, .cutClose: [("at", nil)]
    case .reset, .resetHead: [("at", nil), ("step", "0")]
    case .slow: [("ms", "500")]
    case .trickle, .trickleHead, .endlessTrickle: [("ms", "1000")]
    case .clampLimit: [("size", "3"), ("says", "made")]
    case .totalLies: [("by", "3")]
    case .totalDrifts: [("by", "1")]
    case .totalIs: [("value", "none")]
    case .nextOtherHost: [("host", nil)]
    case .insertWhileWalking: [("age", "0")]
    case .changeWhileWalking: [("member", "status"), ("value", "refunded")]
    case .changedRecord, .secondCopy: [("id", nil), ("member", "status"), ("value", "refunded")]
    case .missingRecord: [("id", nil)]
    default: []
    }
  }
}

extension FaultName {
  /// One line for `--help` and the guide.
  var meaning: String {
    switch self {
    case .unknownHost: "the host's name is known nowhere"
    case .refused: "nobody listens at the port"
    case .unreachable: "no network leads to the address"
    case .neverAccepts: "connections are never accepted"
    case .tls: "HTTPS, with a certificate of the sandbox's own authority, which is harmless"
    case .tlsSelfSigned: "a certificate that vouches for itself"
    case .tlsUnknownIssuer: "an issuer that is not, or no longer, in `ca_file`"
    case .tlsExpired: "a certificate that ended `days` (1) ago"
    case .tlsNotYetValid: "a certificate that begins in `days` (1)"
    case .tlsWrongHost: "a certificate for another host"
    case .tlsChanges:
      "each answer ends its connection, and after `connections` (1) the issuer is an unknown one"
    case .tlsOldVersion: "TLS 1.0 and nothing newer"
    case .tlsHTTP2Only: "HTTP/2 and nothing older"
    case .tlsCut: "the connection closes in the middle of the handshake"
    case .http500: "500"
    case .http503ThenOK: "503 twice, then all is well"
    case .http429RetryAfter: "429 once, with `Retry-After` in `seconds` (1)"
    case .http429Date: "429 once, with `Retry-After` as a date `seconds` (1) ahead"
    case .http429:
      "429 once, with `Retry-After: ` and the text of `retry`; without it no such header, with `retry=1|5` two"
    case .http401: "401: the key is refused"
    case .http401AfterPage:
      "`page` (1) pages of a list are served, then 401; `http-401-after-page-3` for short"
    case .http404: "404"
    case .httpStatus: "any other status, `code` (502)"
    case .redirect: "`code` (302) to `to` (another host)"
    case .successFalse: "Dapit: 200 with `\"success\":false`"
    case .errorObject: "200 with an `error` object"
    case .html: "a web page, with status `code` (200)"
    case .emptyBody: "200 with nothing in it"
    case .drop: "the connection closes without an answer"
    case .silent: "nothing at all for `seconds` (3600)"
    case .http2: "the frames with which an HTTP/2 server says goodbye"
    case .invalidJSON: "the JSON is broken at its end"
    case .badUTF8: "a text in it is not UTF-8"
    case .byteOrderMark: "it begins with a byte-order mark, which is harmless"
    case .deepJSON: "`levels` (100) arrays within each other"
    case .hugeBody: "`mib` (17) MiB of padding"
    case .endlessBody: "spaces for ever"
    case .endlessTrickle: "a space every `ms` (1000), for ever"
    case .hugeHead: "a header line of `kib` (1024) KiB"
    case .manyHeaders: "`lines` (10000) header lines more"
    case .trailingBytes: "the same JSON once more behind it"
    case .utf16: "it is UTF-16"
    case .wrongType: "`Content-Type: text/html` stands above it, which is harmless"
    case .informational: "`100 Continue` and `103 Early Hints` come first, which is harmless"
    case .gzip:
      "compressed; `says=no` leaves the header away, `trailer=none` and `trailer=wrong` spoil the end"
    case .gzipBomb:
      "compressed padding of `mib` (200) MiB, a thousandth of that on the wire; `says=no` as above"
    case .gzipEncoding: "`Content-Encoding: gzip` stands above it, and it is not compressed"
    case .cutBody: "the connection closes after `at` bytes (half) of the announced length"
    case .cutChunked: "the same in chunks, without the last one; `at` as above"
    case .cutClose: "the same without any length, so that the end cannot be told from a cut; `at` as above"
    case .reset: "the connection is reset after `at` bytes (half), each time `step` (0) bytes further on"
    case .resetHead: "the same in the head; `at` (0) and `step` as above"
    case .skewedClock: "`Date` is `seconds` (300) ahead; may be negative"
    case .closeIdle: "whole, then the connection closes although it was to be kept"
    case .doubleAnswer: "whole, and then once more"
    case .earlierAnswer: "once the latest record or page that the provider answered with, whatever was asked"
    case .lateAnswers:
      "the same, and from here on each request on the connection gets the answer to the one before"
    case .stall: "half is sent, then nothing for `seconds` (3600)"
    case .slow: "`ms` (500) pass before it"
    case .trickle: "`ms` (1000) pass before every byte"
    case .trickleHead: "`ms` (1000) pass before every byte of the head"
    case .repeatPage: "the first page for ever, always with more to come"
    case .cyclePages: "the first two pages for ever, in turn"
    case .emptyPage: "once a page without rows, which says how to go on (cursor, offset)"
    case .ignorePaging: "the whole list, whatever is asked for"
    case .clampLimit:
      "pages of `size` (3) rows; with `says=asked` the body claims the limit that was asked for"
    case .totalLies: "`total` is off `by` (3); may be negative"
    case .totalDrifts: "`total` is off `by` (1) more on every page; may be negative"
    case .totalIs: "`total` has this `value`; `none` (usual) leaves it away"
    case .totalText: "`total`, `limit` and `offset` are texts, which is harmless"
    case .nextOtherHost: "`next` points to `host` (another one)"
    case .nextOtherPath: "`next` points to another path of the same host"
    case .hasMoreWithoutCursor: "`has_more` is always true and never has a cursor"
    case .insertWhileWalking: "after each page a new record appears at the head, `age` (0) days old"
    case .deleteWhileWalking: "after each page the first record disappears"
    case .touchWhileWalking:
      "after each page the last record moves to the head, with a new `updated_at` if it has one"
    case .changeWhileWalking:
      "after each page the first record's `member` (status) gets the `value` (refunded)"
    case .swapWhileWalking: "after each page the records at its border change places, as equal times let them"
    case .reorder: "after each page the list is turned round"
    case .changedRecord:
      "the record `id`, without it the body, has another `value` (refunded) in its `member` (status)"
    case .missingRecord: "the record `id` is there no more"
    case .secondCopy:
      "the record `id` stands in its list once more, at the end, with a `value` in its `member`"
    }
  }
}

extension FaultName.Group {
  /// The heading of its table.
  var heading: String {
    switch self {
    case .address: "another address"
    case .inPlace: "in place of an answer"
    case .damaged: "a damaged answer"
    case .lists: "lists only"
    case .records: "other records"
    }
  }
}
