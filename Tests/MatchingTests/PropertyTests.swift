import ReconcileCore
import ReconcileMatching
import TestSupport
import Testing

@Suite("What holds for every order")
struct PropertyTests {
  private struct Judged {
    var order: OrderCase
    var verdict: OrderVerdict
    var rules: MatchingRules
    var gaps: ReadingGaps
  }

  private func judge(_ seed: UInt64, _ count: Int, _ check: (Judged, inout SeededGenerator) throws -> Void)
    throws
  {
    var cases = try #require(RandomOrders(seed: seed))
    for number in 0..<count {
      let rules = cases.rules()
      let gaps = cases.gaps()
      let order = cases.order("A\(number)")
      let verdict = try Classifier(rules: rules).verdict(order) { gaps }
      try check(Judged(order: order, verdict: verdict, rules: rules, gaps: gaps), &cases.random)
    }
  }

  /// Everything a verdict says, as text.
  private func text(_ verdict: OrderVerdict) -> String {
    let findings = verdict.findings.map { "\($0.id) \(describe($0)) \($0.explanation)" }.sorted()
    return "\(verdict.matchStatus) \(verdict.refundStatus) \(String(describing: verdict.collected)) "
      + "\(String(describing: verdict.due)) \(String(describing: verdict.refunded)) \(verdict.refundFees) "
      + "\(verdict.asked) \(verdict.isFinal) \(findings)"
  }

  @Test("the order in which records arrive does not matter", arguments: Seeds.some(10))
  func orderOfInput(seed: UInt64) throws {
    try judge(seed, 400) { judged, random in
      var shuffled = judged.order
      shuffled.payments.shuffle(using: &random)
      shuffled.refunds.shuffle(using: &random)
      shuffled.asked.shuffle(using: &random)
      let again = try Classifier(rules: judged.rules).verdict(shuffled) { judged.gaps }
      #expect(text(again) == text(judged.verdict), "\(judged.order)")
    }
  }

  @Test("amounts are the sums of their records, and unknown where one of them is", arguments: Seeds.some(10))
  func sums(seed: UInt64) throws {
    try judge(seed, 400) { judged, _ in
      let (order, verdict) = (judged.order, judged.verdict)
      let payments = order.payments.filter { $0.currency == order.amount.currency }
      let isKnown = !order.payments.contains { $0.collected == nil }
      #expect(verdict.collected == (isKnown ? payments.reduce(0) { $0 + ($1.collected ?? 0) } : nil))
      let counted = order.refunds.filter { $0.status == .pending || $0.status == .completed }
      let areKnown = !order.refunds.contains { $0.amount == nil }
      #expect(verdict.refunded == (areKnown ? counted.reduce(0) { $0 + ($1.amount ?? 0) } : nil))
      #expect(verdict.refundFees == counted.reduce(0) { $0 + ($1.fee ?? 0) })
      #expect(verdict.asked == order.asked.reduce(0) { $0 + $1.amount })
      #expect((verdict.due == nil) == (verdict.collected == nil))
      if let due = verdict.due { #expect(due >= verdict.asked) }
    }
  }

  @Test("the statuses agree with the amounts", arguments: Seeds.some(10))
  func statuses(seed: UInt64) throws {
    try judge(seed, 400) { judged, _ in
      let (order, verdict) = (judged.order, judged.verdict)
      let amount = order.amount.minorUnits
      let collected = verdict.collected ?? -1
      let tolerance = judged.rules.tolerance[order.amount.currency]?.minorUnits ?? 0
      let place = "\(order) \(verdict)"
      switch verdict.matchStatus {
      case .currencyMismatch:
        #expect(order.payments.contains { $0.currency != order.amount.currency && $0.collected ?? 0 > 0 })
      case .unknown: #expect(verdict.collected == nil || collected == 0, "\(place)")
      case .cancelled: #expect(order.isCancelled && collected == 0, "\(place)")
      case .paidCancelled: #expect(order.isCancelled && collected > 0, "\(place)")
      case .exact: #expect(abs(collected - amount) <= tolerance && collected + amount >= 0, "\(place)")
      case .partial: #expect(0 < collected && collected < amount - tolerance, "\(place)")
      case .duplicate: #expect(collected >= 2 * amount && collected > tolerance, "\(place)")
      case .overpaid: #expect(collected > amount + tolerance, "\(place)")
      case .unverified: #expect(collected == 0 && judged.gaps.paymentMayBeUnread, "\(place)")
      case .pending, .unpaid:
        #expect(collected == 0 && amount > 0 && !judged.gaps.paymentMayBeUnread, "\(place)")
      }
      let (due, refunded) = (verdict.due ?? -1, verdict.refunded ?? -1)
      switch verdict.refundStatus {
      case .unknown: break
      case .none: #expect(due == 0 && refunded == 0, "\(place)")
      case .exact: #expect(due == refunded && !order.refunds.contains { $0.status == .pending }, "\(place)")
      case .pending: #expect(refunded <= due, "\(place)")
      case .excess: #expect(refunded > due, "\(place)")
      case .unverified: #expect(refunded != due, "\(place)")
      case .failed: #expect(refunded < due && order.refunds.contains { $0.status == .failed }, "\(place)")
      case .missing: #expect(refunded == 0 && due > 0, "\(place)")
      case .partial: #expect(0 < refunded && refunded < due, "\(place)")
      }
    }
  }

  @Test("findings say what the statuses say", arguments: Seeds.some(10))
  func findings(seed: UInt64) throws {
    let byMatch: [MatchStatus: DiscrepancyCode] = [
      .unpaid: .unpaidOrder, .partial: .partialPayment, .overpaid: .overpayment,
      .duplicate: .duplicatePayment,
      .currencyMismatch: .currencyMismatch, .paidCancelled: .paidCancelledOrder,
    ]
    try judge(seed, 400) { judged, _ in
      let (verdict, codes) = (judged.verdict, judged.verdict.findings.map(\.code))
      for (status, code) in byMatch { #expect(codes.contains(code) == (verdict.matchStatus == status)) }
      #expect(codes.contains(.refundExcess) == (verdict.refundStatus == .excess))
      #expect(codes.contains(.refundMissing) == (verdict.refundStatus == .missing && verdict.asked > 0))
      #expect(codes.contains(.refundFailed) == (verdict.refundStatus == .failed))
      let isSettled = verdict.refundStatus == .none || verdict.refundStatus == .exact
      for finding in verdict.findings {
        let maySettle = [.overpayment, .duplicatePayment, .paidCancelledOrder].contains(finding.code)
        #expect(finding.status == (maySettle && isSettled ? .settled : .open), "\(finding)")
        #expect(!finding.explanation.isEmpty && finding.currency == judged.order.amount.currency)
        if finding.code != .refundFailed { #expect(finding.refundID == nil && finding.paymentID == nil) }
        if let expected = finding.expected, let actual = finding.actual {
          #expect(finding.difference == actual - expected)
        } else {
          #expect(finding.difference == nil)
        }
      }
    }
  }

  @Test("a verdict that is final depends on nothing that was not read", arguments: Seeds.some(6))
  func finality(seed: UInt64) throws {
    try judge(seed, 400) { judged, _ in
      guard judged.verdict.isFinal else { return }
      var later = judged.rules
      later.asOf = later.asOf.advanced(bySeconds: 400 * 86_400)
      later.merchantRefundsKnown.toggle()
      let gaps = ReadingGaps(
        paymentMayBeUnread: !judged.gaps.paymentMayBeUnread,
        refundsMayBeUnread: !judged.gaps.refundsMayBeUnread,
        hasUnaskableRefund: !judged.gaps.hasUnaskableRefund)
      let again = try Classifier(rules: later).verdict(judged.order) { gaps }
      #expect(text(again) == text(judged.verdict), "\(judged.order)")
    }
  }

  @Test(
    "ids of findings are letters and digits, and distinct where the findings are", arguments: Seeds.some(4))
  func distinctIDs(seed: UInt64) throws {
    var subjects: [String: String] = [:]
    try judge(seed, 600) { judged, _ in
      for finding in judged.verdict.findings {
        let subject = "\(finding.code) \(finding.orderID ?? "-") \(finding.refundID ?? "-")"
        #expect(
          finding.id.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }, "\(finding.id)")
        #expect(subjects.updateValue(subject, forKey: finding.id) ?? subject == subject)
      }
    }
    #expect(Set(subjects.values).count == subjects.count)
  }

  @Test("amounts of one order that Int64 cannot hold are unknown, not a wrong sum")
  func overflow() throws {
    var cases = try #require(RandomOrders(seed: 1))
    let rules = cases.rules()
    var order = OrderCase(
      orderID: "A", createdAt: RandomOrders.asOf, amount: .zero(cases.euro), namedProvider: nil,
      isCancelled: false)
    for id in ["P1", "P2"] {
      order.payments.append(
        LinkedPayment(
          provider: "gate", paymentID: id, currency: cases.euro, collected: .max, status: .succeeded,
          paidAt: nil,
          rule: .manual))
    }
    let gaps = cases.gaps()
    let verdict = try Classifier(rules: rules).verdict(order) { gaps }
    #expect(verdict.matchStatus == .unknown && verdict.refundStatus == .unknown && verdict.collected == nil)
    #expect(verdict.findings.map(\.code) == [.amountUnknown])
    order.payments.removeLast()
    #expect(try Classifier(rules: rules).verdict(order) { gaps }.collected == .max)
  }
}
