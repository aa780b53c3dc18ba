import Foundation
import ReconcileCore
import ReconcileWarehouse

/// What bare `reconcile` prints: a short help with two examples and the state of the last run.
enum Welcome {
  static func show(_ place: PlaceOptions) throws {
    var lines = [
      "reconcile \(toolVersion): does the money that payment providers took equal the money orders were due?",
      "",
      "  reconcile --from 2026-03-01 --to 2026-03-31    import, match and export a month",
      "  reconcile --period yesterday --quiet           the same for cron", "",
      "  reconcile demo DIR      a finished sample month, offline",
      "  reconcile init          write a first reconcile.toml",
      "  reconcile --help        all commands and options", "",
    ]
    lines.append(lastRun(place))
    try StandardOutput.write(lines.joined(separator: "\n") + "\n")
    try StandardOutput.finish()
  }

  private static func lastRun(_ place: PlaceOptions) -> String {
    var overrides = Overrides()
    overrides.warehouse = place.warehouse
    guard let configuration = try? ConfigurationLoader().load(config: place.config, overrides: overrides)
    else {
      return "No configuration was found here yet."
    }
    guard let warehouse = try? Warehouse(path: configuration.settings.warehousePath, access: .read),
      let run = try? warehouse.latestRun()
    else { return "No run is on record yet." }
    let ending = run.exitStatus.map { "ended with status \($0)" } ?? "did not finish"
    return "Last run \(run.id): \(run.command) of \(run.period.from) to \(run.period.to), \(ending)."
  }
}
