import ArgumentParser
import ReconcileCore
import Reports

/// `reconcile journal --layout L`.
struct JournalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "Write the period's payments and refunds as double entries for your books.",
    discussion: """
      Receipts, refunds, refund fees and differences, with a clearing account for each provider. The accounts stand \
      in the [journal] table of the configuration. What cannot be booked is listed in a file beside the journal.
      """)
  @Option(help: ArgumentHelp(visibleLayouts, valueName: "layout"))
  var layout: String
  @OptionGroup var time: PeriodOptions
  @Option(help: ArgumentHelp("Folder that gets one folder for each period.", valueName: "dir"))
  var output: String?
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  private static let visibleLayouts = "hledger, beancount, xero, quickbooks, datev or csv."

  func run() async throws {
    guard let layout = JournalLayout(rawValue: layout) else {
      throw Failure(
        .usage, "no layout is named `\(layout)`", at: "--layout \(layout)",
        remedy: ConfigurationTable.choice(layout, of: JournalLayout.allCases.map(\.rawValue)))
    }
    let console = try Console(speech)
    guard try time.isGiven() else { throw RunOptions.noPeriod }
    var overrides = Overrides()
    overrides.warehouse = place.warehouse
    overrides.output = output
    let configuration = try ConfigurationLoader().load(config: place.config, overrides: overrides)
    guard let (clock, period) = try time.choose(in: configuration.settings.zone) else {
      throw RunOptions.noPeriod
    }
    let session = Session(
      configuration: configuration, settings: configuration.settings, asOf: clock, period: period,
      console: console, allowTest: false, failsOnDiscrepancies: false)
    try JournalRun(session: session, layout: layout).execute()
  }
}
