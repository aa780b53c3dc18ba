import ArgumentParser
import Foundation

/// `reconcile-bench`: what the program costs for an invented shop. Nothing here passes or fails by the clock.
@main
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile-bench",
    abstract: "Measure the program on an invented shop.",
    subcommands: [
      StagesCommand.self, PaceCommand.self, NightCommand.self, WorkbookCommand.self, WorkbookWriter.self,
    ],
    defaultSubcommand: StagesCommand.self)
}

/// What every measurement needs: a shop, a place for it, and the programs.
struct BenchmarkPlace: ParsableArguments {
  @Option(help: "The same seed gives the same shop.")
  var seed: UInt64 = 1
  @Option(help: "Where shop, warehouse and reports go; those of an earlier measurement are replaced.")
  var directory = ".build/bench"
  @Option(help: "The program that is measured; default: the one beside this.")
  var program: String?

  /// The stages of the program in the folder, with what was left there taken away.
  func stages() throws -> Stages {
    let stages = Stages(
      program: try program ?? executable("reconcile"), folder: URL(fileURLWithPath: directory))
    try stages.clear()
    return stages
  }

  /// A program that was built beside this one.
  func executable(_ name: String) throws -> String {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let path = own.deletingLastPathComponent().appendingPathComponent(name).path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw BenchmarkProblem(description: "\(path) is missing; build it with the same configuration")
    }
    return path
  }
}

/// A line at once: a measurement can take minutes, also where the output is a pipe.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
