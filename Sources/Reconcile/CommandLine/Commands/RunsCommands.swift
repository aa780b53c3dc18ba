import ArgumentParser
import ReconcileCore
import ReconcileWarehouse

/// `reconcile runs …`.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "Look back at runs, and at what changed between two of them.",
    discussion: "A run is named by its id, the beginning of its id, or `latest`.",
    subcommands: [RunsListCommand.self, RunsShowCommand.self, RunsDiffCommand.self])
}

/// `reconcile runs list`.
struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the newest runs, the latest first.")
  @Option(
    help: ArgumentHelp("Only runs of this period: last-month, 2026-03 and so on.", valueName: "name"))
  var period: String?
  @Option(help: ArgumentHelp("How many at most.", valueName: "count"))
  var limit = 20
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    guard limit > 0 else {
      throw Failure(.usage, "--limit \(limit) shows nothing", remedy: "give a count from 1 on")
    }
    let workplace = try Workplace(place, speech)
    let today = workplace.settings.zone.day(of: Instant.now())
    let wanted = try PeriodChoice.period(from: nil, to: nil, named: period, today: today)
    let runs = try workplace.warehouseToRead().runs(of: wanted, limit: limit)
    try StandardOutput.write(json ? RunsJSON.list(runs).rendered() : RunsText.list(runs))
    try StandardOutput.finish()
  }
}

/// `reconcile runs show`.
struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one run: what it read, how it ended, and what it changed.")
  @Argument(help: ArgumentHelp("A run; default: the latest.", valueName: "run"))
  var name: String = "latest"
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let workplace = try Workplace(place, speech)
    let warehouse = try workplace.warehouseToRead()
    let record = try warehouse.run(called: name)
    let imports = try warehouse.imports(of: record)
    let comparison = try warehouse.previousRun(of: record).map {
      try RunComparison(warehouse, from: $0, to: record, zone: workplace.settings.zone)
    }
    try StandardOutput.write(
      json
        ? RunsJSON.run(record, imports, comparison).rendered()
        : RunsText.run(record, imports, comparison))
    try StandardOutput.finish()
  }
}

/// `reconcile runs diff`.
struct RunsDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "List the findings that are new, cleared, changed or older since an earlier run.",
    discussion: """
      Compares findings dated up to the later run's last day. Without ids: the latest run and the run before it of \
      the same period; where there is none, of a period that began on the same day, else any.
      """)
  @Argument(help: "The earlier run.")
  var earlier: String?
  @Argument(help: "The later run; default: the latest.")
  var later: String = "latest"
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let workplace = try Workplace(place, speech)
    let warehouse = try workplace.warehouseToRead()
    var to = try warehouse.run(called: later)
    var from: RunRecord
    if let earlier {
      from = try warehouse.run(called: earlier)
    } else {
      guard let previous = try warehouse.previousRun(of: to) else {
        throw Failure(
          .usage, "no earlier run is on record to compare \(to.id) with", at: warehouse.path,
          remedy: "compare once a second run was made; `reconcile runs list` shows those on record")
      }
      from = previous
    }
    if !from.precedes(to) { swap(&from, &to) }
    let comparison = try RunComparison(warehouse, from: from, to: to, zone: workplace.settings.zone)
    try StandardOutput.write(json ? RunsJSON.diff(comparison).rendered() : RunsText.diff(comparison))
    try StandardOutput.finish()
  }
}

extension Warehouse {
  /// The run of this id, of an id that begins so, or the latest one; throws 64 when none or several fit.
  fileprivate func run(called name: String) throws -> RunRecord {
    if name == "latest" {
      if let run = try latestRun() { return run }
      throw Failure(
        .usage, "no run is on record yet", at: path, remedy: "make one: reconcile --from … --to …")
    }
    let runs = try runs(named: name)
    if runs.count == 1 { return runs[0] }
    throw Failure(
      .usage, runs.isEmpty ? "no run `\(name)` is on record" : "\(runs.count) runs begin with `\(name)`",
      at: path,
      remedy: runs.isEmpty
        ? "`reconcile runs list` shows their ids"
        : "write more of the id: " + runs.prefix(5).map(\.id).joined(separator: ", "))
  }
}
