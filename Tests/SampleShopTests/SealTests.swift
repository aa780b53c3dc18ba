import Foundation
import ReconcileCore
import SampleShop
import Testing

@Suite("A sealed month")
struct SealTests {
  @Test("comes out byte for byte after records changed; the changes are adjustments of the next month")
  func sealAndChange() throws {
    let scratch = try Scratch()
    #expect(try Program.run(["demo", "shop", "--quiet"], in: scratch.url).status == 0)
    let shop = scratch.url.appendingPathComponent("shop")
    func reconcile(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
      try Program.run(arguments, in: shop)
    }
    let sealed = try reconcile("seal", "2026-03", "--note", "closed")
    #expect(sealed.status == 0, "\(sealed.errors)")
    let march = shop.appendingPathComponent("reports/\(SampleShop.period)")
    let before = try files(of: march)

    // An order of March gets another amount, and is read with April.
    let orders = try CSVTable(march.appendingPathComponent("orders.csv"))
    let row = try #require(orders.rows.first { $0["match_status"] == "exact" && $0["currency"] == "EUR" })
    let id = try #require(row["order_id"])
    let corrections = "order_id,created_at,currency,amount\n\(id),\(row["created_at"] ?? ""),EUR,9999.00\n"
    try Data(corrections.utf8).write(to: shop.appendingPathComponent("late.csv"))
    let april = try reconcile(
      "--period", "2026-04", "--orders", "orders/*.csv", "late.csv", "--as-of", "2026-05-02T06:00:00Z",
      "--quiet", "--format", "csv,xlsx,html")
    #expect(april.status == ExitStatus.inputRejected.rawValue, "\(april.errors)")
    let report = shop.appendingPathComponent("reports/2026-04-01_2026-04-30")
    let adjustments = try CSVTable(report.appendingPathComponent("adjustments.csv"))
    let amount = try #require(adjustments.rows.first { $0["id"] == id && $0["field"] == "amount" })
    #expect(amount["sealed"] == row["amount"] && amount["now"] == "9999.00")
    #expect(adjustments.rows.allSatisfy { $0["sealed_period"] == SampleShop.period.description })
    let page = try String(contentsOf: report.appendingPathComponent("report.html"), encoding: .utf8)
    let table = try #require(page.components(separatedBy: "<tbody data-rows=\"adjustments-table\">").last)
    let rows = table.components(separatedBy: "</tbody>")[0].components(separatedBy: "<tr>").count - 1
    #expect(rows == adjustments.rows.count)

    // A run of the sealed month writes the sealed files, and the warehouse still gives them.
    let again = try reconcile("report", "--period", "2026-03")
    #expect(again.status == 0 && again.output.contains("SEALED"), "\(again.errors)")
    #expect(try files(of: march) == before)
    #expect(try reconcile("verify", "2026-03").status == 0)
    let changed = march.appendingPathComponent("orders.csv")
    try (Data(contentsOf: changed) + Data("\n".utf8)).write(to: changed)
    let broken = try reconcile("verify", "2026-03")
    #expect(broken.status == ExitStatus.warehouseFailed.rawValue && broken.errors.contains("orders.csv"))

    // Opened again, it shows what is known now.
    #expect(try reconcile("seal", "2026-03", "--note", "again").status == ExitStatus.usage.rawValue)
    #expect(try reconcile("unseal", "2026-03", "--reason", "a mistake").status == 0)
    #expect(try reconcile("report", "--period", "2026-03", "--quiet").status == 0)
    let now = try CSVTable(march.appendingPathComponent("orders.csv")).rows.first { $0["order_id"] == id }
    #expect(now?["amount"] == "9999.00")
  }

  @Test("a purge of rejected rows' texts does not break a seal, and hides no other difference")
  func sealAndPurge() throws {
    let scratch = try Scratch()
    #expect(try Program.run(["demo", "shop", "--quiet"], in: scratch.url).status == 0)
    let shop = scratch.url.appendingPathComponent("shop")
    func reconcile(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
      try Program.run(arguments, in: shop)
    }
    #expect(try reconcile("seal", "2026-03", "--note", "closed").status == 0)
    let march = shop.appendingPathComponent("reports/\(SampleShop.period)")
    let rejects = march.appendingPathComponent("rejects.csv")
    let sealed = try Data(contentsOf: rejects)
    #expect(try reconcile("warehouse", "purge", "--before", "2100-01-01").status == 0)

    let verified = try reconcile("verify", "2026-03")
    #expect(verified.status == 0 && verified.output.contains("purged since"), "\(verified.errors)")
    let states = verified.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(states.contains(["rejects.csv", "purged", "same"]))
    #expect(states.contains(["orders.csv", "same", "same"]))
    // A copy of a file that was changed is found, be it one with purged texts.
    try (sealed + Data("\n".utf8)).write(to: rejects)
    #expect(try reconcile("verify", "2026-03").status == ExitStatus.warehouseFailed.rawValue)

    // The report writes the files as they can still be made.
    let report = try reconcile("report", "--period", "2026-03", "--quiet")
    #expect(report.status == 0, "\(report.errors)")
    let records = try CSVTable(rejects).rows.map { $0["record"] }
    #expect(!records.isEmpty && records.allSatisfy { $0 == Reject.purgedRecord })
    #expect(try reconcile("verify", "2026-03").status == 0)
  }

  @Test("an unfinished month, one that was never sealed, and a seal without a reason are refused")
  func refusals() throws {
    let scratch = try Scratch()
    #expect(try Program.run(["demo", "shop", "--quiet"], in: scratch.url).status == 0)
    let shop = scratch.url.appendingPathComponent("shop")
    for arguments in [
      ["seal", "month-to-date", "--note", "n"], ["verify", "2026-03"],
      ["unseal", "2026-03", "--reason", "n"],
      ["seal", "2026-03", "--note", " "], ["seal", "2026-3", "--note", "n"],
    ] {
      let result = try Program.run(arguments, in: shop)
      #expect(result.status == ExitStatus.usage.rawValue, "\(arguments): \(result.errors)")
    }
  }

  @Test("a question to the warehouse is answered in each format, and nothing can be changed by one")
  func query() throws {
    let scratch = try Scratch()
    #expect(try Program.run(["demo", "shop", "--quiet"], in: scratch.url).status == 0)
    let shop = scratch.url.appendingPathComponent("shop")
    func ask(_ query: String, _ format: String = "csv") throws -> (
      status: Int32, output: String, errors: String
    ) {
      try Program.run(["sql", query, "--format", format], in: shop)
    }
    let orders = try CSVTable(shop.appendingPathComponent("reports/\(SampleShop.period)/orders.csv")).rows
      .count
    let count = "SELECT count(*) AS n FROM v_order WHERE order_date BETWEEN '2026-03-01' AND '2026-03-31'"
    #expect(try ask(count).output == "n\n\(orders)\n")
    #expect(try ask(count, "json").output.contains("\"n\": \(orders)"))
    #expect(try ask(count, "table").output == "n\n\(orders)\n")
    for view in ["payment", "refund", "discrepancy", "open_discrepancy", "settlement_day", "run", "import"] {
      #expect(try ask("SELECT * FROM v_\(view) LIMIT 1").output.split(separator: "\n").count == 2, "\(view)")
    }
    for query in [
      "DELETE FROM payment", "SELECT 1; SELECT 2", "SELECT * FROM nothing", "", "ATTACH 'x' AS y",
    ] {
      #expect(try ask(query).status == ExitStatus.usage.rawValue, "\(query)")
    }
  }

  private func files(of folder: URL) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      files[name] = try Data(contentsOf: folder.appendingPathComponent(name))
    }
    return files
  }
}
