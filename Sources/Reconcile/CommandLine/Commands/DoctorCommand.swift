import ArgumentParser
import Foundation
import ReconcileCore
import ReconcileWarehouse

/// `reconcile doctor`.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check configuration, credentials, providers and warehouse, and say what to do.",
    discussion: """
      EXIT STATUS: 0 when nothing failed, else the largest that fits: 66 a file, 69 a provider, \
      73 the output folder, 74 to 76 the warehouse, 77 credentials, 78 the configuration.
      """)
  @Flag(help: "Print JSON.")
  var json = false
  @Flag(name: .customLong("allow-test"), help: "Let a test key through.")
  var allowTest = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() async throws {
    let console = try Console(speech)
    let heartbeat = console.progress.startHeartbeat()
    defer {
      heartbeat?.cancel()
      console.progress.close()
    }
    var diagnosis = Diagnosis()
    do {
      var overrides = Overrides()
      overrides.warehouse = place.warehouse
      let configuration = try ConfigurationLoader().load(config: place.config, overrides: overrides)
      diagnosis.examine(configuration, now: .now())
      let providers = diagnosis.examineSecrets(configuration, allowTest: allowTest)
      await diagnosis.examineReach(providers, progress: console.progress)
      try Interruption.check()
      console.progress.update("warehouse", step: "check", done: 0)
      diagnosis.examineWarehouse(configuration.settings.warehousePath)
    } catch let failure as Failure {
      diagnosis.add(.fail("configuration", failure))
      // Without a configuration only what the command line names can be looked at.
      if let path = place.warehouse {
        diagnosis.examineWarehouse(Folder(FileManager.default.currentDirectoryPath).absolute(path))
      }
    }
    console.progress.close()
    try StandardOutput.write(
      json
        ? DiagnosisText.json(diagnosis).rendered()
        : DiagnosisText.text(diagnosis, isQuiet: console.isQuiet))
    try StandardOutput.finish()
    try finish(diagnosis.status)
  }
}
