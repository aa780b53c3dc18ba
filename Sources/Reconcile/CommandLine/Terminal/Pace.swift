import ReconcileCore

/// How fast counted work goes, and how long the rest of it takes at that speed.
struct Pace {
  /// Work of less than this is over before a speed means anything.
  private static let least: Int64 = 5_000_000

  private let began: Instant
  private let doneBefore: Int64

  /// Counts from here on.
  init(from done: Int64, at instant: Instant) {
    began = instant
    doneBefore = done
  }

  /// `1234/s, 3 min left`; nil while nothing can be said. Without a total the time left is not known.
  func words(done: Int64, of total: Int64?, at instant: Instant) -> String? {
    let elapsed = Int128(instant.microseconds - began.microseconds)
    let worked = Int128(done - doneBefore)
    guard elapsed >= Self.least, worked > 0 else { return nil }
    let perMinute = worked * 60_000_000 / elapsed
    let speed = perMinute >= 600 ? "\(perMinute / 60)/s" : "\(perMinute)/min"
    guard let total, total > done else { return speed }
    let seconds = (Int128(total - done) * elapsed / worked + 999_999) / 1_000_000
    return "\(speed), \(Self.words(seconds)) left"
  }

  private static func words(_ seconds: Int128) -> String {
    if seconds < 60 { return "\(seconds) s" }
    let minutes = (seconds + 59) / 60
    return minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}
