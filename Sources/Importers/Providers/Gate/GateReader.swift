import ReconcileCore

/// Gate: `GET /api/v1/api/payments/{referenceId}`, one object for payments and refunds alike. The reply does
/// not say which it is; that follows from the list its id was taken from.
struct GateReader: ProviderReader {
  let settings: ProviderSettings
  private let words: StatusWords

  init(_ settings: ProviderSettings) {
    self.settings = settings
    words = StatusWords(
      [
        .pending: ["none", "created", "new", "pending", "processing"],
        .authorized: ["authorized", "authorised", "hold"],
        .succeeded: ["success", "succeeded", "completed", "approved", "paid", "captured"],
        .failed: ["declined", "failed", "rejected", "error"],
        .cancelled: ["canceled", "cancelled", "voided"],
        .expired: ["expired"],
        .refunded: ["refunded"],
        .partiallyRefunded: ["partially_refunded"],
      ], overriding: settings.statusMap)
  }

  func read(
    _ stream: ProviderStream, body: [UInt8], request: String, isRefundLookup: Bool
  ) throws(UnreadableBody) -> BodyContents {
    let row = try ListBody.single(try ListBody.parse(body), id: "referenceId")
    var reading = BodyReading(settings, stream, request: request, body: body)
    reading.read([row], createdAt: { try? RecordFields($0, zone: settings.zone).instant("createdAt") }) {
      object throws(RecordProblem) in
      isRefundLookup ? .refund(try refund(object)) : .payment(try payment(object))
    }
    return reading.contents
  }

  private func payment(_ object: JSONObject) throws(RecordProblem) -> PaymentRecord {
    let fields = RecordFields(object, zone: settings.zone)
    let id = try fields.requiredIdentifier("referenceId")
    return try fields.named(id) { () throws(RecordProblem) in
      let currency = try fields.currency("currencyCode")
      let word = fields.text("status") ?? ""
      var payment = PaymentRecord(
        id: id, amount: try fields.requiredAmount("amount", in: currency, decimals: decimals(currency)),
        status: words.payment(word), providerStatus: word)
      payment.received = try fields.amount("actualAmount", in: currency, decimals: decimals(currency))
      payment.orderClaims = [id]
      if case .object(let metadata)? = object["merchantMetadata"] {
        let named = RecordFields(metadata, zone: settings.zone)
        payment.orderClaims += named.aliases("orderId", "order_id", except: id)
      }
      payment.paidAt = try fields.instant("createdAt")
      payment.updatedAt = try fields.instant("updated_at")
      return payment
    }
  }

  private func refund(_ object: JSONObject) throws(RecordProblem) -> RefundRecord {
    let fields = RecordFields(object, zone: settings.zone)
    let id = try fields.requiredIdentifier("referenceId")
    return try fields.named(id) { () throws(RecordProblem) in
      let currency = try fields.currency("currencyCode")
      let word = fields.text("status") ?? ""
      var refund = RefundRecord(
        id: id, currency: currency, status: StatusWords.refund(word), providerStatus: word)
      refund.amount = try fields.requiredAmount("amount", in: currency, decimals: decimals(currency))
      refund.refundedAt = try fields.instant("createdAt")
      refund.updatedAt = try fields.instant("updated_at")
      return refund
    }
  }

  /// The document does not state the unit; the setting does.
  private func decimals(_ currency: Currency) -> Int { settings.amountsAreMajor ? currency.exponent : 0 }
}
