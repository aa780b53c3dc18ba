import ReconcileCore
import Testing

/// Records in one line, for tests that need a few.
func euros(_ text: String) throws -> Money {
  let euro = try #require(Currency("EUR"))
  return Money(minorUnits: try AmountText.merchant(text, exponent: 2), currency: euro)
}

func instant(_ text: String) throws -> Instant { try #require(TimeText.instant(text, in: .utc)) }

func order(
  _ id: String, _ amount: String, at time: String = "2026-03-01", provider: String? = nil,
  reference: String? = nil
) throws -> MerchantOrder {
  MerchantOrder(
    id: try Identifier(id), createdAt: try instant(time), amount: try euros(amount), provider: provider,
    providerReference: try reference.map { try Identifier($0) })
}

func wish(_ id: String, _ amount: String, for order: String, at time: String = "2026-03-02") throws
  -> MerchantRefund
{
  MerchantRefund(
    id: try Identifier(id), orderID: try Identifier(order), createdAt: try instant(time),
    amount: try euros(amount))
}

func payment(
  _ id: String, _ amount: String, _ status: PaymentStatus = .succeeded, at time: String? = "2026-03-01",
  for order: String? = nil, updated: String? = nil
) throws -> PaymentRecord {
  var payment = PaymentRecord(
    id: try Identifier(id), amount: try euros(amount), status: status, providerStatus: status.rawValue)
  payment.paidAt = try time.map(instant)
  payment.updatedAt = try updated.map(instant)
  payment.orderClaims = try order.map { [try Identifier($0)] } ?? []
  return payment
}

func refund(
  _ id: String, _ amount: String?, _ status: RefundStatus = .completed, of payment: String?,
  at time: String? = "2026-03-02", fee: String? = nil
) throws -> RefundRecord {
  var refund = RefundRecord(
    id: try Identifier(id), currency: try euros("0").currency, status: status,
    providerStatus: status.rawValue)
  refund.amount = try amount.map(euros)
  refund.fee = try fee.map(euros)
  refund.paymentID = try payment.map { try Identifier($0) }
  refund.refundedAt = try time.map(instant)
  return refund
}
