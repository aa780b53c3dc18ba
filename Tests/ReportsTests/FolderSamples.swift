import Foundation
import ReconcileCore

@testable import Reports

/// The folder name of the samples' period.
let period = "2026-03-01_2026-03-31"

/// The CSV files in the order they are written.
let csvNames = ReportTable.ofEveryReport.map(\.fileName)

/// What a test throws to stop a report.
struct Stop: Error, Equatable {}

/// Writes a text in place of a workbook.
struct FakeWorkbook: WorkbookWriting {
  var refuses = false
  var onWrite: (String, String) throws -> Void = { _, _ in }

  func write(
    source: any ReportSource, figures: ReportFigures, totals: SummaryTotals, to path: String,
    temporaryDirectory: String, onProgress: StepProgress
  ) throws -> Int64 {
    try Data("scratch".utf8).write(to: URL(filePath: temporaryDirectory + "/t"))
    try Data("workbook".utf8).write(to: URL(filePath: path))
    try onWrite(path, temporaryDirectory)
    return 15
  }

  func check(path: String, totals: SummaryTotals) throws {
    if refuses { throw Stop() }
  }
}

/// Writes a report into a test's folder.
@discardableResult
func write(
  _ source: SampleSource, _ folder: TestFolder, _ formats: Set<ReportFormat> = [.csv],
  workbook: FakeWorkbook? = FakeWorkbook(), onProgress: StepProgress = { _, _, _ in }
) throws -> ReportResult {
  try writeReports(
    source: source, formats: formats, outputRoot: folder.path, workbook: workbook,
    onProgress: onProgress)
}

/// The bytes of every file in the period's folder, hidden ones too.
func snapshot(_ folder: TestFolder) throws -> [String: [UInt8]] {
  var files: [String: [UInt8]] = [:]
  for name in try folder.names(period) { files[name] = try folder.bytes(period + "/" + name) }
  return files
}
