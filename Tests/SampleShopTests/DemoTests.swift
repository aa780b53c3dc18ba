import Foundation
import ReconcileCore
import SampleShop
import TestSupport
import Testing

@Suite("reconcile demo")
struct DemoTests {
  @Test("one command leaves a finished workbook, without environment or network")
  func finishes() throws {
    let scratch = try Scratch()
    let result = try Program.run(["demo"], in: scratch.url)
    #expect(result.status == ExitStatus.finished.rawValue, "\(result.errors)")
    let folder = scratch.url.appendingPathComponent("reconcile-demo")
    let workbook = folder.appendingPathComponent("reports/\(SampleShop.period)/reconciliation.xlsx")
    #expect(try Data(contentsOf: workbook).starts(with: [0x50, 0x4B]))
    let order = try #require(
      result.output.split(separator: "reconcile explain ").last?.split(separator: " ").first)
    let march = folder.appendingPathComponent("orders/2026-03-march.csv")
    #expect(try CSVTable(march).column("order_id").contains(String(order)))
    #expect(result.output.contains("reconcile-demo/reports/\(SampleShop.period)/reconciliation.xlsx"))
    #expect(result.output.contains("on purpose"))
    try historyIsTold(folder, scratch.url)
  }

  /// The demo has a night of 24 March and one of 1 April: what changed is told in numbers, and finding by finding.
  private func historyIsTold(_ folder: URL, _ directory: URL) throws {
    func runs(_ arguments: String...) throws -> String {
      let configuration = folder.appendingPathComponent(SampleShop.configurationName).path
      let result = try Program.run(["runs"] + arguments + ["--config", configuration], in: directory)
      #expect(result.status == 0, "\(result.errors)")
      return result.output
    }
    let list = try runs("list").split(separator: "\n")
    #expect(
      list.count == 3 && list[1].contains("\(SampleShop.asOf)")
        && list[2].contains("\(SampleShop.earlierAsOf)"))
    let difference = try #require(
      try JSONSerialization.jsonObject(with: Data(runs("diff", "--json").utf8)) as? [String: Any])
    let findings = try #require(difference["findings"] as? [[String: Any]])
    let changes = try #require(difference["changes"] as? [String: [String: Any]])
    for (change, group) in changes {
      #expect(group["count"] as? Int == findings.count { $0["change"] as? String == change }, "\(change)")
    }
    let reports = folder.appendingPathComponent("reports/\(SampleShop.period)")
    let open = try ["discrepancies.csv", "open_items.csv"].flatMap { name in
      try CSVTable(reports.appendingPathComponent(name)).rows.filter { $0["status"] == "open" }.map {
        $0["id"]
      }
    }
    let withdrawn = findings.filter { $0["code"] as? String == "record_withdrawn" }
    #expect(!withdrawn.isEmpty && withdrawn.allSatisfy { $0["change"] as? String == "new" })
    for finding in findings {
      #expect(open.contains(finding["id"] as? String) == (finding["change"] as? String != "cleared"))
    }
  }

  @Test(
    "every formula of the sample workbook stores what LibreOffice works out",
    .enabled(if: SpreadsheetTools.canRecalculate, "LibreOffice Calc or python3-openpyxl is not installed"))
  func recalculation() throws {
    let scratch = try Scratch()
    #expect(try Program.run(["demo"], in: scratch.url).status == ExitStatus.finished.rawValue)
    let folder = scratch.url.appendingPathComponent("reconcile-demo/reports/\(SampleShop.period)")
    let result = try SpreadsheetTools.recalculate(
      folder.appendingPathComponent("reconciliation.xlsx").path,
      in: scratch.url.appendingPathComponent("recalculation").path)
    #expect(result.differences == [])
    // One in each row of a table in several currencies, and those of Summary and Controls.
    let rows = try ["discrepancies.csv", "orders.csv", "payments.csv", "refunds.csv", "settlement.csv"]
      .reduce(0) {
        $0 + (try CSVTable(folder.appendingPathComponent($1)).rows.count)
      }
    #expect(result.formulas > rows + 500)
  }

  @Test("a folder that holds something is left alone")
  func refusesFullFolder() throws {
    let scratch = try Scratch()
    let kept = scratch.url.appendingPathComponent("mine.txt")
    try Data("mine".utf8).write(to: kept)
    let result = try Program.run(["demo", "."], in: scratch.url)
    #expect(result.status == ExitStatus.outputNotWritten.rawValue)
    #expect(result.errors.contains("reconcile demo DIR"))
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: scratch.url.path)) == ["mine.txt"])
  }
}
