import ReconcileCore

extension Classifier {
  /// The findings about an order and about its failed refunds. Date, currency and provider of order findings are
  /// filled in by the caller, who knows how orders.csv prints them.
  func findings(_ order: OrderCase, _ verdict: OrderVerdict) -> [Finding] {
    let amount = order.amount.minorUnits
    let collected = verdict.collected
    let refunded = verdict.refunded
    let isSettled = verdict.refundStatus == .none || verdict.refundStatus == .exact
    var findings: [Finding] = []

    func add(
      _ code: DiscrepancyCode, _ expected: Int64?, _ actual: Int64?, settled: Bool = false,
      _ explain: (Finding) -> String
    ) {
      var finding = Finding(code)
      finding.orderID = order.orderID
      finding.currency = order.amount.currency
      finding.expected = expected
      finding.actual = actual
      finding.status = settled ? .settled : .open
      finding.explanation = explain(finding)
      findings.append(finding)
    }

    switch verdict.matchStatus {
    case .unpaid:
      add(.unpaidOrder, amount, 0) {
        "An amount of \($0.words(amount)) is due and \($0.words(0)) was collected: no provider that could hold the payment "
          + "reports any money for it."
      }
    case .partial:
      add(.partialPayment, amount, collected) {
        "An amount of \($0.words(amount)) is due and \($0.words(collected)) was collected; "
          + "\($0.words($0.difference.map(-))) is missing."
      }
    case .overpaid:
      add(.overpayment, amount, collected, settled: isSettled) {
        "An amount of \($0.words(amount)) is due and \($0.words(collected)) was collected, \($0.words($0.difference)) "
          + "too much; " + Self.giveBack($0, verdict)
      }
    case .duplicate:
      add(.duplicatePayment, amount, collected, settled: isSettled) {
        "An amount of \($0.words(amount)) is due and was paid in full more than once, \($0.words(collected)) in all; "
          + Self.giveBack($0, verdict)
      }
    case .currencyMismatch:
      let others = foreignMoney(order)
      add(.currencyMismatch, amount, collected) {
        "An amount of \($0.words(amount)) is due and \($0.words(collected)) was collected in that currency; "
          + "\(others) came in instead."
      }
    case .paidCancelled:
      add(
        .paidCancelledOrder, 0, collected.flatMap { c in refunded.map { c - $0 } }, settled: isSettled
      ) {
        "The order is cancelled, so \($0.words(0)) is to be kept, yet \($0.words(collected)) was collected and "
          + "\($0.words(refunded)) given back, which leaves \($0.words($0.actual))."
      }
    case .exact, .unknown, .cancelled, .unverified, .pending:
      break
    }
    if order.payments.contains(where: { $0.collected == nil })
      || order.refunds.contains(where: { $0.amount == nil })
    {
      add(.amountUnknown, amount, nil) {
        "An amount of \($0.words(amount)) is due, and the provider does not say how much of a "
          + (order.payments.contains { $0.collected == nil }
            ? "payment came in." + netHint(order) : "refund went out.")
      }
    }
    if verdict.refundStatus == .missing, verdict.asked > 0 {
      add(.refundMissing, verdict.asked, 0) {
        "A refund of \($0.words(verdict.asked)) was asked for and \($0.words(0)) went out: the provider shows no refund."
      }
    }
    if verdict.refundStatus == .partial, let refunded, refunded < verdict.asked {
      add(.refundShort, verdict.asked, refunded) {
        "A refund of \($0.words(verdict.asked)) was asked for and \($0.words(refunded)) went out; "
          + "\($0.words($0.difference.map(-))) is missing."
      }
    }
    if verdict.refundStatus == .excess {
      add(.refundExcess, verdict.due, refunded) {
        "An amount of \($0.words(verdict.due)) is to be given back and \($0.words(refunded)) went out, "
          + "\($0.words($0.difference)) too much."
      }
    }
    if let collected, let refunded, refunded > collected {
      add(.refundExceedsPayment, collected, refunded) {
        "An amount of \($0.words(collected)) was collected and \($0.words(refunded)) was given back, "
          + "\($0.words($0.difference)) more."
      }
    }
    if verdict.refundStatus == .failed {
      for refund in order.refunds where refund.status == .failed {
        var finding = Finding(.refundFailed)
        finding.orderID = order.orderID
        finding.currency = order.amount.currency
        finding.provider = refund.provider
        finding.paymentID = refund.paymentID
        finding.refundID = refund.refundID
        finding.expected = refund.amount
        finding.actual = 0
        finding.explanation =
          "The refund of \(finding.words(refund.amount)) failed, so \(finding.words(0)) went out and the money is still owed."
        findings.append(finding)
      }
    }
    return findings
  }

  private static func giveBack(_ finding: Finding, _ verdict: OrderVerdict) -> String {
    if verdict.due == 0 { return "the provider's refund fee leaves nothing to give back." }
    let refunded = verdict.refunded.map { finding.words($0) } ?? "an unknown amount"
    return "\(finding.words(verdict.due)) is to be given back, \(refunded) went out so far."
  }

  /// The money that came in other currencies than the order's, each with its amount.
  private func foreignMoney(_ order: OrderCase) -> String {
    var sums: [Currency: Int128] = [:]
    for payment in order.payments where payment.currency != order.amount.currency {
      if let collected = payment.collected, collected > 0 {
        sums[payment.currency, default: 0] += Int128(collected)
      }
    }
    return sums.sorted { $0.key < $1.key }.map {
      "\(Money.decimalText($0.value, exponent: $0.key.exponent)) \($0.key)"
    }.joined(separator: " and ")
  }

  /// For amounts net of fees: what the provider would have kept if the order was paid in full.
  private func netHint(_ order: OrderCase) -> String {
    let net = order.payments.compactMap(\.netAmount)
    guard !net.isEmpty,
      let sum = try? net.reduce(
        Money.zero(order.amount.currency),
        { total, amount throws(MoneyError) in
          try total.adding(Money(minorUnits: amount, currency: total.currency))
        }), let fee = try? order.amount.subtracting(sum)
    else { return "" }
    return " It reports \(sum.decimalText) \(sum.currency) after its fees; if the order was paid in full,"
      + " the fee is \(fee.decimalText) \(sum.currency)."
  }
}
