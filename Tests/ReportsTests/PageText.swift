import Foundation
import ReconcileCore

@testable import Reports

/// A written page, read apart from the code that writes and checks it.
struct PageText {
  let text: String

  /// Writes the page, checks it as a run does, and keeps its text.
  init(
    _ source: any ReportSource, _ totals: SummaryTotals, limit: Int = 5_000,
    formats: Set<ReportFormat> = [.csv, .html]
  ) throws {
    let folder = try TestFolder()
    let page = ReportPage(
      source: source, totals: totals, figures: try source.pageFigures, formats: formats, rowLimit: limit)
    let output = try OutputFile(creating: folder.path + "/report.html")
    _ = try page.write(to: output)
    let written = try output.finish()
    guard try page.check(folder.path + "/report.html", at: "report.html") == written else { throw Stop() }
    text = String(decoding: try folder.bytes("report.html"), as: UTF8.self)
  }

  /// Runs the check over any text.
  static func check(_ text: String, _ source: any ReportSource, _ totals: SummaryTotals) throws {
    let folder = try TestFolder()
    try folder.put(text, at: "report.html")
    let page = ReportPage(source: source, totals: totals, figures: try source.pageFigures, formats: [.html])
    _ = try page.check(folder.path + "/report.html", at: "report.html")
  }

  /// An element with what stands in its first tag, and what stands inside.
  struct Element {
    let attributes: String
    let inside: String
    var text: String { PageText.plain(inside) }
  }

  /// Elements of a kind that are never inside of one another.
  func elements(_ name: String) -> [Element] {
    text.components(separatedBy: "<\(name)").dropFirst().compactMap { rest in
      guard let first = rest.first, first == ">" || first == " ", let end = rest.range(of: "</\(name)>"),
        let tag = rest.firstIndex(of: ">"), tag < end.lowerBound
      else { return nil }
      return Element(
        attributes: String(rest[..<tag]), inside: String(rest[rest.index(after: tag)..<end.lowerBound]))
    }
  }

  /// The texts of the cells of a table's rows.
  func rows(of table: String) -> [[String]] {
    guard let start = text.range(of: "<tbody data-rows=\"\(table)\">"),
      let end = text.range(of: "</tbody>", range: start.upperBound..<text.endIndex)
    else { return [] }
    return text[start.upperBound..<end.lowerBound].components(separatedBy: "</tr>").dropLast().map { row in
      row.matches(of: /<t[hd][^>]*>(.*?)<\/t[hd]>/).map { Self.plain(String($0.1)) }
    }
  }

  /// The figures that the page names, by their names.
  var figures: [String: String] {
    let found = text.matches(of: /data-key="([^"]*)">(.*?)<\/(?:td|b)>/)
    return Dictionary(found.map { (String($0.1), Self.plain(String($0.2))) }) { $0 + " and " + $1 }
  }

  /// The text between tags, as it stands in the file.
  static func plain(_ html: String) -> String { html.replacing(/<[^>]*>/, with: "") }
}

extension ReportSource {
  /// What a run counts on its way through the tables.
  var pageTotals: SummaryTotals {
    get throws {
      var totals = SummaryTotals()
      try forEachOrder { try totals.add(order: $0) }
      try forEachPayment { try totals.add(payment: $0) }
      try forEachRefund { try totals.add(refund: $0) }
      try forEachDiscrepancy { totals.add(discrepancy: $0) }
      try forEachOpenItem { _ in totals.addRow(of: .openItems) }
      try forEachSettlementDay { _ in totals.addRow(of: .settlement) }
      try forEachReject { _ in totals.addRow(of: .rejects) }
      try forEachAdjustment { _ in totals.addRow(of: .adjustments) }
      return totals
    }
  }

  /// What a run gathers on the same way.
  var pageFigures: ReportFigures {
    get throws {
      var gatherer = FigureGatherer(self)
      try forEachDiscrepancy { gatherer.add(discrepancy: $0) }
      try forEachOpenItem { gatherer.add(openItem: $0) }
      try forEachOrder { gatherer.add(order: $0) }
      try forEachPayment { gatherer.add(payment: $0) }
      try forEachRefund { gatherer.add(refund: $0) }
      try forEachSettlementDay { gatherer.add(settlementDay: $0) }
      try forEachReject { gatherer.add(reject: $0) }
      try forEachAdjustment { gatherer.add(adjustment: $0) }
      return gatherer.finish()
    }
  }
}
