import ArgumentParser
import Foundation
import ReconcileCore

/// The options of `run`, `import`, `match` and `report`.
struct RunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("First day of the period (YYYY-MM-DD), a business date.", valueName: "day"))
  var from: String?
  @Option(help: ArgumentHelp("Last day of the period, included.", valueName: "day"))
  var to: String?
  @Option(
    help: ArgumentHelp(
      "yesterday, last-week, last-month, month-to-date, or a month such as 2026-03.", valueName: "name"))
  var period: String?
  @OptionGroup var place: PlaceOptions
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Orders files instead of the configuration's.", valueName: "file"))
  var orders: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Merchant refunds files instead of the configuration's.", valueName: "file"))
  var refunds: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Webhook archives instead of the configuration's.", valueName: "file"))
  var events: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Read these providers only; the others keep their last import.", valueName: "name"))
  var provider: [String] = []
  @Option(help: ArgumentHelp("Folder that gets one folder for each period.", valueName: "dir"))
  var output: String?
  @Option(help: ArgumentHelp("csv, xlsx, or both joined by a comma.", valueName: "formats"))
  var format: [String] = []
  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("The clock for grace periods and ages; default: now.", valueName: "instant"))
  var asOf: String?
  @Flag(name: .customLong("no-import"), help: "Match and export what the warehouse holds.")
  var noImport = false
  @Flag(name: .customLong("allow-test"), help: "Let a test key through; reports then say TEST DATA.")
  var allowTest = false
  @Flag(name: .customLong("fail-on-discrepancies"), help: "End with 1 when discrepancies are open.")
  var failOnDiscrepancies = false
  @OptionGroup var speech: OutputOptions

  /// Loads the configuration and settles clock and period; nil where no period is given.
  func session() throws -> Session? {
    let console = try Console(speech)
    var overrides = Overrides()
    overrides.warehouse = place.warehouse
    overrides.output = output
    overrides.formats = format
    overrides.orders = orders
    overrides.refunds = refunds
    overrides.events = events
    overrides.providers = provider
    if from == nil, to == nil, period == nil { return nil }
    // A period that is wrong by itself is told before the configuration is looked at.
    _ = try PeriodChoice.period(from: from, to: to, named: period, today: BusinessDay(dayNumber: 20_000))
    let configuration = try ConfigurationLoader().load(config: place.config, overrides: overrides)
    let settings = configuration.settings
    let clock: Instant
    if let asOf {
      guard let instant = TimeText.instant(asOf, in: settings.zone) else {
        throw Failure(
          .usage, "--as-of `\(asOf)` is not a time",
          remedy: "write it in ISO 8601, for example 2026-04-01T06:00:00Z")
      }
      clock = instant
    } else {
      clock = Instant(seconds: Instant.now().seconds)
    }
    guard
      let period = try PeriodChoice.period(
        from: from, to: to, named: period, today: settings.zone.day(of: clock))
    else { return nil }
    return Session(
      configuration: configuration, settings: settings, asOf: clock, period: period, console: console,
      allowTest: allowTest, failsOnDiscrepancies: failOnDiscrepancies)
  }
}
