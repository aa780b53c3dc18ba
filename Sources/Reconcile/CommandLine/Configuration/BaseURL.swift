/// Reads a provider's base URL strictly: one spelling, so that what is checked here and what is asked later
/// cannot be two different hosts.
enum BaseURL {
  /// Why a text is not a base URL; `text` never repeats the URL, which may hold a password.
  struct Problem: Error, Equatable {
    let text: String
    let remedy: String
  }

  private static let example = "for example: base_url = \"https://api.example.com\""

  /// The URL without trailing slashes.
  static func read(_ text: String) throws(Problem) -> String {
    guard text.utf8.allSatisfy({ $0 > 32 && $0 < 127 && !forbidden.contains($0) }) else {
      throw Problem(text: "contains a blank or a character that a URL cannot hold", remedy: example)
    }
    guard let mark = text.range(of: "://") else { throw Problem(text: "is not a URL", remedy: example) }
    let scheme = text[..<mark.lowerBound].lowercased()
    guard scheme == "https" || scheme == "http" else {
      throw Problem(text: "has a scheme other than https", remedy: example)
    }
    let rest = text[mark.upperBound...]
    guard !rest.contains("?"), !rest.contains("#") else {
      throw Problem(text: "has a query or a fragment", remedy: "leave out everything from ? or # on")
    }
    let authority = rest.prefix { $0 != "/" }
    guard !authority.contains("@") else {
      throw Problem(
        text: "has a user or a password in it", remedy: "leave them out; keys are named with api_key_env")
    }
    let (host, port) = try split(authority)
    guard scheme == "https" || isLoopback(host) else {
      throw Problem(
        text: "is http, and its host is not this machine",
        remedy: "write https; http is possible only for 127.0.0.0/8, [::1] and localhost")
    }
    var path = rest.dropFirst(authority.count)
    while path.last == "/" { path = path.dropLast() }
    guard
      !path.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
        $0 == "." || $0 == ".."
      })
    else { throw Problem(text: "has . or .. in its path", remedy: "write the path without them") }
    return "\(scheme)://\(host.lowercased())\(port.map { ":\($0)" } ?? "")\(path)"
  }

  private static let forbidden = Set("\"<>\\^`{|}".utf8)

  private static func split(_ authority: Substring) throws(Problem) -> (host: String, port: Int?) {
    var host = authority
    var port: Substring?
    if authority.first == "[" {
      guard let end = authority.firstIndex(of: "]") else {
        throw Problem(text: "has no host", remedy: example)
      }
      host = authority[...end]
      let after = authority[authority.index(after: end)...]
      if !after.isEmpty {
        guard after.first == ":" else { throw Problem(text: "has no valid host", remedy: example) }
        port = after.dropFirst()
      }
      guard host.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }),
        host.count > 3
      else { throw Problem(text: "has no valid host", remedy: example) }
    } else {
      if let colon = authority.firstIndex(of: ":") {
        host = authority[..<colon]
        port = authority[authority.index(after: colon)...]
      }
      let isName = host.utf8.allSatisfy {
        $0 == 45 || $0 == 46 || (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
      }
      guard !host.isEmpty, isName, host.first != ".", host.first != "-" else {
        throw Problem(
          text: "has no valid host",
          remedy: "write a host of letters, digits, dots and hyphens (other letters as xn--…); \(example)")
      }
    }
    guard let port else { return (String(host), nil) }
    guard let number = DurationText.digits(port), (1...65_535).contains(number) else {
      throw Problem(text: "has no valid port", remedy: "write a port from 1 to 65535, or none")
    }
    return (String(host), Int(number))
  }

  /// Whether the host can only be this machine; short spellings of addresses (`127.1`) do not count.
  static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "127" else { return false }
    return parts.allSatisfy { part in
      part.count <= 3 && (part.count == 1 || part.first != "0")
        && DurationText.digits(part).map { $0 <= 255 } ?? false
    }
  }
}
