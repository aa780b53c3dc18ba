import ReconcileCore
import ReconcileWarehouse
import Reports

/// Writes the journal of one period from the warehouse as the latest matching left it.
struct JournalRun {
  let session: Session
  let layout: JournalLayout

  /// Writes the files and says what is in them. The run is noted in the warehouse, as that of a report is.
  func execute() throws {
    let (warehouse, run) = try session.begin("journal", creating: false)
    let heartbeat = session.console.progress.startHeartbeat()
    defer { heartbeat?.cancel() }
    do {
      try write(warehouse, run)
      session.console.progress.close()
      try warehouse.finishRun(run, status: .finished)
    } catch {
      session.console.progress.close()
      try? warehouse.finishRun(run, status: Outcome.of(error).status)
      throw error
    }
  }

  private func write(_ warehouse: Warehouse, _ run: RunHandle) throws {
    session.console.progress.update("journal", step: "writing", done: 0)
    // The journal of a sealed period is that of its sealed figures.
    let source =
      try warehouse.seal(of: session.period).map {
        try SealedReport($0, warehousePath: warehouse.path).source()
      }
      ?? WarehouseReport(
        warehouse, basis: session.basis, period: session.period, asOf: session.asOf, run: run,
        generatedAt: Instant(seconds: Instant.now().seconds))
    let result = try writeJournal(
      source: source, layout: layout, settings: session.settings.journal,
      configuration: session.configuration.file, outputRoot: session.settings.output,
      checkCancelled: Interruption.check)
    session.console.progress.close()
    for warning in result.warnings {
      session.console.log.warning("journal", metadata: ["text": "\(warning)"])
    }
    let unbooked = result.unbooked.values.reduce(0, +)
    if unbooked > 0, let list = result.files.last {
      session.console.log.warning(
        "journal.unbooked",
        metadata: ["period": "\(session.period)", "count": "\(unbooked)", "file": "\(list.name)"])
    }
    guard !session.console.isQuiet else { return }
    try StandardOutput.write(JournalSummary(session: session, layout: layout, result: result).text)
    try StandardOutput.finish()
  }
}

/// What `journal` prints on standard output when it is done.
struct JournalSummary {
  let session: Session
  let layout: JournalLayout
  let result: JournalResult

  /// The summary as text, ending with a line feed.
  var text: String {
    var lines = [
      "Journal for \(layout.rawValue), \(session.period.from) to \(session.period.to), \(session.settings.zone.name)"
    ]
    lines += result.warnings
    lines += ["", amounts, unbooked, "", "  Files in \(result.folder)"]
    lines += result.files.map { "    \($0.name)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private var amounts: String {
    guard !result.figures.isEmpty else { return "  No payments or refunds in this period." }
    var table = TextTable([
      ("", .left), ("Entries", .right), ("Collected", .right), ("booked", .right), ("Refunds", .right),
      ("booked", .right), ("Refund fees", .right), ("booked", .right),
    ])
    for (currency, figures) in result.figures.sorted(by: { $0.key < $1.key }) {
      let splits = [figures.payments, figures.refunds, figures.fees]
      table.add(
        [currency.code, String(figures.entries)]
          + splits.flatMap { split in
            [split.reported, split.booked].map { Money.decimalText($0, exponent: currency.exponent) }
          })
    }
    return table.text
  }

  private var unbooked: String {
    let reasons = UnbookedReason.allCases.compactMap { reason in
      result.unbooked[reason].map { "\($0) \(reason.rawValue)" }
    }
    if reasons.isEmpty { return "  Everything is booked." }
    return "  Not booked: \(reasons.joined(separator: ", ")); see \(result.files.last?.name ?? "")."
  }
}
