import ReconcileCore
import ReconcileMatching
import TestSupport

/// Random orders with payments, refunds and wishes, small enough that every status occurs.
struct RandomOrders {
  var random: SeededGenerator
  let euro: Currency
  let dollar: Currency
  static let providers = ["dapit", "maxfi", "gate", "inflow"]
  static let asOf = Instant(seconds: 1_774_958_400)

  init?(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    guard let euro = Currency("EUR"), let dollar = Currency("USD") else { return nil }
    self.euro = euro
    self.dollar = dollar
  }

  /// Rules with a random tolerance and random refund fees.
  mutating func rules() -> MatchingRules {
    var settings = Settings()
    if random.once(in: 3) { settings.tolerance[euro] = Money(minorUnits: 2, currency: euro) }
    settings.providers = ProviderKind.allCases.map { kind in
      var provider = ProviderSettings(
        name: kind.rawValue, kind: kind, source: .directory("saved"), currency: euro)
      if random.once(in: 2) {
        provider.refundFee = Money(minorUnits: .random(in: 0...4, using: &random), currency: euro)
      }
      return provider
    }
    return MatchingRules(settings: settings, asOf: Self.asOf, merchantRefundsKnown: random.once(in: 2))
  }

  mutating func gaps() -> ReadingGaps {
    ReadingGaps(
      paymentMayBeUnread: random.once(in: 4), refundsMayBeUnread: random.once(in: 4),
      hasUnaskableRefund: random.once(in: 6))
  }

  private mutating func instant() -> Instant {
    Instant(seconds: Self.asOf.seconds - .random(in: 0...(8 * 86_400), using: &random))
  }

  mutating func order(_ id: String) -> OrderCase {
    var order = OrderCase(
      orderID: id, createdAt: instant(),
      amount: Money(minorUnits: .random(in: 0...12, using: &random), currency: euro),
      namedProvider: random.once(in: 2) ? random.pick(Self.providers) : nil,
      isCancelled: random.once(in: 6))
    for number in 0..<Int.random(in: 0...3, using: &random) {
      let status = random.pick(PaymentStatus.allCases)
      let provider = random.pick(Self.providers)
      let received: Int64? = random.once(in: 2) ? nil : .random(in: 0...12, using: &random)
      let amount = random.once(in: 2) ? order.amount.minorUnits : Int64.random(in: 0...12, using: &random)
      let collected = Collected.minorUnits(
        kind: ProviderKind(rawValue: provider) ?? .gate, status: status, amount: amount, received: received,
        eventReceived: nil, amountIsNet: random.once(in: 20))
      let payment = LinkedPayment(
        provider: provider, paymentID: "\(id)P\(number)", currency: random.once(in: 12) ? dollar : euro,
        collected: collected, status: status, paidAt: random.once(in: 8) ? nil : instant(), rule: .orderID)
      order.payments.append(payment)
      for index in 0..<Int.random(in: 0...2, using: &random) where payment.currency == euro {
        order.refunds.append(
          LinkedRefund(
            provider: provider, refundID: "\(id)R\(number)\(index)", paymentID: payment.paymentID,
            amount: random.once(in: 10) ? nil : .random(in: 0...12, using: &random),
            fee: random.once(in: 2) ? nil : .random(in: 0...2, using: &random),
            status: random.pick(RefundStatus.allCases), refundedAt: random.once(in: 5) ? nil : instant()))
      }
    }
    for number in 0..<Int.random(in: 0...2, using: &random) {
      order.asked.append(
        AskedRefund(
          refundID: "\(id)M\(number)", createdAt: instant(), amount: .random(in: 0...12, using: &random),
          providerReference: nil))
    }
    return order
  }
}
