import ReconcileCore

/// Orders whose payment is not what it should be.
extension Month {
  mutating func plantPayments() {
    plantUnpaid()
    plantPartial()
    plantOverpaid()
    plantDuplicates()
    plantOtherCurrency()
    plantUnknownAmounts()
    plantPaidCancelled()
    plantUnknownStatus()
  }

  private mutating func plantUnpaid() {
    let declined = sale(on: march(9))
    place(declined, "maxfi")
    payMaxfi(declined, status: "failed")
    plant(
      .unpaidOrder, declined, "maxfi", expected: declined.amount, actual: declined.nothing,
      "The card was declined and nobody tried again.")

    let expired = sale(on: march(11))
    place(expired, "dapit", reference: payDapit(expired, status: "expired").reference)
    plant(
      .unpaidOrder, expired, "dapit", expected: expired.amount, actual: expired.nothing,
      "The transfer session expired.")

    let forgotten = sale(on: march(16))
    place(forgotten)
    plant(
      .unpaidOrder, forgotten, "", expected: forgotten.amount, actual: forgotten.nothing,
      "The order names no provider and nobody holds money for it.")

    let given = sale(on: march(17), "USD")
    place(given, "inflow", reference: payInflow(given, status: "canceled"))
    plant(
      .unpaidOrder, given, "inflow", expected: given.amount, actual: given.nothing,
      "The buyer cancelled at the provider.")

    // Written in decomposed form by the shop; reports print it composed.
    let composed = sale(on: march(19), "PLN", id: "ĄŽUOLAS-12")
    var written = composed
    written.id = "A\u{328}Z\u{30C}UOLAS-12"
    place(written, "gate")
    plant(
      .unpaidOrder, composed, "gate", expected: composed.amount, actual: composed.nothing,
      "Gate knows no payment with this order's number, which is written with letters beyond ASCII.")
  }

  private mutating func plantPartial() {
    let short = sale(on: march(5), minorUnits: 7_400)
    let paid = short.money(5_000)
    let payment = payDapit(short, status: "partial", collected: paid) {
      $0.totalPaid = paid
      $0.confirmedAt = nil
    }
    place(short, "dapit", reference: payment.reference)
    plant(
      .partialPayment, short, "dapit", expected: short.amount, actual: paid,
      "The buyer transferred 50.00 of 74.00 and never sent the rest.")

    let captured = sale(on: march(14), "PLN", minorUnits: 25_800)
    payGate(captured, received: 20_800)
    place(captured, "gate")
    plant(
      .partialPayment, captured, "gate", expected: captured.amount, actual: captured.money(20_800),
      "Gate says success, but 50.00 less came in than was asked for.")
  }

  private mutating func plantOverpaid() {
    let returned = overpaidTransfer(on: march(3), 5_600, by: 300, fee: 100)
    refundDapit(of: returned.reference, returned.sale.money(300), at: returned.sale.at.later(days: 2))
    plant(
      .overpayment, returned.sale, "dapit", expected: returned.sale.amount,
      actual: returned.sale.amount(plus: 300), settled: true,
      "3.00 too much came in and went back, 1.00 of it as Dapit's fee.")

    let tiny = overpaidTransfer(on: march(7), 2_940, by: 60, fee: 60)
    plant(
      .overpayment, tiny.sale, "dapit", expected: tiny.sale.amount, actual: tiny.sale.amount(plus: 60),
      settled: true, "0.60 too much; the refund fee of 1.00 leaves nothing to give back.")

    let open = overpaidTransfer(on: march(10), 8_400, by: 2_500, fee: 100)
    plant(
      .overpayment, open.sale, "dapit", expected: open.sale.amount, actual: open.sale.amount(plus: 2_500),
      "25.00 too much came in and is still here.")

    let charged = overpaidTransfer(on: march(15), 6_100, by: 1_000, fee: 200)
    refundDapit(of: charged.reference, charged.sale.money(1_000), at: charged.sale.at.later(days: 1))
    plant(
      .overpayment, charged.sale, "dapit", expected: charged.sale.amount,
      actual: charged.sale.amount(plus: 1_000), settled: true, "10.00 too much came in and went back.")
    plant(
      .refundFeeMismatch, "dapit", charged.sale.amount.currency, order: charged.sale.id,
      payment: charged.reference, on: charged.sale.at, expected: charged.sale.money(100),
      actual: charged.sale.money(200), "Dapit announces a refund fee of 2.00 where 1.00 was agreed.")

    let told = sale(on: march(8), minorUnits: 4_200)
    let paid = told.amount(plus: 500)
    let payment = payDapit(told, status: "overpaid", link: .webhook, collected: paid)
    place(told, "dapit")
    plant(
      .overpayment, told, "dapit", expected: told.amount, actual: paid,
      "\(payment.reference) is listed as overpaid without an amount; the webhook tells that 47.00 came in.")

    let card = sale(on: march(12), "USD")
    payGate(card, received: card.amount.minorUnits + 1_000)
    place(card, "gate")
    plant(
      .overpayment, card, "gate", expected: card.amount, actual: card.amount(plus: 1_000),
      "Gate took 10.00 more than it was asked to.")
  }

  /// A transfer of too much, all amounts told by the list.
  private mutating func overpaidTransfer(
    on day: BusinessDay, _ minorUnits: Int64, by excess: Int64, fee: Int64
  ) -> (sale: Sale, reference: String) {
    let sale = sale(on: day, minorUnits: minorUnits)
    let payment = payDapit(sale, status: "overpaid", collected: sale.amount(plus: excess)) {
      $0.totalPaid = sale.amount(plus: excess)
      $0.overpaid = sale.money(excess)
      $0.refundFee = sale.money(fee)
    }
    place(sale, "dapit", reference: payment.reference)
    return (sale, payment.reference)
  }

  private mutating func plantDuplicates() {
    let returned = sale(on: march(6), "USD")
    payMaxfi(returned)
    let second = payMaxfi(returned, after: 9)
    refundMaxfi(second, returned.amount, at: returned.at.later(days: 1), total: false)
    place(returned, "maxfi")
    plant(
      .duplicatePayment, returned, "maxfi", expected: returned.amount,
      actual: returned.money(returned.amount.minorUnits * 2), settled: true,
      "Paid twice within minutes; the second payment was given back.")

    let across = sale(on: march(18))
    payMaxfi(across, after: 30)
    let transfer = payDapit(across)
    place(across, nil, reference: transfer.reference)
    plant(
      .duplicatePayment, across, "dapit;maxfi", expected: across.amount,
      actual: across.money(across.amount.minorUnits * 2),
      "Paid by transfer and, while that was on its way, by card as well.")

    let dinars = sale(on: march(22), "KWD")
    payMaxfi(dinars)
    payMaxfi(dinars, after: 14)
    place(dinars, "maxfi")
    plant(
      .duplicatePayment, dinars, "maxfi", expected: dinars.amount,
      actual: dinars.money(dinars.amount.minorUnits * 2), "Paid twice; nothing went back.")
  }

  private mutating func plantOtherCurrency() {
    let card = sale(on: march(10))
    payMaxfi(card, Money(minorUnits: card.amount.minorUnits, currency: .named("USD")))
    place(card, "maxfi")
    plant(
      .currencyMismatch, card, "maxfi", expected: card.amount, actual: card.nothing,
      "Sold in EUR, charged the same figure in USD.")

    let dollars = sale(on: march(23), "USD")
    let id = payInflow(dollars, Money(minorUnits: dollars.amount.minorUnits, currency: .named("EUR")))
    place(dollars, "inflow", reference: id)
    plant(
      .currencyMismatch, dollars, "inflow", expected: dollars.amount, actual: dollars.nothing,
      "Sold in USD, charged in EUR.")
  }
}
