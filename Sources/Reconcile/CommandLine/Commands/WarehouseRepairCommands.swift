import ArgumentParser
import Foundation
import ReconcileCore
import ReconcileWarehouse

/// `reconcile warehouse rebuild`.
struct WarehouseRebuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Build all provider records, links and findings again from the kept evidence.",
    discussion: """
      Built in a copy that takes the warehouse's place when it is finished and whole. Merchant rows, history and \
      decisions stay. Each response is read by the settings that it was first read by, so the result is the same; \
      --reread applies a changed status_map, amount_unit or time zone to earlier responses too.
      """)
  @Flag(help: "Read all responses by the configuration in force now.")
  var reread = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() async throws {
    let workplace = try Workplace(place, speech)
    let warehouse = try workplace.warehouseToChange()
    let replay = EvidenceReplay(
      settings: workplace.settings, progress: workplace.console.progress, readsByCurrentSettings: reread)
    let result = try await workplace.work(on: warehouse, step: "rebuild") {
      try replay.run(on: warehouse) { copy in try takePlace(of: warehouse, copy) }
    }
    if workplace.console.isQuiet { return }
    try StandardOutput.write(text(of: result, in: warehouse.path))
    try StandardOutput.finish()
  }

  /// Puts the finished copy in the warehouse's place, unless it does not pass its check.
  private func takePlace(of warehouse: Warehouse, _ copy: String) throws {
    let problems = try Warehouse(path: copy, access: .read).check(deep: true)
    guard problems.isEmpty else {
      throw Failure(
        .warehouseFailed, "the rebuilt warehouse does not pass its check: \(problems[0])",
        at: warehouse.path,
        remedy: "the warehouse was left as it was; run `reconcile warehouse check --deep` on it")
    }
    try Warehouse.give(copy, theName: warehouse.path)
  }

  private func text(of result: EvidenceReplay.Result, in path: String) -> String {
    var lines = ["Built again from \(result.bodies) responses: \(path)"]
    if result.purged > 0 {
      lines.append("\(result.purged) responses were purged; what was last read from them stays as it was.")
    }
    for name in result.unknownProviders.sorted() {
      lines.append("Provider \(name) is not in the configuration; its records stay as they were.")
    }
    if result.differences.isEmpty {
      lines.append("Every row is what it was before.")
    } else {
      lines.append("Rows that changed:")
      lines += result.differences.map { "  " + $0 }
    }
    return lines.map { $0.withControlCharactersEscaped + "\n" }.joined()
  }
}

/// `reconcile warehouse purge --before DATE`.
struct WarehousePurgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge", abstract: "Remove the bytes of old evidence; records and totals stay.",
    discussion: """
      Responses fetched before the day lose their bytes for good and keep digest, request and time. Records, links, \
      findings and totals stay. What was purged cannot be rebuilt.
      """)
  @Option(help: ArgumentHelp("A business date; that day's evidence is kept.", valueName: "day"))
  var before: String
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    guard let day = BusinessDay(before) else {
      throw Failure(
        .usage, "--before `\(before)` is not a date", remedy: "write it as a day, for example 2025-12-31")
    }
    let workplace = try Workplace(place, speech)
    let warehouse = try workplace.warehouseToChange()
    let count = try warehouse.purge(before: workplace.settings.zone.start(of: day))
    if workplace.console.isQuiet { return }
    try StandardOutput.writeLine("Removed the bytes of \(count) responses fetched before \(day).")
    try StandardOutput.finish()
  }
}
