import Foundation
import ReconcileCore
import ReconcileWarehouse
import Testing

@testable import reconcile

@Suite("Evidence is shown and purged, and takes no record with it")
struct ReplayTests {
  /// Imports and matches a Dapit list that holds this payment and no other.
  private func importList(of reference: String, in folder: ScratchFolder) async throws -> Settings {
    try folder.write("saved/list_refunds.json", #"{"success": true, "data": []}"#)
    try folder.write(
      "saved/list_transactions.json",
      """
      {"success": true, "total": 1, "offset": 0, "limit": 200, "transactions": [{"reference_number":
      "\(reference)", "amount": "10.00", "status": "confirmed", "created_at": "2026-03-02T10:00:00Z"}]}
      """)
    let file = try folder.write(
      "reconcile.toml", "[providers.dapit]\nkind = \"dapit\"\ndirectory = \"saved\"\n")
    let configuration = try ConfigurationLoader(environment: [:], workingDirectory: folder.path)
      .load(config: file)
    let day = try #require(BusinessDay("2026-03-02"))
    let session = Session(
      configuration: configuration, settings: configuration.settings, asOf: SmallShop.now,
      period: try #require(Period(from: day, to: day)),
      console: try Console(quiet: true, verbose: false, logFormat: nil), allowTest: false,
      failsOnDiscrepancies: false)
    var run = ReconciliationRun(session: session, command: "run", stages: [.importing, .matching])
    #expect(try await run.execute() == .finished)
    return configuration.settings
  }

  private func differences(_ settings: Settings) throws -> [String] {
    let warehouse = try Warehouse(path: settings.warehousePath, access: .read)
    let quiet = ProgressReporter(
      terminal: Terminal(isTerminal: false, width: 80), isQuiet: true, output: Collected().output)
    return try EvidenceReplay(settings: settings, progress: quiet).run(on: warehouse).differences
  }

  @Test("a deep check finds nothing wrong after a purge, be it of some evidence or of all")
  func purge() async throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let settings = try await importList(of: "DP-260301-000001", in: folder)
    let between = Instant.now()
    // The second list no longer holds the first payment, which is withdrawn and stays.
    _ = try await importList(of: "DP-260302-000002", in: folder)
    #expect(try differences(settings) == [])
    for instant in [between, .now()] {
      #expect(try Warehouse(path: settings.warehousePath, access: .write).purge(before: instant) > 0)
      #expect(try differences(settings) == [])
    }
  }

  @Test("an explanation can show the response that a record was read from, until it is purged")
  func responses() async throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let settings = try await importList(of: "DP-260301-000001", in: folder)
    let warehouse = try Warehouse(path: settings.warehousePath, access: .write)
    let story = try warehouse.story(of: "DP-260301-000001", settings: settings)
    let shown = try warehouse.responses(of: story)
    #expect(shown.count == 1 && shown[0].facts[0].value.contains("DP-260301-000001"))
    #expect(try warehouse.purge(before: .now()) > 0)
    #expect(try warehouse.responses(of: story).isEmpty)
  }

  @Test("responses that were read anew by changed settings are checked by these, also after the next import")
  func reread() async throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    var settings = try await importList(of: "DP-260301-000001", in: folder)
    let before = settings
    settings.providers[0].statusMap = ["confirmed": .failed]
    let quiet = ProgressReporter(
      terminal: Terminal(isTerminal: false, width: 80), isQuiet: true, output: Collected().output)
    let replay = EvidenceReplay(settings: settings, progress: quiet, readsByCurrentSettings: true)
    let warehouse = try Warehouse(path: settings.warehousePath, access: .write)
    let changes = try replay.run(on: warehouse) { copy in try Warehouse.give(copy, theName: warehouse.path) }
    #expect(!changes.differences.isEmpty)
    #expect(try differences(settings) == [])
    // The rules of the import are those of the second reading, whatever the configuration says later.
    #expect(try differences(before) == [])
  }
}
