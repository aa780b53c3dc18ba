import Foundation
import ReconcileCore
import ReconcileWarehouse

/// The program's name and version, as reports and requests carry it.
let toolVersion = "1.0.0"

/// One run's configuration, clock, period and warehouse.
struct Session {
  let configuration: LoadedConfiguration
  var settings: Settings
  let asOf: Instant
  let period: Period
  let console: Console
  var isTestData = false
  let allowTest: Bool
  let failsOnDiscrepancies: Bool

  /// The providers that this run reads.
  var providersToRead: [ProviderSettings] {
    let chosen = configuration.selectedProviders
    return settings.providers.filter { chosen.isEmpty || chosen.contains($0.name) }
  }

  /// Opens the warehouse for writing and notes that a run begins.
  func begin(_ command: String, creating: Bool) throws -> (Warehouse, RunHandle) {
    let path = settings.warehousePath
    let warehouse = try creating ? Warehouse(path: path, access: .write) : .toChange(at: path)
    let run = try warehouse.beginRun(
      command: command, period: period, asOf: asOf, tool: "reconcile \(toolVersion)",
      configurationDigest: configuration.digest, isTestData: isTestData)
    return (warehouse, run)
  }
}
