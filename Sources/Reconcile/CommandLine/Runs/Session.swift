import Foundation
import Logging
import ReconcileCore
import ReconcileWarehouse

/// The program's name and version, as reports and requests carry it.
let toolVersion = "1.0.0"

/// Where a run's words go: progress and log lines on standard error, results on standard output.
struct Console: Sendable {
  let errors: ErrorOutput
  let progress: ProgressReporter
  let log: Logger
  let isQuiet: Bool

  /// A console as the options ask for it.
  init(quiet: Bool, verbose: Bool, logFormat: String?) throws(Failure) {
    let environment = ProcessInfo.processInfo.environment
    let output = ErrorOutput()
    let format = try LogFormat.choose(option: logFormat, environment: environment)
    let level: Logger.Level = verbose ? .debug : quiet ? .error : .notice
    errors = output
    isQuiet = quiet
    progress = ProgressReporter(
      terminal: Terminal(descriptor: 2, environment: environment), isQuiet: quiet || format == .json,
      output: output)
    log = Logger(label: "reconcile") { _ in LineLogHandler(format: format, level: level, output: output) }
  }
}

/// One command's configuration, clock, period and warehouse.
struct Session {
  let configuration: LoadedConfiguration
  var settings: Settings
  let asOf: Instant
  let period: Period
  let console: Console
  var isTestData = false
  let allowTest: Bool
  let failsOnDiscrepancies: Bool

  /// The providers that this run reads.
  var providersToRead: [ProviderSettings] {
    let chosen = configuration.selectedProviders
    return settings.providers.filter { chosen.isEmpty || chosen.contains($0.name) }
  }

  /// Opens the warehouse for writing and notes that a run begins.
  func begin(_ command: String, creating: Bool) throws -> (Warehouse, RunHandle) {
    if !creating, !FileManager.default.fileExists(atPath: settings.warehousePath) {
      throw Failure(
        .warehouseFailed, "there is no warehouse yet", at: settings.warehousePath,
        remedy: "run `reconcile --from … --to …` first, or check [warehouse] path")
    }
    let warehouse = try Warehouse(path: settings.warehousePath, access: .write)
    let run = try warehouse.beginRun(
      command: command, period: period, asOf: asOf, tool: "reconcile \(toolVersion)",
      configurationDigest: configuration.digest, isTestData: isTestData)
    return (warehouse, run)
  }
}
