extension Shop {
  /// March 2025 with every kind of situation; about forty orders. As of 2025-04-01T06:00:00Z.
  static let march: Shop = {
    var shop = Shop(seed: 2_025)
    shop.addMaxfi()
    shop.addMaxfiOddities()
    shop.addDapit()
    shop.addDapitRefunds()
    shop.addGate()
    shop.addInflow()
    return shop
  }()

  private mutating func addMaxfi() {
    for number in 1...4 {
      let (due, at) = (amount(), time(number * 5))
      order("m\(number)", due, at: at, provider: number == 4 ? "" : "maxfi", is: "exact")
      maxfi("pay_\(number)", due, "succeeded", at: at, order: "m\(number)")
    }
    var (due, at) = (amount(), time(2))
    order("m5", due, at: at, provider: "maxfi", reference: "cs_5", is: "exact")
    maxfi("pay_5", due, "captured", at: at, "\"checkout_session_id\":\"cs_5\",")
    (due, at) = (amount(), time(3))
    order("m6", due, at: at, provider: "maxfi", is: "overpaid", refund: "missing")
    maxfi("pay_6", due + 350, "succeeded", at: at, order: "m6")
    (due, at) = (amount(), time(4))
    order("m7", due, at: at, provider: "maxfi", is: "partial")
    maxfi("pay_7", due - 100, "succeeded", at: at, order: "m7")
    (due, at) = (amount(), time(6))
    order("m8", due, at: at, provider: "maxfi", is: "duplicate", refund: "missing")
    maxfi("pay_8a", due, "succeeded", at: at, order: "m8")
    maxfi("pay_8b", due, "succeeded", at: time(6), order: "m8")
    (due, at) = (amount(), time(7))
    order("m9", due, at: at, provider: "maxfi", is: "exact", refund: "exact")
    maxfi("pay_9", due, "refunded", at: at, order: "m9", "\"amount_refunded\":\(due),")
    ask("r9", of: "m9", due, at: time(8))
    (due, at) = (amount(), time(8))
    order("m10", due, at: at, provider: "maxfi", is: "exact", refund: "exact")
    maxfi("pay_10", due, "succeeded", at: at, order: "m10")
    ask("r10", of: "m10", 500, at: time(9))
    event(
      "\"id\":\"evt_10\",\"type\":\"payment.refunded\",\"livemode\":true,\"created_at\":\"\(time(10))\","
        + "\"data\":{\"payment_id\":\"pay_10\",\"refund_id\":\"re_10\",\"currency\":\"EUR\","
        + "\"amount_refunded\":500,\"status\":\"succeeded\"}")
  }

  private mutating func addMaxfiOddities() {
    for (id, status, match) in [
      ("m11", "pending", "pending"), ("m12", "failed", "unpaid"), ("m14", "weird", "unknown"),
    ] {
      let (due, at) = (amount(), time(11))
      order(id, due, at: at, provider: "maxfi", is: match)
      maxfi("pay_" + id.dropFirst(), due, status, at: at, order: id)
    }
    order("m13", amount(), at: time(12), provider: "maxfi", is: "unpaid")
    order("n1", amount(), at: time(12), is: "unpaid")
    var (due, at) = (amount(), time(13))
    order("m15", due, at: at, provider: "maxfi", status: "cancelled", is: "paid_cancelled", refund: "missing")
    maxfi("pay_15", due, "succeeded", at: at, order: "m15")
    order("m16", amount(), at: time(13), provider: "maxfi", status: "cancelled", is: "cancelled")
    (due, at) = (amount(), time(14))
    order("m17", due, at: at, provider: "maxfi", is: "currency_mismatch", refund: "unknown")
    maxfi("pay_17", due, "succeeded", at: at, order: "m17", currency: "USD")
    maxfi("pay_18", amount(), "succeeded", at: time(14))
    payments.append(
      Row(
        time: time(14),
        json: "{\"id\":\"pay_test\",\"amount\":100,\"currency\":\"EUR\",\"status\":\"succeeded\","
          + "\"livemode\":false,\"created_at\":\"2025-03-14T10:00:00Z\"}"))
    order("m19", amount(), at: "2025-03-31T19:00:00Z", provider: "maxfi", is: "pending")
    due = amount()
    order("m20", due, at: time(16), provider: "maxfi", is: "unpaid")
    maxfi("pay_20", due, "succeeded", at: time(16))
    for (id, currency) in [("m21", "JPY"), ("m22", "KWD")] {
      (due, at) = (amount(), time(17))
      order(id, due, at: at, provider: "maxfi", currency: currency, is: "exact")
      maxfi("pay_" + id.dropFirst(), due, "succeeded", at: at, order: id, currency: currency)
    }
  }

  private mutating func addDapit() {
    for number in 1...3 {
      let (due, at) = (amount(), time(number + 18))
      let id = "DP-2503\(number + 18)-AAAA0\(number)"
      order("d\(number)", due, at: at, provider: "dapit", reference: number == 2 ? id : "", is: "exact")
      dapit(id, due, "confirmed", at: at, order: number == 1 ? "d1" : nil, collects: due)
    }
    event(
      "\"event\":\"payment.confirmed\",\"reference_number\":\"DP-250321-AAAA03\",\"merchant_order_id\":\"d3\""
    )
    var (due, at) = (amount(), time(4))
    order("d4", due, at: at, provider: "dapit", is: "overpaid", refund: "exact")
    dapit(
      "DP-250304-AAAA04", due, "overpaid", at: at, order: "d4", collects: due + 500,
      "\"total_paid\":\(Self.decimal(due + 500)),")
    dapitRefund("RF-4", of: "DP-250304-AAAA04", 500, "completed", at: time(6))
    (due, at) = (amount(), time(5))
    order("d5", due, at: at, provider: "dapit", is: "unknown", refund: "unknown")
    dapit("DP-250305-AAAA05", due, "overpaid", at: at, order: "d5")
    (due, at) = (amount(), time(6))
    order("d6", due, at: at, provider: "dapit", is: "partial")
    dapit(
      "DP-250306-AAAA06", due, "partial", at: at, order: "d6", collects: due - 250,
      "\"amount_paid\":\"\(Self.decimal(due - 250))\",")
    (due, at) = (amount(), time(7))
    order("d7", due, at: at, provider: "dapit", is: "partial")
    dapit("DP-250307-AAAA07", due, "partial", at: at, order: "d7", collects: 1_000)
    event(
      "\"event\":\"payment.partial\",\"reference_number\":\"DP-250307-AAAA07\",\"merchant_order_id\":\"d7\","
        + "\"amount_paid\":10.00,\"currency\":\"EUR\",\"paid_at\":\"2025-03-07T10:00:00Z\"")
    (due, at) = (amount(), time(8))
    order("d8", due, at: at, provider: "dapit", is: "exact")
    dapit(
      "DP-250308-AAAA08", due, "expired", at: at, order: "d8", collects: due,
      "\"amount_paid\":\(Self.decimal(due)),")
    order("d9", amount(), at: time(9), provider: "dapit", is: "unpaid")
    transactions.append(
      Row(
        time: time(9),
        json: "{\"session_id\":\"sess-9\",\"amount\":12.00,\"status\":\"pending\",\(Canary.record)}"))
  }

  private mutating func addDapitRefunds() {
    let cases: [(number: Int, status: String?, share: Int, verdict: String, fee: Int)] = [
      (10, "completed", 1, "exact", 100), (11, "failed", 1, "failed", 100),
      (12, "completed", 2, "partial", 100), (13, "pending", 1, "pending", 100),
      (14, "sent", 1, "exact", 200), (15, nil, 1, "missing", 100),
    ]
    for (number, status, share, verdict, fee) in cases {
      let (due, at) = (amount(), time(number))
      let id = "DP-2503\(number)-AAAA\(number)"
      order("d\(number)", due, at: at, provider: "dapit", is: "exact", refund: verdict)
      dapit(id, due, "confirmed", at: at, order: "d\(number)", collects: due)
      ask("r-d\(number)", of: "d\(number)", due, at: time(number + 1))
      guard let status else { continue }
      dapitRefund("RF-\(number)", of: id, due / share, status, at: time(number + 2), fee: fee)
      if status == "sent" {
        days[number + 2, default: Day()].refunds += due - fee
        days[number + 2, default: Day()].fees += fee
      }
    }
    let (due, at) = (amount(), time(17))
    order("d16", due, at: at, provider: "dapit", is: "exact", refund: "excess")
    dapit("DP-250317-AAAA16", due, "confirmed", at: at, order: "d16", collects: due)
    dapitRefund("RF-16", of: "DP-250317-AAAA16", 400, "completed", at: time(18))
    dapitRefund("RF-17", of: "DP-999999-NOBODY", 700, "completed", at: time(19))
    // One day on which the provider's own figure is wrong.
    days[20, default: Day()].gross += 1
  }

  private mutating func addGate() {
    for number in 1...2 {
      let (due, at) = (amount(), time(number + 3))
      order("g\(number)", due, at: at, provider: "gate", is: "exact")
      gate("g\(number)", due, "SUCCESS", at: at)
    }
    var (due, at) = (amount(), time(21))
    order("g3", due, at: at, provider: "gate", reference: "GR/3", is: "exact")
    gate("GR/3", due, "completed", at: at)
    order("g4", amount(), at: time(22), provider: "gate", is: "unpaid")
    (due, at) = (amount(), time(5))
    order("g5", due, at: at, provider: "gate", is: "exact", refund: "exact")
    gate("g5", due, "success", at: at)
    ask("r-g5", of: "g5", 900, at: time(6), reference: "GRF-5")
    gate("GRF-5", 900, "success", at: time(6))
    (due, at) = (amount(), time(23))
    order("g6", due, at: at, provider: "gate", is: "unpaid")
    gate("g6", due, "declined", at: at)
    (due, at) = (amount(), time(9))
    order("g7", due, at: at, provider: "gate", is: "overpaid", refund: "missing")
    gate("g7", due, "success", at: at, actual: due + 600)
    // Before the period: one within the look-back, one beyond it.
    order("g8", amount(), at: "2025-02-20T10:00:00Z", provider: "gate", is: "unpaid")
    order("g9", amount(), at: "2025-01-10T10:00:00Z", provider: "gate", is: "unverified")
  }

  private mutating func addInflow() {
    for number in 1...2 {
      let (due, at) = (amount(), time(number + 7))
      order("i\(number)", due, at: at, provider: "inflow", reference: "TX\(number)", is: "exact")
      inflow("TX\(number)", due, "paid", at: at)
    }
    order("i3", amount(), at: time(10), provider: "inflow", is: "unverified")
    let (due, at) = (amount(), time(11))
    order("i4", due, at: at, provider: "inflow", reference: "TX4", is: "exact", refund: "exact")
    inflow("TX4", due, "partially_refunded", at: at)
    ask("r-i4", of: "i4", 1_100, at: time(12))
    inflowRefund("IR-4", of: "TX4", 1_100, "completed", at: time(12))
    order("i5", amount(), at: time(13), provider: "inflow", reference: "TX5", is: "unpaid")
    let lost = amount()
    inflow("TX9", lost, "refunded", at: time(14))
    inflowRefund("IR-9", of: "TX9", lost, "completed", at: time(15))
    inflowRefund("IR-8", of: "TX8", 333, "pending", at: time(16))
    inflowRefund("IR-7", of: "TX7", 444, "failed", at: time(17))
  }

  /// An archived delivery as its body was.
  private mutating func event(_ members: String) { events.append("{\(members)}") }
}
