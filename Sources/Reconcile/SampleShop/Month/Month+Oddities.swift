import ReconcileCore

/// What is no discrepancy and still easy to get wrong: statuses without a finding, test money, rejects, odd
/// ids.
extension Month {
  mutating func addOddities() {
    addQuietStatuses()
    addEdgesOfDays()
    addOddIDs()
    addTestRecords()
    addRejects()
    addWholesale()
  }

  private mutating func addQuietStatuses() {
    let held = sale(on: march(20), "PLN")
    payGate(held, status: "hold")
    place(held, "gate")

    place(sale(on: march(12)), "oldpay")
    place(sale(on: march(22)), "inflow")

    place(sale(on: march(15), minorUnits: 0))

    let cent = sale(on: march(17), "USD", minorUnits: 4_999)
    payMaxfi(cent, cent.amount(plus: -1))
    place(cent, "maxfi")

    let sending = sale(on: march(27))
    let payment = payDapit(sending)
    place(sending, "dapit", reference: payment.reference)
    ask(sending, for: sending.amount, at: sending.at.later(days: 1))
    refundDapit(of: payment.reference, sending.amount, at: sending.at.later(days: 1), status: "pending")

    let young = sale(on: march(25), "EUR")
    payMaxfi(young)
    place(young, "maxfi")
    ask(young, for: young.amount, at: ShopTime(3, 30, 10, 0))

    let unaskable = sale(on: march(8), "EUR")
    payGate(unaskable)
    place(unaskable, "gate")
    ask(unaskable, for: unaskable.amount, at: unaskable.at.later(days: 1))

    let told = sale(on: march(16), "USD")
    let card = payMaxfi(told)
    let back = told.money(told.amount.minorUnits / 2)
    let time = told.at.later(days: 2)
    ask(told, for: back, at: time)
    refundMaxfi(card, back, at: time, total: false)
    deliveries.append(
      .maxfi(
        "payment.partially_refunded", maxfi[card].record, id: unique("evt_", 14), at: time,
        more: [
          ("refund_id", "\"" + unique("re_", 12) + "\""), ("amount_refunded", String(back.minorUnits)),
        ]))
    place(told, "maxfi")

    var corrected = sale(on: march(18), minorUnits: 6_000)
    place(corrected, "maxfi")
    corrected.amount = corrected.money(5_400)
    payMaxfi(corrected)
    correct(corrected, "maxfi")
  }

  /// Nights on which the day in Vilnius is not the day in UTC, one of them with the clock change.
  private mutating func addEdgesOfDays() {
    let nights: [(ShopTime, String)] = [
      (ShopTime(3, 1, 0, 20), "AL-NIGHT-0301"), (ShopTime(3, 29, 0, 40), "AL-NIGHT-0329"),
      (ShopTime(3, 29, 4, 10), "AL-DAWN-0329"), (ShopTime(3, 31, 23, 55), "AL-NIGHT-0331"),
    ]
    for (time, id) in nights {
      let sale = sale(at: time, id: id)
      place(sale, "maxfi")
      payMaxfi(sale, after: 8)
    }
  }

  private mutating func addOddIDs() {
    // "7" and "007" are two orders, and so are "a1" and "A1".
    for id in ["7", "007", "fair-a1", "fair-A1", "@instagram-33", "BŪDA № 5", "注文-118"] {
      let sale = sale(on: march(7 + id.utf8.count), id.hasPrefix("注") ? "JPY" : "EUR", id: id)
      payMaxfi(sale)
      place(sale, "maxfi")
    }
    // The shop writes the letter with a combining caron, MAXFI writes it as one character.
    var composed = sale(on: march(21), id: "ŠILAS-7")
    payMaxfi(composed)
    composed.id = "S\u{30C}ILAS-7"
    place(composed, "maxfi")
  }

  private mutating func addTestRecords() {
    for day in [10, 23] {
      let trial = sale(at: ShopTime(3, day, 7, 30), "USD", id: "test-\(day)")
      let index = payMaxfi(trial)
      maxfi[index].change(at: trial.at.later(minutes: 4)) { $0.isLive = false }
      announceMaxfi(index)
    }
    // Before live_since Dapit's money is not real.
    let staging = sale(at: ShopTime(2, 4, 14, 0), id: "staging")
    let payment = payDapit(staging, link: .nothing)
    refundDapit(of: payment.reference, staging.amount, at: ShopTime(2, 5, 10, 0))
  }

  private mutating func addRejects() {
    for (day, id, created, currency, amount) in [
      (2, "AL-X1", "2026-02-30T10:00:00Z", "EUR", "25.00"),
      (8, "AL-X2", "2026-03-08T09:15:00Z", "EURO", "25.00"),
      (19, "AL-X3", "2026-03-19T16:40:00Z", "EUR", "-12.00"),
    ] {
      orders.append(
        (ShopTime(3, day, 11, 0), [id, created, currency, amount, "maxfi", "", "", "1 x clay mug"]))
    }
    merchantRefunds.append(
      (ShopTime(3, 12, 9, 0), ["AR-X1", "AL-X1", "2026-03-12T09:00:00Z", "EUR", "1.234,00", ""]))
    deliveries.append(
      Delivery(bare: "{\"event\":\"payment.confirmed\",\"reference_num", at: ShopTime(3, 9, 4, 0)))
    deliveries.append(Delivery("{\"paid\":true}", of: "oldpay", at: ShopTime(3, 17, 12, 0)))

    // An unreadable attempt beside a good payment of the same order.
    let twice = sale(on: march(11))
    let bad = payMaxfi(twice, after: 1)
    maxfi[bad].change(at: twice.at.later(minutes: 2)) { $0.lacksAmount = true }
    payMaxfi(twice, after: 5)
    place(twice, "maxfi")

    refundInflow(
      unique("TX", 10), Money(minorUnits: 1_900, currency: .named("EUR")), at: ShopTime(3, 20, 8, 0))
    inflowRefunds[inflowRefunds.count - 1].change(at: ShopTime(3, 20, 15, 0)) { $0.wrongCents = 19_000 }

    let lost = sale(at: ShopTime(3, 24, 12, 0), id: "lost")
    payDapit(lost, link: .nothing, collected: lost.nothing) {
      $0.reference = nil
      $0.totalPaid = lost.amount
    }
    // A session whose customer never asked for an invoice is nothing at all.
    payDapit(lost, status: "pending", link: .nothing) { $0.reference = nil }
  }

  /// Restaurants pay by transfer into an account of their own, which names the order in its list.
  private mutating func addWholesale() {
    for day in [3, 5, 10, 12, 17, 19, 24, 26, 30] {
      let sale = sale(on: march(day), minorUnits: Int64(24_000 + day * 1_370))
      payDapit(sale, .wholesale, link: .list)
      place(sale, DapitAccount.wholesale.rawValue)
    }
  }
}
