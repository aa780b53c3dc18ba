import ArgumentParser
import Foundation
import ReconcileCore
import SampleShop

/// `reconcile demo [DIR]`.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Write the sample month of an invented shop into a folder and reconcile it, offline.")
  @Argument(help: ArgumentHelp("The folder that gets it; missing or empty.", valueName: "dir"))
  var folder = "reconcile-demo"
  @OptionGroup var speech: OutputOptions

  func run() async throws {
    guard !folder.isEmpty else {
      throw Failure(.usage, "the folder's name is empty", remedy: "name a folder, or leave it out")
    }
    let target = Folder(FileManager.default.currentDirectoryPath).absolute(folder)
    let month = SampleShop.month()
    try DemoFolder.write(month, to: target)
    // The earlier answers come first, so that the run notices which records are gone and what changed since. What
    // is to be said about them the run says again.
    let silent = try Console(
      quiet: true, verbose: false, logFormat: speech.logFormat, output: ErrorOutput { _ in })
    _ = try await reconcile(target, SampleShop.earlierConfigurationName, asOf: SampleShop.earlierAsOf, silent)
    let status = try await reconcile(
      target, SampleShop.configurationName, asOf: SampleShop.asOf, try Console(speech))
    guard status == .finished || status == .inputRejected else { return try finish(status) }
    if speech.quiet { return }
    try StandardOutput.write(DemoFolder.nextSteps(month, in: folder))
    try StandardOutput.finish()
  }

  /// Runs with one of the demo's configurations. The environment is left out: a demo must never write
  /// into the warehouse that `RECONCILE_WAREHOUSE` names.
  private func reconcile(
    _ target: String, _ name: String, asOf: Instant, _ console: Console
  ) async throws -> ExitStatus {
    let configuration = try ConfigurationLoader(environment: [:], workingDirectory: target).load(config: name)
    let session = Session(
      configuration: configuration, settings: configuration.settings, asOf: asOf,
      period: SampleShop.period, console: console, allowTest: false, failsOnDiscrepancies: false)
    var run = ReconciliationRun(
      session: session, command: "run", stages: [.importing, .matching, .reporting])
    return try await run.execute()
  }
}

/// The folder of the demo: its files, and the words about them.
enum DemoFolder {
  /// Writes the month. Throws 73 when the folder holds something already or cannot be written.
  static func write(_ month: SampleMonth, to target: String) throws(Failure) {
    let entries: [String]
    do {
      try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
      entries = try FileManager.default.contentsOfDirectory(atPath: target)
    } catch {
      throw Failure(
        .outputNotWritten, "the folder cannot be made or read", at: target,
        remedy: "check the path and who may write there, or name another folder: reconcile demo DIR")
    }
    guard entries.isEmpty else {
      throw Failure(
        .outputNotWritten, "the folder is not empty, and nothing was written", at: target,
        remedy: "name another folder: reconcile demo DIR\nor remove this one first")
    }
    do {
      try month.write(to: URL(fileURLWithPath: target))
    } catch {
      throw Failure(
        .outputNotWritten, "the sample month cannot be written: \(error.localizedDescription)", at: target,
        remedy: "check the free space and who may write there, or name another folder: reconcile demo DIR")
    }
  }

  /// What a reader of the closing summary does next; `folder` as it was typed.
  static func nextSteps(_ month: SampleMonth, in folder: String) -> String {
    let shown = quoted(folder)
    let order = month.planted.first { $0.code == .duplicatePayment && $0.status == .open }?.orderID ?? ""
    return """

      This is an invented shop. A few of its rows cannot be read, on purpose: rejects.csv lists them. With
      your own files that ends with status 65.

      What to do next:
        open the workbook       \(shown)/reports/\(SampleShop.period)/reconciliation.xlsx
        or the page             \(shown)/reports/\(SampleShop.period)/report.html
        follow one order        reconcile explain \(order) --config \(shown)/\(SampleShop.configurationName)
        compare with the plan   \(shown)/README.md names every planted difference
        begin with your own     reconcile init

      """
  }

  /// A path that a shell takes as one word.
  private static func quoted(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (97...122).contains(byte | 0x20) || [45, 46, 47, 95].contains(byte)
    }
    if isPlain { return path }
    return "'" + path.withControlCharactersEscaped.replacing("'", with: "'\\''") + "'"
  }
}
