import ReconcileCore

/// A record as a provider answers with it.
protocol ProviderRecord {
  /// One JSON object without line ends.
  var json: String { get }
}

/// A MAXFI payment; amounts in minor units.
struct MaxfiPayment: ProviderRecord {
  var id: String
  var session: String
  var orderID: String?
  var amount: Money
  var status: String
  /// Nil writes a record without a date.
  var createdAt: ShopTime?
  var updatedAt: ShopTime?
  var refunded: Int64?
  var isLive = true
  var buyer = ""
  /// Writes `null` in place of the amount: a record nobody can read.
  var lacksAmount = false

  var json: String {
    var line = JSONLine()
    line.add("id", id)
    if let orderID { line.add("order_id", orderID) }
    line.add("checkout_session_id", session)
    line.add("amount", raw: lacksAmount ? "null" : String(amount.minorUnits))
    line.add("currency", amount.currency.code)
    line.add("status", status)
    if let refunded { line.add("total_refunded", refunded) }
    line.add("payment_method", "card")
    line.add("customer_email", "guest-\(buyer)@example.com")
    if !isLive { line.add("livemode", raw: "false") }
    line.add("created_at", orNull: createdAt?.utc)
    line.add("updated_at", orNull: (updatedAt ?? createdAt)?.utc)
    return line.closed
  }
}

/// A Dapit transaction; amounts are decimals, times wall clock without a zone.
struct DapitTransaction: ProviderRecord {
  /// Nil for a session whose customer never came to an invoice.
  var reference: String?
  var invoice: String
  var amount: Money
  var status: String
  var orderID: String?
  var createdAt: ShopTime?
  var confirmedAt: ShopTime?
  var totalPaid: Money?
  var overpaid: Money?
  var refundFee: Money?

  var json: String {
    var line = JSONLine()
    line.add("reference_number", orNull: reference)
    line.add("invoice_number", invoice)
    if let orderID { line.add("merchant_order_id", orderID) }
    line.add("amount", raw: amount.decimalText)
    line.add("currency", amount.currency.code)
    line.add("status", status)
    if let totalPaid { line.add("total_paid", raw: totalPaid.decimalText) }
    if let overpaid { line.add("overpaid_amount", raw: overpaid.decimalText) }
    if let refundFee { line.add("refund_fee", raw: refundFee.decimalText) }
    if let createdAt { line.add("created_at", createdAt.wallClock) }
    line.add("confirmed_at", orNull: confirmedAt?.wallClock)
    return line.closed
  }
}

/// A Dapit refund; `amount` includes the fee that Dapit keeps.
struct DapitRefund: ProviderRecord {
  var id: Int
  var reference: String
  var paymentReference: String
  var amount: Money
  var fee: Money
  var status: String
  var createdAt: ShopTime
  var completedAt: ShopTime?

  var json: String {
    var line = JSONLine()
    line.add("refund_id", Int64(id))
    line.add("reference_number", reference)
    line.add("payment_reference", paymentReference)
    line.add("amount", raw: amount.decimalText)
    line.add("processing_fee", raw: fee.decimalText)
    line.add("currency", amount.currency.code)
    line.add("status", status)
    line.add("created_at", createdAt.wallClock)
    line.add("completed_at", orNull: completedAt?.wallClock)
    return line.closed
  }
}

/// A Gate payment or refund, which look alike; amounts in minor units.
struct GateRecord: ProviderRecord {
  var referenceID: String
  var amount: Money
  var status: String
  var orderID: String?
  var actual: Int64?
  var createdAt: ShopTime

  var json: String {
    var line = JSONLine()
    line.add("referenceId", referenceID)
    line.add("amount", amount.minorUnits)
    line.add("currencyCode", amount.currency.code)
    line.add("status", status)
    line.add("customerAction", raw: "null")
    if let orderID {
      var metadata = JSONLine()
      metadata.add("orderId", orderID)
      line.add("merchantMetadata", raw: metadata.closed)
    }
    line.add("actualAmount", raw: actual.map(String.init) ?? "null")
    line.add("createdAt", createdAt.utcWithMilliseconds)
    return line.closed
  }
}

/// An Inflow transaction; amounts are decimals in quotes.
struct InflowTransaction: ProviderRecord {
  var id: String
  var amount: Money
  var status: String
  var createdAt: ShopTime
  var buyer = ""

  var json: String {
    var line = JSONLine()
    line.add("id", id)
    line.add("type", "payment")
    line.add("amount", amount.decimalText)
    line.add("currency", amount.currency.code)
    line.add("status", status)
    line.add("customer_email", "guest-\(buyer)@example.com")
    line.add("created_at", createdAt.utc)
    return line.closed
  }
}

/// An Inflow refund with the three figures it gives for one amount.
struct InflowRefund: ProviderRecord {
  var id: String
  var transactionID: String
  var amount: Money
  var status: String
  var createdAt: ShopTime
  /// What `amount_in_cents` says where it contradicts `amount`.
  var wrongCents: Int64?

  var json: String {
    var line = JSONLine()
    line.add("id", id)
    line.add("transaction_id", transactionID)
    line.add("amount", amount.decimalText)
    line.add("amount_in_cents", wrongCents ?? amount.minorUnits)
    line.add("currency", amount.currency.code)
    line.add("status", status)
    line.add("reason", "requested_by_customer")
    line.add("created_at", createdAt.utc)
    return line.closed
  }
}
