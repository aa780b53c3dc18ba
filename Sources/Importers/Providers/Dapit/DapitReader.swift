import ReconcileCore

/// Dapit: `list_transactions`, `list_refunds` and `settlement_report`; decimals of the setting's currency,
/// times without a zone, and one key for staging and production.
struct DapitReader: ProviderReader {
  let settings: ProviderSettings
  private let words: StatusWords

  init(_ settings: ProviderSettings) {
    self.settings = settings
    words = StatusWords(
      [
        .pending: ["pending", "invoiced", "polling"],
        .partial: ["partial"],
        .succeeded: ["confirmed"],
        .overpaid: ["overpaid"],
        .failed: ["failed", "timeout"],
        .expired: ["expired"],
      ], overriding: settings.statusMap)
  }

  func read(
    _ stream: ProviderStream, body: [UInt8], request: String, isRefundLookup: Bool
  ) throws(UnreadableBody) -> BodyContents {
    let root = try ListBody.parse(body)
    // Anything but success: true is an error, whatever the HTTP status said.
    guard case .object(let object) = root, case .bool(true)? = object["success"] else {
      if case .object(let object) = root, let problem = ListBody.errorObject(object, isTransient: true) {
        throw problem
      }
      throw UnreadableBody("the body lacks success: true", isTransient: true)
    }
    var reading = BodyReading(settings, stream, request: request, body: body)
    if stream == .settlementReport {
      try DapitSettlement(settings: settings).read(object, into: &reading)
      return reading.contents
    }
    let rows = try ListBody.rows(root)
    let isRefunds = stream == .listRefunds
    reading.read(rows, createdAt: { createdAt($0) }) { object throws(RecordProblem) in
      isRefunds ? .refund(try refund(object)) : try transaction(object)
    }
    reading.noteUnknown(.envelope, in: object)
    let id = isRefunds ? "refund_id" : "reference_number"
    let lastID = ListBody.lastID(rows, id) ?? (isRefunds ? ListBody.lastID(rows, "id") : nil)
    (reading.contents.namedTotal, reading.contents.namedLimit) = ListBody.size(root)
    reading.contents.next = ListBody.hint(root, lastID: lastID)
    return reading.contents
  }

  /// When the record came to be; without a field that says so, the day in its reference is no later than
  /// that.
  private func createdAt(_ object: JSONObject) -> Instant? {
    let fields = RecordFields(object, zone: settings.zone)
    return fields.walkTime ?? fields.text("reference_number").flatMap(dayInReference)
  }

  private func transaction(_ object: JSONObject) throws(RecordProblem) -> RecordReading {
    let fields = RecordFields(object, zone: settings.zone)
    let word = fields.text("status") ?? ""
    let status = words.payment(word)
    if fields.text("reference_number") == nil {
      guard [.pending, .failed, .expired].contains(status), try !hasMoney(fields) else {
        throw RecordProblem("reference_number is missing")
      }
      // A session whose customer never got to an invoice.
      return .session(fields.text("session_id") ?? fields.text("session_token") ?? fields.text("token"))
    }
    let id = try fields.requiredIdentifier("reference_number")
    return try fields.named(id) { () throws(RecordProblem) in
      let currency = try fields.currency("currency", else: settings.currency)
      let exponent = currency.exponent
      var payment = PaymentRecord(
        id: id, amount: try fields.requiredAmount("amount", in: currency, decimals: exponent), status: status,
        providerStatus: word)
      payment.aliases = fields.aliases("session_id", "session_token", "token", except: id)
      payment.orderClaims = fields.aliases("merchant_order_id", "order_id")
      payment.overpaid = try fields.amount("overpaid_amount", in: currency, decimals: exponent)
      payment.announcedRefundFee = try fields.amount("refund_fee", in: currency, decimals: exponent)
      payment.received = try received(fields, payment)
      let confirmed = try fields.instant("confirmed_at")
      let paid = try fields.instant("paid_at")
      let created = try fields.instant("created_at")
      payment.paidAt = confirmed ?? paid ?? created ?? dayInReference(id.text)
      payment.updatedAt = try fields.instant("updated_at")
      payment.isTest = isTest(payment.paidAt)
      return .payment(payment)
    }
  }

  private func hasMoney(_ fields: RecordFields) throws(RecordProblem) -> Bool {
    let currency = try fields.currency("currency", else: settings.currency)
    for key in ["total_paid", "amount_paid", "overpaid_amount"] {
      if let amount = try fields.amount(key, in: currency, decimals: currency.exponent), amount.minorUnits > 0
      {
        return true
      }
    }
    return false
  }

  /// `total_paid`, else `amount_paid`, else `amount` + `overpaid_amount`. On a confirmed or overpaid item a 0
  /// is a field that was never filled in.
  private func received(_ fields: RecordFields, _ payment: PaymentRecord) throws(RecordProblem) -> Money? {
    let currency = payment.amount.currency
    let zeroIsNothing = payment.status == .succeeded || payment.status == .overpaid
    let given = [
      try fields.amount("total_paid", in: currency, decimals: currency.exponent),
      try fields.amount("amount_paid", in: currency, decimals: currency.exponent),
    ]
    for amount in given.compactMap({ $0 }) where amount.minorUnits > 0 || !zeroIsNothing { return amount }
    guard let overpaid = payment.overpaid, overpaid.minorUnits > 0 else { return nil }
    guard let sum = try? payment.amount.adding(overpaid) else {
      throw RecordProblem("amount and overpaid_amount are larger together than can be counted exactly")
    }
    return sum
  }

  private func refund(_ object: JSONObject) throws(RecordProblem) -> RefundRecord {
    let fields = RecordFields(object, zone: settings.zone)
    let id = try fields.requiredIdentifier("refund_id", "id", "reference_number")
    return try fields.named(id) { () throws(RecordProblem) in
      let currency = try fields.currency("currency", else: settings.currency)
      let word = fields.text("status") ?? ""
      var refund = RefundRecord(
        id: id, currency: currency, status: StatusWords.refund(word), providerStatus: word)
      refund.amount = try fields.amount("amount", in: currency, decimals: currency.exponent)
      refund.fee = try fields.amount("processing_fee", in: currency, decimals: currency.exponent)
      refund.paymentID =
        fields.identifier("payment_reference") ?? fields.identifier("original_reference")
        ?? fields.identifier("transaction_reference")
      // In a refund these name the refund itself, or its payment; only a known payment tells.
      refund.possiblePaymentIDs = fields.aliases("reference", "reference_number")
      let completed = try fields.instant("completed_at")
      let sent = try fields.instant("sent_at")
      let created = try fields.instant("created_at")
      refund.refundedAt = completed ?? sent ?? created
      refund.updatedAt = try fields.instant("updated_at")
      refund.isTest = isTest(refund.refundedAt)
      return refund
    }
  }

  private func isTest(_ date: Instant?) -> Bool {
    guard let date, let liveSince = settings.liveSince else { return false }
    return date < liveSince
  }

  /// The start of the day in `DP-YYMMDD-…`; nil where there is no such day.
  private func dayInReference(_ reference: String) -> Instant? {
    let bytes = Array(reference.utf8)
    guard bytes.count >= 10, bytes.starts(with: "DP-".utf8), bytes[9] == UInt8(ascii: "-") else { return nil }
    let digits = String(decoding: bytes[3..<9], as: UTF8.self)
    let text = "20\(digits.prefix(2))-\(digits.dropFirst(2).prefix(2))-\(digits.dropFirst(4))"
    return BusinessDay(text).map { settings.zone.start(of: $0) }
  }
}
