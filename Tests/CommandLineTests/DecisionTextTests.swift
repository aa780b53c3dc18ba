import Foundation
import ReconcileCore
import ReconcileWarehouse
import TestSupport
import Testing

@testable import reconcile

@Suite("Decisions as text come back as they were")
struct DecisionTextTests {
  private static let odd = [
    "=1+1", "'=1", "''-5", "-5", "+370 5", "@home", "a \"quoted\" word", "\"\u{301}accent", "one, two; three",
    " blanks ",
    "ąžuolas 🌳", "'twas", "007", "x", "'", "\"", ",", "1,5", "a\u{2028}b", "''",
  ]

  private func read(_ text: String) throws -> [Result<DecisionRecord, RowDefect>] {
    let folder = try ScratchFolder()
    return try DecisionText.sheet(file: folder.write("d.csv", text)).rows.map(\.content)
  }

  private static func record(_ random: inout SeededGenerator) throws -> DecisionRecord {
    let id = try Identifier(random.pick(odd.map { $0 + "7" })).text
    func number(_ random: inout SeededGenerator) -> Int64? {
      random.once(in: 4) ? nil : random.pick([0, 5, -5, 1_234_567, .max, -.max, 100, -100_000])
    }
    let subject: DecisionRecord.Subject
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      subject = .link(PaymentKey(provider: "dapit", id: id), order: try Identifier(random.pick(odd)).text)
    case 1: subject = .link(PaymentKey(provider: "a-b", id: id), order: nil)
    default:
      let currency = random.pick([nil, "EUR", "JPY", "KWD"])
      subject = .verdict(
        id, random.pick(Resolution.allCases),
        DecidedAmounts(currency: currency, expected: number(&random), actual: number(&random)))
    }
    let seconds = Int64.random(in: 0..<2_000_000_000, using: &random)
    let decider = Decider(name: random.pick(odd), instant: Instant(seconds: seconds))
    return DecisionRecord(subject, note: random.pick(odd), decider)
  }

  @Test("every decision that can be made is read as it was written", arguments: Seeds.some(20))
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let records = try (0..<60).map { _ in try Self.record(&random) }.filter {
      Decision.problem(withNote: $0.note) == nil && Decision.problem(withNote: $0.decider.name) == nil
    }
    let text = DecisionText.text(records.map { ($0, nil) })
    #expect(try read(text).map { try $0.get() } == records)
    // A line each, whatever stands in the notes.
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == records.count + 2)
  }

  @Test("a verdict shows its amounts with their decimals, and what it is about")
  func readable() throws {
    let shop = try SmallShop([("a", "2026-03-25", "EUR", 1_050)])
    let warehouse = try shop.warehouse(.write)
    let id = try #require(try warehouse.findingIDs().first)
    _ = try warehouse.decide(
      [DecisionDraft(.verdict(id: id, .accepted, seen: nil), note: "lost, written off")],
      by: Decider(name: "alice", instant: SmallShop.now))
    let text = DecisionText.text(try warehouse.decisions())
    #expect(
      text == """
        decision,id,code,provider,payment_id,refund_id,order_id,business_date,currency,unit,expected,actual,note,made_by,made_at
        accepted,\(id),unpaid_order,,,,a,2026-03-25,EUR,money,10.50,0.00,"lost, written off",alice,2026-04-01T06:00:00Z

        """)
    // What a spreadsheet makes of it when somebody saves it there.
    let saved = text.replacing("10.50,0.00", with: "10.5,0").replacing(",", with: ";").replacing(
      "\"lost; ", with: "\"lost, ")
    #expect(try read(saved).map { try $0.get() } == warehouse.decisions().map(\.record))
  }

  @Test("every line that is wrong is named with what is wrong")
  func wrongLines() throws {
    let text = """
      decision,id,provider,payment_id,order_id,currency,unit,expected,actual,note,made_by,made_at
      tie,,p,P1,A1,,,,,n,me,2026-03-01T00:00:00Z
      link,,,P1,A1,,,,,n,me,2026-03-01T00:00:00Z
      link,,p,P1,,,,,,n,me,2026-03-01T00:00:00Z
      unlink,,p,P1,,,,,, ,me,2026-03-01T00:00:00Z
      accepted,D1,,,,EUR,money,1.234,,n,me,2026-03-01T00:00:00Z
      accepted,D1,,,,XXQ,money,1.23,,n,me,2026-03-01T00:00:00Z
      accepted,D1,,,,EUR,coins,1,,n,me,2026-03-01T00:00:00Z
      open,D1,,,,EUR,money,1.23,,n,,2026-03-01T00:00:00Z
      open,D1,,,,EUR,money,1.23,,n,me,yesterday
      """
    let told = try read(text).map { row in
      if case .failure(let defect) = row { defect.text } else { "fine" }
    }
    for (index, words) in [
      "`tie` is no decision", "provider is empty", "order_id is empty", "note is blank",
      "more than 2 decimals",
      "`XXQ` is no currency", "unit is neither", "made_by is blank", "made_at is no time",
    ].enumerated() { #expect(told[index].contains(words), "\(told[index])") }
  }

  private func workbook(_ rows: [[String?]]) throws -> DecisionSheet<DecisionDraft> {
    let folder = try ScratchFolder()
    let header = HandMadeWorkbook.row(4, ["id", "note", "resolution", "row_key"])
    let data = rows.enumerated().map { HandMadeWorkbook.row($0.offset + 5, $0.element) }.joined()
    let file = folder.path + "/w.xlsx"
    try HandMadeWorkbook.file(openItems: header, discrepancies: header + data).write(
      to: URL(fileURLWithPath: file))
    return try .verdicts(file: file, defaultNote: nil)
  }

  @Test(
    "rows of a workbook are found by their hidden keys; edited, moved and unknown ones are refused by their rows"
  )
  func workbookRows() throws {
    let shop = try SmallShop([("a", "2026-03-25", "EUR", 1_050), ("b", "2026-03-26", "EUR", 1_050)])
    let warehouse = try shop.warehouse(.write)
    let ids = try warehouse.findingIDs()
    let euro = try #require(Currency("EUR"))
    func key(_ id: String, _ expected: Int64, of warehouse: String) -> String {
      FindingRowKey(
        warehouse: warehouse, findingID: id, expected: .money(Money(minorUnits: expected, currency: euro)),
        actual: .money(Money.zero(euro))
      ).text
    }
    let own = try warehouse.identity()
    func row(_ id: String, _ note: String?, _ word: String?, _ key: String?) -> [String?] {
      [id, note, word, key]
    }
    let good = ids.map { row($0, "fine", "Accepted", key($0, 1_050, of: own)) }
    func told(_ rows: [[String?]]) throws -> [String] {
      let sheet = try workbook(rows)
      let outcomes = try warehouse.decide(
        sheet.rows.compactMap { try? $0.content.get() }, by: Decider(name: "alice", instant: SmallShop.now),
        isDryRun: true)
      let report = DecisionReport(sheet, outcomes, isDryRun: true)
      return report.text(by: Decider(name: "alice", instant: SmallShop.now), undecided: nil).split(
        separator: "\n"
      )
      .map(String.init)
    }
    #expect(try told(good).last == "Nothing was written (--dry-run): 2 would be done, 0 unchanged.")
    let edited = (good[0][3] ?? "").replacing(ids[0], with: ids[1])
    let rows = [
      row(ids[0], "n", "accepted", edited), row(ids[0], "n", "accepted", good[1][3]),
      row(ids[0], "n", "maybe", good[0][3]), row(ids[0], nil, "open", good[0][3]),
      row(ids[0], "n", "open", nil),
      row(ids[0], "n", "open", key(ids[0], 1_050, of: "0123456789abcdef")),
      row(ids[0], "n", "open", key(ids[0], 1, of: own)), row(ids[0], "only a thought", nil, good[0][3]),
    ]
    let lines = try told(rows)
    for (index, words) in [
      "Discrepancies, row 5: refused: the hidden cell row_key was edited",
      "Discrepancies, row 6: refused: the row shows",
      "Discrepancies, row 7: refused: `maybe` is no resolution",
      "Discrepancies, row 8: refused: note is empty",
      "Discrepancies, row 9: refused: the hidden cell row_key is empty",
      "Discrepancies, row 10: refused: the row comes from another warehouse",
      "Discrepancies, row 11: refused: the amounts of unpaid_order",
    ].enumerated() { #expect(lines[index].hasPrefix(words), "\(lines[index])") }
    #expect(lines.count == 8)
  }
}
