import Foundation
import ReconcileCore
import SampleShop
import TestSupport
import Testing

@Suite("Whatever comes after a seal")
struct SealPropertyTests {
  /// What may happen to a shop once its month is sealed.
  enum Step: CaseIterable {
    case amountChanges, paymentVanishes, orderIsCorrected, findingIsAccepted, paymentIsLinked,
      tablesAreRebuilt, oldBytesArePurged
  }

  @Test("the sealed month verifies, and its report is what it was", arguments: 1...2 as ClosedRange<UInt64>)
  func verifies(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let scratch = try Scratch()
    #expect(try Program.run(["demo", "shop", "--quiet"], in: scratch.url).status == 0)
    let shop = scratch.url.appendingPathComponent("shop")
    #expect(try Program.run(["seal", "2026-03", "--note", "closed"], in: shop).status == 0)
    let march = shop.appendingPathComponent("reports/\(SampleShop.period)")
    let before = try contents(of: march)
    try Data("order_id,created_at,currency,amount\n".utf8).write(to: shop.appendingPathComponent("late.csv"))
    var texts: Set<String> = []
    for (day, step) in Step.allCases.shuffled(using: &random).enumerated() {
      let place = "seed \(seed), \(step) on day \(day + 1)"
      try take(step, shop, march, &random)
      // These hold the texts of rejected rows, or their digests.
      if step == .oldBytesArePurged { texts = ["rejects.csv", "reconciliation.xlsx", "summary.json"] }
      let run = try Program.run(
        [
          "--period", "2026-04", "--orders", "orders/*.csv", "late.csv", "--as-of",
          "2026-05-0\(day + 1)T06:00:00Z", "--quiet", "--format", "csv",
        ], in: shop)
      // The sample month has rows that cannot be read.
      #expect(run.status == ExitStatus.inputRejected.rawValue, "\(place): \(run.errors)")
      let verified = try Program.run(["verify", "2026-03"], in: shop)
      #expect(verified.status == 0, "\(place): \(verified.errors)")
      let report = try Program.run(["report", "--period", "2026-03", "--quiet"], in: shop)
      #expect(report.status == 0, "\(place): \(report.errors)")
      let now = try contents(of: march)
      #expect(Set(now.keys) == Set(before.keys), "\(place)")
      for (name, bytes) in before where !texts.contains(name) {
        #expect(now[name] == bytes, "\(place): \(name)")
      }
    }
  }

  private func take(_ step: Step, _ shop: URL, _ march: URL, _ random: inout SeededGenerator) throws {
    switch step {
    case .amountChanges, .paymentVanishes:
      let file = shop.appendingPathComponent("saved/maxfi/payments-002.json")
      var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
      // The last row has no comma behind it.
      let rows = lines.indices.filter { lines[$0].hasPrefix("{\"id\"") && lines[$0].hasSuffix(",") }
      let row = try #require(rows.randomElement(using: &random))
      if step == .paymentVanishes {
        lines.remove(at: row)
      } else {
        lines[row] = lines[row].replacing(
          /"amount":\d+/, with: "\"amount\":\(Int.random(in: 1...9_999, using: &random))")
      }
      try Data(lines.joined(separator: "\n").utf8).write(to: file)
    case .orderIsCorrected:
      let orders = try CSVTable(march.appendingPathComponent("orders.csv")).rows
      let order = try #require(orders.randomElement(using: &random))
      let late = shop.appendingPathComponent("late.csv")
      let line =
        "\(order["order_id"] ?? ""),\(order["created_at"] ?? ""),EUR,\(Int.random(in: 1...99, using: &random)).00\n"
      try (Data(contentsOf: late) + Data(line.utf8)).write(to: late)
    case .findingIsAccepted:
      let finding = try open("unpaid_order", march, &random)
      let accepted = try Program.run(
        ["resolve", finding["id"] ?? "", "--as", "accepted", "--note", "known"], in: shop)
      #expect(accepted.status == 0, "\(accepted.errors)")
    case .paymentIsLinked:
      let (payment, order) = (
        try open("orphan_payment", march, &random), try open("unpaid_order", march, &random)
      )
      let name = "\(payment["provider"] ?? ""):\(payment["payment_id"] ?? "")"
      let linked = try Program.run(["link", name, order["order_id"] ?? "", "--note", "found"], in: shop)
      #expect(linked.status == 0, "\(linked.errors)")
    case .tablesAreRebuilt:
      let rebuilt = try Program.run(["warehouse", "rebuild"], in: shop)
      #expect(rebuilt.status == 0, "\(rebuilt.errors)")
    case .oldBytesArePurged:
      let purged = try Program.run(["warehouse", "purge", "--before", "2100-01-01"], in: shop)
      #expect(purged.status == 0, "\(purged.errors)")
    }
  }

  /// An open finding of the sealed month.
  private func open(_ code: String, _ march: URL, _ random: inout SeededGenerator) throws -> [String: String]
  {
    let findings = try CSVTable(march.appendingPathComponent("discrepancies.csv")).rows
    return try #require(findings.filter { $0["code"] == code }.randomElement(using: &random))
  }

  private func contents(of folder: URL) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      files[name] = try Data(contentsOf: folder.appendingPathComponent(name))
    }
    return files
  }
}
