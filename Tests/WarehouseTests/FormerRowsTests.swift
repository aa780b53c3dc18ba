import ReconcileCore
import TestSupport
import Testing

@testable import ReconcileWarehouse

@Suite("The warehouse can be shown as it was known after any run")
struct FormerRowsTests {
  /// What a report said right after a run.
  private struct Snapshot {
    let run: RunRecord
    let basis: ReportBasis
    let asOf: Instant
    let lines: [String]
  }

  @Test("every report of the past comes out as it was, whatever happened since", arguments: Seeds.some(12))
  func pastReports(seed: UInt64) throws {
    var history = try History(seed: seed)
    var random = SeededGenerator(seed: seed)
    var snapshots: [Snapshot] = []
    for _ in 1...10 {
      try history.step()
      let store = history.store
      if random.once(in: 2) { try store.warehouse.noteTestEvents(Int64.random(in: 0..<3, using: &random)) }
      snapshots.append(try Self.snapshot(store))
      let findings = try store.rows("SELECT id FROM discrepancy ORDER BY id")
      if !findings.isEmpty, random.once(in: 2) {
        let verdict = random.pick([Resolution.accepted, .open])
        try store.warehouse.resolve(
          random.pick(findings), verdict, note: "n", by: Decider(name: "me", instant: store.asOf))
      }
    }
    for snapshot in snapshots {
      let past = try Warehouse(path: history.store.warehouse.path, access: .read)
      try past.show(after: snapshot.run, decidedUpTo: Instant(microseconds: .max))
      let lines = try Self.lines(past, snapshot.basis, snapshot.run, snapshot.asOf)
      let (lost, added) = (
        snapshot.lines.filter { !lines.contains($0) }, lines.filter { !snapshot.lines.contains($0) }
      )
      #expect(lost == [] && added == [], "run \(snapshot.run.id): lost \(lost), added \(added)")
    }
  }

  @Test("what does not change leaves nothing behind")
  func quietRun() throws {
    let store = try Store(try plainSettings())
    for _ in 1...3 {
      try store.merchant(orders: [order("A1", "50.00"), order("A2", "10.00")])
      try store.provider("maxfi", ProviderImport(payments: [payment("P1", "50.00", for: "A1")]))
      try store.match()
      try store.nextRun()
    }
    // The first run is when days came; since then only which run matched last has changed.
    #expect(
      try store.rows("SELECT name, key FROM former_row WHERE run > 1 GROUP BY 1, 2") == [
        #"fact ["matched_run"]"#
      ])
  }

  private static func snapshot(_ store: Store) throws -> Snapshot {
    let basis = ReportBasis(store.settings, tool: "test", configurationDigest: "", isTestData: false)
    let run = try #require(try store.warehouse.latestRun())
    return Snapshot(
      run: run, basis: basis, asOf: store.asOf, lines: try lines(store.warehouse, basis, run, store.asOf))
  }

  /// Every row of a report of March, and what it says of the sources.
  private static func lines(
    _ warehouse: Warehouse, _ basis: ReportBasis, _ run: RunRecord, _ asOf: Instant
  ) throws -> [String] {
    let report = try WarehouseReport(
      warehouse, basis: basis, period: try Store.period("2026-03-25", "2026-03-29"), asOf: asOf,
      run: run.handle, generatedAt: asOf)
    var lines = report.facts.providers.map { "\($0)" }
    lines += [
      "\(report.facts.excluded)", "\(report.facts.inputs)",
      "since \(report.facts.changes?.since.description ?? "-")",
    ]
    for (key, group) in report.facts.changes?.groups ?? [:] { lines.append("\(key) \(group)") }
    try report.forEachDiscrepancy { lines.append("\($0)") }
    try report.forEachOpenItem { lines.append("older \($0)") }
    try report.forEachOrder { lines.append("\($0)") }
    try report.forEachPayment { lines.append("\($0)") }
    try report.forEachRefund { lines.append("\($0)") }
    try report.forEachSettlementDay { lines.append("\($0)") }
    try report.forEachReject { lines.append("\($0)") }
    return lines
  }
}
