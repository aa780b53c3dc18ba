import Foundation
import ReconcileCore
import TestSupport
import Testing

@testable import ReconcileWarehouse

/// Plays scenarios through a real warehouse, those of the matching tests as well.
@Suite("The warehouse finds what the scenarios say")
struct WarehouseScenarioTests {
  private static func folder(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(name + "/Scenarios").path
  }

  private static let ownScenarios: [Scenario] = (try? Scenario.all(in: folder("WarehouseTests"))) ?? []
  private static let matchingScenarios: [Scenario] = (try? Scenario.all(in: folder("MatchingTests"))) ?? []

  @Test("the files are there")
  func filesAreThere() {
    #expect(Self.ownScenarios.count >= 50)
    #expect(Self.matchingScenarios.count >= 100)
  }

  @Test("verdicts, findings, links and suggestions", arguments: ownScenarios + matchingScenarios)
  func scenario(_ scenario: Scenario) throws {
    let store = try Store(scenario.settings)
    store.asOf = scenario.asOf
    try store.play(scenario)
    try store.match()
    if !scenario.expectedLinks.isEmpty {
      let links = try store.rows(
        """
        SELECT p.payment_id, o.order_id, p.rule FROM payment p LEFT JOIN sales_order o ON o.id = p.sales_order
        """)
      #expect(links.sorted() == scenario.expectedLinks)
      let suggestions = try store.rows(
        """
        SELECT p.payment_id, o.order_id FROM suggestion s JOIN payment p ON p.id = s.payment
        JOIN sales_order o ON o.id = s.sales_order
        """)
      #expect(suggestions.sorted() == scenario.expectedSuggestions)
      return
    }
    let report = try store.report()
    var orders: [String] = []
    try report.forEachOrder { orders.append($0.scenarioLine) }
    #expect(orders.sorted() == scenario.expectedOrders)
    var findings: [String] = []
    try report.forEachDiscrepancy { findings.append($0.scenarioLine) }
    #expect(findings.sorted() == scenario.expectedFindings)
  }
}

extension Store {
  /// Imports everything that a scenario holds.
  fileprivate func play(_ scenario: Scenario) throws {
    try merchant(orders: scenario.orders, refunds: scenario.asked, events: scenario.events)
    for provider in settings.providers {
      let isRead = !scenario.unread.contains(provider.name)
      var content = ProviderImport(status: isRead ? "complete" : "incomplete")
      content.payments = scenario.payments.filter { $0.provider == provider.name }.map(\.record)
      content.refunds = scenario.refunds.filter { $0.provider == provider.name }.map(\.record)
      if isRead, !provider.kind.listsPayments {
        let orders = scenario.orders.map { ($0.providerReference ?? $0.id).text }
        content.lookups = Set(orders).map { ($0, false, .notFound) }
        content.lookups += Set(scenario.asked.compactMap(\.providerReference?.text)).map {
          ($0, true, .found)
        }
      }
      try self.provider(provider.name, content)
    }
    let decider = Decider(name: "me", instant: asOf)
    for link in scenario.links {
      if let order = link.order {
        try warehouse.link(link.payment, to: order, note: "n", by: decider)
      } else {
        try warehouse.unlink(link.payment, note: "n", by: decider)
      }
    }
  }

  /// The report of a period that holds every date of a scenario.
  func report(from: String = "2020-01-01", to: String = "2030-12-31") throws -> WarehouseReport {
    try WarehouseReport(
      warehouse,
      basis: ReportBasis(settings, tool: "test", configurationDigest: "", isTestData: false),
      period: Self.period(from, to), asOf: asOf, run: run, generatedAt: asOf)
  }
}

extension OrderRow {
  /// As scenarios write it.
  fileprivate var scenarioLine: String {
    let amounts = [collected, refundDue, refunded].map { $0?.decimalText ?? "-" }
    return ([orderID, matchStatus.rawValue, refundStatus.rawValue] + amounts).joined(separator: " ")
  }
}

extension DiscrepancyRow {
  /// As scenarios write it.
  fileprivate var scenarioLine: String {
    let id = refundID ?? paymentID ?? orderID ?? "-"
    return [code.rawValue, status.rawValue, id, expected?.text ?? "-", actual?.text ?? "-"].joined(
      separator: " ")
  }
}
