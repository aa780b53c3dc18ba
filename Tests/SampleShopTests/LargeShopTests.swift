import Foundation
import ReconcileCore
import SampleShop
import Testing

@Suite("The large shop")
struct LargeShopTests {
  @Test("the discrepancies of a large shop are the planted ones, by code", arguments: [1, 2] as [UInt64])
  func counts(seed: UInt64) throws {
    let scratch = try Scratch()
    let shop = scratch.url.appendingPathComponent("shop")
    let facts = try SampleShop.writeLarge(orders: 3_000, seed: seed, to: shop)
    #expect(facts.orders == 3_000)
    let configuration = shop.appendingPathComponent(SampleShop.configurationName)
    #expect(
      try Program.reconcile(configuration, asOf: SampleShop.asOf, in: scratch.url)
        == ExitStatus.finished.rawValue)
    let report = scratch.url.appendingPathComponent("reports/\(SampleShop.period)/discrepancies.csv")
    let found = try CSVTable(report).column("code").reduce(into: [:]) { $0[$1, default: 0] += 1 }
    let planted = Dictionary(uniqueKeysWithValues: facts.planted.map { ($0.key.rawValue, $0.value) })
    #expect(found == planted, "seed \(seed)")
    let share = facts.planted.values.reduce(0, +) * 1_000 / facts.orders
    #expect((10...30).contains(share), "\(share) of 1000 orders have a discrepancy, seed \(seed)")
  }

  @Test("the journal of a large shop ties to its report", arguments: [3] as [UInt64])
  func journal(seed: UInt64) throws {
    let scratch = try Scratch()
    let shop = scratch.url.appendingPathComponent("shop")
    try SampleShop.writeLarge(orders: 2_000, seed: seed, to: shop)
    let configuration = shop.appendingPathComponent(SampleShop.configurationName)
    #expect(try Program.reconcile(configuration, asOf: SampleShop.asOf, in: scratch.url) == 0)
    let journal = try Program.run(
      [
        "journal", "--layout", "csv", "--config", configuration.path, "--period", "2026-03", "--as-of",
        SampleShop.asOf.description, "--warehouse", "reconcile.sqlite", "--output", "reports", "--quiet",
      ], in: scratch.url)
    #expect(journal.status == 0, "\(journal.errors)")
    let folder = scratch.url.appendingPathComponent("reports/\(SampleShop.period)")
    let booked = Set(try CSVTable(folder.appendingPathComponent("journal.csv")).column("record_id"))
    let payments = try CSVTable(folder.appendingPathComponent("payments.csv")).rows
    let left = Set(
      try CSVTable(folder.appendingPathComponent("journal-csv-unbooked.csv")).column("record_id"))
    for payment in payments where payment["collected"]?.contains(/[1-9]/) == true {
      let id = payment["payment_id"] ?? ""
      #expect(booked.contains(id) != left.contains(id), "\(id)")
    }
    #expect(booked.count > 1_500)
  }

  @Test("the same count and seed give the same bytes, another seed gives others")
  func repeatable() throws {
    let scratch = try Scratch()
    func payments(_ name: String, seed: UInt64) throws -> Data {
      let folder = scratch.url.appendingPathComponent(name)
      try SampleShop.writeLarge(orders: 500, seed: seed, to: folder)
      return try Data(contentsOf: folder.appendingPathComponent("saved/maxfi/payments.jsonl"))
    }
    let first = try payments("a", seed: 7)
    #expect(try payments("b", seed: 7) == first)
    #expect(try payments("c", seed: 8) != first)
  }
}
