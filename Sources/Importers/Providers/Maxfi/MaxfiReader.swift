import ReconcileCore

/// MAXFI: `GET /v2/payments`, amounts in minor units, refunds told by the payment itself.
struct MaxfiReader: ProviderReader {
  let settings: ProviderSettings
  private let words: StatusWords

  init(_ settings: ProviderSettings) {
    self.settings = settings
    words = StatusWords(
      [
        .pending: ["open", "created", "pending", "processing", "requires_action"],
        .authorized: ["authorized", "authorised", "requires_capture"],
        .succeeded: ["succeeded", "captured", "paid", "completed"],
        .failed: ["failed", "declined"],
        .cancelled: ["canceled", "cancelled", "voided"],
        .expired: ["expired"],
        .refunded: ["refunded"],
        .partiallyRefunded: ["partially_refunded"],
      ], overriding: settings.statusMap)
  }

  func read(
    _ stream: ProviderStream, body: [UInt8], request: String, isRefundLookup: Bool
  ) throws(UnreadableBody) -> BodyContents {
    let root = try ListBody.parse(body)
    let rows = try ListBody.rows(root)
    var reading = BodyReading(settings, stream, request: request, body: body)
    reading.read(rows, createdAt: { RecordFields($0, zone: settings.zone).walkTime }) {
      object throws(RecordProblem) in .payment(try payment(object))
    }
    if case .object(let object) = root { reading.noteUnknown(.envelope, in: object) }
    (reading.contents.namedTotal, reading.contents.namedLimit) = ListBody.size(root)
    reading.contents.next = ListBody.hint(root, lastID: ListBody.lastID(rows, "id"))
    return reading.contents
  }

  private func payment(_ object: JSONObject) throws(RecordProblem) -> PaymentRecord {
    let fields = RecordFields(object, zone: settings.zone)
    let id = try fields.requiredIdentifier("id")
    return try fields.named(id) { () throws(RecordProblem) in
      let currency = try fields.currency("currency")
      let word = fields.text("status") ?? ""
      var payment = PaymentRecord(
        id: id, amount: try fields.requiredAmount("amount", in: currency, decimals: 0),
        status: words.payment(word), providerStatus: word)
      payment.aliases = fields.aliases("payment_id", "checkout_session_id", except: id)
      payment.orderClaims = fields.aliases("order_id")
      payment.paidAt = try fields.instant("created_at")
      payment.updatedAt = try fields.instant("updated_at")
      // A total of 0 says nothing about refunds: the status then decides.
      for key in ["total_refunded", "amount_refunded"] {
        let total = try fields.amount(key, in: currency, decimals: 0)
        if payment.refundedTotal == nil, let total, total.minorUnits > 0 { payment.refundedTotal = total }
      }
      payment.isTest = fields.flag("livemode") == false || fields.flag("test_mode") == true
      return payment
    }
  }
}
