import ReconcileCore
import Testing

@Suite("The words of the interface stand as they were promised")
struct VocabularyTests {
  @Test("every discrepancy code has its severity")
  func severities() {
    let medium: Set<String> = [
      "overpayment", "amount_unknown", "late_payment", "record_withdrawn", "unknown_status",
      "refund_without_order",
      "settlement_missing",
    ]
    let high: Set<String> = [
      "unpaid_order", "partial_payment", "duplicate_payment", "currency_mismatch", "paid_cancelled_order",
      "orphan_payment", "refund_missing", "refund_short", "refund_excess", "refund_exceeds_payment",
      "refund_failed",
      "orphan_refund", "settlement_gross_mismatch", "settlement_refunds_mismatch", "settlement_fees_mismatch",
      "settlement_count_mismatch", "settlement_net_mismatch", "settlement_arithmetic",
    ]
    func codes(_ severity: Severity) -> Set<String> {
      Set(DiscrepancyCode.allCases.filter { $0.severity == severity }.map(\.rawValue))
    }
    #expect(codes(.high) == high)
    #expect(codes(.medium) == medium)
    #expect(codes(.low) == ["refund_fee_mismatch"])
  }

  @Test("statuses are spelt as reports print them")
  func statuses() {
    #expect(
      MatchStatus.allCases.map(\.rawValue) == [
        "currency_mismatch", "unknown", "cancelled", "paid_cancelled", "exact", "partial", "duplicate",
        "overpaid",
        "unverified", "pending", "unpaid",
      ])
    #expect(
      RefundVerdict.allCases.map(\.rawValue) == [
        "unknown", "none", "exact", "pending", "excess", "unverified", "failed", "missing", "partial",
      ])
    #expect(MatchRule.allCases.map(\.rawValue) == ["manual", "order_id", "reference", "event"])
    #expect(RefundStatus.allCases.map(\.rawValue) == ["pending", "completed", "failed", "unknown"])
    #expect(PaymentStatus.partiallyRefunded.rawValue == "partially_refunded")
    #expect(
      SettlementStatus.allCases.map(\.rawValue)
        == ["tied_out", "mismatch", "unknown", "not_reported", "not_offered"])
    #expect(DiscrepancyStatus.allCases.map(\.rawValue) == ["open", "settled", "accepted"])
  }

  @Test("exit statuses are the numbers that schedulers rely on")
  func exitStatuses() {
    #expect(
      ExitStatus.allCases.map(\.rawValue) == [0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 76, 77, 78, 130, 143])
  }

  @Test("kinds know what their provider can tell")
  func kinds() {
    #expect(ProviderKind.allCases.filter(\.listsPayments) == [.maxfi, .dapit])
    #expect(ProviderKind.allCases.filter(\.offersSettlement) == [.dapit])
  }

  @Test("a failure says what, where and what to do")
  func failures() {
    let failure = Failure(.warehouseBusy, "another run", at: "file", remedy: "wait")
    #expect(failure.status.rawValue == 75 && failure.place == "file")
    #expect(failure == Failure(.warehouseBusy, "another run", at: "file", remedy: "wait"))
    #expect(failure != Failure(.warehouseBusy, "another run", remedy: "wait"))
  }

  @Test("a figure prints as money or as a count")
  func figures() throws {
    let euro = try #require(Currency("EUR"))
    #expect(Figure.money(Money(minorUnits: -5, currency: euro)).text == "-0.05")
    #expect(Figure.count(12).text == "12")
  }
}
