import Foundation
import ReconcileCore
import ReconcileWarehouse
import Testing

@testable import reconcile

@Suite("Status tells what was read, what is missing and what is open")
struct StatusTests {
  private func shop() throws -> SmallShop {
    try SmallShop([
      ("a", "2026-03-25", "EUR", 1_000), ("b", "2026-03-24", "EUR", 550), ("c", "2025-12-30", "EUR", 5),
      ("d", "2026-03-25", "JPY", 1_200),
    ])
  }

  @Test("open discrepancies stand in one table a currency, by age, and currencies are never added")
  func findings() throws {
    let text = StatusText.text(try shop().status())
    #expect(
      text.contains(
        """
          EUR             0-7  8-30  31-60  61-90  over 90    all  first seen  last changed
          unpaid_order      1     1                      1      3  2026-04-01  2026-04-01
                        10.00  5.50                   0.05  15.55

          JPY            0-7  8-30  31-60  61-90  over 90   all  first seen  last changed
          unpaid_order     1                                  1  2026-04-01  2026-04-01
                        1200                               1200
        """))
    #expect(!text.contains("1215"))
  }

  @Test("the last run is told with period, time and ending")
  func lastRun() throws {
    let shop = try shop()
    let text = StatusText.text(try shop.status())
    #expect(text.hasPrefix("Last run \(shop.run.id)\n"))
    #expect(text.contains("run of 2026-03-01 to 2026-03-31, as of 2026-04-01T06:00:00Z"))
    #expect(text.contains("with status 69, finished, a provider was not read completely"))
  }

  @Test("a file that is gone is named")
  func files() throws {
    let text = StatusText.text(try shop().status())
    #expect(text.contains("/nowhere/o.csv is no longer there"))
    #expect(text.contains("1 file\n"))
  }

  @Test("a provider of the configuration that was never read says so")
  func neverRead() throws {
    var shop = try shop()
    shop.settings.providers = try load(provider("gate")).settings.providers
    #expect(StatusText.text(try shop.status()).contains("never read"))
  }

  @Test("an accepted discrepancy is not open any more, and open again once somebody says so")
  func verdicts() throws {
    let shop = try SmallShop([("a", "2026-03-25", "EUR", 1_000)])
    let day = try #require(BusinessDay("2026-04-01"))
    let id = try #require(
      try shop.warehouse(.read).story(of: "a", settings: shop.settings).last { $0.heading.hasPrefix("Disc") }?
        .heading.split(separator: " ").last.map(String.init))
    let decider = Decider(name: "alice", instant: SmallShop.now)
    func verdict(_ resolution: Resolution) -> DecisionDraft {
      DecisionDraft(.verdict(id: id, resolution, seen: nil), note: "n")
    }
    _ = try shop.warehouse(.write).decide([verdict(.accepted)], by: decider)
    #expect(try shop.warehouse(.read).openFindings(today: day).isEmpty)
    _ = try shop.warehouse(.write).decide([verdict(.open)], by: decider)
    #expect(try shop.warehouse(.read).openFindings(today: day).map(\.count) == [1])
  }

  @Test("without a warehouse status says so, as text and as JSON")
  func noWarehouse() throws {
    var settings = Settings()
    settings.warehousePath = "/nowhere/reconcile.sqlite"
    let report = try StatusReport(settings, now: SmallShop.now)
    #expect(StatusText.text(report).hasPrefix("There is no warehouse yet at /nowhere/reconcile.sqlite.\n"))
    #expect(StatusJSON.value(report).rendered().contains("\"exists\": false"))
  }

  @Test("an empty file is no warehouse yet: a run that was killed at its start leaves one")
  func emptyFile() throws {
    let folder = try ScratchFolder()
    var settings = Settings()
    settings.warehousePath = try folder.write("reconcile.sqlite", "")
    #expect(try StatusReport(settings, now: SmallShop.now).contents == nil)
    #expect(throws: Failure.self) { try Warehouse.toChange(at: settings.warehousePath) }
  }

  @Test("amounts in JSON are decimal text of their currency")
  func json() throws {
    let json = StatusJSON.value(try shop().status()).rendered()
    #expect(json.contains("\"amount\": \"0.05\""))
    #expect(json.contains("\"amount\": \"1200\""))
    #expect(json.contains("\"exit_status\": 69"))
  }

  @Test(
    "ages fall into buckets whose ends are included",
    arguments: [
      (-3, AgeBucket.upTo7), (7, .upTo7), (8, .upTo30), (30, .upTo30), (31, .upTo60), (60, .upTo60),
      (61, .upTo90), (90, .upTo90), (91, .over90), (nil, .undated),
    ] as [(Int?, AgeBucket)])
  func buckets(days: Int?, bucket: AgeBucket) { #expect(AgeBucket(days: days) == bucket) }

  @Test("times are told in one unit")
  func times() {
    let now = Instant(seconds: 1_000_000)
    func ago(_ seconds: Int64) -> String { StatusText.ago(now.advanced(bySeconds: -seconds), now) }
    #expect(
      [-5, 59, 60, 3_599, 3_600, 172_799, 172_800].map(ago) == [
        "just now", "just now", "1 min ago", "59 min ago", "1 h ago", "47 h ago", "2 days ago",
      ])
  }
}
