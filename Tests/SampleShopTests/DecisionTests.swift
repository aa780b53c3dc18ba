import Foundation
import ReconcileCore
import SampleShop
import TestSupport
import Testing

@Suite("What people decide about the sample month")
struct DecisionTests {
  private let scratch: Scratch
  private let shop: URL
  private static let march = ["--period", "2026-03", "--as-of", "2026-04-01T06:00:00Z", "--quiet"]

  init() throws {
    scratch = try Scratch()
    #expect(try Program.run(["demo", "shop", "--quiet"], in: scratch.url).status == 0)
    shop = scratch.url.appendingPathComponent("shop")
  }

  private func reconcile(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
    try Program.run(arguments, in: shop)
  }

  private func table(_ name: String) throws -> CSVTable {
    try CSVTable(shop.appendingPathComponent("reports/\(SampleShop.period)/\(name)"))
  }

  private func write(_ name: String, _ lines: [String]) throws {
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: shop.appendingPathComponent(name))
  }

  /// The payments that a note suggests for orders, as provider, payment and order.
  private func suggestions() throws -> [(payment: String, order: String)] {
    try table("payments.csv").rows.compactMap { row in
      guard let note = row["note"], note.hasPrefix("suggested order: ") else { return nil }
      return ("\(row["provider"] ?? ""):\(row["payment_id"] ?? "")", String(note.dropFirst(17)))
    }
  }

  /// The bytes of every file of the shop.
  private func bytes() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: shop.path) where !name.hasPrefix(".") {
      files[name] = FileManager.default.contents(atPath: shop.path + "/" + name)
    }
    return files
  }

  @Test("a dry run tells what would be done and changes no byte of any file")
  func dryRuns() throws {
    let suggested = try #require(try suggestions().first)
    let ids = try table("discrepancies.csv").rows.filter { $0["status"] == "open" }.compactMap { $0["id"] }
    try write("links.csv", ["payment_id,order_id,note", "\(suggested.payment),\(suggested.order),receipt"])
    try write("wrong.csv", ["id,resolution,note", "\(ids[0]),accepted,n", "D0,accepted,n", "\(ids[1]),,"])
    let before = try bytes()
    let link = try reconcile("link", "--file", "links.csv", "--dry-run")
    #expect(link.status == 0, "\(link.errors)")
    #expect(
      link.output.hasPrefix(
        "line 2: would be done: payment \(suggested.payment) is linked to order \(suggested.order)\n"))
    #expect(try reconcile("unlink", suggested.payment, "--note", "n", "--dry-run").status == 0)
    #expect(try reconcile("resolve", ids[0], "--as", "accepted", "--note", "n", "--dry-run").status == 0)
    // A file with a row that is refused writes nothing, dry run or not.
    for arguments in [["--dry-run"], []] {
      let refused = try Program.run(["resolve", "--file", "wrong.csv"] + arguments, in: shop)
      #expect(refused.status == ExitStatus.inputRejected.rawValue)
      #expect(refused.output.contains("line 2: would be done: "))
      #expect(refused.output.contains("line 3: refused: no discrepancy `D0` is in the warehouse"))
      #expect(refused.output.contains("Rows without a resolution, left as they are: 1."))
      #expect(refused.errors.contains("wrong.csv, line 3"))
    }
    #expect(try reconcile("decisions", "export", "--quiet").output.split(separator: "\n").count == 1)
    let after = try bytes()
    #expect(after.keys.sorted() == before.keys.sorted())
    for (name, content) in before where !name.hasSuffix(".lock") {
      #expect(after[name] == content, "\(name)")
    }
  }

  @Test("a link by hand holds until it is taken away, and a payment is not linked twice")
  func linkedOnce() throws {
    let suggested = try #require(try suggestions().first)
    #expect(try reconcile("link", suggested.payment, suggested.order, "--note", "receipt").status == 0)
    let other = try #require(
      try table("orders.csv").rows.first { $0["match_status"] == "exact" }?["order_id"])
    let second = try reconcile("link", suggested.payment, other, "--note", "mine")
    #expect(second.status == ExitStatus.usage.rawValue && second.output.isEmpty)
    #expect(second.errors.contains("is linked to order \(suggested.order) already, by "))
    #expect(second.errors.contains("reconcile unlink \(suggested.payment)"))
    #expect(try reconcile("unlink", suggested.payment, "--note", "a mistake").status == 0)
    #expect(try reconcile("link", suggested.payment, other, "--note", "mine").status == 0)
  }

  @Test("decisions kept as text give the same reports in a warehouse that was lost and imported again")
  func lostWarehouse() throws {
    for (payment, order) in try suggestions() {
      #expect(try reconcile("link", payment, order, "--note", "receipt, \"seen\"").status == 0)
    }
    let linked = try #require(try table("payments.csv").rows.first { $0["matched_by"] == "order_id" })
    let taken = "\(linked["provider"] ?? ""):\(linked["payment_id"] ?? "")"
    #expect(try reconcile("unlink", taken, "--note", "=not theirs").status == 0)
    #expect(try Program.run(["match"] + Self.march, in: shop).status == 0)
    #expect(try Program.run(["report"] + Self.march, in: shop).status == 0)
    // Also about findings that exist only because of the links.
    let findings = try table("discrepancies.csv").rows
    let verdicts = findings.enumerated().filter {
      $0.offset % 2 == 0 || $0.element["payment_id"] == linked["payment_id"]
    }
    try write(
      "verdicts.csv", ["id,resolution,note"] + verdicts.map { "\($0.element["id"] ?? ""),accepted,agreed" })
    #expect(try reconcile("resolve", "--file", "verdicts.csv", "--quiet").status == 0)
    #expect(try Program.run(["report"] + Self.march, in: shop).status == 0)
    #expect(try reconcile("decisions", "export", "decisions.csv").status == 0)
    let (decisions, reports) = (try bytes()["decisions.csv"], try bytes().filter { $0.key.hasSuffix(".csv") })

    for name in ["reconcile.sqlite", "reports"] {
      try FileManager.default.removeItem(at: shop.appendingPathComponent(name))
    }
    let earlier = [
      "--config", "reconcile-earlier.toml", "--period", "2026-03", "--as-of", "2026-03-24T04:00:00Z",
      "--quiet",
    ]
    _ = try Program.run(["run"] + earlier, in: shop)
    let applied = try reconcile("decisions", "apply", "decisions.csv")
    #expect(applied.status == 0, "\(applied.errors)")
    _ = try Program.run(["run"] + Self.march, in: shop)
    #expect(try bytes().filter { $0.key.hasSuffix(".csv") } == reports)
    #expect(try reconcile("decisions", "export", "decisions.csv").status == 0)
    #expect(try bytes()["decisions.csv"] == decisions)
    #expect(try reconcile("decisions", "apply", "decisions.csv").output.contains(": 0 done, "))
    #expect(try reconcile("warehouse", "check", "--deep").status == 0)
  }

  @Test(
    "the workbook of the sample month, filled in with another program, decides its rows",
    .enabled(if: SpreadsheetTools.canRead, "python3-openpyxl is not installed"))
  func workbook() throws {
    let workbook = shop.appendingPathComponent("reports/\(SampleShop.period)/reconciliation.xlsx").path
    let filled = try SpreadsheetTools.fill(workbook, to: shop.path + "/filled.xlsx")
    let decided = try reconcile("resolve", "--file", "filled.xlsx")
    #expect(decided.status == 0, "\(decided.errors)")
    let lines = decided.output.split(separator: "\n")
    #expect(filled.count > 20)
    for (row, line) in zip(filled, lines) {
      #expect(
        line.hasPrefix("\(row[0]), row \(row[1]): done: ") && line.hasSuffix("(\(row[2])) is \(row[3])"))
    }
    #expect(try Program.run(["report"] + Self.march, in: shop).status == 0)
    let status = Dictionary(
      uniqueKeysWithValues: try table("discrepancies.csv").rows.map { ($0["id"] ?? "", $0["status"] ?? "") })
    for row in filled where row[0] == "Discrepancies" && row[3] == "accepted" {
      #expect(status[row[2]] == "accepted")
    }
    // The same workbook again changes nothing; that of another warehouse is refused row by row.
    #expect(
      try reconcile("resolve", "--file", "filled.xlsx").output.contains(
        ": 0 done, \(filled.count) unchanged."))
    #expect(try Program.run(["demo", "other", "--quiet"], in: scratch.url).status == 0)
    let other = try Program.run(
      ["resolve", "--file", "../shop/filled.xlsx"], in: scratch.url.appendingPathComponent("other"))
    #expect(other.status == ExitStatus.inputRejected.rawValue)
    #expect(other.errors.contains("\(filled.count) rows cannot be taken, so nothing was changed"))
    #expect(other.errors.contains("comes from another warehouse"))
    #expect(
      try reconcile("resolve", "--file", "reconcile.sqlite.xlsx").status == ExitStatus.inputMissing.rawValue)
  }
}
