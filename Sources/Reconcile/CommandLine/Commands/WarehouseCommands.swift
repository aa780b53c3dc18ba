import ArgumentParser
import Foundation
import ReconcileCore
import ReconcileWarehouse
import Reports

/// `reconcile warehouse …`.
struct WarehouseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "warehouse", abstract: "Check, copy, rebuild or purge the warehouse.",
    subcommands: [
      WarehouseCheckCommand.self, WarehouseBackupCommand.self, WarehouseRebuildCommand.self,
      WarehousePurgeCommand.self,
    ])
}

/// `reconcile warehouse check`.
struct WarehouseCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check that the warehouse is whole; ends with 74 when it is not.")
  @Flag(help: "Also build every derived row again from evidence, in a copy, and compare.")
  var deep = false
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() async throws {
    let workplace = try Workplace(place, speech)
    let warehouse = try workplace.warehouseToRead()
    let problems = try await workplace.work(on: warehouse, step: deep ? "deep check" : "check") {
      let problems = try warehouse.check(deep: deep)
      guard deep, problems.isEmpty else { return problems }
      return try EvidenceReplay(settings: workplace.settings, progress: workplace.console.progress)
        .run(on: warehouse).differences
    }
    if json {
      try StandardOutput.write(
        JSONText.object([
          ("warehouse", .text(warehouse.path)), ("deep", .flag(deep)), ("ok", .flag(problems.isEmpty)),
          ("problems", .list(problems.map(JSONText.text))),
        ]).rendered())
    } else if !problems.isEmpty {
      try StandardOutput.write(problems.map { "\($0.withControlCharactersEscaped)\n" }.joined())
    } else if !workplace.console.isQuiet {
      try StandardOutput.writeLine("The warehouse is whole: \(warehouse.path.withControlCharactersEscaped)")
    }
    try StandardOutput.finish()
    guard problems.isEmpty else {
      throw Failure(
        .warehouseFailed,
        problems.count == 1
          ? "the warehouse has a problem" : "the warehouse has \(problems.count) problems",
        at: warehouse.path,
        remedy: "keep this file, restore the newest backup in its place, and import again what came since")
    }
  }
}

/// `reconcile warehouse backup FILE`.
struct WarehouseBackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Write a consistent copy of the warehouse, also beside a run; nothing is overwritten.")
  @Argument(help: "The file that gets the copy.")
  var file: String
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() async throws {
    guard !file.isEmpty else {
      throw Failure(
        .usage, "the backup's file name is empty", remedy: "name a file: reconcile warehouse backup FILE")
    }
    let workplace = try Workplace(place, speech)
    let warehouse = try workplace.warehouseToRead()
    let target = Folder(FileManager.default.currentDirectoryPath).absolute(file)
    try await workplace.work(on: warehouse, step: "backup") { try warehouse.backUp(to: target) }
    if workplace.console.isQuiet { return }
    try StandardOutput.writeLine("Written and checked: \(target.withControlCharactersEscaped)")
    try StandardOutput.finish()
  }
}
