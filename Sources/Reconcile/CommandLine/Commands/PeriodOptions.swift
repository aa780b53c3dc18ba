import ArgumentParser
import ReconcileCore

/// The period of a command, and its clock.
struct PeriodOptions: ParsableArguments {
  @Option(help: ArgumentHelp("First day of the period (YYYY-MM-DD), a business date.", valueName: "day"))
  var from: String?
  @Option(help: ArgumentHelp("Last day of the period, included.", valueName: "day"))
  var to: String?
  @Option(
    help: ArgumentHelp(
      "yesterday, last-week, last-month, month-to-date, or a month such as 2026-03.", valueName: "name"))
  var period: String?
  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("The clock for grace periods and ages; default: now.", valueName: "instant"))
  var asOf: String?

  /// Whether a period is given. One that is wrong by itself is told here, before any configuration is looked at.
  func isGiven() throws(Failure) -> Bool {
    try PeriodChoice.period(from: from, to: to, named: period, today: BusinessDay(dayNumber: 20_000)) != nil
  }

  /// The instant that an option gives; throws 64 when it is none.
  static func instant(_ text: String, _ option: String, _ zone: Zone) throws(Failure) -> Instant {
    if let instant = TimeText.instant(text, in: zone) { return instant }
    throw Failure(
      .usage, "\(option) `\(text)` is not a time",
      remedy: "write it in ISO 8601, for example 2026-04-01T06:00:00Z")
  }

  /// The clock and the period; nil where none is given.
  func choose(in zone: Zone) throws(Failure) -> (clock: Instant, period: Period)? {
    var clock = Instant(seconds: Instant.now().seconds)
    if let asOf { clock = try Self.instant(asOf, "--as-of", zone) }
    return try PeriodChoice.period(from: from, to: to, named: period, today: zone.day(of: clock))
      .map { (clock, $0) }
  }
}
