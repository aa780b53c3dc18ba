import Foundation
import ReconcileCore
import ReconcileMatching
import TestSupport
import Testing

@Suite("Orders are judged as the scenarios say")
struct ScenarioTests {
  /// The folder of the scenarios.
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Scenarios").path

  /// Codes that are found on an order; others are found on a record and judged elsewhere.
  private static let orderCodes: Set<DiscrepancyCode> = [
    .unpaidOrder, .partialPayment, .overpayment, .duplicatePayment, .currencyMismatch, .amountUnknown,
    .paidCancelledOrder, .refundMissing, .refundShort, .refundExcess, .refundExceedsPayment, .refundFailed,
  ]

  @Test(
    "the verdict and the findings are those that the scenario expects",
    arguments: try Scenario.all(in: folder))
  func scenario(_ scenario: Scenario) throws {
    var orders: [String] = []
    var findings: [String] = []
    for order in scenario.orders {
      let verdict = try scenario.verdict(of: order)
      orders.append(describe(verdict, of: order))
      findings += verdict.findings.map(describe)
    }
    let expected = scenario.expectedFindings.filter { line in
      DiscrepancyCode(rawValue: String(line.prefix { $0 != " " })).map(Self.orderCodes.contains) ?? true
    }
    #expect(orders.sorted() == scenario.expectedOrders)
    #expect(findings.sorted() == expected)
  }

  @Test("every status and every code of an order occurs in a scenario")
  func completeness() throws {
    let scenarios = try Scenario.all(in: Self.folder)
    let verdicts = scenarios.flatMap(\.expectedOrders).map { $0.split(separator: " ").map(String.init) }
    #expect(Set(verdicts.map { $0[1] }) == Set(MatchStatus.allCases.map(\.rawValue)))
    #expect(Set(verdicts.map { $0[2] }) == Set(RefundVerdict.allCases.map(\.rawValue)))
    let codes = Set(scenarios.flatMap(\.expectedFindings).map { String($0.prefix { $0 != " " }) })
    #expect(Set(Self.orderCodes.map(\.rawValue)).subtracting(codes) == [])
  }
}

/// `A1 exact none 49.90 0.00 0.00`, as scenarios write it.
func describe(_ verdict: OrderVerdict, of order: MerchantOrder) -> String {
  let amounts = [verdict.collected, verdict.due, verdict.refunded].map { minorUnits in
    minorUnits.map { Money(minorUnits: $0, currency: order.amount.currency).decimalText } ?? "-"
  }
  let words = [order.id.text, verdict.matchStatus.rawValue, verdict.refundStatus.rawValue] + amounts
  return words.joined(separator: " ")
}

/// `overpayment open A1 49.90 50.00`, as scenarios write it.
func describe(_ finding: Finding) -> String {
  func text(_ minorUnits: Int64?) -> String {
    guard let minorUnits, let currency = finding.currency else { return "-" }
    return Money(minorUnits: minorUnits, currency: currency).decimalText
  }
  let id = finding.refundID ?? finding.paymentID ?? finding.orderID ?? "-"
  let words = [
    finding.code.rawValue, finding.status.rawValue, id, text(finding.expected), text(finding.actual),
  ]
  return words.joined(separator: " ")
}
