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
