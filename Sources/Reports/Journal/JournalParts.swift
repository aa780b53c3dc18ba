import ReconcileCore

/// The files of one journal: opens the next one where the layout's limit or its month asks for it, and reads every
/// finished one back.
final class JournalParts {
  private let folder: ReportFolder
  private let layout: JournalLayout
  private let format: any JournalFormat
  private var heading: JournalHeading
  private var output: OutputFile?
  private var hidden = ""
  private var lines = 0
  private var entries: Int64 = 0
  /// What was written, to be compared with what is read back.
  private var written = JournalTally()
  private(set) var found = JournalTally()
  private(set) var files: [ReportFile] = []

  init(folder: ReportFolder, layout: JournalLayout, format: any JournalFormat, heading: JournalHeading) {
    self.folder = folder
    self.layout = layout
    self.format = format
    self.heading = heading
  }

  /// Writes an entry, in a new file where it does not fit any more.
  func write(_ entry: NamedEntry) throws {
    let parts = entry.entry.day.parts
    let month = (year: parts.year, month: parts.month)
    let count = format.lineCount(entry)
    if output != nil {
      if layout == .datev, month != heading.month {
        try close()
        heading.part = 0
      } else if let limit = layout.largestFile, lines + count > limit {
        try close()
      }
    }
    let file = try output ?? open(month)
    try format.write(entry, to: file)
    lines += count
    entries += 1
    for line in entry.lines { written.add(line.account, line.amount, entry.entry.currency) }
    do throws(JournalProblem) { try written.endEntry() } catch { throw defect(error) }
  }

  /// Ends the last file; a journal without entries is one file without entries.
  func finish() throws {
    if files.isEmpty, output == nil { _ = try open(heading.month) }
    try close()
    guard found.balances == written.balances else {
      throw defect(JournalProblem("the balances read back are not those that were written"))
    }
  }

  private func open(_ month: (year: Int, month: Int)) throws -> OutputFile {
    heading.month = month
    heading.part += 1
    let file = try folder.open(layout.fileName(part: heading.part, month: month))
    output = file.output
    hidden = file.hidden
    try format.begin(heading, to: file.output)
    return file.output
  }

  private func close() throws {
    guard let output else { return }
    let name = layout.fileName(part: heading.part, month: heading.month)
    files.append(
      try folder.close(output, name) {
        var reader = format.reader()
        var cutter = LineCutter()
        do {
          let facts = try readBack(hidden) { piece in
            try cutter.read(piece) { line throws(JournalProblem) in try reader.read(line) }
          }
          try reader.finish()
          guard cutter.isComplete else { throw JournalProblem("the last line has no end") }
          found.add(reader.tally)
          return (entries, facts)
        } catch let problem as JournalProblem {
          throw damagedOutput(
            "the journal read back cannot be booked: \(problem.text)", at: folder.path + "/" + name)
        }
      })
    self.output = nil
    lines = 0
    entries = 0
  }

  private func defect(_ problem: JournalProblem) -> Failure {
    Failure(
      .defect, "the journal is wrong: \(problem.text)",
      remedy: "nothing was written; please report this message with the command you ran")
  }
}
