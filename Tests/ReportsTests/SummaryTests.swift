import Foundation
import ReconcileCore
import Testing

@testable import Reports

@Suite struct SummaryTests {
  private func totals(_ source: SampleSource) throws -> SummaryTotals {
    let folder = try TestFolder()
    return try writeReports(
      source: source, formats: [], outputRoot: folder.path, workbook: nil, onProgress: { _, _, _ in }
    ).totals
  }

  private func summary(_ source: SampleSource) throws -> String {
    let folder = try TestFolder()
    let result = try writeReports(
      source: source, formats: [.csv], outputRoot: folder.path, workbook: nil, onProgress: { _, _, _ in })
    return String(
      decoding: try Data(contentsOf: URL(filePath: result.folder + "/summary.json")), as: UTF8.self)
  }

  @Test func sumsAreExactAndUnknownAmountsAddNothing() throws {
    let totals = try totals(Sample.source())
    let euro = try Sample.currency("EUR")
    let yen = try Sample.currency("JPY")
    #expect(totals.orders[euro]?.count == 2)
    #expect(totals.orders[euro]?.amount == 9_980)
    #expect(totals.orders[euro]?.collected == 4_990)
    #expect(totals.orders[euro]?.refunded == 2_000)
    #expect(totals.orders[euro]?.byMatchStatus == [.exact: 1, .unknown: 1])
    #expect(totals.orders[yen]?.amount == 1_200)
    #expect(totals.payments[euro]?.count == 3)
    #expect(totals.payments[euro]?.collected == 4_997)
    #expect(totals.payments[euro]?.linked == 4_990)
    #expect(totals.payments[euro]?.unlinked == 7)
    #expect(totals.payments[euro]?.undated == 7)
    #expect(totals.payments[euro]?.difference == 0)
    #expect(totals.refunds[euro]?.count == 2)
    #expect(totals.refunds[euro]?.amount == 1_000)
    #expect(totals.refunds[euro]?.fees == 100)
    #expect(totals.currencies == [euro, yen])
    #expect(totals.findingCount(.open) == 2)
    #expect(totals.findingCount(.settled) == 1)
    #expect(totals.findingCount(.accepted) == 1)
    #expect(totals.findings[.unpaidOrder]?.count == 2)
    #expect(totals.findings[.unpaidOrder]?.openAmount == [yen: 1_200])
    #expect(totals.findings[.settlementCountMismatch]?.openAmount == [:])
    #expect(totals.codes == [.unpaidOrder, .overpayment, .settlementCountMismatch])
    #expect(ReportTable.ofEveryReport.map(totals.rowCount) == [4, 1, 3, 3, 2, 1, 1])
  }

  @Test func sumsBeyondInt64StayExact() throws {
    var source = SampleSource(facts: try Sample.facts())
    var payment = PaymentRow(
      provider: "m", paymentID: "p", amount: try Sample.money(.max), status: .succeeded,
      providerStatus: "paid")
    payment.collected = try Sample.money(.max)
    source.payments = Array(repeating: payment, count: 3)
    var finding = DiscrepancyRow(id: "d", code: .orphanPayment, status: .open, explanation: "")
    finding.difference = .money(try Sample.money(.min))
    source.discrepancies = [finding, finding]
    let text = try summary(source)
    #expect(text.contains("\"payments_collected\": \"276701161105643274.21\""))
    let euro = try Sample.currency("EUR")
    #expect(try totals(source).findings[.orphanPayment]?.openAmount == [euro: 18_446_744_073_709_551_616])
  }

  @Test func anAmountInAnotherCurrencyThanItsRowIsADefect() throws {
    var source = try Sample.source()
    source.payments[0].collected = try Sample.money(1, "JPY")
    let failure = #expect(throws: Failure.self) { try totals(source) }
    #expect(failure?.status == .defect)
  }

  @Test func keysStandInTheirOrder() throws {
    let text = try summary(Sample.source())
    func keys(indent: String) -> [String] {
      text.split(separator: "\n").compactMap { line in
        guard line.hasPrefix(indent + "\""), let end = line.range(of: "\": ") else { return nil }
        return String(line[..<end.lowerBound].dropFirst(indent.count + 1))
      }
    }
    #expect(
      keys(indent: "  ") == [
        "tool", "run_id", "from", "to", "as_of", "generated_at", "status", "providers", "orders", "payments",
        "refunds", "discrepancies", "control", "excluded", "assumptions", "files", "test_data", "zone",
        "configuration_digest", "inputs", "open_by_age",
      ])
    #expect(
      keys(indent: "    ") == [
        "maxfi", "EUR", "JPY", "EUR", "EUR", "open", "settled", "accepted", "by_code", "EUR", "test",
      ])
    #expect(
      text.contains(
        """
          "control": {
            "EUR": {
              "payments_collected": "49.97",
              "linked": "49.90",
              "unlinked": "0.07",
              "undated": "0.07",
              "difference": "0.00"
            }
          },
        """))
  }

  @Test func anotherReaderFindsTheSameValues() throws {
    var source = try Sample.source()
    let nasty = "q\" b\\ n\n r\r t\t nul\u{0} esc\u{1b} é 😀 \"\u{301} \u{2028}"
    source.facts.assumptions = [nasty]
    var refused = ProviderCoverage(name: "gate", kind: .gate, status: "refused", complete: false)
    refused.message = nasty
    source.facts.providers.insert(refused, at: 0)
    source.facts.excluded = ["test": 4, "other": 1]
    let parsed = try JSONDecoder().decode(Parsed.self, from: Data(try summary(source).utf8))
    #expect(parsed.status == "incomplete")
    #expect(parsed.assumptions.map { Array($0.utf8) } == [Array(nasty.utf8)])
    #expect(parsed.providers["gate"]?.message == nasty)
    #expect(parsed.providers["gate"]?.complete == false)
    #expect(parsed.providers["maxfi"]?.message == nil)
    #expect(parsed.excluded == ["test": 4, "other": 1])
    #expect(parsed.files.map(\.name) == ReportTable.ofEveryReport.map(\.fileName))
    #expect(parsed.files.map(\.rows) == [4, 1, 3, 3, 2, 1, 1])
  }

  @Test func emptyReportsAreValid() throws {
    let text = try summary(SampleSource(facts: try Sample.facts()))
    #expect(text.contains("  \"control\": {},\n"))
    #expect(text.contains("\"by_code\": {}\n"))
    #expect(text.contains("  \"status\": \"complete\",\n"))
    #expect(text.hasSuffix("\n}\n"))
  }

  private struct Parsed: Decodable {
    struct Provider: Decodable {
      var complete: Bool
      var message: String?
    }
    struct File: Decodable {
      var name: String
      var rows: Int64
    }
    var status: String
    var assumptions: [String]
    var providers: [String: Provider]
    var excluded: [String: Int64]
    var files: [File]
  }

  @Test("what is open stands by currency, code and age, carried forward or not; what is settled does not")
  func openByAge() throws {
    func row(_ id: String, _ age: Int?, _ difference: Int64, seen: String, changed: String) throws
      -> DiscrepancyRow
    {
      var row = DiscrepancyRow(id: id, code: .unpaidOrder, status: .open, explanation: "")
      row.currency = try Sample.currency("EUR")
      row.difference = .money(try Sample.money(difference))
      row.ageDays = age
      row.firstSeen = try Sample.day(seen)
      row.lastChanged = try Sample.day(changed)
      return row
    }
    var totals = SummaryTotals()
    totals.add(discrepancy: try row("D1", 7, -1_000, seen: "2026-03-05", changed: "2026-03-05"))
    totals.add(discrepancy: try row("D2", 8, -250, seen: "2026-03-04", changed: "2026-03-20"))
    totals.add(openItem: try row("D3", 91, -5, seen: "2025-12-30", changed: "2026-01-02"))
    var settled = try row("D4", 7, -99, seen: "2025-01-01", changed: "2026-12-31")
    settled.status = .settled
    totals.add(discrepancy: settled)
    let ages = try #require(totals.openAges.first)
    #expect(totals.openAges.count == 1 && ages.code == .unpaidOrder && ages.currency?.code == "EUR")
    let groups = AgeBucket.allCases.compactMap { age in
      ages.groups[age].map { "\(age.rawValue): \($0.count), \($0.amount)" }
    }
    #expect(groups == ["0-7: 1, 1000", "8-30: 1, 250", "over 90: 1, 5"])
    #expect(ages.firstSeen?.description == "2025-12-30" && ages.lastChanged?.description == "2026-03-20")
  }
}
