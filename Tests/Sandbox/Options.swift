/// An option whose value makes no sense.
struct WrongOption: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Reads `a=1,b=2`.
func pairs(_ text: String) throws -> [(key: String, value: String)] {
  try text.split(separator: ",").map { part in
    let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, !sides[0].isEmpty else { throw WrongOption("'\(part)' is not NAME=VALUE") }
    return (String(sides[0]), String(sides[1]))
  }
}

/// Reads `a=1,b=2` from every use of an option; the last one for a name counts.
func pairs(_ texts: [String]) throws -> [String: String] {
  var found: [String: String] = [:]
  for text in texts {
    for (key, value) in try pairs(text) { found[key] = value }
  }
  return found
}

func wholeNumber(_ text: String, _ name: String) throws -> Int {
  guard let number = Int(text) else { throw WrongOption("\(name)=\(text): not a whole number") }
  return number
}

/// At most `requests` in any window of `seconds`.
struct RateLimit: Sendable {
  let requests: Int
  let seconds: Int64
  /// When the requests of the last window came.
  private var times: [Moment] = []

  /// Reads `90/60s`.
  init(_ text: String) throws {
    let sides = text.split(separator: "/")
    guard sides.count == 2, sides[1].hasSuffix("s"), let requests = Int(sides[0]), requests > 0,
      let seconds = Int64(sides[1].dropLast()), seconds > 0
    else { throw WrongOption("'\(text)' is not a rate such as 90/60s") }
    self.requests = requests
    self.seconds = seconds
  }

  /// Nil when the request may pass, else the whole seconds to wait. A request that was refused does not count.
  mutating func wait(at now: Moment) -> Int64? {
    times.removeAll { Moment(seconds: $0.seconds + seconds, nanoseconds: $0.nanoseconds) <= now }
    guard times.count >= requests, let oldest = times.first else {
      times.append(now)
      return nil
    }
    let whole = oldest.seconds + seconds - now.seconds
    return max(1, whole + (oldest.nanoseconds > now.nanoseconds ? 1 : 0))
  }
}
