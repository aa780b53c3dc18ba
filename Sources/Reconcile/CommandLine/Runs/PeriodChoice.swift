import ReconcileCore

/// The ways to say a period on the command line.
enum PeriodChoice {
  /// The period of `--from`/`--to` or `--period`; nil when none of them is given.
  ///
  /// - Parameter today: the business date of the run's clock, for `yesterday` and the like.
  static func period(from: String?, to: String?, named name: String?, today: BusinessDay) throws(Failure)
    -> Period?
  {
    if let name {
      guard from == nil, to == nil else {
        throw usage("--period cannot stand beside --from and --to", "say the period one way")
      }
      return try named(name, today: today)
    }
    guard from != nil || to != nil else { return nil }
    guard let from, let to else {
      throw usage("a period needs both --from and --to", "example: --from 2026-03-01 --to 2026-03-31")
    }
    let first = try day(from, "--from")
    let last = try day(to, "--to")
    guard let period = Period(from: first, to: last) else {
      throw usage("the period ends (\(last)) before it begins (\(first))", "swap --from and --to")
    }
    return period
  }

  /// The period of a name as `--period` takes it, or of `2026-03-01_2026-03-31`, the name of a report's folder.
  static func period(called name: String, today: BusinessDay) throws(Failure) -> Period {
    let days = name.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    if days.count == 2, let period = try period(from: days[0], to: days[1], named: nil, today: today) {
      return period
    }
    return try named(name, today: today)
  }

  private static func day(_ text: String, _ option: String) throws(Failure) -> BusinessDay {
    guard let day = BusinessDay(text) else {
      throw usage(
        "\(option) `\(text)` is not a date of the calendar", "write it as YYYY-MM-DD, for example 2026-03-01")
    }
    return day
  }

  private static func named(_ name: String, today: BusinessDay) throws(Failure) -> Period {
    let first: BusinessDay
    let last: BusinessDay
    switch name {
    case "yesterday":
      first = today.advanced(by: -1)
      last = first
    case "last-week":
      // 1970-01-01 was a Thursday; a week runs from Monday to Sunday.
      let weekday = ((today.dayNumber + 3) % 7 + 7) % 7
      first = today.advanced(by: -weekday - 7)
      last = first.advanced(by: 6)
    case "last-month":
      last = today.advanced(by: -today.parts.day)
      first = last.advanced(by: 1 - last.parts.day)
    case "month-to-date":
      first = today.advanced(by: 1 - today.parts.day)
      last = today
    default:
      guard name.utf8.count == 7, let start = BusinessDay(name + "-01") else {
        let known = ["yesterday", "last-week", "last-month", "month-to-date"]
        throw usage(
          "`\(name)` is no period",
          (nearest(to: name, in: known).map { "did you mean \($0)? " } ?? "")
            + "known: \(known.joined(separator: ", ")), or a month such as 2026-03")
      }
      first = start
      let next = start.advanced(by: 31)
      last = next.advanced(by: -next.parts.day)
    }
    guard let period = Period(from: first, to: last) else {
      throw usage("`\(name)` is no period", "use --from and --to")
    }
    return period
  }

  private static func usage(_ what: String, _ remedy: String) -> Failure {
    Failure(.usage, what, remedy: remedy)
  }
}
