import ArgumentParser
import ReconcileCore
import ReconcileWarehouse

/// `reconcile resolve ID… --as accepted|open --note T`, or `--file F`.
struct ResolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Write a verdict on discrepancies: accepted, or open again.",
    discussion: """
      With --file many are decided at once: by the workbook reconciliation.xlsx with its yellow columns filled in, or \
      by a CSV with the columns id, resolution and note. Rows without a resolution are left as \
      they are; one row that is wrong, and none is written.
      """)
  @Argument(help: "Ids of discrepancies.csv.")
  var ids: [String] = []
  @Option(name: .customLong("as"), help: ArgumentHelp("accepted or open.", valueName: "resolution"))
  var resolution: String?
  @OptionGroup var decision: DecisionOptions
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let note = try decision.note.map(Decision.note)
    let next = "The next report shows it: `reconcile report --from … --to …`."
    if let file = try decision.path(replacing: "ids and --as", given: !ids.isEmpty || resolution != nil) {
      let sheet = try DecisionSheet.verdicts(file: file, defaultNote: note)
      return try Workplace(place, speech).decide(
        sheet, isDryRun: decision.isDryRun, undecided: "Rows without a resolution", next: next
      ) { try $0.decide($1, by: $2, isDryRun: $3) }
    }
    guard !ids.isEmpty, let resolution, let note else {
      throw Failure(
        .usage, "\(ids.isEmpty ? "no discrepancy" : resolution == nil ? "no --as" : "no --note") is given",
        remedy: "example: reconcile resolve 3f2a9c --as accepted --note \"paid by bank transfer\"\n"
          + "or many at once: reconcile resolve --file discrepancies.csv")
    }
    let verdict = try Decision.resolution(resolution, at: "--as")
    var seen: Set<String> = []
    let drafts = ids.filter { seen.insert($0).inserted }.map {
      DecisionDraft(.verdict(id: $0, verdict, seen: nil), note: note)
    }
    try Workplace(place, speech).decide(drafts, isDryRun: decision.isDryRun, next: next)
  }
}
