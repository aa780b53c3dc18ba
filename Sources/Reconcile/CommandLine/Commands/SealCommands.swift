import ArgumentParser
import Foundation
import ReconcileCore
import ReconcileWarehouse
import Reports

/// `reconcile seal PERIOD`.
struct SealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal", abstract: "Close a period: its figures stay as they are from now on.",
    discussion: """
      Writes the period's reports and keeps the digests of their files. What changes later in its records is an \
      adjustment in the reports of later periods.
      """)
  @Argument(
    help: ArgumentHelp("A month such as 2026-03, or last-month; or FROM_TO, two days.", valueName: "period"))
  var name: String
  @Option(help: ArgumentHelp("Why, or under which ticket; kept with who and when.", valueName: "text"))
  var note: String
  @Option(help: ArgumentHelp("Folder that gets one folder for each period.", valueName: "dir"))
  var output: String?
  @Flag(
    name: .customLong("even-if-incomplete"), help: "Also seal when a provider was not completely read.")
  var evenIfIncomplete = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let note = try Decision.note(note)
    let console = try Console(speech)
    var overrides = Overrides()
    overrides.warehouse = place.warehouse
    overrides.output = output
    let configuration = try ConfigurationLoader().load(config: place.config, overrides: overrides)
    let settings = configuration.settings
    let now = Instant(seconds: Instant.now().seconds)
    let today = settings.zone.day(of: now)
    let period = try PeriodChoice.period(called: name, today: today)
    guard period.to < today else {
      throw Failure(
        .usage, "\(period) is not over yet", remedy: "seal it after \(period.to), in \(settings.zone.name)")
    }
    let session = Session(
      configuration: configuration, settings: settings, asOf: now, period: period, console: console,
      allowTest: false, failsOnDiscrepancies: false)
    let warehouse = try Warehouse.toChange(at: settings.warehousePath)
    try check(period, settings, warehouse)
    let (run, generatedAt) = (try session.note("seal", in: warehouse), now)
    do {
      let source = try WarehouseReport(
        warehouse, basis: session.basis, period: period, asOf: now, run: run, generatedAt: generatedAt)
      let incomplete = source.facts.providers.filter { !$0.complete }.map(\.name)
      guard incomplete.isEmpty || evenIfIncomplete else {
        throw Failure(
          .providerIncomplete, "\(incomplete.joined(separator: ", ")) was not completely read",
          at: warehouse.path,
          remedy: "run `reconcile --period \(name)` until it is, or add --even-if-incomplete")
      }
      let result = try Reports.writeReports(
        source: source, formats: settings.formats, csvDialect: settings.csvDialect,
        outputRoot: settings.output,
        workbook: ReconciliationWorkbook(), onProgress: session.console.progress.ofReports)
      let decider = Decision.decider()
      try warehouse.addSeal(
        run: run, generatedAt: generatedAt, basis: session.basis,
        files: result.files.map { SealedFile(name: $0.name, sha256: $0.sha256) }, note: note, by: decider)
      try warehouse.finishRun(run, status: .finished)
      try console.show(source, result, title: "SEALED by \(decider.name), \(decider.instant)")
    } catch {
      try? warehouse.finishRun(run, status: Outcome.of(error).status)
      throw error
    }
  }

  private func check(_ period: Period, _ settings: Settings, _ warehouse: Warehouse) throws {
    if let other = try warehouse.seals().first(where: {
      $0.period.from <= period.to && period.from <= $0.period.to
    }) {
      throw Failure(
        .usage, "\(other.period) is sealed already, by \(other.madeBy), \(other.madeAt)", at: warehouse.path,
        remedy: "`reconcile unseal \(other.period) --note …` opens it again")
    }
    if try warehouse.isMatchingDue(settings) {
      throw Failure(
        .usage, "something was imported or decided since the last matching", at: warehouse.path,
        remedy: "run `reconcile match --period \(name)` or a whole run, look at the report, and seal then")
    }
  }
}

/// `reconcile unseal PERIOD`.
struct UnsealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unseal", abstract: "Open a sealed period again.")
  @Argument(help: ArgumentHelp("The sealed period.", valueName: "period"))
  var name: String
  @Option(
    name: [.customLong("reason"), .customLong("note")],
    help: ArgumentHelp("Why; kept with who and when.", valueName: "text"))
  var note: String
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let note = try Decision.note(note)
    let workplace = try Workplace(place, speech)
    let warehouse = try workplace.warehouseToChange()
    let seal = try warehouse.seal(called: name, workplace.settings)
    let decider = Decision.decider()
    try warehouse.unseal(seal, note: note, by: decider)
    if workplace.console.isQuiet { return }
    try StandardOutput.write(
      "\(seal.period) is open again, by \(decider.name), \(decider.instant). Its next report shows what is known now.\n"
    )
    try StandardOutput.finish()
  }
}

/// `reconcile verify PERIOD`.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract:
      "Make a sealed period's files again and compare them byte for byte; ends with 74 when they differ.",
    discussion: "Also looks at the files in the output folder, where they are there.")
  @Argument(help: ArgumentHelp("The sealed period.", valueName: "period"))
  var name: String
  @Option(help: ArgumentHelp("The folder that holds one folder for each period.", valueName: "dir"))
  var output: String?
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let workplace = try Workplace(place, speech)
    let seal = try workplace.warehouseToRead().seal(called: name, workplace.settings)
    let root = output.map { Folder(FileManager.default.currentDirectoryPath).absolute($0) }
    let verification = try Verification(
      SealedReport(seal, warehousePath: workplace.settings.warehousePath),
      output: root ?? workplace.settings.output)
    if json {
      try StandardOutput.write(verification.json.rendered())
    } else if !workplace.console.isQuiet {
      try StandardOutput.write(verification.text)
    }
    try StandardOutput.finish()
    guard verification.holds else {
      throw Failure(
        .warehouseFailed,
        "the seal of \(seal.period) does not hold: \(verification.problems.joined(separator: ", "))",
        at: workplace.settings.warehousePath, remedy: verification.remedy)
    }
  }
}

extension Warehouse {
  /// The seal of the period that a name says; throws 64 when it is not sealed.
  fileprivate func seal(called name: String, _ settings: Settings) throws -> Seal {
    let today = settings.zone.day(of: Instant.now())
    let period = try PeriodChoice.period(called: name, today: today)
    if let seal = try seal(of: period) { return seal }
    let sealed = try seals().map(\.period.description)
    throw Failure(
      .usage, "\(period) is not sealed", at: path,
      remedy: sealed.isEmpty ? "no period is" : "sealed are: \(sealed.joined(separator: ", "))")
  }
}
