import ArgumentParser
import Foundation
import ReconcileCore

/// The options of `run`, `import`, `match` and `report`.
struct RunOptions: ParsableArguments {
  @OptionGroup var time: PeriodOptions
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
  @Option(
    help: ArgumentHelp(
      "csv, xlsx and html, joined by commas; files of an earlier run in the others are removed.",
      valueName: "formats"))
  var format: [String] = []
  @Option(
    name: .customLong("csv-dialect"),
    help: ArgumentHelp(
      "How CSV files are written: standard, excel, or excel-eu (semicolons, decimal commas).",
      valueName: "dialect"))
  var csvDialect: String?
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
    overrides.csvDialect = csvDialect
    overrides.orders = orders
    overrides.refunds = refunds
    overrides.events = events
    overrides.providers = provider
    guard try time.isGiven() else { return nil }
    let configuration = try ConfigurationLoader().load(config: place.config, overrides: overrides)
    let settings = configuration.settings
    guard let (clock, period) = try time.choose(in: settings.zone) else { return nil }
    return Session(
      configuration: configuration, settings: settings, asOf: clock, period: period, console: console,
      allowTest: allowTest, failsOnDiscrepancies: failOnDiscrepancies)
  }
}
