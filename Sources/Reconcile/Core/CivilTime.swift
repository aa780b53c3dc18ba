import Foundation
import Synchronization

/// A moment, counted in microseconds since 1970-01-01T00:00:00Z.
public struct Instant: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Microseconds since the epoch, UTC.
  public let microseconds: Int64

  /// A moment from microseconds since the epoch.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// A moment from whole seconds since the epoch.
  public init(seconds: Int64) { microseconds = seconds * 1_000_000 }

  /// Whole seconds since the epoch, rounded towards the past.
  public var seconds: Int64 { floorDivide(microseconds, 1_000_000) }

  /// The current time of the machine.
  public static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  /// The moment this many seconds later.
  public func advanced(bySeconds seconds: Int64) -> Instant {
    Instant(microseconds: microseconds + seconds * 1_000_000)
  }

  public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }

  /// ISO 8601 in UTC: `2026-03-01T09:30:00Z`, with a fraction only where there is one.
  public var description: String {
    let day = BusinessDay(dayNumber: Int(floorDivide(seconds, 86_400)))
    let second = Int(seconds - Int64(day.dayNumber) * 86_400)
    var fraction = Int(microseconds - seconds * 1_000_000)
    let date = day.parts
    return String(unsafeUninitializedCapacity: DecimalDigits.room) { space in
      var text = DecimalDigits(space)
      text.add(date)
      text.add(UInt8(ascii: "T"))
      text.add(second / 3600, width: 2)
      text.add(UInt8(ascii: ":"))
      text.add(second / 60 % 60, width: 2)
      text.add(UInt8(ascii: ":"))
      text.add(second % 60, width: 2)
      if fraction > 0 {
        var width = 6
        while fraction % 10 == 0 {
          fraction /= 10
          width -= 1
        }
        text.add(UInt8(ascii: "."))
        text.add(fraction, width: width)
      }
      text.add(UInt8(ascii: "Z"))
      return text.count
    }
  }
}

/// A calendar day without a zone; a zone is the only way from an instant to a day and back.
public struct BusinessDay: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Days since 1970-01-01 in the proleptic Gregorian calendar.
  public let dayNumber: Int

  /// The day this many days after 1970-01-01.
  public init(dayNumber: Int) { self.dayNumber = dayNumber }

  /// The day with these parts, nil when the calendar has no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    let length = month == 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    guard day <= length else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    dayNumber = era * 146_097 + dayOfEra - 719_468
  }

  /// Reads exactly `YYYY-MM-DD`; nil for anything else and for days that do not exist.
  public init?(_ text: some StringProtocol) {
    var text = String(text)
    guard let day = text.withUTF8({ TimeText.day(only: $0) }) else { return nil }
    self = day
  }

  /// Year, month and day of the month.
  public var parts: (year: Int, month: Int, day: Int) {
    let z = dayNumber + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
  }

  /// The day this many days later.
  public func advanced(by days: Int) -> BusinessDay { BusinessDay(dayNumber: dayNumber + days) }

  public static func < (a: BusinessDay, b: BusinessDay) -> Bool { a.dayNumber < b.dayNumber }

  /// `YYYY-MM-DD`.
  public var description: String {
    let date = parts
    // Ten bytes need no memory beside the text itself; only other years take more.
    let room = (0...9_999).contains(date.year) ? 10 : DecimalDigits.room
    return String(unsafeUninitializedCapacity: room) { space in
      var text = DecimalDigits(space)
      text.add(date)
      return text.count
    }
  }
}

/// The digits of dates and times on their way into a text: reports hold millions of them.
private struct DecimalDigits {
  /// More than a date and a time of any year take.
  static let room = 64

  private let space: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0

  init(_ space: UnsafeMutableBufferPointer<UInt8>) { self.space = space }

  mutating func add(_ byte: UInt8) {
    space[count] = byte
    count += 1
  }

  /// A number of at least so many digits.
  mutating func add(_ number: Int, width: Int) {
    if number < 0 { add(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var digits = width
    var limit: UInt = 1
    for _ in 0..<width { limit *= 10 }
    while rest >= limit {
      digits += 1
      if digits == 20 { break }
      limit *= 10
    }
    for place in (count..<count + digits).reversed() {
      space[place] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    count += digits
  }

  /// `YYYY-MM-DD`.
  mutating func add(_ date: (year: Int, month: Int, day: Int)) {
    add(date.year, width: 4)
    add(UInt8(ascii: "-"))
    add(date.month, width: 2)
    add(UInt8(ascii: "-"))
    add(date.day, width: 2)
  }
}

/// The days of a report, both ends included.
public struct Period: Hashable, Sendable, CustomStringConvertible {
  /// The first day.
  public let from: BusinessDay
  /// The last day.
  public let to: BusinessDay

  /// A period; nil when it ends before it begins.
  public init?(from: BusinessDay, to: BusinessDay) {
    guard from <= to else { return nil }
    self.from = from
    self.to = to
  }

  /// Whether the day lies in the period.
  public func contains(_ day: BusinessDay) -> Bool { from <= day && day <= to }

  /// `2026-03-01_2026-03-31`, the name of the report folder.
  public var description: String { "\(from)_\(to)" }
}

/// A time zone by its IANA name, with cached offsets so that millions of instants cost little.
public final class Zone: Sendable, CustomStringConvertible {
  /// The IANA name as it was configured.
  public let name: String
  private let rules: TimeZone
  private let cache = Mutex(Cache())
  private let isUTC: Bool
  private static let slot: Int64 = 900

  /// Offsets by quarter of an hour, and the one asked for last: records come roughly in the order of their times.
  private struct Cache {
    var offsets: [Int64: Int64] = [:]
    var last: (index: Int64, offset: Int64) = (.min, 0)
  }

  /// The zone with this name, nil when there is none.
  public init?(_ name: String) {
    guard Self.isName(name), let rules = TimeZone(identifier: name) else { return nil }
    self.name = name
    self.rules = rules
    isUTC = name == "UTC"
  }

  /// Whether the tz database has a zone of this name. Foundation also takes abbreviations, of which some stand for
  /// several zones (IST), and offsets, of which nobody knows the sign (UTC+2).
  private static func isName(_ name: String) -> Bool {
    if name == "UTC" || knownNames.contains(name) { return true }
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2F, 0x5F: true
      default: false
      }
    }
    return isPlain && !name.isEmpty && !name.hasPrefix("/") && !name.hasSuffix("/")
      && FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/" + name)
  }

  private static let knownNames = Set(TimeZone.knownTimeZoneIdentifiers)

  /// Coordinated universal time.
  public static let utc: Zone = {
    guard let zone = Zone("UTC") else { preconditionFailure("Foundation knows no UTC") }
    return zone
  }()

  public var description: String { name }

  /// Seconds that local time is ahead of UTC at this moment.
  public func offset(atSeconds seconds: Int64) -> Int64 {
    if isUTC { return 0 }
    let index = floorDivide(seconds, Self.slot)
    let known = cache.withLock { cache -> Int64? in
      if cache.last.index != index {
        guard let offset = cache.offsets[index] else { return nil }
        cache.last = (index, offset)
      }
      return cache.last.offset
    }
    if let known { return known }
    let first = ask(index * Self.slot)
    let last = ask((index + 1) * Self.slot - 1)
    guard first == last else { return ask(seconds) }
    cache.withLock { $0.offsets[index] = first }
    return first
  }

  private func ask(_ seconds: Int64) -> Int64 {
    Int64(rules.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
  }

  /// The calendar day of this moment here.
  public func day(of instant: Instant) -> BusinessDay {
    let seconds = instant.seconds
    return BusinessDay(dayNumber: Int(floorDivide(seconds + offset(atSeconds: seconds), 86_400)))
  }

  /// The moment of a wall-clock time here, given as seconds since 1970-01-01 00:00 on that clock.
  /// A time that a clock change skips is moved forward by the gap; one that occurs twice is its first occurrence.
  public func instant(ofLocalSeconds local: Int64) -> Instant {
    let before = offset(atSeconds: local - 86_400)
    let after = offset(atSeconds: local + 86_400)
    let early = local - before
    let late = local - after
    let candidates = [min(early, late), max(early, late)].filter { local - $0 == offset(atSeconds: $0) }
    return Instant(seconds: candidates.first ?? early)
  }

  /// The first moment of a day here.
  public func start(of day: BusinessDay) -> Instant { instant(ofLocalSeconds: Int64(day.dayNumber) * 86_400) }
}

/// Reads ISO 8601 times strictly: no day that does not exist, no blanks, no two-digit years.
public enum TimeText {
  /// A time or a day; a time without offset and a day are read in `zone`, a day as its start. Nil when it is neither.
  ///
  /// Accepted: `YYYY-MM-DD`, and with `T` or a blank `HH:MM`, `HH:MM:SS`, `HH:MM:SS.fraction`, then nothing, `Z`,
  /// `±HH`, `±HHMM` or `±HH:MM`.
  public static func instant(_ text: some StringProtocol, in zone: Zone) -> Instant? {
    var text = String(text)
    return text.withUTF8 { instant($0, in: zone) }
  }

  private static func instant(_ bytes: UnsafeBufferPointer<UInt8>, in zone: Zone) -> Instant? {
    var rest = Digits(bytes)
    guard let day = day(&rest) else { return nil }
    if rest.isEmpty { return bounded(zone.start(of: day)) }
    guard let separator = rest.next(), separator == 84 || separator == 116 || separator == 32,
      let hour = rest.number(2), hour < 24, rest.next() == 58, let minute = rest.number(2), minute < 60
    else { return nil }
    var second = 0
    var microseconds: Int64 = 0
    if rest.first == 58 {
      _ = rest.next()
      guard let value = rest.number(2), value < 60 else { return nil }
      second = value
      if rest.first == 46 || rest.first == 44 {
        _ = rest.next()
        var count = 0
        while let digit = rest.first, digit >= 48, digit <= 57 {
          if count < 6 { microseconds = microseconds * 10 + Int64(digit - 48) }
          count += 1
          _ = rest.next()
        }
        guard (1...12).contains(count) else { return nil }
        while count < 6 {
          microseconds *= 10
          count += 1
        }
      }
    }
    let local = Int64(day.dayNumber) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    let base: Instant
    if rest.isEmpty {
      base = zone.instant(ofLocalSeconds: local)
    } else {
      guard let offset = offset(&rest) else { return nil }
      base = Instant(seconds: local - offset)
    }
    return bounded(Instant(microseconds: base.microseconds + microseconds))
  }

  /// Years 1 to 9999 in every zone; beyond, a day could not be written as YYYY-MM-DD.
  private static func bounded(_ instant: Instant) -> Instant? {
    (-62_135_500_000...253_402_200_000).contains(instant.seconds) ? instant : nil
  }

  /// A day and nothing else.
  static func day(only bytes: UnsafeBufferPointer<UInt8>) -> BusinessDay? {
    var rest = Digits(bytes)
    let day = day(&rest)
    return rest.isEmpty ? day : nil
  }

  private static func day(_ rest: inout Digits) -> BusinessDay? {
    guard let year = rest.number(4), rest.next() == 45, let month = rest.number(2), rest.next() == 45,
      let day = rest.number(2)
    else { return nil }
    return BusinessDay(year: year, month: month, day: day)
  }

  private static func offset(_ rest: inout Digits) -> Int64? {
    guard let sign = rest.next() else { return nil }
    if sign == 90 || sign == 122 { return rest.isEmpty ? 0 : nil }
    guard sign == 43 || sign == 45, let hours = rest.number(2), hours < 24 else { return nil }
    var minutes = 0
    if !rest.isEmpty {
      if rest.first == 58 { _ = rest.next() }
      guard let value = rest.number(2), value < 60, rest.isEmpty else { return nil }
      minutes = value
    }
    let seconds = Int64(hours * 3600 + minutes * 60)
    return sign == 45 ? -seconds : seconds
  }

  /// The bytes of a time that are still to be read.
  private struct Digits {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isEmpty: Bool { position == bytes.count }
    var first: UInt8? { isEmpty ? nil : bytes[position] }

    mutating func next() -> UInt8? {
      guard position < bytes.count else { return nil }
      position += 1
      return bytes[position - 1]
    }

    /// A number of exactly so many digits.
    mutating func number(_ count: Int) -> Int? {
      guard position + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[position..<position + count] {
        guard byte >= 48 && byte <= 57 else { return nil }
        value = value * 10 + Int(byte - 48)
      }
      position += count
      return value
    }
  }
}

/// Division that rounds towards negative infinity.
func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
  let quotient = a / b
  return a % b < 0 ? quotient - 1 : quotient
}
