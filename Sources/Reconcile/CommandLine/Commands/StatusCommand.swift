import ArgumentParser
import Foundation
import ReconcileCore
import ReconcileWarehouse

/// `reconcile status`.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the last run, how fresh and complete each source is, and open discrepancies by age.")
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let workplace = try Workplace(place, speech)
    let report = try StatusReport(workplace.settings, now: Instant(seconds: Instant.now().seconds))
    try StandardOutput.write(json ? StatusJSON.value(report).rendered() : StatusText.text(report))
    try StandardOutput.finish()
  }
}
