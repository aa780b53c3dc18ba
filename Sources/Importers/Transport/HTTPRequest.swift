import ReconcileCore

/// One GET on its way to a provider. It is made from an allow-listed call only, and the key joins it at the
/// last moment, inside the transport: neither `target` nor any description holds it.
public struct HTTPRequest: Sendable, CustomStringConvertible, CustomReflectable {
  /// Scheme, host and port.
  let base: BaseURL
  /// Path and query without any key, as evidence names the request.
  public let target: String
  let credential: Credential
  /// Whether the key also goes into the `api_key` parameter, as Dapit documents it for two actions.
  let keyAsParameter: Bool
  /// Seconds for connecting, and for any time without a byte.
  let timeoutSeconds: Double
  /// Certificates to trust instead of the system's.
  let caFile: String?
  /// Seconds after which the transfer ends whatever it does; what is left of the provider's deadline.
  var maximumSeconds: Double
  /// Whether no kept connection is used, and none is left behind.
  var usesOwnConnection = false

  /// Host and path: all that messages name.
  public var place: String { base.place + String(target.prefix { $0 != "?" }) }
  /// The method, host and path.
  public var description: String { "GET " + place }
  /// The target alone, so that dumping a request cannot show the key.
  public var customMirror: Mirror { Mirror(self, children: ["target": target]) }

  /// The whole URL, key parameter included; for the transfer only.
  func revealedURL() -> String {
    let parameter = keyAsParameter ? credential.revealedParameter() : nil
    guard let parameter else { return base.origin + target }
    return base.origin + target + (target.contains("?") ? "&" : "?") + "api_key=" + parameter
  }
}

/// How the key is shown to the provider: exactly one header.
struct Credential: Sendable {
  private let header: String
  private let before: String
  private let after: String
  private let key: Secret

  /// Reads `Name: text {key} text`. Fails for a template without exactly one `{key}`, a header name that is
  /// none, and values with line breaks or other control characters.
  init(template: String, key: Secret) throws(RefusedRequest) {
    guard let colon = template.firstIndex(of: ":") else {
      throw RefusedRequest(reason: "the authorization header has no name")
    }
    let header = String(template[..<colon])
    let separators = Set("()<>@,;:\\\"/[]?={} \t".utf8)
    guard !header.isEmpty, header.utf8.allSatisfy({ $0 > 32 && $0 < 127 && !separators.contains($0) }) else {
      throw RefusedRequest(reason: "the authorization header's name is not a header name")
    }
    let value = template[template.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
    guard let (before, after) = Self.split(value) else {
      throw RefusedRequest(reason: "the authorization header must hold {key} exactly once")
    }
    let revealed = key.revealed()
    guard !revealed.isEmpty else { throw RefusedRequest(reason: "the key is empty") }
    guard Self.isHeaderText(before), Self.isHeaderText(after), Self.isHeaderText(revealed) else {
      throw RefusedRequest(reason: "the key or its header holds a line break or another control character")
    }
    self.header = header
    self.before = before
    self.after = after
    self.key = key
  }

  /// The header line itself; for the transfer only.
  func revealedLine() -> String { header + ": " + before + key.revealed() + after }

  fileprivate func revealedParameter() -> String { PercentEncoding.segment(key.revealed()) }

  private static func isHeaderText(_ text: String) -> Bool {
    text.utf8.allSatisfy { ($0 >= 32 && $0 != 127) || $0 == 9 }
  }

  private static func split(_ text: Substring) -> (String, String)? {
    let mark = Array("{key}".utf8)
    let bytes = Array(text.utf8)
    guard bytes.count >= mark.count else { return nil }
    let places = (0...(bytes.count - mark.count)).filter { bytes[$0..<($0 + mark.count)].elementsEqual(mark) }
    guard places.count == 1, let place = places.first else { return nil }
    return (
      String(decoding: bytes[..<place], as: UTF8.self),
      String(decoding: bytes[(place + mark.count)...], as: UTF8.self)
    )
  }
}

/// What came back: the status and the few headers that matter.
public struct HTTPResponse: Sendable {
  public var status: Int
  /// Every `Retry-After` header as written.
  public var retryAfter: [String]
  /// The host a redirect names; redirects are never followed.
  public var locationHost: String?
  /// The provider's clock, where the response tells it.
  public var date: Instant?
  /// A Content-Encoding other than identity.
  public var contentEncoding: String?
  /// The bytes as sent; empty for any status but 200, whose body nobody reads.
  public var body: [UInt8]

  /// A response; everything but the status may be absent.
  public init(
    status: Int, body: [UInt8] = [], retryAfter: [String] = [], locationHost: String? = nil,
    date: Instant? = nil, contentEncoding: String? = nil
  ) {
    self.status = status
    self.body = body
    self.retryAfter = retryAfter
    self.locationHost = locationHost
    self.date = date
    self.contentEncoding = contentEncoding
  }
}

/// Why there is no response. The words hold nothing but what curl says of its own error numbers.
public enum TransportError: Error, Sendable, Equatable {
  /// No connection, or one that ended early.
  case connection(String)
  /// No connection in time, no byte in time, or the end of the time given.
  case timeout
  /// The certificate does not verify.
  case certificate(String)
  /// More than the limit; the bytes are not kept.
  case tooLarge
  /// The request cannot be made: a local file or the request itself is at fault.
  case setup(String)
  case cancelled

  /// Whether another try may help.
  var isTransient: Bool {
    switch self {
    case .connection, .timeout: true
    case .certificate, .tooLarge, .setup, .cancelled: false
    }
  }

  /// Words for the operator, to follow "GET host/path: ".
  var words: String {
    switch self {
    case .connection(let what): "no complete answer (\(what))"
    case .timeout: "no answer in time"
    case .certificate(let what):
      "the server's certificate does not verify (\(what)); if it is your own, name its issuer in ca_file"
    case .tooLarge: "the answer is too large: more than 16 MiB, or a head of more than 256 KiB"
    case .setup(let what): what
    case .cancelled: "interrupted"
    }
  }
}

/// Sends requests. The one real implementation is `HTTPClient`; tests script their own.
public protocol HTTPSending: Sendable {
  /// Sends one request once and waits for the whole response. Nothing is retried, no redirect is followed.
  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
