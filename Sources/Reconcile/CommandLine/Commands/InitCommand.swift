import ArgumentParser
import Foundation
import ReconcileCore

/// `reconcile init [DIR]`.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a commented reconcile.toml and an example orders file; nothing is overwritten.")
  @Argument(
    help: ArgumentHelp("The folder that gets them; it is made where it is missing.", valueName: "dir"))
  var folder = "."
  @Flag(name: .shortAndLong, help: "Say nothing when all went well.")
  var quiet = false

  func run() throws {
    guard !folder.isEmpty else {
      throw Failure(.usage, "the folder's name is empty", remedy: "name a folder, or leave it out")
    }
    let target = Folder(FileManager.default.currentDirectoryPath).absolute(folder)
    let written = try FirstFiles.write(into: Folder(target))
    if quiet { return }
    let isHere = folder == "."
    try StandardOutput.write(
      """
      Written: \(written.map(\.withControlCharactersEscaped).joined(separator: "\n         "))

      What to do next:
        1. put your orders into the folder orders/, or name your files in [orders]
        2. switch on the sections of your providers and name where their keys are
        3. \(isHere ? "" : "cd \(folder.withControlCharactersEscaped) && ")reconcile doctor
        4. reconcile --period last-month

      """)
    try StandardOutput.finish()
  }
}
