import ReconcileCore

/// The verdict on one order: statuses, amounts and findings. All amounts are minor units of the order's currency.
public struct OrderVerdict: Sendable {
  public var matchStatus: MatchStatus
  public var refundStatus: RefundVerdict
  /// Sum over linked payments in the order's currency; nil when one of them is unknown.
  public var collected: Int64?
  /// asked + the excess to give back; nil when collected is unknown.
  public var due: Int64?
  /// Pending and completed refunds; nil when a refund's amount is unknown.
  public var refunded: Int64?
  /// Fees of pending and completed refunds.
  public var refundFees: Int64
  public var asked: Int64
  public var findings: [Finding] = []

  /// True when nothing but a change of its own records can change this verdict: neither time nor what is read elsewhere.
  public var isFinal: Bool {
    (matchStatus == .exact || matchStatus == .cancelled) && (refundStatus == .none || refundStatus == .exact)
  }

  /// The verdict on an order whose amounts add up to more than Int64 can count: one of them must be wrong, and that
  /// must not keep the other orders from being judged.
  static func uncountable(_ order: OrderCase) -> OrderVerdict {
    var verdict = OrderVerdict(
      matchStatus: .unknown, refundStatus: .unknown, collected: nil, due: nil, refunded: nil, refundFees: 0,
      asked: 0)
    var finding = Finding(.amountUnknown)
    finding.orderID = order.orderID
    finding.currency = order.amount.currency
    finding.expected = order.amount.minorUnits
    finding.explanation =
      "An amount of \(finding.words(finding.expected)) is due, and what came in or went out for the order adds up to "
      + "more than can be counted exactly; one of the amounts must be wrong."
    verdict.findings = [finding]
    return verdict
  }
}

/// Classifies an order. Pure: the same case, rules and gaps always give the same verdict.
public struct Classifier: Sendable {
  private let rules: MatchingRules

  /// A classifier for one set of rules.
  public init(rules: MatchingRules) { self.rules = rules }

  /// The verdict. `gaps` is asked only where the answer can depend on what was not read.
  ///
  /// An order whose amounts add up to more than can be counted exactly is `unknown`.
  public func verdict(_ order: OrderCase, gaps: () throws -> ReadingGaps) throws -> OrderVerdict {
    do { return try exactVerdict(order, gaps: gaps) } catch is MoneyError { return .uncountable(order) }
  }

  private func exactVerdict(_ order: OrderCase, gaps: () throws -> ReadingGaps) throws -> OrderVerdict {
    let currency = order.amount.currency
    let amount = order.amount.minorUnits
    let own = order.payments.filter { $0.currency == currency }
    let collected = try total(own.map(\.collected), currency)
    let collectedIsKnown = !order.payments.contains { $0.collected == nil }
    let refunded = try total(order.refunds.filter(\.counts).map(\.amount), currency)
    let refundAmountsKnown = !order.refunds.contains { $0.amount == nil }
    let fees = try total(order.refunds.filter(\.counts).map { $0.fee ?? 0 }, currency)
    let asked = try total(order.asked.map(\.amount), currency)

    var known: ReadingGaps?
    func gap() throws -> ReadingGaps {
      if let known { return known }
      let answer = try gaps()
      known = answer
      return answer
    }

    let match = try matchStatus(
      order, own: own, collected: collected, collectedIsKnown: collectedIsKnown, gap: gap)
    let excess = collected - amount
    let excessDue = excess > rules.tolerance(for: currency) && !feeSwallows(excess, order) ? excess : 0
    let due =
      match == .paidCancelled
      ? max(asked, collected) : try Self.sum(asked, excessDue, currency)

    let refundStatus: RefundVerdict
    if match == .currencyMismatch || !collectedIsKnown || !refundAmountsKnown
      || order.refunds.contains(where: { $0.status == .unknown })
    {
      refundStatus = .unknown
    } else {
      refundStatus = try refundVerdict(
        order, due: due, refunded: refunded, asked: asked, collected: collected, gap: gap)
    }
    var verdict = OrderVerdict(
      matchStatus: match, refundStatus: refundStatus, collected: collectedIsKnown ? collected : nil,
      due: collectedIsKnown ? due : nil, refunded: refundAmountsKnown ? refunded : nil, refundFees: fees,
      asked: asked)
    verdict.findings = findings(order, verdict)
    return verdict
  }

  private func matchStatus(
    _ order: OrderCase, own: [LinkedPayment], collected: Int64, collectedIsKnown: Bool,
    gap: () throws -> ReadingGaps
  ) throws -> MatchStatus {
    let amount = order.amount.minorUnits
    let currency = order.amount.currency
    if order.payments.contains(where: { $0.currency != currency && ($0.collected ?? 0) > 0 }) {
      return .currencyMismatch
    }
    if !collectedIsKnown || (collected == 0 && order.payments.contains { $0.status == .unknown }) {
      return .unknown
    }
    if order.isCancelled { return collected == 0 ? .cancelled : .paidCancelled }
    let difference = collected - amount
    if abs(difference) <= rules.tolerance(for: currency), collected > 0 || amount == 0 { return .exact }
    if collected > 0, collected < amount { return .partial }
    if collected > amount {
      let whole = own.count { ($0.collected ?? 0) >= amount && ($0.collected ?? 0) > 0 }
      return whole >= 2 ? .duplicate : .overpaid
    }
    if try gap().paymentMayBeUnread { return .unverified }
    let isOpen = order.payments.contains { $0.status == .pending || $0.status == .authorized }
    return isOpen || isYounger(order.createdAt, than: rules.graceSeconds) ? .pending : .unpaid
  }

  /// Whether the refund fee of every collecting provider leaves nothing of the excess to give back.
  private func feeSwallows(_ excess: Int64, _ order: OrderCase) -> Bool {
    var smallest: Int64?
    for payment in order.payments where (payment.collected ?? 0) > 0 {
      guard let fee = rules.refundFees[payment.provider], fee.currency == order.amount.currency else {
        return false
      }
      smallest = min(smallest ?? fee.minorUnits, fee.minorUnits)
    }
    return smallest.map { excess <= $0 } ?? false
  }

  private func refundVerdict(
    _ order: OrderCase, due: Int64, refunded: Int64, asked: Int64, collected: Int64,
    gap: () throws -> ReadingGaps
  ) throws -> RefundVerdict {
    if due == 0, refunded == 0 { return .none }
    if refunded == due {
      return order.refunds.contains { $0.status == .pending } ? .pending : .exact
    }
    if refunded > due {
      return rules.merchantRefundsKnown || refunded > collected ? .excess : .unverified
    }
    // Refunds cover what was asked for first, then the excess.
    let youngest =
      refunded >= asked
      ? order.payments.filter { ($0.collected ?? 0) > 0 }.compactMap(\.paidAt).max()
      : order.asked.map(\.createdAt).max()
    if let youngest, isYounger(youngest, than: rules.refundGraceSeconds) { return .pending }
    let gaps = try gap()
    if gaps.refundsMayBeUnread || (collected == 0 && gaps.paymentMayBeUnread) { return .unverified }
    if gaps.hasUnaskableRefund, refunded < asked { return .unverified }
    if order.refunds.contains(where: { $0.status == .failed }) { return .failed }
    return refunded == 0 ? .missing : .partial
  }

  private func isYounger(_ instant: Instant, than seconds: Int64) -> Bool {
    rules.asOf.microseconds - instant.microseconds < seconds * 1_000_000
  }

  private func total(_ amounts: [Int64?], _ currency: Currency) throws -> Int64 {
    try amounts.reduce(0) { try Self.sum($0, $1 ?? 0, currency) }
  }

  private static func sum(_ a: Int64, _ b: Int64, _ currency: Currency) throws(MoneyError) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    guard !overflow else { throw .overflow(currency) }
    return sum
  }
}
