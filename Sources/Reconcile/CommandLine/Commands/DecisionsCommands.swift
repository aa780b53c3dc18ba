import ArgumentParser
import Foundation
import ReconcileCore
import ReconcileWarehouse

/// `reconcile decisions export|apply`.
struct DecisionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decisions",
    abstract:
      "All links and verdicts as a text file: for review, for version control, for another warehouse.",
    subcommands: [DecisionsExportCommand.self, DecisionsApplyCommand.self])
}

/// `reconcile decisions export [FILE]`.
struct DecisionsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write every decision that was made, one line each, always in the same order.")
  @Argument(help: "The CSV file, which is replaced; without it standard output.")
  var file: String?
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let workplace = try Workplace(place, speech)
    let decisions = try workplace.warehouseToRead().decisions()
    let text = DecisionText.text(decisions)
    guard let file else {
      try StandardOutput.write(text)
      return try StandardOutput.finish()
    }
    let path = Folder(FileManager.default.currentDirectoryPath).absolute(file)
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Failure(
        .outputNotWritten, "the decisions cannot be written: \(error.localizedDescription)", at: path,
        remedy: "check the folder, who may write there and the free space; an earlier file is as it was")
    }
    if workplace.console.isQuiet { return }
    try StandardOutput.writeLine(
      "Written: \(path.withControlCharactersEscaped), decisions: \(decisions.count).")
    try StandardOutput.finish()
  }
}

/// `reconcile decisions apply FILE`.
struct DecisionsApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Add the decisions of a file that the warehouse does not hold yet.",
    discussion: """
      Who decided, when and why stays as the file says. One row that is wrong, or that differs from what the \
      warehouse holds, and none is written. Payments, orders and findings need not be known yet.
      """)
  @Argument(help: "A file of `decisions export`.")
  var file: String
  @Flag(name: .customLong("dry-run"), help: "Say what would become of each decision, and write nothing.")
  var isDryRun = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let path = Folder(FileManager.default.currentDirectoryPath).absolute(file)
    let sheet = try DecisionText.sheet(file: path)
    try Workplace(place, speech).decide(sheet, isDryRun: isDryRun, next: LinkCommand.next) {
      try $0.apply($1, isDryRun: $3)
    }
  }
}
