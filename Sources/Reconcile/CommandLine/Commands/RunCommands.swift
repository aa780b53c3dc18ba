import ArgumentParser
import ReconcileCore

/// `reconcile [run]`: the whole job.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Import, match and export one period (the default command).",
    discussion:
      "EXIT STATUS: 0 done, 1 open discrepancies (--fail-on-discrepancies), 64 usage, 65 rejected input, "
      + "66 missing input, 69 a provider incomplete, 73 output, 74 warehouse, 75 busy, 77 credentials, 78 configuration."
  )
  @OptionGroup var options: RunOptions

  func run() async throws {
    guard let session = try options.session() else { return try Welcome.show(options.place) }
    let stages: Stages = options.noImport ? [.matching, .reporting] : [.importing, .matching, .reporting]
    var run = ReconciliationRun(session: session, command: "run", stages: stages)
    try await finish(run.execute())
  }
}

/// `reconcile import`.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Read merchant files and providers into the warehouse.")
  @OptionGroup var options: RunOptions

  func run() async throws {
    var run = ReconciliationRun(session: try options.required(), command: "import", stages: .importing)
    try await finish(run.execute())
  }
}

/// `reconcile match`.
struct MatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match", abstract: "Link and classify what the warehouse holds.")
  @OptionGroup var options: RunOptions

  func run() async throws {
    var run = ReconciliationRun(session: try options.required(), command: "match", stages: .matching)
    try await finish(run.execute())
  }
}

/// `reconcile report`.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write the reports of a period from the warehouse.")
  @OptionGroup var options: RunOptions
  @Option(
    name: .customLong("known-at"),
    help: ArgumentHelp(
      "Show what was known then, in the folder known-at-<instant>; also the clock, unless --as-of is given.",
      valueName: "instant"))
  var knownAt: String?
  @Option(
    name: .customLong("zone-check"),
    help: ArgumentHelp(
      "List what would move to another day if a provider's times were in one of these zones; writes no report.",
      valueName: "zones"))
  var zoneCheck: String?

  func run() async throws {
    var session = try options.required()
    if let zoneCheck {
      guard knownAt == nil else {
        throw Failure(
          .usage, "--zone-check looks at what is known now", at: "--known-at",
          remedy: "give one of the two options")
      }
      return try ZoneCheckRun(session: session, zones: ZoneCheckRun.zones(zoneCheck)).execute()
    }
    if let knownAt {
      let instant = try PeriodOptions.instant(knownAt, "--known-at", session.settings.zone)
      session.knownAt = instant
      if options.time.asOf == nil { session.asOf = instant }
    }
    var run = ReconciliationRun(session: session, command: "report", stages: .reporting)
    try await finish(run.execute())
  }
}

extension RunOptions {
  /// The session; a stage of its own does not start without a period.
  func required() throws -> Session {
    guard let session = try session() else { throw Self.noPeriod }
    return session
  }

  /// The error of a command that needs a period and got none.
  static var noPeriod: Failure {
    Failure(
      .usage, "no period is given", remedy: "add --from 2026-03-01 --to 2026-03-31, or --period last-month")
  }
}

/// Ends a command with a status that is not an error.
func finish(_ status: ExitStatus) throws {
  if status != .finished { throw ExitCode(status.rawValue) }
}
