import ArgumentParser
import Foundation
import ReconcileCore
import ReconcileWarehouse

/// `reconcile resolve ID… --as accepted|open --note T`, or `--file F.csv`.
struct ResolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Write a verdict on discrepancies: accepted, or open again.",
    discussion: """
      With --file a CSV with the columns id, resolution and note decides many at once, for example a \
      discrepancies.csv to which somebody added the last two columns. Rows without a resolution are left as \
      they are; one row that is wrong, and none is written.
      """)
  @Argument(help: "Ids of discrepancies.csv.")
  var ids: [String] = []
  @Option(name: .customLong("as"), help: ArgumentHelp("accepted or open.", valueName: "resolution"))
  var resolution: String?
  @Option(
    help: ArgumentHelp(
      "Why; kept with who and when. With --file: for rows without a note.", valueName: "text"))
  var note: String?
  @Option(help: ArgumentHelp("A CSV file with verdicts.", valueName: "csv"))
  var file: String?
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let note = try note.map(Decision.note)
    if let file {
      guard ids.isEmpty, resolution == nil else {
        throw Failure(
          .usage, "--file cannot stand beside ids and --as", at: "--file \(file)",
          remedy: "write the ids and resolutions into the file, or leave --file out")
      }
      return try decide(file: Folder(FileManager.default.currentDirectoryPath).absolute(file), note)
    }
    guard !ids.isEmpty, let resolution, let note else {
      throw Failure(
        .usage, "\(ids.isEmpty ? "no discrepancy" : resolution == nil ? "no --as" : "no --note") is given",
        remedy: "example: reconcile resolve 3f2a9c --as accepted --note \"paid by bank transfer\"\n"
          + "or many at once: reconcile resolve --file discrepancies.csv")
    }
    let verdict = try Verdicts.resolution(resolution, .usage, at: "--as")
    try decide(ids: ids, verdict, note)
  }

  private func decide(ids: [String], _ resolution: Warehouse.Resolution, _ note: String) throws {
    let workplace = try Workplace(place, speech)
    let warehouse = try workplace.warehouseToChange()
    let unknown = try warehouse.unknownDiscrepancies(among: ids)
    guard unknown.isEmpty else {
      throw Failure(
        .usage, "no discrepancy `\(unknown.joined(separator: "`, `"))` is in the warehouse",
        at: warehouse.path, remedy: "give ids of discrepancies.csv or open_items.csv; nothing was changed")
    }
    let decider = Decision.decider()
    var seen: Set<String> = []
    let verdicts = ids.filter { seen.insert($0).inserted }.map { ($0, resolution, note) }
    try warehouse.resolve(verdicts, by: decider)
    try workplace.confirm(verdicts.map(\.1), undecided: nil, decider)
  }

  private func decide(file: String, _ note: String?) throws {
    let workplace = try Workplace(place, speech)
    var sheet = try VerdictSheet(file: file, defaultNote: note)
    let warehouse = try workplace.warehouseToChange()
    sheet.refuse(Set(try warehouse.unknownDiscrepancies(among: sheet.verdicts.map(\.id))))
    try sheet.check()
    let decider = Decision.decider()
    try warehouse.resolve(sheet.verdicts.map { ($0.id, $0.resolution, $0.note) }, by: decider)
    try workplace.confirm(sheet.verdicts.map(\.resolution), undecided: sheet.undecidedCount, decider)
  }
}

extension Workplace {
  /// Says on standard output what was written and when it shows.
  fileprivate func confirm(
    _ resolutions: [Warehouse.Resolution], undecided: Int64?, _ decider: Decider
  ) throws {
    if console.isQuiet { return }
    let counts = Warehouse.Resolution.allCases.map { word in
      "\(resolutions.count { $0 == word }) \(word.rawValue)"
    }
    var text = "Verdicts written by \(decider.name), \(decider.instant): \(counts.joined(separator: ", ")).\n"
    if let undecided { text += "Rows without a resolution, left as they are: \(undecided).\n" }
    if !resolutions.isEmpty { text += "The next report shows them: `reconcile report --from … --to …`.\n" }
    try StandardOutput.write(text)
    try StandardOutput.finish()
  }
}
