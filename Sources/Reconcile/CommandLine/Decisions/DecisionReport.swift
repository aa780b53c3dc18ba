import ReconcileCore
import ReconcileWarehouse

/// What became of every row that a person decided, for standard output, and the error when a row was refused.
struct DecisionReport {
  /// Where a row stands, nil on the command line, and what became of it.
  private let rows: [(place: String?, outcome: DecisionOutcome)]
  /// The file the rows came from; nil for the command line.
  private let file: String?
  private let isDryRun: Bool
  /// Rows that the error names; a wrong column would name every row.
  private static let namedRows = 20

  /// - Parameter outcomes: those of the rows that could be read, in their order.
  init<Item>(_ sheet: DecisionSheet<Item>, _ outcomes: [DecisionOutcome], isDryRun: Bool) {
    var outcomes = outcomes[...]
    rows = sheet.rows.map { row in
      switch row.content {
      case .success: (row.place, outcomes.popFirst() ?? .unchanged(""))
      case .failure(let defect): (row.place, .refused(Failure(.usage, defect.text, remedy: "")))
      }
    }
    file = sheet.file
    self.isDryRun = isDryRun
  }

  /// Of decisions made on the command line.
  init(_ outcomes: [DecisionOutcome], isDryRun: Bool) {
    rows = outcomes.map { (nil, $0) }
    file = nil
    self.isDryRun = isDryRun
  }

  private var refused: [(place: String?, failure: Failure)] {
    rows.compactMap { row in row.outcome.refusal.map { (row.place, $0) } }
  }

  /// Whether anything was written.
  var isWritten: Bool { !isDryRun && refused.isEmpty && count(.done) > 0 }

  private enum Kind { case done, unchanged, refused }

  private func count(_ kind: Kind) -> Int {
    rows.count { row in
      switch row.outcome {
      case .done: kind == .done
      case .unchanged: kind == .unchanged
      case .refused: kind == .refused
      }
    }
  }

  /// One line for each row, then the sum.
  func text(by decider: Decider, undecided: String?) -> String {
    let isHeldBack = isDryRun || !refused.isEmpty
    let done = isHeldBack ? "would be done" : "done"
    var lines = rows.map { row in
      let words =
        switch row.outcome {
        case .done(let sentence): "\(done): \(sentence)"
        case .unchanged(let sentence): "unchanged: \(sentence)"
        case .refused(let failure): "refused: \(Self.oneLine(failure))"
        }
      return ((row.place.map { "\($0): " } ?? "") + words).withControlCharactersEscaped
    }
    let heading =
      isDryRun
      ? "Nothing was written (--dry-run)"
      : isHeldBack
        ? "Nothing was written, because a row was refused"
        : "Decided by \(decider.name), \(decider.instant)"
    var sum = "\(heading): \(count(.done)) \(done), \(count(.unchanged)) unchanged"
    if !refused.isEmpty { sum += ", \(refused.count) refused" }
    lines.append(sum + ".")
    if let undecided { lines.append(undecided) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Throws when a row was refused: 65 for a file, with every row named, and 64 for the command line.
  func check() throws(Failure) {
    guard let first = refused.first else { return }
    guard let file else {
      if rows.count == 1 { throw first.failure }
      throw Failure(
        .usage, "\(refused.count) of \(rows.count) cannot be taken, so nothing was changed",
        remedy: refused.prefix(Self.namedRows).map { Self.oneLine($0.failure) }.joined(separator: "\n"))
    }
    var remedy = refused.prefix(Self.namedRows).map { "\($0.place ?? ""): \(Self.oneLine($0.failure))" }
    if refused.count > Self.namedRows { remedy.append("and \(refused.count - Self.namedRows) more") }
    remedy.append("correct these rows, or empty what you filled in there, and run the same command again")
    throw Failure(
      .inputRejected,
      refused.count == 1
        ? "a row cannot be taken, so nothing was changed"
        : "\(refused.count) rows cannot be taken, so nothing was changed",
      at: "\(file), \(first.place ?? "")", remedy: remedy.joined(separator: "\n"))
  }

  private static func oneLine(_ failure: Failure) -> String {
    let remedy = failure.remedy.replacing("\n", with: "; ")
    return failure.what + (remedy.isEmpty ? "" : "; \(remedy)")
  }
}

extension Workplace {
  /// Decides what the rows of a file say and tells what became of each.
  ///
  /// - Parameters:
  ///   - undecided: what to call rows in which nothing is filled in; nil where there are none.
  ///   - next: what to do for the decisions to show.
  func decide<Item>(
    _ sheet: DecisionSheet<Item>, isDryRun: Bool, undecided: String? = nil, next: String,
    _ decide: (Warehouse, [Item], Decider, _ isDryRun: Bool) throws -> [DecisionOutcome]
  ) throws {
    let decisions = sheet.rows.compactMap { try? $0.content.get() }
    let isReadable = decisions.count == sheet.rows.count
    let (warehouse, decider) = (try warehouse(isDryRun: isDryRun), Decision.decider())
    let outcomes = try decide(warehouse, decisions, decider, isDryRun || !isReadable)
    try tell(
      DecisionReport(sheet, outcomes, isDryRun: isDryRun), decider,
      undecided: undecided.map { "\($0), left as they are: \(sheet.undecidedCount)." }, next: next)
  }

  /// Decides what the command line says.
  func decide(_ drafts: [DecisionDraft], isDryRun: Bool, next: String) throws {
    let (warehouse, decider) = (try warehouse(isDryRun: isDryRun), Decision.decider())
    let outcomes = try warehouse.decide(drafts, by: decider, isDryRun: isDryRun)
    let report = DecisionReport(outcomes, isDryRun: isDryRun)
    // One thing that cannot be done needs no table.
    if drafts.count == 1 { try report.check() }
    try tell(report, decider, undecided: nil, next: next)
  }

  private func warehouse(isDryRun: Bool) throws -> Warehouse {
    try isDryRun ? warehouseToRead() : warehouseToChange()
  }

  private func tell(_ report: DecisionReport, _ decider: Decider, undecided: String?, next: String) throws {
    if !console.isQuiet {
      try StandardOutput.write(report.text(by: decider, undecided: undecided))
      if report.isWritten { try StandardOutput.writeLine(next) }
      try StandardOutput.finish()
    }
    try report.check()
  }
}
