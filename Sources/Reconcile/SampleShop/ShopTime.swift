import ReconcileCore

/// A moment in the shop, which stands in Vilnius; whole seconds.
///
/// The zone's two offsets are written down here instead of asked from the system, so that the days in the
/// list of planted findings do not come from the code that is checked with them.
struct ShopTime: Comparable {
  /// Seconds since 1970-01-01T00:00:00Z.
  let seconds: Int64

  init(seconds: Int64) { self.seconds = seconds }

  /// A wall-clock time of 2026 in Vilnius.
  init(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int = 0) {
    guard let date = BusinessDay(year: 2026, month: month, day: day) else {
      preconditionFailure("2026 has no day \(month)-\(day)")
    }
    self.init(date, secondOfDay: hour * 3600 + minute * 60 + second)
  }

  /// A wall-clock time in Vilnius.
  init(_ day: BusinessDay, secondOfDay: Int) {
    let local = Int64(day.dayNumber) * 86_400 + Int64(secondOfDay)
    seconds = local - (local - Self.winter < Self.clockChange ? Self.winter : Self.summer)
  }

  /// 2026-03-29T01:00:00Z: from here on clocks are three hours ahead of UTC, no longer two.
  private static let clockChange: Int64 = 1_774_746_000
  private static let winter: Int64 = 7_200
  private static let summer: Int64 = 10_800

  private var offset: Int64 { seconds < Self.clockChange ? Self.winter : Self.summer }

  /// The day on the shop's wall: the business date.
  var day: BusinessDay { BusinessDay(dayNumber: Int((seconds + offset) / 86_400)) }

  /// The moment this much later.
  func later(days: Int = 0, hours: Int = 0, minutes: Int = 0, seconds more: Int = 0) -> ShopTime {
    ShopTime(seconds: seconds + Int64(days * 86_400 + hours * 3_600 + minutes * 60 + more))
  }

  /// `2026-03-12T09:30:05Z`
  var utc: String { Instant(seconds: seconds).description }

  /// `2026-03-12T09:30:05.417Z`, the way Gate writes it.
  var utcWithMilliseconds: String {
    let fraction = String((seconds &* 7_919 % 1_000 + 1_000) % 1_000)
    let padded = String(repeating: "0", count: 3 - fraction.count) + fraction
    return utc.dropLast() + "." + padded + "Z"
  }

  /// `2026-03-12 11:30:05`, wall clock without a zone, the way Dapit writes it.
  var wallClock: String {
    let text = Instant(seconds: seconds + offset).description
    return text.prefix(10) + " " + text.dropFirst(11).dropLast()
  }

  /// `2026-03-12T11:30:05+02:00`
  var withOffset: String {
    Instant(seconds: seconds + offset).description.dropLast() + (offset == Self.winter ? "+02:00" : "+03:00")
  }

  /// `260312`
  var compactDay: String { day.description.dropFirst(2).filter { $0 != "-" } }

  static func < (a: ShopTime, b: ShopTime) -> Bool { a.seconds < b.seconds }
}
