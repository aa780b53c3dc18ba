import Foundation
import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("Evidence whose records were not stored any more")
struct UnreadEvidenceTests {
  @Test("a body is read again only when its records were stored when it came")
  func unread() throws {
    let path = FileManager.default.temporaryDirectory.path + "/unread-\(UUID().uuidString).sqlite"
    defer { for end in ["", ".lock"] { try? FileManager.default.removeItem(atPath: path + end) } }
    let day = try #require(BusinessDay("2026-03-01"))
    let period = try #require(Period(from: day, to: day))
    let euro = try #require(Currency("EUR"))
    let warehouse = try Warehouse(path: path, access: .write)
    let run = try warehouse.beginRun(
      command: "run", period: period, asOf: Instant(seconds: 0), tool: "test", configurationDigest: "",
      isTestData: false)
    let bodies = ["[1]", "[2]"].map {
      EvidenceInput(
        stream: "payments", request: $0, lookupID: nil, isRefundLookup: false, fetchedAt: Instant(seconds: 0),
        maskedBytes: Array($0.utf8))
    }
    let numbers = try warehouse.keepEvidence(
      PackedEvidence.packed(bodies.map { PackedEvidence($0) }), provider: "shop", run: run)
    #expect(try warehouse.keptBodies(of: run, after: 0, limit: 9).isEmpty)
    let settings = ProviderSettings(name: "shop", kind: .maxfi, source: .directory("saved"), currency: euro)
    let writer = try ProviderWriter(warehouse, run: run, settings: settings, zone: .utc)
    try writer.store(
      payments: [], refunds: [], settlements: [], rejects: [], drift: [],
      evidence: try #require(numbers.first))
    #expect(try warehouse.keptBodies(of: run, after: 0, limit: 9).map(\.request) == ["[1]"])
  }
}
