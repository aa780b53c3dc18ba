import Foundation
import Logging
import ReconcileCore

/// Where a command's words go: progress and log lines on standard error, results on standard output.
struct Console: Sendable {
  let errors: ErrorOutput
  let progress: ProgressReporter
  let log: Logger
  let isQuiet: Bool

  /// A console as the options ask for it.
  init(_ options: OutputOptions) throws(Failure) {
    try self.init(quiet: options.quiet, verbose: options.verbose, logFormat: options.logFormat)
  }

  /// A console as quiet, as talkative and with such log lines as the caller says.
  init(
    quiet: Bool, verbose: Bool, logFormat: String?, output: ErrorOutput = ErrorOutput()
  ) throws(Failure) {
    let environment = ProcessInfo.processInfo.environment
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
