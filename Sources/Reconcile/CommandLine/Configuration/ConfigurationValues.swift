import Foundation
import ReconcileCore

/// Texts of the configuration that stand for something: durations, zones, amounts, rates.
extension ConfigurationTable {
  /// Seconds of a duration such as `48h`, nil when the key is not given.
  func duration(_ key: String, in range: ClosedRange<Int64>, example: String) throws(Failure) -> Int64? {
    guard let text = try text(key, example: example) else { return nil }
    guard let seconds = DurationText.seconds(text) else {
      throw wrong(
        key, "is \"\(text)\", which is no duration",
        remedy: "write a whole number and s, m, h or d; for example: \(key) = \(example)")
    }
    guard range.contains(seconds) else {
      throw wrong(
        key, "is \"\(text)\", which is out of range",
        remedy: "possible: \(DurationText.words(range.lowerBound)) to \(DurationText.words(range.upperBound))"
      )
    }
    return seconds
  }

  /// A time zone by its IANA name, nil when the key is not given.
  func zone(_ key: String) throws(Failure) -> Zone? {
    guard let name = try text(key, example: "\"Europe/Vilnius\"") else { return nil }
    guard let zone = Zone(name) else {
      let near =
        nearest(to: name, in: TimeZone.knownTimeZoneIdentifiers).map { "the nearest is \"\($0)\"; " } ?? ""
      throw wrong(
        key, "is \"\(name)\", which is no time zone of this machine",
        remedy: near
          + "write an IANA name such as \"Europe/Vilnius\", or \"UTC\"; the package tzdata holds them")
    }
    return zone
  }

  /// An amount of 0 or more, exact or refused, nil when the key is not given.
  func money(_ key: String, in currency: Currency, example: String) throws(Failure) -> Money? {
    guard let node = members[key] else { return nil }
    guard case .text(let text) = node else {
      throw wrongType(key, node, expected: "an amount as text", example: example)
    }
    do throws(AmountError) {
      let minor = try AmountText.merchant(text, exponent: currency.exponent)
      return Money(minorUnits: minor, currency: currency)
    } catch {
      throw wrong(
        key, "is \"\(text)\": \(error.reason)",
        remedy:
          "write digits with at most \(currency.exponent) decimals; for example: \(key) = \(example)"
      )
    }
  }

  /// An ISO 4217 currency, nil when the key is not given.
  func currency(_ key: String) throws(Failure) -> Currency? {
    guard let code = try text(key, example: "\"EUR\"") else { return nil }
    guard let currency = Currency(code) else {
      throw wrong(
        key, "is \"\(code)\", which is no ISO 4217 currency", remedy: "for example: \(key) = \"EUR\"")
    }
    return currency
  }

  /// A rate such as `90/60s`, nil when the key is not given.
  func rate(_ key: String) throws(Failure) -> RateLimit? {
    guard let text = try text(key, example: "\"90/60s\"") else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let requests = DurationText.digits(parts[0]), (1...1_000_000).contains(requests),
      let seconds = DurationText.seconds(parts[1]), (1...86_400).contains(seconds)
    else {
      throw wrong(
        key, "is \"\(text)\", which is no rate",
        remedy: "write requests, a slash and a duration; for example: \(key) = \"90/60s\" or \"10/1m\"")
    }
    return RateLimit(requests: Int(requests), seconds: Double(seconds))
  }

  /// The name of an environment variable, nil when the key is not given. The value is never repeated in an
  /// error, because people put the key itself there.
  func variable(_ key: String, example: String) throws(Failure) -> String? {
    guard let name = try text(key, example: example) else { return nil }
    let letters = name.utf8.allSatisfy {
      $0 == UInt8(ascii: "_") || (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
    }
    let looksLikeKey =
      ["sk_", "pk_", "rk_", "whsec_"].contains { name.lowercased().hasPrefix($0) } || name.count > 100
    guard letters, !looksLikeKey, let first = name.utf8.first, !(48...57).contains(first) else {
      throw wrong(
        key, "is not the name of an environment variable",
        remedy:
          "write the NAME of the variable that holds the key, not the key; for example: \(key) = \(example)")
    }
    return name
  }
}

/// Reads durations: a whole number and s, m, h or d.
enum DurationText {
  /// Seconds, nil when the text is no duration or beyond a century.
  static func seconds(_ text: some StringProtocol) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let last = text.last, let unit = units[last], let number = digits(text.dropLast()),
      number <= 3_155_760_000 / unit
    else { return nil }
    return number * unit
  }

  /// A number of ASCII digits, nil for anything else.
  static func digits(_ text: some StringProtocol) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int64(text)
  }

  /// The shortest way to write these seconds: `48h`, `30m`, `5d`.
  static func words(_ seconds: Int64) -> String {
    // Two days and less read better in hours.
    for (unit, name) in [(86_400, "d"), (3_600, "h"), (60, "m")] as [(Int64, String)]
    where seconds > 0 && seconds % unit == 0 && (unit < 86_400 || seconds > 2 * 86_400) {
      return "\(seconds / unit)\(name)"
    }
    return "\(seconds)s"
  }
}
