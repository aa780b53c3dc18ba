import Foundation
import ReconcileCore
import ReconcileWarehouse
import Reports

/// The report of a period as it was known at an instant, in a folder of its own.
struct KnownReport {
  let instant: Instant
  let warehousePath: String

  init(_ instant: Instant, warehousePath: String) {
    self.instant = instant
    self.warehousePath = warehousePath
  }

  /// Writes the report below `known-at-<instant>` in the output folder; returns the number of open discrepancies.
  func write(in session: Session, _ run: RunHandle) throws -> Int64 {
    let past = try Warehouse(path: warehousePath, access: .read)
    guard let last = try past.lastRun(finishedBy: instant) else {
      throw Failure(
        .usage, "no run had finished by \(instant), so nothing was known", at: warehousePath,
        remedy: "`reconcile runs list` shows when the first one did")
    }
    try past.show(after: last, decidedUpTo: instant)
    let source = try WarehouseReport(
      past, basis: session.basis, period: session.period, asOf: session.asOf, run: run,
      generatedAt: Instant(seconds: Instant.now().seconds))
    let name = "known-at-" + "\(Instant(seconds: instant.seconds))".filter { $0 != "-" && $0 != ":" }
    let result = try Reports.writeReports(
      source: source, formats: session.settings.formats, csvDialect: session.settings.csvDialect,
      outputRoot: session.settings.output + "/" + name,
      workbook: ReconciliationWorkbook(), onProgress: session.console.progress.ofReports)
    session.console.progress.close()
    try session.console.show(source, result, title: "As known at \(instant), after run \(last.id)")
    return result.totals.findingCount(.open)
  }
}

/// The files of a sealed period, made again from the rows as they were when it was sealed.
struct SealedReport {
  let seal: Seal
  let warehousePath: String

  init(_ seal: Seal, warehousePath: String) {
    self.seal = seal
    self.warehousePath = warehousePath
  }

  /// Writes the sealed files into their folder again; returns the number of discrepancies that were open then.
  func write(in session: Session) throws -> Int64 {
    let (source, result) = try files(below: session.settings.output)
    session.console.progress.close()
    let purged = try namesHoldingPurgedTexts(source)
    let different = differences(result).filter { !purged.contains($0) }
    guard different.isEmpty else {
      throw Failure(
        .warehouseFailed,
        "\(seal.period) is sealed, and its files cannot be made as they were: \(different.joined(separator: ", "))",
        at: result.folder,
        remedy: "`reconcile verify \(seal.period)` tells more; the sealed files are in your backups")
    }
    try session.console.show(
      source, result,
      title: "SEALED by \(seal.madeBy), \(seal.madeAt): these are the sealed files; what changed since is an "
        + "adjustment of the next period")
    return result.totals.findingCount(.open)
  }

  /// The rows as they were when the period was sealed.
  func source() throws -> WarehouseReport {
    let past = try Warehouse(path: warehousePath, access: .read)
    try past.show(after: seal.run, decidedUpTo: seal.madeAt)
    return try WarehouseReport(
      past, basis: seal.basis, period: seal.period, asOf: seal.run.asOf, run: seal.run.handle,
      generatedAt: seal.generatedAt)
  }

  /// Makes the files below a folder.
  func files(below root: String) throws -> (WarehouseReport, ReportResult) {
    let source = try source()
    let result = try Reports.writeReports(
      source: source, formats: seal.basis.reportFormats, csvDialect: seal.basis.reportDialect,
      outputRoot: root, workbook: ReconciliationWorkbook(),
      onProgress: { _, _, _ in try Interruption.check() })
    return (source, result)
  }

  /// The names of files that cannot be as they were sealed any more, because a purge took the texts of rejected rows
  /// away: those that hold the texts, and the summary with its digests of those. Empty when nothing was purged.
  func namesHoldingPurgedTexts(_ source: WarehouseReport) throws -> Set<String> {
    var isPurged = false
    try source.forEachReject { isPurged = isPurged || $0.record == Reject.purgedRecord }
    guard isPurged else { return [] }
    return Set(
      seal.files.map(\.name).filter {
        $0 == "rejects.csv" || $0 == "summary.json" || $0.hasSuffix(".xlsx")
      })
  }

  /// The names of files that are not as they were sealed, or that only one side has.
  func differences(_ result: ReportResult) -> [String] {
    let now = Dictionary(uniqueKeysWithValues: result.files.map { ($0.name, $0.sha256) })
    let sealed = Dictionary(uniqueKeysWithValues: seal.files.map { ($0.name, $0.sha256) })
    return Set(now.keys).union(sealed.keys).filter { now[$0] != sealed[$0] }.sorted()
  }
}

extension Console {
  /// The closing summary of a report under a line that says what it is.
  func show(_ source: WarehouseReport, _ result: ReportResult, title: String) throws {
    if isQuiet { return }
    try StandardOutput.write(
      title.withControlCharactersEscaped + "\n" + ClosingSummary(facts: source.facts, result: result).text)
    try StandardOutput.finish()
  }
}
