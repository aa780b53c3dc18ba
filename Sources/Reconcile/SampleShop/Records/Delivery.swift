import ReconcileCore

/// An archived webhook delivery: one line of the events file.
struct Delivery {
  var receivedAt: ShopTime
  var line: String

  /// A body in its envelope, as an archive writes it.
  init(_ body: String, of provider: String, at time: ShopTime, headers: [(String, String)] = []) {
    var head = JSONLine()
    for (name, value) in headers { head.add(name, value) }
    var envelope = JSONLine()
    envelope.add("received_at", time.utc)
    envelope.add("provider", provider)
    envelope.add("headers", raw: head.closed)
    envelope.add("body", body)
    receivedAt = time
    line = envelope.closed
  }

  /// A body as it was delivered, without an envelope.
  init(bare body: String, at time: ShopTime) {
    receivedAt = time
    line = body
  }

  /// A MAXFI event about a payment; `attempt` above 1 is the same event delivered again.
  static func maxfi(
    _ type: String, _ payment: MaxfiPayment, id: String, at time: ShopTime, attempt: Int = 1,
    more: [(name: String, value: String)] = []
  ) -> Delivery {
    var data = JSONLine()
    data.add("payment_id", payment.session)
    for (name, value) in more { data.add(name, raw: value) }
    data.add("amount", payment.amount.minorUnits)
    data.add("currency", payment.amount.currency.code)
    data.add("status", payment.status)
    var body = JSONLine()
    body.add("id", id)
    body.add("type", type)
    body.add("livemode", raw: payment.isLive ? "true" : "false")
    body.add("created_at", time.utc)
    body.add("data", raw: data.closed)
    return Delivery(
      body.closed, of: "maxfi", at: time.later(seconds: attempt == 1 ? 2 : 300),
      headers: [("X-MAXFI-Event", type), ("X-MAXFI-Event-Id", id), ("X-MAXFI-Attempt", String(attempt))])
  }

  /// What Dapit tells when a payment is confirmed: the only place where it names the shop's order.
  static func dapitBody(
    _ payment: DapitTransaction, orderID: String, paid: Money, at time: ShopTime
  ) -> String {
    var body = JSONLine()
    body.add("event", "payment.confirmed")
    body.add("reference_number", orNull: payment.reference)
    body.add("invoice_number", payment.invoice)
    body.add("merchant_order_id", orderID)
    body.add("invoice_amount", raw: payment.amount.decimalText)
    body.add("amount_paid", raw: paid.decimalText)
    body.add("currency", payment.amount.currency.code)
    body.add("paid_at", time.wallClock)
    body.add("customer_email", "guest@example.com")
    return body.closed
  }
}
