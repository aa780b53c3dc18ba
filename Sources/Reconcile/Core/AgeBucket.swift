/// How long something has been open.
public enum AgeBucket: String, Sendable, CaseIterable {
  case upTo7 = "0-7"
  case upTo30 = "8-30"
  case upTo60 = "31-60"
  case upTo90 = "61-90"
  case over90 = "over 90"
  /// Findings without a business date.
  case undated

  /// The bucket of an age in days; a date in the future counts as today.
  public init(days: Int?) {
    switch days {
    case nil: self = .undated
    case let days? where days <= 7: self = .upTo7
    case let days? where days <= 30: self = .upTo30
    case let days? where days <= 60: self = .upTo60
    case let days? where days <= 90: self = .upTo90
    default: self = .over90
    }
  }
}
