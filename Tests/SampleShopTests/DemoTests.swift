import Foundation
import ReconcileCore
import SampleShop
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
