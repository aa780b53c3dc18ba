import Foundation
import ReconcileCore
import Testing

@testable import Reports

@Suite("The page")
struct PageTests {
  private func page(_ source: any ReportSource, _ totals: SummaryTotals, limit: Int = 5_000) throws
    -> PageText
  {
    try PageText(source, totals, limit: limit)
  }

  private func sample(limit: Int = 5_000) throws -> PageText {
    let source = try WorkbookSource.sample()
    return try page(source, source.totals, limit: limit)
  }

  // MARK: Structure

  @Test("it has every section under its heading, and the contents lead to each")
  func sections() throws {
    let page = try sample()
    #expect(page.text.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    #expect(page.elements("h1").count == 1)
    let sections = PageSection.allCases.filter { $0 != .adjustments }
    #expect(page.elements("h2").map(\.text) == sections.map(\.title))
    for section in sections {
      #expect(page.text.contains("<h2 id=\"\(section.rawValue)\">"))
      #expect(page.text.contains("<a href=\"#\(section.rawValue)\">\(section.title)</a>"))
    }
  }

  @Test("what has changed in sealed periods has a section where an earlier period is sealed")
  func adjustments() throws {
    var source = try WorkbookSource.afterSeal()
    let page = try page(source, source.totals)
    #expect(page.elements("h2").map(\.text) == PageSection.allCases.map(\.title))
    let rows = page.rows(of: "adjustments-table")
    #expect(rows.count == source.adjustments.count)
    #expect(rows[0][4...6] == ["123456.78", "123456.99", "0.21"])
    #expect(rows[3][4...6] == ["2026-02-04", "2026-03-03", ""])
    #expect(
      page.text.contains("▲ 21 facts of sealed periods have changed since: see <a href=\"#adjustments\">"))
    source.adjustments = []
    let empty = try self.page(source, source.totals)
    #expect(empty.text.contains("Nothing has changed in the sealed periods 2026-02-01_2026-02-28."))
  }

  @Test("every table says what it holds, and every head says what it is the head of")
  func tables() throws {
    let page = try sample()
    let tables = page.elements("table")
    #expect(tables.count >= 15)
    for table in tables {
      #expect(
        table.inside.hasPrefix("\n<caption>") && table.inside.contains("<thead>"), "\(table.attributes)")
    }
    #expect(page.elements("th").allSatisfy { $0.attributes.contains("scope=\"") })
    let ids = page.text.matches(of: /\ id="([^"]*)"/).map { String($0.1) }
    let own = ids.filter { !$0.hasPrefix("d") }
    #expect(Set(own).count == own.count, "an id stands twice")
  }

  @Test("every drawing says in words what it shows")
  func drawings() throws {
    let drawings = try sample().elements("svg")
    #expect(drawings.count == 5, "three currencies, the kinds, the ages")
    for drawing in drawings {
      #expect(drawing.attributes.contains("role=\"img\"") && drawing.attributes.contains("aria-labelledby="))
      #expect(drawing.inside.contains("<title id=") && drawing.inside.contains("<desc id="))
    }
  }

  @Test("no style, event or address stands in an attribute, and the style sheet is the one that may be used")
  func nothingRuns() throws {
    let page = try sample()
    for word in ["<script", "<link", "<img", "<iframe", " on", " style=", "src=", "url(", "@import", "http:"]
    {
      let tags = page.text.matches(of: /<[a-z][^>]*>/).map { String($0.0) }
      #expect(!tags.contains { $0.contains(word) }, "\(word)")
    }
    let style = try #require(page.elements("style").first)
    #expect(!style.inside.contains("url(") && !style.inside.contains("@import"))
    let digest = Data(Digest.sha256(style.inside.utf8)).base64EncodedString()
    #expect(page.text.contains("default-src &#39;none&#39;; style-src &#39;sha256-\(digest)&#39;"))
  }

  // MARK: Text

  @Test(
    "text from outside is shown and never run",
    arguments: [
      ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
      ("\" onload=\"x", "&quot; onload=&quot;x"), ("'a' & <b>", "&#39;a&#39; &amp; &lt;b&gt;"),
      ("&amp;", "&amp;amp;"), ("</style></td>", "&lt;/style&gt;&lt;/td&gt;"), ("-->]]>", "--&gt;]]&gt;"),
      ("a\u{202E}b", "a⟨U+202E⟩b"), ("\u{2066}x\u{2069}", "⟨U+2066⟩x⟨U+2069⟩"),
      ("a\u{0}b\u{1B}", "a⟨U+0000⟩b⟨U+001B⟩"),
      ("a\nb\tc", "a⟨U+000A⟩b⟨U+0009⟩c"), ("\u{FEFF}\u{200B}", "⟨U+FEFF⟩⟨U+200B⟩"), ("\u{FFFE}", "⟨U+FFFE⟩"),
      ("\u{1FFFF}", "⟨U+1FFFF⟩"), ("Ünïcode 😀 漢字", "Ünïcode 😀 漢字"), ("עברית", "עברית"), ("", ""),
    ])
  func escaping(text: String, expected: String) throws {
    #expect(HTMLText.escaped(text) == expected)
    var source = try Sample.source()
    source.discrepancies[0].orderID = text
    source.discrepancies[0].explanation = text
    source.facts.providers[0].message = text
    source.facts.assumptions = [text]
    source.facts.inputs[0].path = text
    let page = try page(source, source.pageTotals)
    #expect(page.text.components(separatedBy: "<bdi>\(expected)</bdi>").count >= 5)
  }

  @Test("an id that tries to end its attribute stays in it")
  func attributes() throws {
    var source = try Sample.source()
    source.discrepancies[0].id = "\"><script>x</script>"
    let page = try page(source, source.pageTotals)
    #expect(page.text.contains("<tr id=\"&quot;&gt;&lt;script&gt;x&lt;/script&gt;\">"))
  }

  @Test("one long text does not fill the page, and its end says that it was cut")
  func longText() throws {
    let text = String(repeating: "é", count: HTMLText.limit + 1)
    #expect(HTMLText.escaped(text) == String(repeating: "é", count: HTMLText.limit) + HTMLText.mark)
    #expect(HTMLText.escaped(String(text.dropLast())) == String(text.dropLast()))
  }

  // MARK: Figures

  @Test("the summary says the figures of summary.json, digit by digit")
  func figures() throws {
    for source in [try WorkbookSource.sample() as any ReportSource, try Sample.source()] {
      let totals = try source.pageTotals
      let found = try page(source, totals).figures
      #expect(found == PageCheck.figures(totals))
      let json = SummaryJSON.text(facts: source.facts, totals: totals, files: [])
      let summary = try #require(
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      for (key, figure) in found {
        var value: Any? = summary
        for part in key.split(separator: ".") { value = (value as? [String: Any])?[String(part)] }
        #expect("\(value ?? "absent")" == figure, "\(key)")
      }
    }
  }

  @Test("amounts stand with all their digits and no other, also beyond 64 bits")
  func exactAmounts() throws {
    var source = SampleSource(facts: try Sample.facts())
    var payment = PaymentRow(
      provider: "m", paymentID: "p", amount: try Sample.money(.max), status: .succeeded,
      providerStatus: "paid")
    payment.collected = payment.amount
    source.payments = Array(repeating: payment, count: 3)
    var finding = DiscrepancyRow(id: "d", code: .orphanPayment, status: .open, explanation: "")
    finding.currency = try Sample.currency("EUR")
    finding.expected = .money(try Sample.money(0))
    finding.actual = .money(try Sample.money(.min))
    source.discrepancies = [finding]
    let page = try page(source, source.pageTotals)
    #expect(page.figures["payments.EUR.collected"] == "276701161105643274.21")
    let row = try #require(page.rows(of: "discrepancies-table").first)
    #expect(row.suffix(4).dropLast() == ["0.00", "-92233720368547758.08", ""])
  }

  @Test("the room between thousands adds no character")
  func grouping() throws {
    for (digits, groups) in [
      ("0", 0), ("999.99", 0), ("1000", 1), ("-1234567.891", 2), ("-100", 0), ("12345", 1),
    ] {
      let folder = try TestFolder()
      let output = try OutputFile(creating: folder.path + "/x")
      try HTMLWriter(output).digits(digits)
      _ = try output.finish()
      let html = String(decoding: try folder.bytes("x"), as: UTF8.self)
      #expect(PageText.plain(html) == digits)
      #expect(html.components(separatedBy: "<span class=\"g\">").count - 1 == groups, "\(html)")
    }
  }

  @Test("rows of findings have what discrepancies.csv has, and a blank where something is unknown")
  func findings() throws {
    let source = try WorkbookSource.sample()
    let rows = try page(source, source.totals).rows(of: "discrepancies-table")
    #expect(rows.count == source.discrepancies.count)
    for (cells, row) in zip(rows, source.discrepancies) {
      #expect(cells[0] == row.code.rawValue + row.id)
      #expect(cells[1].contains(row.status.rawValue) && cells[1].contains(row.code.severity.rawValue))
      #expect(cells[4].contains("order \(HTMLText.escaped(row.orderID ?? ""))"))
      let expected: [String?] = [
        row.businessDate?.description, row.ageDays.map(String.init), row.currency?.code, row.expected?.text,
        row.actual?.text, row.difference?.text, HTMLText.escaped(row.explanation),
      ]
      #expect(Array(cells[2...3] + cells[5...]) == expected.map { $0 ?? "" })
    }
  }

  @Test("settlement days stand with the reported figures beside ours, and are added up")
  func settlement() throws {
    let page = try sample()
    let rows = page.rows(of: "settlement-1")
    #expect(
      rows.first == [
        "2026-03-01", "10.01", "10.00", "0.50", "0.50", "0.01", "0.01", "9.50", "9.49", "-0.01", "2", "2",
        "▲ mismatch",
      ])
    #expect(rows.last?.prefix(3) == ["Sum", "10.01", "10.00"])
    #expect(page.text.contains("NOT TIED OUT: 3 settlement days differ"))
  }

  @Test("what fails among the controls comes first and is told in words")
  func controls() throws {
    let page = try sample()
    let results = page.rows(of: "controls-table").map { $0[5] }
    let failing = results.count { $0 == "▲ CHECK" }
    #expect(failing > 0 && results.prefix(failing).allSatisfy { $0 == "▲ CHECK" })
    #expect(results.dropFirst(failing).allSatisfy { $0 == "✓ OK" })
    #expect(
      page.text.contains("▲ Not ready to book: dapit was not read completely; 3 settlement days differ"))
    #expect(
      page.text.contains("▲ 3 rows or records could not be read and are in no figure; all of them are in"))
    var calm = try Sample.source()
    calm.rejects = []
    // The sample's order of unknown amount carries a net that it cannot have.
    calm.orders.remove(at: 1)
    #expect(try self.page(calm, calm.pageTotals).text.contains("✓ Ready to book: every source was read"))
  }

  @Test("what changed since the previous run stands in numbers")
  func changes() throws {
    var source = try Sample.source()
    #expect(try page(source, source.pageTotals).text.contains("There is no earlier run to compare with."))
    var changes = FindingChanges(since: Instant(seconds: 0), period: source.facts.period)
    let euro = try Sample.currency("EUR")
    let standing = FindingStanding(
      status: .open, currency: euro, businessDate: nil, expected: .money(try Sample.money(0)),
      actual: .money(try Sample.money(123_456)))
    changes.add(
      FindingDifference(
        id: "x", code: .orphanPayment, provider: nil, orderID: nil, paymentID: nil, refundID: nil,
        change: .new,
        before: nil, after: standing))
    source.facts.changes = changes
    let told = try page(source, source.pageTotals)
    #expect(told.text.contains("Since the run as of 1970-01-01T00:00:00Z: 1 new: 1234.56 EUR."))
    #expect(told.text.components(separatedBy: " id=\"changes\"").count == 2)
    #expect(told.rows(of: "changes") == [["new", "orphan_payment", "EUR", "1", "1234.56"]])
  }

  // MARK: Size and sameness

  @Test("a table is bounded, and says how many rows it leaves out and where they are")
  func limits() throws {
    let source = try WorkbookSource.sample()
    let page = try sample(limit: 2)
    #expect(page.rows(of: "discrepancies-table").count == 2 && page.rows(of: "open-items-table").count == 2)
    #expect(
      page.text.contains(
        "The first 2 of 18 rows stand here, 16 more do not; all of them are in discrepancies.csv."))
    #expect(
      page.text.contains(
        "The first 2 of 3 rows stand here, 1 more do not; all of them are in settlement.csv."))
    let alone = try PageText(source, source.totals, limit: 2, formats: [.html])
    #expect(alone.text.contains("`reconcile report --format csv` writes all of them."))
  }

  @Test("a month in which everything went wrong still makes a page that a browser opens")
  func size() throws {
    var source = try Sample.source()
    let row = try WorkbookSource.sample().discrepancies[0]
    for table in [\SampleSource.discrepancies, \SampleSource.openItems] {
      source[keyPath: table] = (0..<6_000).map { number in
        var finding = row
        finding.id = "\(number)"
        finding.explanation = String(repeating: "A sentence of some length. ", count: 10)
        return finding
      }
    }
    let page = try page(source, source.pageTotals)
    #expect(page.rows(of: "discrepancies-table").count == 5_000)
    #expect(page.text.utf8.count < 12_000_000, "\(page.text.utf8.count)")
  }

  @Test("a long period and many providers and currencies keep the drawings small")
  func longPeriod() throws {
    var source = SampleSource(facts: try Sample.facts())
    let from = try Sample.day("2016-01-01")
    source.facts.period = try #require(Period(from: from, to: Sample.day("2026-12-31")))
    for (place, code) in ["EUR", "USD", "GBP", "PLN", "JPY", "KWD", "SEK", "NOK", "CHF", "CZK"].enumerated() {
      for number in 0..<200 {
        var payment = PaymentRow(
          provider: "p\(number % 20)", paymentID: "\(number)", amount: try Sample.money(100, code),
          status: .succeeded,
          providerStatus: "paid")
        payment.collected = payment.amount
        payment.paymentDate = from.advanced(by: (number * 37 + place) % 4_000)
        source.payments.append(payment)
      }
    }
    let page = try page(source, source.pageTotals)
    #expect(page.elements("svg").count == 9 - 1, "eight currencies, and nothing was found")
    #expect(page.text.contains("The other 2 currencies have fewer payments and are not drawn."))
    for drawing in page.elements("svg") {
      #expect(drawing.inside.components(separatedBy: "<rect").count <= 13 * 122 + 1)
    }
    let days = page.rows(of: "collected-EUR")
    #expect(days.count <= 122 + 1)
    #expect(days.last?[1] == "200.00", "nothing is lost in the steps")
  }

  @Test("two runs that find the same write the same bytes")
  func repeatable() throws {
    let first = try WorkbookSource.sample(run: 1)
    let second = try WorkbookSource.sample(run: 2)
    #expect(try page(first, first.totals).text == page(second, second.totals).text)
  }

  @Test(
    "lengths are whole numbers scaled from exact amounts",
    arguments: [
      (0, 10, 0), (10, 10, 430), (5, 10, 215), (1, 1_000_000, 8), (Int128.max, Int128.max, 430),
      (Int128.max / 2, Int128.max, 215), (-5, 10, 0), (5, 0, 0),
    ] as [(Int128, Int128, Int)])
  func lengths(value: Int128, most: Int128, expected: Int) {
    let length = SVGChart.length(value, of: most, full: 430)
    #expect(abs(length - expected) <= 1)
  }

  // MARK: The check

  @Test("a page that was cut, changed or made to run something does not get its name")
  func damage() throws {
    let source = try WorkbookSource.sample()
    let totals = try source.totals
    let whole = try page(source, totals).text
    try PageText.check(whole, source, totals)
    let damaged = [
      String(whole.prefix(whole.count / 2)), whole.replacing("</table>", with: "", maxReplacements: 1),
      whole.replacing("data-key=\"payments.EUR.linked\">", with: "data-key=\"payments.EUR.linked\">9"),
      whole.replacing("data-key=\"payments.EUR.linked\"", with: ""),
      whole.replacing("<main>", with: "<main><script></script>"),
      whole.replacing("<main>", with: "<main><a href=\"https://example.org/\"></a>"),
      whole.replacing(/<tr id="dEUR0">.*\n/.repetitionBehavior(.reluctant), with: "", maxReplacements: 1), "",
    ]
    for text in damaged {
      #expect(text != whole)
      let failure = #expect(throws: Failure.self) { try PageText.check(text, source, totals) }
      #expect(failure?.status == .outputNotWritten)
    }
  }

  @Test("it is staged, listed and named with the other files, in every combination of formats")
  func folder() throws {
    let folder = try TestFolder()
    let result = try write(Sample.source(), folder, [.csv, .html])
    #expect(result.files.map(\.name) == csvNames + ["report.html", "summary.json"])
    #expect(
      result.files.first { $0.name == "report.html" }?.rows == 5,
      "four findings, one older, one settlement day")
    let summary = String(decoding: try folder.bytes(period + "/summary.json"), as: UTF8.self)
    let digest = Digest.hex(Digest.sha256(try folder.bytes(period + "/report.html")))
    #expect(
      summary.contains("\"name\": \"report.html\",\n      \"rows\": 5,\n      \"sha256\": \"\(digest)\""))
  }
}
