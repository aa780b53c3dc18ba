import Foundation
import ReconcileCore

/// report.html: the report on one page that needs nothing but a browser. No script, nothing from elsewhere.
struct ReportPage {
  static let fileName = "report.html"

  let source: any ReportSource
  let totals: SummaryTotals
  /// Gathered from the same rows.
  let figures: ReportFigures
  /// The formats of the same report; they say where the rows are that the page has no room for.
  let formats: Set<ReportFormat>
  /// Rows of a table of findings or days; a month of a million orders must not make a page that no browser opens.
  var rowLimit = 5_000

  /// Writes the page and returns the rows of its tables of findings and days.
  func write(to file: OutputFile) throws -> Int64 {
    let page = HTMLWriter(file)
    let content = PageContent(facts: source.facts, totals: totals, figures: figures)
    try page.raw("<!DOCTYPE html>\n")
    var rows: Int64 = 0
    try page.element("html", ["lang": "en"]) {
      try page.line()
      try head(page, content)
      try page.element("body") {
        try page.line()
        try top(page, content)
        try page.element("main") {
          try page.line()
          try PageSummary(page: page, content: content, formats: formats).write()
          try PageCharts(page: page, content: content).write()
          let findings = PageFindings(page: page, content: content, formats: formats, rowLimit: rowLimit)
          rows += try findings.writeDiscrepancies(source)
          rows += try findings.writeOpenItems(source)
          if content.hasAdjustments {
            rows += try PageAdjustments(page: page, content: content, formats: formats, rowLimit: rowLimit)
              .write(source)
          }
          rows += try PageSettlement(page: page, content: content, formats: formats, rowLimit: rowLimit)
            .write(source)
          try PageControls(page: page, content: content).write()
          try PageCoverage(page: page, content: content).write()
          try PageAbout(page: page, content: content).write()
        }
        try page.line()
      }
    }
    try page.line()
    return rows
  }

  /// Reads the page back and throws unless it is whole and says what the totals say.
  func check(_ path: String, at name: String) throws -> FileFacts {
    var check = PageCheck(totals: totals, rowLimit: rowLimit)
    do {
      let facts = try readBack(path) { try check.read($0) }
      try check.finish()
      return facts
    } catch let damage as DamagedWorkbook {
      throw damagedOutput("the page was read back and is not whole: \(damage.reason)", at: name)
    }
  }

  private func head(_ page: HTMLWriter, _ content: PageContent) throws {
    let facts = content.facts
    let style = PageStyle.text(facts.period)
    let digest = Data(Digest.sha256(style.utf8)).base64EncodedString()
    try page.element("head") {
      try page.line()
      for attributes: HTMLWriter.Attributes in [
        ["charset": "utf-8"],
        // Whatever an id or a note holds, the page can run nothing and ask nobody.
        [
          "http-equiv": "Content-Security-Policy",
          "content": "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'",
        ],
        ["name": "viewport", "content": "width=device-width, initial-scale=1"],
        ["name": "color-scheme", "content": "light dark"], ["name": "referrer", "content": "no-referrer"],
        ["name": "robots", "content": "noindex"], ["name": "generator", "content": facts.tool],
      ] {
        try page.void("meta", attributes)
        try page.line()
      }
      let warning = content.verdict.warnings.first.map { $0.prefix { $0 != ":" } + " · " } ?? ""
      try page.element("title", "\(warning)Reconciliation \(facts.period.from) to \(facts.period.to)")
      try page.element("style") { try page.raw(style) }
      try page.line()
    }
    try page.line()
  }

  private func top(_ page: HTMLWriter, _ content: PageContent) throws {
    let facts = content.facts
    try page.element("header") {
      try page.line()
      try page.element("h1", "Reconciliation \(facts.period.from) to \(facts.period.to)")
      try page.element(
        "p", ["class": "note"],
        "Business days in \(facts.zoneName) · as of \(facts.asOf) · amounts are exact and never added across currencies"
      )
      if !content.verdict.warnings.isEmpty {
        try page.element("ul", ["class": "alarm", "id": "warnings"]) {
          for warning in content.verdict.warnings {
            try page.element("li") {
              try page.text("▲ ")
              try page.outside(warning)
            }
          }
        }
        try page.line()
      }
      try page.element("nav", ["aria-label": "Contents"]) {
        try page.element("ul") {
          for section in PageSection.allCases where section != .adjustments || content.hasAdjustments {
            try page.element("li") {
              try page.element("a", ["href": "#\(section.rawValue)"]) { try page.text(section.title) }
            }
          }
        }
      }
      try page.line()
    }
    try page.line()
  }
}

/// What the sections of a page are made from.
struct PageContent {
  let facts: ReportFacts
  let totals: SummaryTotals
  let figures: ReportFigures
  let controls: [Control]
  let verdict: Verdict

  init(facts: ReportFacts, totals: SummaryTotals, figures: ReportFigures) {
    self.facts = facts
    self.totals = totals
    self.figures = figures
    controls = ControlList(totals: totals, figures: figures, facts: facts).all
    verdict = Verdict(facts, figures, controls)
  }

  var currencies: [Currency] { figures.currencies }
  /// Whether an earlier period is sealed.
  var hasAdjustments: Bool { !facts.adjustedPeriods.isEmpty }
  var failingControls: Int { controls.count { !$0.holds } }
}

/// The sections of the page, in their order.
enum PageSection: String, CaseIterable {
  case summary, charts, discrepancies
  case openItems = "open-items"
  /// Only in a report after a sealed period.
  case adjustments
  case settlement, controls, coverage, about

  var title: String {
    switch self {
    case .summary: "Summary"
    case .charts: "Charts"
    case .discrepancies: "Discrepancies"
    case .openItems: "Open items"
    case .adjustments: "Adjustments"
    case .settlement: "Settlement"
    case .controls: "Controls"
    case .coverage: "Coverage"
    case .about: "About"
    }
  }
}

extension HTMLWriter {
  /// A section under its heading. `isLong` begins a new sheet of paper.
  func section(_ section: PageSection, isLong: Bool = false, _ content: () throws -> Void) throws {
    let name = section.rawValue
    try element("section", ["aria-labelledby": name, "class": isLong ? "long" : "short"]) {
      try line()
      try element("h2", ["id": name], section.title)
      try content()
    }
    try line()
  }

  /// A paragraph that says in small print how to read what follows.
  func note(_ text: String) throws { try element("p", ["class": "note"]) { try outside(text) } }
}
