import Foundation
import Testing

@Suite(
  "The page in a browser",
  .enabled(if: Browser.isThere, "Chromium is not installed; the package is `chromium`"))
struct PageTests {
  /// The march with its page, written once.
  private static let month = Task {
    let trial = try Trial()
    let ending = try await trial.run(Trial.month + ["--format", "csv,html"])
    guard ending.status == 0 else { throw Trouble("the run ended with \(ending.status): \(ending.errors)") }
    return trial
  }

  private func page() async throws -> (path: String, report: Report, trial: Trial) {
    let trial = try await Self.month.value
    return (trial.path("reports/2025-03-01_2025-03-31/report.html"), try trial.report(), trial)
  }

  @Test("the browser shows the figures of summary.json and the rows of the CSV files")
  func figures() async throws {
    let (path, report, trial) = try await page()
    let document = try await Browser().document(of: path)
    let summary = try report.summary()
    let figures = document.matches(of: /data-key="([^"]*)"[^>]*>(.*?)<\/(?:td|b)>/)
    #expect(figures.count > 20)
    for figure in figures {
      var value: Any? = summary
      for part in figure.1.split(separator: ".") { value = (value as? [String: Any])?[String(part)] }
      #expect("\(value ?? "absent")" == plain(figure.2), "\(figure.1)")
    }
    for (file, table) in [
      ("discrepancies.csv", "discrepancies-table"), ("open_items.csv", "open-items-table"),
    ] {
      let rows = report.rows(file)
      let shown = cells(of: table, in: document)
      #expect(shown.count == rows.count, "\(file)")
      for (cells, row) in zip(shown, rows) {
        #expect(cells[0] == (row["code"] ?? "") + (row["id"] ?? ""))
        let names = [
          "business_date", "age_days", "currency", "expected", "actual", "difference", "explanation",
        ]
        #expect(Array(cells[2...3] + cells[5...]) == names.map { row[$0] ?? "" })
      }
    }
    _ = trial
  }

  @Test("it holds no script, and nothing that it holds asks for anything")
  func asksNobody() async throws {
    let (path, _, trial) = try await page()
    let browser = try Browser()
    let document = try await browser.document(of: path)
    for word in ["<script", "<link", "<img", "<iframe", " src=", "javascript:", "url("] {
      #expect(!document.contains(word), "\(word)")
    }
    #expect(document.matches(of: /\shref="[^#]/).isEmpty)
    #expect(try await browser.requests(of: path).filter { !$0.hasPrefix("file://") } == [])
    _ = trial
  }

  @Test("a page with other things in it would be found to ask for them")
  func controlOfAsking() async throws {
    let (path, _, trial) = try await page()
    let text = try text(of: path)
    let open = text.replacing(/<meta http-equiv[^>]*>/, with: "").replacing(
      "</main>", with: "<img src=\"http://127.0.0.1:9/x.png\"/></main>")
    try write(open, to: trial.path("open.html"))
    let browser = try Browser()
    #expect(try await browser.requests(of: trial.path("open.html")).contains("http://127.0.0.1:9/x.png"))
    // The page's own rule forbids it even where somebody puts it in.
    let ruled = text.replacing("</main>", with: "<img src=\"http://127.0.0.1:9/x.png\"/></main>")
    try write(ruled, to: trial.path("ruled.html"))
    #expect(try await !browser.requests(of: trial.path("ruled.html")).contains("http://127.0.0.1:9/x.png"))
  }

  @Test("text that looks like markup is shown as text")
  func hostileText() async throws {
    let trial = try Trial()
    let id = "<script>document.title='x'</script>"
    try trial.append("\"\(id)\",2025-03-05,EUR,1.00,maxfi,,\n", to: "orders.csv")
    #expect(try await trial.run(Trial.month + ["--format", "html"]).status == 0)
    let path = trial.path("reports/2025-03-01_2025-03-31/report.html")
    let document = try await Browser().document(of: path)
    #expect(document.contains("order <bdi>&lt;script&gt;document.title='x'&lt;/script&gt;</bdi>"))
    #expect(
      !document.contains("<script")
        && document.contains("Reconciliation 2025-03-01 to 2025-03-31</title>"))
  }

  @Test("it is seen on a wide and on a narrow screen, also without colours")
  func picture() async throws {
    let (path, _, trial) = try await page()
    for (width, height) in [(1_400, 1_800), (500, 1_800)] {
      let picture = try await Browser().picture(of: path, width: width, height: height)
      #expect(picture.width == width && picture.height >= height - 200)
      #expect((2...60).contains(picture.inkInPercent), "\(picture.inkInPercent)")
      #expect(Set(picture.grey).count > 20 && (picture.grey.max() ?? 0) - (picture.grey.min() ?? 0) > 180)
    }
    _ = trial
  }

  @Test("it is printed on A4, and every page has something on it")
  func print() async throws {
    let (path, _, trial) = try await page()
    let pdf = String(decoding: try await Browser().print(path), as: Unicode.ASCII.self)
    let boxes = pdf.matches(of: /\/MediaBox ?\[([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)\]/)
    #expect(boxes.count >= 6)
    for box in boxes {
      // A4 is 842 by 595 points; browsers round to a pixel.
      #expect(abs((Float(box.3) ?? 0) - 842) < 2 && abs((Float(box.4) ?? 0) - 595) < 2, "\(box.0)")
    }
    _ = trial
  }

  private func plain(_ html: Substring) -> String {
    String(html).replacing(/<[^>]*>/, with: "").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&nbsp;", with: " ").replacing("&amp;", with: "&")
  }

  private func cells(of table: String, in document: String) -> [[String]] {
    guard let start = document.range(of: "<tbody data-rows=\"\(table)\">"),
      let end = document.range(of: "</tbody>", range: start.upperBound..<document.endIndex)
    else { return [] }
    return document[start.upperBound..<end.lowerBound].components(separatedBy: "</tr>").dropLast().map {
      row in
      row.matches(of: /<t[hd][^>]*>(.*?)<\/t[hd]>/).map { plain($0.1) }
    }
  }
}
