import Foundation
import ReconcileCore
import ReconcileWarehouse

/// The program's name and version, as reports and requests carry it.
let toolVersion = "1.0.0"

/// One run's configuration, clock, period and warehouse.
struct Session {
  let configuration: LoadedConfiguration
  var settings: Settings
  var asOf: Instant
  let period: Period
  let console: Console
  var isTestData = false
  let allowTest: Bool
  let failsOnDiscrepancies: Bool
  /// The report shows what was known at this instant; nil for now.
  var knownAt: Instant?

  /// What a report depends on besides warehouse, period and clock.
  var basis: ReportBasis {
    ReportBasis(
      settings, tool: "reconcile \(toolVersion)", configurationDigest: configuration.digest,
      isTestData: isTestData)
  }

  /// The providers that this run reads.
  var providersToRead: [ProviderSettings] {
    let chosen = configuration.selectedProviders
    return settings.providers.filter { chosen.isEmpty || chosen.contains($0.name) }
  }

  /// Opens the warehouse for writing and notes that a run begins.
  func begin(_ command: String, creating: Bool) throws -> (Warehouse, RunHandle) {
    let path = settings.warehousePath
    let warehouse = try creating ? Warehouse(path: path, access: .write) : .toChange(at: path)
    return (warehouse, try note(command, in: warehouse))
  }

  /// Notes that a run begins in a warehouse that is open.
  func note(_ command: String, in warehouse: Warehouse) throws -> RunHandle {
    try warehouse.beginRun(
      command: command, period: period, asOf: asOf, tool: "reconcile \(toolVersion)",
      configurationDigest: configuration.digest, isTestData: isTestData)
  }
}
