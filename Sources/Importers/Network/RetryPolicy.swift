import ReconcileCore

/// When a request is tried again, and how long that waits.
enum RetryPolicy {
  static let tries = 6
  static let shortestWait = 0.2
  static let longestRetryAfter = 120.0
  /// Requests in a row that used up their tries after which a provider is given up.
  static let exhaustedLimit = 3

  static func isTransient(status: Int) -> Bool { [408, 425, 429, 500, 502, 503, 504].contains(status) }

  /// Any time up to half a second, doubling up to 30 seconds (exponential backoff with full jitter): waits grow on
  /// average, and those of several clients do not meet.
  static func wait(afterTry number: Int, chance: Double) -> Double {
    var full = 0.5
    for _ in 1..<max(number, 1) where full < 30 { full *= 2 }
    full = min(full, 30)
    return max(shortestWait, full * min(max(chance, 0), 1))
  }

  /// The longest wait that the `Retry-After` headers ask for; nil when none can be read. Dates are compared with
  /// the server's own clock where it tells it.
  static func retryAfter(_ response: HTTPResponse, wallNow: Instant) -> Double? {
    response.retryAfter.compactMap { text -> Double? in
      let bytes = text.utf8
      if !bytes.isEmpty, bytes.allSatisfy({ (48...57).contains($0) || $0 == 46 }), let seconds = Double(text)
      {
        return seconds
      }
      guard let date = HTTPDate.instant(text) else { return nil }
      let from = response.date ?? wallNow
      return max(0, Double(date.microseconds - from.microseconds) / 1e6)
    }.max()
  }
}
