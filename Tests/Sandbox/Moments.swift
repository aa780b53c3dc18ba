import Foundation

/// A point in time as filters and orders compare it: seconds and nanoseconds since 1970, UTC.
struct Moment: Comparable {
  var seconds: Int64
  var nanoseconds: Int64 = 0

  static func < (left: Moment, right: Moment) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }

  static func now() -> Moment {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Moment(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
  }

  init(seconds: Int64, nanoseconds: Int64 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Reads `2026-03-30`, `2026-03-30T22:05:12Z`, `2026-03-30 22:05:12.250+02:00`; nil for anything else.
  /// A time without an offset counts as UTC.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    func number(_ start: Int, _ count: Int) -> Int64? {
      guard start + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[start..<(start + count)] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      return value
    }
    guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), bytes[4] == 0x2D,
      bytes[7] == 0x2D, (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    seconds = Self.days(year: year, month: month, day: day) * 86_400
    guard bytes.count > 10 else { return }
    guard let hour = number(11, 2), let minute = number(14, 2) else { return nil }
    seconds += hour * 3600 + minute * 60
    var position = 16
    if position < bytes.count, bytes[position] == UInt8(ascii: ":") {
      guard let second = number(17, 2) else { return nil }
      seconds += second
      position = 19
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      var scale: Int64 = 100_000_000
      while let digit = number(position, 1) {
        nanoseconds += digit * scale
        scale /= 10
        position += 1
      }
    }
    guard position < bytes.count, bytes[position] != UInt8(ascii: "Z") else { return }
    guard let hours = number(position + 1, 2) else { return nil }
    let minutes = number(position + 4, 2) ?? number(position + 3, 2) ?? 0
    let offset = hours * 3600 + minutes * 60
    seconds += bytes[position] == UInt8(ascii: "-") ? offset : -offset
  }

  /// `2026-03-30T22:05:12Z`, or with a blank and without `Z`, as Dapit writes.
  func written(blank: Bool = false, milliseconds: Bool = false) -> String {
    let parts = calendar
    let day = "\(parts.tm_year + 1900)-\(pad(parts.tm_mon + 1))-\(pad(parts.tm_mday))"
    let time = "\(pad(parts.tm_hour)):\(pad(parts.tm_min)):\(pad(parts.tm_sec))"
    if blank { return "\(day) \(time)" }
    guard milliseconds else { return "\(day)T\(time)Z" }
    let thousandths = String(nanoseconds / 1_000_000)
    return "\(day)T\(time).\(String(repeating: "0", count: 3 - thousandths.count))\(thousandths)Z"
  }

  /// `Mon, 30 Mar 2026 22:05:12 GMT`, as `Retry-After` and `Date` want it.
  var httpDate: String {
    let parts = calendar
    let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return "\(weekdays[Int(parts.tm_wday)]), \(pad(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
      + " \(parts.tm_year + 1900) \(pad(parts.tm_hour)):\(pad(parts.tm_min)):\(pad(parts.tm_sec)) GMT"
  }

  private var calendar: tm {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    return parts
  }

  private func pad(_ number: Int32) -> String { number < 10 ? "0\(number)" : String(number) }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
