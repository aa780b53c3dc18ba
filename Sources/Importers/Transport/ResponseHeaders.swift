import ReconcileCore

/// Reads header lines as they arrive.
enum ResponseHeaders {
  /// Takes one line in. A status line starts the response anew, since interim responses (1xx) come first.
  static func apply(_ line: UnsafeRawBufferPointer, to response: inout HTTPResponse, complete: inout Bool) {
    let text = String(decoding: line, as: UTF8.self)
    let bare = trimmed(text[...])
    if bare.isEmpty {
      complete = response.status >= 200
      return
    }
    if bare.hasPrefix("HTTP/") {
      let words = bare.split(separator: " ")
      response = HTTPResponse(status: words.count > 1 ? Int(words[1]) ?? 0 : 0)
      complete = false
      return
    }
    guard let colon = bare.firstIndex(of: ":") else { return }
    let value = trimmed(bare[bare.index(after: colon)...])
    switch bare[..<colon].lowercased() {
    case "retry-after": if response.retryAfter.count < 8 { response.retryAfter.append(String(value)) }
    case "location": response.locationHost = host(value)
    case "date": response.date = HTTPDate.instant(value)
    case "content-encoding":
      let coding = value.lowercased()
      if !coding.isEmpty, coding != "identity" { response.contentEncoding = String(coding.prefix(40)) }
    default: break
    }
  }

  private static func host(_ location: Substring) -> String? {
    guard let parts = URLParts(String(location.prefix(8_192))), let authority = parts.authority else {
      return nil
    }
    return BaseURL.hostAndPort(authority, scheme: parts.scheme ?? "https").map { String($0.host.prefix(255)) }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let first = text.unicodeScalars.first, first.value <= 32 {
      text = Substring(text.unicodeScalars.dropFirst())
    }
    while let last = text.unicodeScalars.last, last.value <= 32 {
      text = Substring(text.unicodeScalars.dropLast())
    }
    return text
  }
}

/// Dates as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT`, and the two older forms.
enum HTTPDate {
  static func instant(_ text: some StringProtocol) -> Instant? {
    let isSeparator: (Character) -> Bool = { $0 == " " || $0 == "," || $0 == "-" }
    let words: [String] = text.split(whereSeparator: isSeparator).map { String($0) }
    // "Sun Nov  6 08:49:37 1994", else day of the week, day, month, year, time, GMT.
    let asc = words.count == 5
    guard asc || (words.count == 6 && ["GMT", "UTC"].contains(words[5].uppercased())) else { return nil }
    let (dayText, monthText) = asc ? (words[2], words[1]) : (words[1], words[2])
    let (yearText, timeText) = asc ? (words[4], words[3]) : (words[3], words[4])
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    guard let month = months.firstIndex(of: monthText.lowercased()), let dayOfMonth = number(dayText),
      var year = number(yearText)
    else { return nil }
    if yearText.utf8.count == 2 { year += year < 70 ? 2000 : 1900 }
    let clock = timeText.split(separator: ":").map { number(String($0)) }
    guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
      hour < 24, minute < 60, second <= 60,
      let day = BusinessDay(year: year, month: month + 1, day: dayOfMonth)
    else { return nil }
    let secondOfDay = Int64(hour * 3_600 + minute * 60 + second)
    return Instant(seconds: Int64(day.dayNumber) * 86_400 + secondOfDay)
  }

  private static func number(_ text: String) -> Int? {
    guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int(text)
  }
}
