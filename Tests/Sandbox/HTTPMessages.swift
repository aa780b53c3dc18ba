import Foundation

/// A request as far as the sandbox looks at it.
struct HTTPRequest: Sendable {
  var method: String
  /// Path and query as they came.
  var target: String
  /// Names in lower case.
  var headers: [(name: String, value: String)]
  /// Which connection it came on, counted from 1.
  var connection = 0

  /// Reads request line and header lines; nil when they make no sense.
  init?(head: [UInt8]) {
    let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[1].hasPrefix("/"), words[2].hasPrefix("HTTP/1.") else { return nil }
    method = String(words[0])
    target = String(words[1])
    headers = lines.dropFirst().compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      return (line[..<colon].lowercased(), value)
    }
  }

  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// The path, still percent-encoded.
  var path: String { String(target.prefix { $0 != "?" }) }

  /// Names and values of the query, decoded, in their order.
  var parameters: [(name: String, value: String)] {
    guard let mark = target.firstIndex(of: "?") else { return [] }
    return target[target.index(after: mark)...].split(separator: "&").map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (percentDecoded(sides[0]), sides.count > 1 ? percentDecoded(sides[1]) : "")
    }
  }
}

/// How an answer leaves.
enum Delivery: Sendable {
  case whole
  /// The announced length is longer than what is sent; then the connection closes.
  case cut(after: Int)
  /// Nothing more comes, and the connection stays open.
  case stall(after: Int, seconds: Int)
  /// As `cut`, without a length: the body comes in chunks, the last of which is missing.
  case cutChunked(after: Int)
  /// As `cut`, without a length: where the connection closes the body seems to end.
  case cutClose(after: Int)
  /// The connection is reset after so many bytes.
  case reset(after: Int)
  /// Chunks without end, until the client closes.
  case endless
  /// The connection closes without an answer.
  case drop
  /// The connection stays open, and nothing comes.
  case silent(seconds: Int)
  /// These bytes in place of an answer, then the connection closes.
  case bytes([UInt8])
  /// The connection is reset after so many bytes of the head.
  case resetHead(after: Int)
  /// As `endless`, slowly.
  case endlessTrickle(milliseconds: Int)
  /// One byte, a pause, one byte, …
  case trickle(milliseconds: Int)
  /// One byte of the head, a pause, one byte, …
  case trickleHead(milliseconds: Int)

  /// How a client can tell where the body ends.
  fileprivate func framing(_ length: Int) -> String {
    switch self {
    case .cutChunked, .endless, .endlessTrickle: "Transfer-Encoding: chunked\r\n"
    case .cutClose: ""
    default: "Content-Length: \(length)\r\n"
    }
  }
}

/// An answer.
struct Reply: Sendable {
  var status: Int
  var headers: [(name: String, value: String)] = []
  var contentType = "application/json"
  var body: [UInt8] = []
  var delivery = Delivery.whole
  var delayMilliseconds = 0
  /// Seconds by which the provider's clock is ahead.
  var clockLead: Int64 = 0
  /// What comes before the head.
  var preamble: [UInt8] = []
  /// Everything comes twice.
  var isDoubled = false
  /// The connection closes behind the answer although it said that it would not.
  var closesAfterwards = false

  init(status: Int, body: [UInt8] = [], delivery: Delivery = .whole) {
    self.status = status
    self.body = body
    self.delivery = delivery
  }

  init(json: String) { self.init(status: 200, body: Array(json.utf8)) }

  /// An error in the shape that the provider's document shows.
  static func failure(_ status: Int, _ message: String, _ kind: ProviderKind?) -> Reply {
    let text = jsonString(message)
    let json =
      switch kind {
      case .maxfi: "{\"error\":{\"code\":\"SANDBOX_\(status)\",\"message\":\(text)}}"
      case .dapit: "{\"success\":false,\"error\":\(text)}"
      case .gate, .inflow, nil: "{\"detail\":\(text)}"
      }
    return Reply(status: status, body: Array(json.utf8))
  }

  /// Status line and header lines with the blank line behind them.
  func head(keepsAlive: Bool) -> [UInt8] {
    let date = Moment(seconds: Moment.now().seconds + clockLead)
    var text = "HTTP/1.1 \(status) \(Self.reasons[status] ?? "Status")\r\n"
    text += "Date: \(date.httpDate)\r\nContent-Type: \(contentType)\r\n"
    text += "\(delivery.framing(body.count))Connection: \(keepsAlive ? "keep-alive" : "close")\r\n"
    for header in headers { text += "\(header.name): \(header.value)\r\n" }
    return preamble + Array((text + "\r\n").utf8)
  }

  private static let reasons = [
    200: "OK", 301: "Moved Permanently", 302: "Found", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 429: "Too Many Requests",
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
  ]
}

/// Decodes `%41`; text that decodes to nothing readable stays as it is. A plus stands for itself in paths and
/// ids alike, so it is kept.
func percentDecoded(_ text: some StringProtocol) -> String {
  text.removingPercentEncoding ?? String(text)
}

/// Encodes everything but the unreserved characters of RFC 3986.
func percentEncoded(_ text: String) -> String {
  var out = ""
  for byte in text.utf8 {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: out.unicodeScalars.append(.init(byte))
    default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
  }
  return out
}
