import Foundation
import ReconcileCore
import ReconcileWarehouse
import Testing

@testable import Reports
@testable import reconcile

@Suite("A zone check lists what would move under another zone, and changes nothing")
struct ZoneCheckTests {
  /// Dapit in UTC with times of both kinds, imported and matched; business dates are in UTC.
  private func session(_ folder: ScratchFolder) async throws -> Session {
    try folder.write(
      "saved/list_refunds.json",
      """
      {"success": true, "data": [{"refund_id": "R1", "payment_reference": "DP-260310-AAAA01", "amount": "4.00",
      "status": "completed", "completed_at": "2026-03-01 00:30:00"}]}
      """)
    func item(_ reference: String, _ amount: String, _ time: String) -> String {
      #"{"reference_number": "\#(reference)", "amount": "\#(amount)", "status": "confirmed", "confirmed_at": "\#(time)"}"#
    }
    let items = [
      item("DP-260310-AAAA01", "10.00", "2026-03-10 01:00:00"),
      item("DP-260310-AAAA02", "20.00", "2026-03-10 12:00:00"),
      item("DP-260315-AAAA03", "30.00", "2026-03-15T23:30:00Z"),
      item("DP-260401-AAAA04", "40.00", "2026-04-01 02:30:00"),
    ]
    try folder.write(
      "saved/list_transactions.json",
      """
      {"success": true, "total": 4, "offset": 0, "limit": 200, "transactions": [\(items.joined(separator: ", "))]}
      """)
    let file = try folder.write(
      "reconcile.toml", "[providers.dapit]\nkind = \"dapit\"\ndirectory = \"saved\"\ntime_zone = \"UTC\"\n")
    let configuration = try ConfigurationLoader(environment: [:], workingDirectory: folder.path).load(
      config: file)
    let first = try #require(BusinessDay("2026-03-01"))
    let session = Session(
      configuration: configuration, settings: configuration.settings, asOf: SmallShop.now,
      period: try #require(Period(from: first, to: first.advanced(by: 30))),
      console: try Console(quiet: true, verbose: false, logFormat: nil), allowTest: false,
      failsOnDiscrepancies: false)
    var run = ReconciliationRun(session: session, command: "run", stages: [.importing, .matching])
    _ = try await run.execute()
    return session
  }

  @Test("times without an offset move business dates, times with one move settlement days")
  func rows() async throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let session = try await session(folder)
    let zones = try ZoneCheckRun.zones("Europe/Vilnius, UTC")
    let warehouse = try Warehouse(path: session.settings.warehousePath, access: .read)
    let findings = try ZoneCheckRun(session: session, zones: zones).find(in: warehouse)
    let rows = findings.check.rows.map { row in
      "\(row.zone) \(row.id) \(row.amount?.decimalText ?? "-") \(row.now.businessDate)>\(row.then.businessDate) "
        + "\(row.now.settlementDay)>\(row.then.settlementDay)"
    }
    #expect(
      rows == [
        "Europe/Vilnius R1 4.00 2026-03-01>2026-02-28 2026-03-01>2026-03-01",
        "Europe/Vilnius DP-260310-AAAA01 10.00 2026-03-10>2026-03-09 2026-03-10>2026-03-10",
        "Europe/Vilnius DP-260315-AAAA03 30.00 2026-03-15>2026-03-15 2026-03-15>2026-03-16",
        "Europe/Vilnius DP-260401-AAAA04 40.00 2026-04-01>2026-03-31 2026-04-01>2026-04-01",
      ])
    let days = findings.check.days.map { day in
      "\(day.calendar.rawValue) \(day.day) -\(day.change.collectedOut) +\(day.change.collectedIn) refunds "
        + "-\(day.change.refundedOut) +\(day.change.refundedIn)"
    }
    #expect(
      days == [
        "business_date 2026-03-01 -0 +0 refunds -400 +0", "business_date 2026-03-09 -0 +1000 refunds -0 +0",
        "business_date 2026-03-10 -1000 +0 refunds -0 +0", "business_date 2026-03-31 -0 +4000 refunds -0 +0",
        "settlement_day 2026-03-15 -3000 +0 refunds -0 +0",
        "settlement_day 2026-03-16 -0 +3000 refunds -0 +0",
      ])
    #expect(findings.looked == 5 && findings.unread == 0)
  }

  @Test("two files stand in the period's folder, and the text says what leaves the period")
  func files() async throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let session = try await session(folder)
    let zones = try ZoneCheckRun.zones("Europe/Vilnius")
    let before = try Data(contentsOf: URL(fileURLWithPath: session.settings.warehousePath))
    try ZoneCheckRun(session: session, zones: zones).execute()
    #expect(try Data(contentsOf: URL(fileURLWithPath: session.settings.warehousePath)) == before)
    let path = session.settings.output + "/2026-03-01_2026-03-31"
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [
        "zone_check.csv", "zone_check_days.csv",
      ])
    let rows = try String(contentsOfFile: path + "/zone_check.csv", encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 5)
    #expect(
      rows[2]
        == "Europe/Vilnius,dapit,payment,DP-260310-AAAA01,,EUR,10.00,2026-03-10T01:00:00Z,2026-03-09T23:00:00Z,"
        + "2026-03-10,2026-03-09,2026-03-10,2026-03-10")
    let days = try String(contentsOfFile: path + "/zone_check_days.csv", encoding: .utf8).split(
      separator: "\n")
    #expect(
      days.contains("Europe/Vilnius,dapit,EUR,business_date,2026-03-09,0,1,0.00,10.00,10.00,0.00,0.00,0.00"))
    let warehouse = try Warehouse(path: session.settings.warehousePath, access: .read)
    let findings = try ZoneCheckRun(session: session, zones: zones).find(in: warehouse)
    let text = ZoneCheckText(
      session: session, zones: zones, findings: findings, files: ZoneCheckFiles(folder: path, files: [])
    ).text
    #expect(
      text.contains(
        "dapit     UTC            Europe/Vilnius               4              4                2"))
    #expect(text.contains("2: 44.00 EUR"))
  }

  @Test("rows whose response was purged are counted, not guessed")
  func purged() async throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let session = try await session(folder)
    _ = try Warehouse(path: session.settings.warehousePath, access: .write).purge(before: .now())
    let warehouse = try Warehouse(path: session.settings.warehousePath, access: .read)
    let findings = try ZoneCheckRun(session: session, zones: ZoneCheckRun.zones("Europe/Oslo")).find(
      in: warehouse)
    #expect(findings.check.rows.isEmpty && findings.unread == 5)
  }

  @Test(
    "what is no zone is refused with the way to write one",
    arguments: ["", " , ", "Vilnius", "Europe/Vilnius,Nowhere"])
  func names(text: String) throws {
    let failure = try #require(throws: Failure.self) { try ZoneCheckRun.zones(text) }
    #expect(failure.status == .usage && failure.remedy.contains("Europe/Vilnius"))
  }
}
