import ArgumentParser
import Foundation
import ReconcileCore

/// The command `reconcile`.
@main
struct Reconcile: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract:
      "Tells whether the money that payment providers say they took is the money the orders were due.",
    discussion: """
      reconcile --from 2026-03-01 --to 2026-03-31
      reconcile --period yesterday --quiet
      """,
    version: "reconcile \(toolVersion)",
    subcommands: [
      RunCommand.self, ImportCommand.self, MatchCommand.self, ReportCommand.self, JournalCommand.self,
      ExplainCommand.self, LinkCommand.self, UnlinkCommand.self, ResolveCommand.self, DecisionsCommand.self,
      StatusCommand.self,
      RunsCommand.self, SealCommand.self, VerifyCommand.self, UnsealCommand.self,
      SQLCommand.self,
      DoctorCommand.self, InitCommand.self, DemoCommand.self, WarehouseCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  static func main() async {
    // Before anything is opened: a file must not take the number of a closed standard output.
    do { try StandardOutput.checkIsOpen() } catch { Foundation.exit(say(error)) }
    let arguments = Array(CommandLine.arguments.dropFirst())
    let work = Task { await run(arguments) }
    Interruption.install { work.cancel() }
    Foundation.exit(await work.value)
  }

  /// Parses and runs; every way to end passes here once.
  private static func run(_ arguments: [String]) async -> Int32 {
    if Advice.asksForUnknownTopic(arguments) {
      ErrorOutput().writeLine(Advice.usage("", arguments))
      return ExitStatus.usage.rawValue
    }
    do {
      var command = try parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return ExitStatus.finished.rawValue
    } catch let code as ExitCode {
      return code.rawValue
    } catch let failure as Failure {
      return say(failure)
    } catch {
      if error is Interrupted || error is CancellationError { return say(error) }
      let code = exitCode(for: error)
      if code == .success {
        do {
          try StandardOutput.writeLine(fullMessage(for: error))
          try StandardOutput.finish()
          return ExitStatus.finished.rawValue
        } catch { return say(error) }
      }
      if code == .validationFailure || code.rawValue == ExitStatus.usage.rawValue {
        ErrorOutput().writeLine(Advice.usage(fullMessage(for: error), arguments))
        return ExitStatus.usage.rawValue
      }
      return say(error)
    }
  }

  private static func say(_ error: any Error) -> Int32 {
    let outcome = Outcome.of(error)
    if let text = outcome.text { ErrorOutput().writeLine(text) }
    return outcome.status.rawValue
  }
}
