/// A provider's address taken apart: the only scheme, host and port that requests may go to.
struct BaseURL: Sendable, Hashable {
  /// `https`, or `http` where the host is loopback.
  let scheme: String
  /// Lower-case host; an IPv6 address keeps its brackets.
  let host: String
  let port: Int
  /// The path before the first segment of ours: empty or starting with `/`, without a slash at its end.
  let path: String

  /// Why an address cannot be used.
  struct Problem: Error, Equatable { let reason: String }

  init(_ text: String) throws(Problem) {
    guard let parts = URLParts(text), let scheme = parts.scheme, let authority = parts.authority else {
      throw Problem(reason: "is not an address of the form https://host/path")
    }
    guard parts.query == nil, !parts.hasFragment else { throw Problem(reason: "has a query or a fragment") }
    guard let (host, port) = Self.hostAndPort(authority, scheme: scheme) else {
      throw Problem(reason: "has user information, or a host or port that cannot be read")
    }
    guard scheme == "https" || (scheme == "http" && Self.isLoopback(host)) else {
      throw Problem(reason: "must be https, because its host is not loopback")
    }
    self.scheme = scheme
    self.host = host
    self.port = port
    var path = parts.path[...]
    while path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
    self.path = String(path)
  }

  /// Whether the host is this machine.
  var isLoopback: Bool { Self.isLoopback(host) }

  /// `scheme://host[:port]`, the port only where it is not the scheme's own.
  var origin: String {
    port == Self.defaultPort(scheme) ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
  }

  /// Host, and port where it is not the scheme's own, for messages.
  var place: String { port == Self.defaultPort(scheme) ? host : "\(host):\(port)" }

  static func defaultPort(_ scheme: String) -> Int { scheme == "http" ? 80 : 443 }

  static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in
        guard !part.isEmpty, part.utf8.count <= 3, part.utf8.allSatisfy({ (48...57).contains($0) }) else {
          return false
        }
        return (Int(part) ?? 256) <= 255
      }
  }

  /// Nil for user information, an empty host, letters no host has, and ports out of range.
  static func hostAndPort(_ authority: String, scheme: String) -> (host: String, port: Int)? {
    guard !authority.utf8.contains(UInt8(ascii: "@")) else { return nil }
    var host = authority.lowercased()
    var port = defaultPort(scheme)
    let afterBracket = host.lastIndex(of: "]") ?? host.startIndex
    if let colon = host[afterBracket...].lastIndex(of: ":") {
      let digits = host[host.index(after: colon)...]
      guard digits.utf8.allSatisfy({ (48...57).contains($0) }), digits.utf8.count <= 5 else { return nil }
      if !digits.isEmpty {
        guard let number = Int(digits), (1...65_535).contains(number) else { return nil }
        port = number
      }
      host = String(host[..<colon])
    }
    let inner: Substring
    if host.hasPrefix("["), host.hasSuffix("]") {
      inner = host.dropFirst().dropLast()
      guard inner.utf8.allSatisfy({ isHexDigit($0) || $0 == 58 || $0 == 46 }) else { return nil }
    } else {
      inner = host[...]
      guard inner.utf8.allSatisfy({ isHostByte($0) }) else { return nil }
    }
    return inner.isEmpty ? nil : (host, port)
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...102).contains(byte)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 46 || byte == 95
  }
}

/// A URL reference cut into its parts (RFC 3986, appendix B); nothing is decoded.
struct URLParts {
  var scheme: String?
  var authority: String?
  var path: String
  var query: String?
  var hasFragment = false

  /// Nil for text with blanks, control characters, backslashes or anything beyond ASCII.
  init?(_ text: String) {
    guard text.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != 92 }) else { return nil }
    var rest = text[...]
    if let hash = rest.firstIndex(of: "#") {
      hasFragment = true
      rest = rest[..<hash]
    }
    if let mark = rest.firstIndex(of: "?") {
      query = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    if let colon = rest.firstIndex(of: ":"), !rest[..<colon].contains("/") {
      let name = rest[..<colon].lowercased()
      guard let first = name.utf8.first, (97...122).contains(first) else { return nil }
      scheme = name
      rest = rest[rest.index(after: colon)...]
    }
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      let end = rest.firstIndex(of: "/") ?? rest.endIndex
      authority = String(rest[..<end])
      rest = rest[end...]
    }
    path = String(rest)
  }
}

/// Percent-encoding of path segments and query values.
enum PercentEncoding {
  /// The text as one path segment or one query value: only unreserved characters stay as they are, and a
  /// segment of dots alone is encoded too, because a bare one would name another path.
  static func segment(_ text: String) -> String {
    let dots = text == "." || text == ".."
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if isUnreserved(byte) && !dots { bytes.append(byte) } else { append(byte, to: &bytes) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Every byte as `%XX`.
  static func everyByte(_ text: String, lowercase: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in text.utf8 { append(byte, to: &bytes, lowercase: lowercase) }
    return bytes
  }

  /// The bytes behind `%XX` and `+`; what is no escape stays as it is.
  static func decoded(_ text: some StringProtocol) -> [UInt8] {
    var rest = Array(text.utf8)[...]
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? 32 : byte)
      }
    }
    return bytes
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || [45, 46, 95, 126].contains(byte)
  }

  private static func append(_ byte: UInt8, to bytes: inout [UInt8], lowercase: Bool = false) {
    let digits = Array((lowercase ? "0123456789abcdef" : "0123456789ABCDEF").utf8)
    bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
