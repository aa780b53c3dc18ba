import ReconcileCore

/// Inflow: the refund list, single refunds and single transactions; amounts are decimals.
struct InflowReader: ProviderReader {
  let settings: ProviderSettings
  private let words: StatusWords

  init(_ settings: ProviderSettings) {
    self.settings = settings
    words = StatusWords(
      [
        .pending: ["created", "pending", "processing"],
        .succeeded: ["paid", "succeeded", "success", "completed", "refund_pending"],
        .failed: ["failed"],
        .cancelled: ["canceled", "cancelled"],
        .expired: ["expired"],
        .refunded: ["refunded"],
        .partiallyRefunded: ["partially_refunded"],
      ], overriding: settings.statusMap)
  }

  func read(
    _ stream: ProviderStream, body: [UInt8], request: String, isRefundLookup: Bool
  ) throws(UnreadableBody) -> BodyContents {
    let root = try ListBody.parse(body)
    var reading = BodyReading(settings, stream, request: request, body: body)
    let createdAt = { (object: JSONObject) in RecordFields(object, zone: settings.zone).walkTime }
    if stream == .transactions {
      let row = try ListBody.single(root, id: "id")
      reading.read([row], createdAt: createdAt) { object throws(RecordProblem) in
        .payment(try payment(object))
      }
      return reading.contents
    }
    // A refund asked for by its id comes as the bare object; a list comes as an array or in an envelope.
    let rows = isRefundLookup ? [try ListBody.single(root, id: "id")] : try ListBody.rows(root)
    reading.read(rows, createdAt: createdAt) { object throws(RecordProblem) in .refund(try refund(object)) }
    if case .object(let object) = root { reading.noteUnknown(.envelope, in: object) }
    if !isRefundLookup {
      (reading.contents.namedTotal, reading.contents.namedLimit) = ListBody.size(root)
      reading.contents.next = ListBody.hint(root, lastID: ListBody.lastID(rows, "id"))
    }
    return reading.contents
  }

  private func payment(_ object: JSONObject) throws(RecordProblem) -> PaymentRecord {
    let fields = RecordFields(object, zone: settings.zone)
    let id = try fields.requiredIdentifier("id")
    return try fields.named(id) { () throws(RecordProblem) in
      let currency = try fields.currency("currency")
      let word = fields.text("status") ?? ""
      var payment = PaymentRecord(
        id: id, amount: try fields.requiredAmount("amount", in: currency, decimals: currency.exponent),
        status: words.payment(word), providerStatus: word)
      payment.paidAt = try fields.instant("created_at")
      payment.updatedAt = try fields.instant("updated_at")
      payment.amountIsNet = settings.amountIsNet
      return payment
    }
  }

  private func refund(_ object: JSONObject) throws(RecordProblem) -> RefundRecord {
    let fields = RecordFields(object, zone: settings.zone)
    let id = try fields.requiredIdentifier("id")
    return try fields.named(id) { () throws(RecordProblem) in
      let currency = try fields.currency("currency")
      let word = fields.text("status") ?? ""
      var refund = RefundRecord(
        id: id, currency: currency, status: StatusWords.refund(word), providerStatus: word)
      refund.amount = try fields.requiredAmount("amount", in: currency, decimals: currency.exponent)
      try checkCents(fields)
      refund.paymentID = fields.identifier("transaction_id")
      refund.refundedAt = try fields.instant("created_at")
      refund.updatedAt = try fields.instant("updated_at")
      return refund
    }
  }

  /// Two figures for one amount must agree; 0 is what the samples write where nothing is known.
  private func checkCents(_ fields: RecordFields) throws(RecordProblem) {
    guard let cents = try fields.number("amount_in_cents", decimals: 0), cents != 0 else { return }
    guard let units = try? fields.number("amount", decimals: 2), units == cents else {
      throw RecordProblem("amount and amount_in_cents disagree")
    }
  }
}
