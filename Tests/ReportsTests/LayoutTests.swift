import ReconcileCore
import Testing

@testable import Reports

@Suite("Columns fit what they hold and the page")
struct LayoutTests {
  @Test("texts wrap at blanks and hyphens, and inside words that are too long")
  func lines() {
    let narrow = TextMeasure.pixels("wwwww") + TextMeasure.padding
    #expect(TextMeasure.lines("wwwww", in: narrow) == 1 && !TextMeasure.isLong("wwwww", in: narrow))
    #expect(TextMeasure.lines("wwwww wwwww", in: narrow) == 2 && TextMeasure.isLong("wwwww ww", in: narrow))
    #expect(TextMeasure.lines("wwwwwwwwwwwwwww", in: narrow) == 3)
    #expect(TextMeasure.lines("ww ww ww", in: narrow) == 2)
    #expect(TextMeasure.lines("wwww-wwww", in: narrow) == 2)
    #expect(TextMeasure.lines("w\nw\nw", in: narrow) == 3)
    #expect(TextMeasure.lines("", in: narrow) == 1)
    #expect(TextMeasure.pixels("漢字") == 24 && TextMeasure.pixels("iiiii") < TextMeasure.pixels("wwwww"))
  }

  @Test("a page that is too narrow makes texts wrap, sentences last, and nothing else narrower")
  func widths() {
    let columns = ReportTables.discrepancies.map { ColumnLayout($0.name) }
    func widths(ids: Int) -> [String: Int] {
      let content = columns.map { layout -> ContentWidth in
        let pixels =
          switch layout.kind {
          case .id: ids
          case .code: layout.name == "code" ? 160 : 40
          case .prose: 400
          default: 60
          }
        return ContentWidth(widest: pixels, usual: pixels)
      }
      return Dictionary(
        uniqueKeysWithValues: zip(
          columns.map(\.name), ColumnWidths.fitting(columns, content: content)))
    }
    let short = widths(ids: 30)
    let long = widths(ids: 160)
    for widths in [short, long] { #expect(widths.values.reduce(0, +) <= 1_370) }
    #expect(long["code"] == 170 && short["code"] == 170)
    #expect(long["expected"] == short["expected"] && long["business_date"] == short["business_date"])
    #expect((long["payment_id"] ?? 0) < 170 && (long["order_id"] ?? 0) == 170)
    #expect((short["explanation"] ?? 0) > (long["explanation"] ?? 0) && (long["explanation"] ?? 0) >= 130)
  }

  @Test("the key of a finding's row tells whose it is, what was seen, and whether it was edited")
  func rowKey() throws {
    let euro = try #require(Currency("EUR"))
    var row = DiscrepancyRow(id: "D2BE0C71", code: .unpaidOrder, status: .open, explanation: "")
    row.expected = .money(Money(minorUnits: 5_000, currency: euro))
    let key = FindingRowKey(warehouse: "068a5e6abc95c396", finding: row)
    #expect(FindingRowKey(key.text) == key)
    #expect(key.findingID == "D2BE0C71" && key.warehouse == "068a5e6abc95c396")
    row.expected = .money(Money(minorUnits: 5_001, currency: euro))
    #expect(FindingRowKey(warehouse: key.warehouse, finding: row).figures != key.figures)
    row.expected = nil
    row.actual = .money(Money(minorUnits: 5_000, currency: euro))
    #expect(FindingRowKey(warehouse: key.warehouse, finding: row).figures != key.figures)
    let text = Array(key.text)
    for index in text.indices {
      var edited = text
      edited[index] = edited[index] == "0" ? "1" : "0"
      #expect(FindingRowKey(String(edited)) == nil, "\(String(edited))")
    }
    #expect(FindingRowKey("") == nil && FindingRowKey(key.text + ".") == nil)
  }

  @Test("conditions mean a text as it is, whatever signs stand in it")
  func conditions() {
    #expect(Condition("provider", "a*b?c~").criterion == "\"=a~*b~?c~~\"")
    #expect(Condition("provider", "a\"b").criterion == "\"=a\"\"b\"")
  }
}
