import ReconcileCore
import ReconcileMatching
import TestSupport

extension Scenario {
  /// The order with the payments that carry its id, their refunds, and what was asked for.
  func orderCase(of order: MerchantOrder) -> OrderCase {
    var result = OrderCase(
      orderID: order.id.text, createdAt: order.createdAt, amount: order.amount,
      namedProvider: order.provider,
      isCancelled: order.isCancelled)
    for (provider, payment) in payments where payment.orderClaims.contains(order.id) && !payment.isTest {
      let kind = settings.provider(named: provider)?.kind ?? .maxfi
      let collected = Collected.minorUnits(
        kind: kind, status: payment.status, amount: payment.amount.minorUnits,
        received: payment.received?.minorUnits, eventReceived: nil, amountIsNet: payment.amountIsNet)
      var linked = LinkedPayment(
        provider: provider, paymentID: payment.id.text, currency: payment.amount.currency,
        collected: collected,
        status: payment.status, paidAt: payment.paidAt, rule: .orderID)
      if payment.amountIsNet, collected == nil { linked.netAmount = payment.amount.minorUnits }
      result.payments.append(linked)
      for (source, refund) in refunds where source == provider && refund.paymentID == payment.id {
        guard refund.currency == order.amount.currency else { continue }
        result.refunds.append(
          LinkedRefund(
            provider: source, refundID: refund.id.text, paymentID: payment.id.text,
            amount: refund.amount?.minorUnits,
            fee: refund.fee?.minorUnits, status: refund.status, refundedAt: refund.refundedAt))
      }
    }
    for refund in asked where refund.orderID == order.id && refund.amount.currency == order.amount.currency {
      result.asked.append(
        AskedRefund(
          refundID: refund.id.text, createdAt: refund.createdAt, amount: refund.amount.minorUnits,
          providerReference: refund.providerReference?.text))
    }
    return result
  }

  /// What was not read around an order, going by the providers that the scenario calls unread.
  func gaps(of order: MerchantOrder, _ orderCase: OrderCase) -> ReadingGaps {
    let payers = Set(orderCase.payments.map(\.provider))
    let kinds = Dictionary(uniqueKeysWithValues: settings.providers.map { ($0.name, $0.kind) })
    let mayHold = order.provider.map { [$0] } ?? settings.providers.filter(\.kind.listsPayments).map(\.name)
    let isAtGate = payers.union(order.provider.map { [$0] } ?? []).contains { kinds[$0] == .gate }
    return ReadingGaps(
      paymentMayBeUnread: mayHold.contains { name in
        unread.contains(name) || kinds[name] == nil
          || (kinds[name] == .inflow && order.providerReference == nil)
      },
      refundsMayBeUnread: !payers.isDisjoint(with: unread),
      hasUnaskableRefund: isAtGate && orderCase.asked.contains { $0.providerReference == nil })
  }

  /// The verdict on one of the scenario's orders.
  func verdict(of order: MerchantOrder) throws -> OrderVerdict {
    let orderCase = orderCase(of: order)
    let rules = MatchingRules(settings: settings, asOf: asOf, merchantRefundsKnown: !asked.isEmpty)
    return try Classifier(rules: rules).verdict(orderCase) { gaps(of: order, orderCase) }
  }
}
