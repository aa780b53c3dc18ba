import ReconcileCore

/// Writes and checks the workbook of one report; the report folder decides when it gets its name.
public protocol WorkbookWriting {
  /// Writes a whole workbook to `path`, which does not exist yet, and returns the data rows of its sheets.
  ///
  /// `figures` and `totals` were gathered from the same rows. The bytes depend only on the rows and on facts that a
  /// second run of the same period repeats. Scratch files go into `temporaryDirectory`, never into the system's own.
  /// `onProgress` hears of the rows and stops the writing by throwing.
  func write(
    source: any ReportSource, figures: ReportFigures, totals: SummaryTotals, to path: String,
    temporaryDirectory: String, onProgress: StepProgress
  ) throws -> Int64

  /// Reads the workbook at `path` back and throws unless it is whole and agrees with `totals`.
  func check(path: String, totals: SummaryTotals) throws
}
