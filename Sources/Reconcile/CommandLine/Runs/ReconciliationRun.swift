import Foundation
import ReconcileCore
import ReconcileWarehouse
import Reports

/// The stages of a run.
struct Stages: OptionSet, Sendable {
  let rawValue: Int
  static let importing = Stages(rawValue: 1)
  static let matching = Stages(rawValue: 2)
  static let reporting = Stages(rawValue: 4)
}

/// Import, match and export for one period, or those of the three that a command asks for.
struct ReconciliationRun {
  var session: Session
  let command: String
  let stages: Stages

  /// Runs the stages and returns the exit status. Errors that stop the run are thrown after the run was noted as ended.
  mutating func execute() async throws -> ExitStatus {
    if stages.contains(.importing) {
      let names = session.providersToRead.map(\.name)
      let resolved = try session.configuration.resolveKeys(for: names, allowTest: session.allowTest)
      session.settings = resolved.settings
      session.isTestData = resolved.isTestData
      for warning in resolved.warnings {
        session.console.log.warning("configuration", metadata: ["text": "\(warning)"])
      }
    }
    let (warehouse, run) = try session.begin(command, creating: stages.contains(.importing))
    let heartbeat = session.console.progress.startHeartbeat()
    defer { heartbeat?.cancel() }
    do {
      let status = try await execute(warehouse, run)
      session.console.progress.close()
      try warehouse.finishRun(run, status: status)
      return status
    } catch {
      session.console.progress.close()
      try? warehouse.finishRun(run, status: Outcome.of(error).status)
      throw error
    }
  }

  private func execute(_ warehouse: Warehouse, _ run: RunHandle) async throws -> ExitStatus {
    var imported = ImportResult()
    if stages.contains(.importing) {
      imported = try await ImportRun(session: session, warehouse: warehouse, run: run).execute()
      Memory.giveBack()
    }
    for name in try warehouse.unconfiguredProviders(session.settings) {
      session.console.log.warning(
        "provider.not_configured",
        metadata: [
          "provider": "\(name)",
          "note": "its records still count; if it was renamed, give it its old name, or they count twice",
        ])
    }
    if stages.contains(.matching) {
      session.console.progress.update("warehouse", step: "matching", done: 0)
      try warehouse.match(
        settings: session.settings, run: run, period: session.period, asOf: session.asOf
      ) { step, done, total in
        try Interruption.check()
        session.console.progress.update("warehouse", step: step, done: done, of: total)
      }
      session.console.progress.finish("warehouse", step: "matching", "done")
      for (provider, explanation) in try warehouse.amountDoubts() {
        session.console.log.error(
          "matching.stopped", metadata: ["provider": "\(provider)", "text": "\(explanation)"])
        let wasRead = stages.contains(.importing) && session.providersToRead.contains { $0.name == provider }
        if wasRead { imported.isIncomplete = true }
      }
    }
    var openDiscrepancies: Int64 = 0
    if stages.contains(.reporting) {
      openDiscrepancies = try writeReports(warehouse, run)
    } else if stages.contains(.matching), session.failsOnDiscrepancies {
      try report(warehouse, run).forEachDiscrepancy { if $0.status == .open { openDiscrepancies += 1 } }
    }
    if session.failsOnDiscrepancies, openDiscrepancies > 0 {
      session.console.log.error(
        "discrepancies.open", metadata: ["period": "\(session.period)", "count": "\(openDiscrepancies)"])
    }
    return Ending.status(
      rejects: imported.hasRejects, incomplete: imported.isIncomplete, refused: imported.isRefused,
      openDiscrepancies: openDiscrepancies > 0, failsOnDiscrepancies: session.failsOnDiscrepancies)
  }

  private func report(_ warehouse: Warehouse, _ run: RunHandle) throws -> WarehouseReport {
    try WarehouseReport(
      warehouse, basis: session.basis, period: session.period, asOf: session.asOf, run: run,
      generatedAt: Instant(seconds: Instant.now().seconds))
  }

  /// Writes the reports and the closing summary; returns the number of open discrepancies of the period.
  private func writeReports(_ warehouse: Warehouse, _ run: RunHandle) throws -> Int64 {
    session.console.progress.update("reports", step: "writing", done: 0)
    if let instant = session.knownAt {
      return try KnownReport(instant, warehousePath: warehouse.path).write(in: session, run)
    }
    if let seal = try warehouse.seal(of: session.period) {
      return try SealedReport(seal, warehousePath: warehouse.path).write(in: session)
    }
    let source = try report(warehouse, run)
    let result = try Reports.writeReports(
      source: source, formats: session.settings.formats, csvDialect: session.settings.csvDialect,
      outputRoot: session.settings.output,
      workbook: ReconciliationWorkbook(), onProgress: session.console.progress.ofReports)
    session.console.progress.close()
    if !session.console.isQuiet {
      try StandardOutput.write(ClosingSummary(facts: source.facts, result: result).text)
      try StandardOutput.finish()
    }
    return result.totals.findingCount(.open)
  }
}
