import ReconcileCore

/// Refunds that are not what the shop asked for.
extension Month {
  mutating func plantRefunds() {
    plantMissingRefunds()
    plantShortRefunds()
    plantExcessRefunds()
    plantFailedRefunds()
    plantOrphanRefunds()
    plantRefundsWithoutOrder()
  }

  private mutating func plantMissingRefunds() {
    let yen = sale(on: march(3), "JPY")
    payMaxfi(yen)
    place(yen, "maxfi")
    ask(yen, for: yen.amount, at: yen.at.later(days: 4))
    plant(
      .refundMissing, yen, "maxfi", expected: yen.amount, actual: yen.nothing,
      "The refund was asked for; MAXFI shows the payment as it was.")

    let transfer = sale(on: march(11))
    let payment = payDapit(transfer, link: .webhook)
    place(transfer, "dapit")
    ask(transfer, for: transfer.amount, at: transfer.at.later(days: 2))
    plant(
      .refundMissing, transfer, "dapit", expected: transfer.amount, actual: transfer.nothing,
      "The refund was asked for; Dapit lists none for \(payment.reference).")
  }

  private mutating func plantShortRefunds() {
    let short = sale(on: march(4), minorUnits: 6_600)
    let transaction = payInflow(short)
    place(short, "inflow", reference: transaction)
    let time = short.at.later(days: 2)
    ask(short, for: short.money(4_000), at: time)
    refundInflow(transaction, short.money(2_500), at: time)
    plant(
      .refundShort, short, "inflow", expected: short.money(4_000), actual: short.money(2_500),
      "40.00 was asked for and 25.00 went back.")

    let split = sale(on: march(10), minorUnits: 12_300)
    let payment = payDapit(split)
    place(split, "dapit", reference: payment.reference)
    ask(split, for: split.money(3_000), at: split.at.later(days: 1))
    ask(split, for: split.money(2_000), at: split.at.later(days: 3))
    refundDapit(of: payment.reference, split.money(3_000), at: split.at.later(days: 1, minutes: 30))
    plant(
      .refundShort, split, "dapit", expected: split.money(5_000), actual: split.money(3_000),
      "Two refunds were asked for and only the first went out.")
  }

  private mutating func plantExcessRefunds() {
    let pounds = sale(on: march(6), "GBP", minorUnits: 9_400)
    let payment = payMaxfi(pounds)
    place(pounds, "maxfi")
    ask(pounds, for: pounds.money(2_000), at: pounds.at.later(days: 2))
    refundMaxfi(payment, pounds.money(2_500), at: pounds.at.later(days: 2, hours: 1))
    plant(
      .refundExcess, pounds, "maxfi", expected: pounds.money(2_000), actual: pounds.money(2_500),
      "20.00 was asked for and 25.00 went back.")

    let unasked = sale(on: march(14), minorUnits: 7_800)
    let transaction = payInflow(unasked)
    place(unasked, "inflow", reference: transaction)
    refundInflow(transaction, unasked.money(1_800), at: unasked.at.later(days: 2))
    plant(
      .refundExcess, unasked, "inflow", expected: unasked.nothing, actual: unasked.money(1_800),
      "18.00 went back and nobody had asked for it.")

    let twice = sale(on: march(2), "USD", minorUnits: 5_350)
    let paid = payInflow(twice)
    place(twice, "inflow", reference: paid)
    let asked = twice.at.later(days: 1)
    ask(twice, for: twice.amount, at: asked)
    refundInflow(paid, twice.amount, at: asked)
    refundInflow(paid, twice.amount, at: asked.later(minutes: 3))
    plant(
      .refundExcess, twice, "inflow", expected: twice.amount, actual: twice.money(10_700),
      "The whole amount was refunded twice.")
    plant(
      .refundExceedsPayment, twice, "inflow", expected: twice.amount, actual: twice.money(10_700),
      "More went back than ever came in.")
  }

  private mutating func plantFailedRefunds() {
    let transfer = sale(on: march(9))
    let payment = payDapit(transfer)
    place(transfer, "dapit", reference: payment.reference)
    let time = transfer.at.later(days: 2)
    ask(transfer, for: transfer.amount, at: time)
    let failed = refundDapit(of: payment.reference, transfer.amount, at: time, status: "failed")
    plant(
      .refundFailed, "dapit", transfer.amount.currency, order: transfer.id, payment: payment.reference,
      refund: failed, on: time, expected: transfer.amount, actual: transfer.nothing,
      "The bank sent the refund back.")

    let dollars = sale(on: march(17), "USD")
    let transaction = payInflow(dollars)
    place(dollars, "inflow", reference: transaction)
    let asked = dollars.at.later(days: 1)
    ask(dollars, for: dollars.amount, at: asked)
    let rejected = refundInflow(transaction, dollars.amount, at: asked, status: "rejected")
    plant(
      .refundFailed, "inflow", dollars.amount.currency, order: dollars.id, payment: transaction,
      refund: rejected, on: asked, expected: dollars.amount, actual: dollars.nothing,
      "Inflow rejected the refund.")

    let charged = sale(on: march(15))
    let paid = payDapit(charged)
    place(charged, "dapit", reference: paid.reference)
    let later = charged.at.later(days: 2)
    ask(charged, for: charged.amount, at: later)
    let refund = refundDapit(of: paid.reference, charged.amount, at: later, fee: 150)
    plant(
      .refundFeeMismatch, "dapit", charged.amount.currency, order: charged.id, payment: paid.reference,
      refund: refund, on: later.later(hours: 1), expected: charged.money(100), actual: charged.money(150),
      "Dapit kept 1.50 of the refund where 1.00 was agreed.")
  }

  private mutating func plantOrphanRefunds() {
    let amount = Money(minorUnits: 3_500, currency: .named("EUR"))
    let nothing = Money.zero(amount.currency)
    let time = ShopTime(3, 22, 11, 30)
    let unknown = unique("DP-251119-", 6)
    let refund = refundDapit(of: unknown, amount, at: time)
    plant(
      .orphanRefund, "dapit", amount.currency, payment: unknown, refund: refund, on: time.later(hours: 1),
      expected: nothing, actual: amount, "The refund names a payment that Dapit's list does not hold.")

    let dollars = Money(minorUnits: 2_150, currency: .named("USD"))
    let lost = unique("TX", 10)
    let asked = ShopTime(3, 18, 9, 45)
    let second = refundInflow(lost, dollars, at: asked)
    plant(
      .orphanRefund, "inflow", dollars.currency, payment: lost, refund: second, on: asked,
      expected: .zero(dollars.currency), actual: dollars,
      "The refund names a transaction that Inflow does not find.")
  }

  private mutating func plantRefundsWithoutOrder() {
    let amount = Money(minorUnits: 2_990, currency: .named("EUR"))
    let shop = Sale(id: "AL-8842", at: ShopTime(3, 19, 13, 5), amount: amount, items: "")
    let refund = ask(shop, for: amount, at: shop.at)
    plant(
      .refundWithoutOrder, "", amount.currency, order: shop.id, refund: refund, on: shop.at, expected: amount,
      "The order is older than the orders files.")

    let euros = sale(on: march(20))
    payMaxfi(euros)
    place(euros, "maxfi")
    let dollars = Money(minorUnits: 1_200, currency: .named("USD"))
    let time = euros.at.later(days: 1)
    let other = ask(euros, for: dollars, at: time)
    plant(
      .refundWithoutOrder, "", dollars.currency, order: euros.id, refund: other, on: time, expected: dollars,
      "Asked for in USD although the order is in EUR.")
  }
}
