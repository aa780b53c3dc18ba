import ReconcileCore
import ReconcileMatching
import Testing

@Suite("A finding keeps its id")
struct FindingTests {
  private func finding(_ code: DiscrepancyCode, _ change: (inout Finding) -> Void = { _ in }) -> Finding {
    var finding = Finding(code)
    finding.orderID = "A1"
    change(&finding)
    return finding
  }

  @Test("amounts, wording, status and the order's provider and date do not change the id")
  func stable() throws {
    let euro = try #require(Currency("EUR"))
    let plain = finding(.overpayment)
    let filled = finding(.overpayment) {
      $0.expected = 1
      $0.actual = 2
      $0.status = .settled
      $0.explanation = "because"
      $0.provider = "dapit"
      $0.currency = euro
      $0.businessDay = BusinessDay(dayNumber: 20_000)
    }
    #expect(plain.id == filled.id)
    #expect(plain.id.hasPrefix("D") && plain.id.utf8.count == 21)
  }

  @Test("the id of a record's finding stays when the record finds its order")
  func recordsKeepTheirID() {
    let orphan = finding(.unknownStatus) {
      $0.orderID = nil
      $0.provider = "dapit"
      $0.paymentID = "P1"
    }
    let linked = finding(.unknownStatus) {
      $0.provider = "dapit"
      $0.paymentID = "P1"
    }
    #expect(orphan.id == linked.id)
  }

  @Test("code, provider, record, day, currency and equation make different ids")
  func distinct() throws {
    let euro = try #require(Currency("EUR"))
    let dollar = try #require(Currency("USD"))
    func daily(_ day: Int, _ currency: Currency, _ provider: String, _ detail: String) -> Finding {
      var finding = Finding(.settlementArithmetic)
      finding.provider = provider
      finding.currency = currency
      finding.businessDay = BusinessDay(dayNumber: day)
      finding.detail = detail
      return finding
    }
    func record(_ code: DiscrepancyCode, _ provider: String, _ payment: String?, _ refund: String?) -> Finding
    {
      finding(code) {
        $0.provider = provider
        $0.paymentID = payment
        $0.refundID = refund
      }
    }
    let findings = [
      finding(.overpayment), finding(.duplicatePayment), finding(.overpayment) { $0.orderID = "A2" },
      finding(.overpayment) { $0.orderID = "A1:" }, record(.unknownStatus, "dapit", "P1", nil),
      record(.unknownStatus, "gate", "P1", nil), record(.unknownStatus, "gate", "P2", nil),
      record(.unknownStatus, "gate", "P2", "R1"), record(.unknownStatus, "gate", nil, "P2"),
      record(.latePayment, "gate", "P1", nil),
      daily(1, euro, "p", ""), daily(2, euro, "p", ""), daily(1, dollar, "p", ""), daily(1, euro, "q", ""),
      daily(1, euro, "p", "net"),
    ]
    #expect(Set(findings.map(\.id)).count == findings.count)
  }

  @Test("a difference that Int64 cannot hold is blank")
  func difference() {
    let unknown = finding(.overpayment) { $0.expected = 1 }
    #expect(unknown.difference == nil)
    let huge = finding(.settlementNetMismatch) {
      $0.expected = .min
      $0.actual = 1
    }
    #expect(huge.difference == nil)
    let plain = finding(.overpayment) {
      $0.expected = 5
      $0.actual = 3
    }
    #expect(plain.difference == -2)
  }
}
