import Foundation
import ReconcileCore
import SampleShop
import Testing

@Suite("The planted findings")
struct PlantedTests {
  private static let columns = [
    "code", "provider", "currency", "order_id", "payment_id", "refund_id", "business_date", "status",
    "expected", "actual",
  ]

  @Test("every planted difference is found, and nothing else")
  func exactlyThese() throws {
    let month = try SampleMarch.reports.get()
    let planted = try CSVTable(repository.appendingPathComponent("sample-data/planted.csv"))
    var expected = Self.counted(planted.rows)
    for name in ["discrepancies.csv", "open_items.csv"] {
      let report = try CSVTable(month.appendingPathComponent(name))
      for (row, count) in Self.counted(report.rows) { expected[row, default: 0] -= count }
      let isOpenItems = name == "open_items.csv"
      #expect(
        report.column("business_date").allSatisfy {
          $0.isEmpty ? !isOpenItems : ($0 < SampleShop.period.from.description) == isOpenItems
        })
    }
    let missing = expected.filter { $0.value > 0 }.keys.sorted { $0.joined() < $1.joined() }
    let surplus = expected.filter { $0.value < 0 }.keys.sorted { $0.joined() < $1.joined() }
    #expect(missing == [], "planted and not found")
    #expect(surplus == [], "found and not planted")
  }

  @Test("every status, code and rule occurs")
  func everything() throws {
    let month = try SampleMarch.reports.get()
    let orders = try CSVTable(month.appendingPathComponent("orders.csv"))
    #expect(Set(orders.column("match_status")) == Set(MatchStatus.allCases.map(\.rawValue)))
    #expect(Set(orders.column("refund_status")) == Set(RefundVerdict.allCases.map(\.rawValue)))
    let codes = try CSVTable(month.appendingPathComponent("discrepancies.csv")).column("code")
    #expect(Set(codes) == Set(DiscrepancyCode.allCases.map(\.rawValue)))
    let rules = orders.column("matched_by").flatMap { $0.split(separator: ";").map(String.init) }
    #expect(Set(rules) == ["order_id", "reference", "event"])
    let days = try CSVTable(month.appendingPathComponent("settlement.csv"))
    #expect(Set(days.column("status")) == Set(SettlementStatus.allCases.map(\.rawValue)))
    #expect(orders.column("note").contains { $0.contains("suggest") })
    #expect(Set(try CSVTable(month.appendingPathComponent("rejects.csv")).column("source")).count == 6)
  }

  private static func counted(_ rows: [[String: String]]) -> [[String]: Int] {
    rows.reduce(into: [:]) { counts, row in counts[columns.map { row[$0] ?? "" }, default: 0] += 1 }
  }
}
