import Foundation
import ReconcileCore
import SampleShop
import Testing

@Suite("Explanations")
struct ExplanationTests {
  @Test(
    "every explanation of the sample is a sentence with the numbers in it",
    arguments: ["discrepancies.csv", "open_items.csv"])
  func sentences(file: String) throws {
    let rows = try CSVTable(SampleMarch.reports.get().appendingPathComponent(file)).rows
    #expect(!rows.isEmpty)
    for row in rows {
      let text = try #require(row["explanation"])
      let what = "\(row["code"] ?? ""): \(text)"
      #expect(text.first?.isUppercase == true && text.last == ".", "\(what)")
      #expect(!text.contains("  ") && !text.contains(".."), "\(what)")
      let currency = row["currency"] ?? ""
      let isCount = row["code"] == "settlement_count_mismatch" || row["expected"]?.contains(".") == false
      for figure in ["expected", "actual"].compactMap({ row[$0] }) where !figure.isEmpty {
        let words = isCount && currency != "JPY" ? figure : "\(figure) \(currency)"
        // As a word of its own: 4.00 is not in 24.00.
        #expect(" \(text) ".contains(try Regex("[^0-9.]\(words)[^0-9]")), "\(figure) in \(what)")
      }
    }
  }

  @Test("`explain` says of each kind of finding what the CSV file says")
  func sameWords() throws {
    let reports = try SampleMarch.reports.get()
    let folder = reports.deletingLastPathComponent().deletingLastPathComponent()
    let configuration = repository.appendingPathComponent("sample-data/\(SampleShop.configurationName)")
    var told: Set<String> = []
    for row in try CSVTable(reports.appendingPathComponent("discrepancies.csv")).rows
    where told.insert(row["code"] ?? "").inserted {
      let result = try Program.run(
        [
          "explain", row["id"] ?? "", "--json", "--config", configuration.path, "--warehouse",
          "reconcile.sqlite",
        ], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      // The tables of these tests drop quotes inside of texts.
      let output = result.output.replacing("\\\"", with: "")
      #expect(output.contains("\"\(row["explanation"] ?? "")\""), "\(row["code"] ?? "")")
    }
    #expect(told.count == DiscrepancyCode.allCases.count)
  }

  @Test("an explanation without any number is one about a finding that has none")
  func numbers() throws {
    let rows = try CSVTable(SampleMarch.reports.get().appendingPathComponent("discrepancies.csv")).rows
    for row in rows {
      #expect(row["explanation"]?.contains(where: \.isNumber) == true, "\(row["code"] ?? "")")
    }
  }
}
