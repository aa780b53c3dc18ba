import ReconcileCore

/// Money without an order, money that came late, and records that disappeared.
extension Month {
  mutating func plantLooseMoney() {
    plantOrphanPayments()
    plantLatePayments()
    plantWithdrawn()
  }

  private mutating func plantOrphanPayments() {
    let mistyped = sale(on: march(21), minorUnits: 18_735)
    place(mistyped, "maxfi")
    var wrong = mistyped
    wrong.id = mistyped.id.replacing("AL-1", with: "AL-I")
    let card = payMaxfi(wrong)
    orphan(
      maxfi[card].record, "The order number was typed with a letter I; the tool suggests \(mistyped.id).")
    plant(
      .unpaidOrder, mistyped, "maxfi", expected: mistyped.amount, actual: mistyped.nothing,
      "Its payment carries a mistyped order number; the tool suggests \(maxfi[card].record.id).")

    let stray = sale(at: ShopTime(3, 14, 15, 12), id: "telephone order")
    let transfer = payDapit(stray, link: .nothing)
    plant(
      .orphanPayment, "dapit", stray.amount.currency, payment: transfer.reference, on: stray.at,
      expected: stray.nothing, actual: stray.amount,
      "A telephone order was paid by transfer and never entered.")

    let unseen = sale(at: ShopTime(3, 11, 10, 40), "EUR", id: "gift card")
    let transaction = payInflow(unseen)
    refundInflow(transaction, unseen.amount, at: unseen.at.later(days: 1))
    plant(
      .orphanPayment, "inflow", unseen.amount.currency, payment: transaction, on: unseen.at,
      expected: unseen.nothing, actual: unseen.amount,
      "Inflow cannot list payments; this one came to light because a refund names it.")

    let unreadable = sale(on: march(24), minorUnits: 5_890)
    place(unreadable, "maxfi", amount: "58,90")
    orphan(
      maxfi[payMaxfi(unreadable)].record,
      "The order's row has a decimal comma and is a reject, so the payment has no order.")

    let undated = sale(at: ShopTime(3, 25, 9, 5), "GBP", id: "undated")
    let card2 = payMaxfi(undated, namesOrder: false)
    maxfi[card2].change(at: undated.at.later(minutes: 5)) { $0.createdAt = nil }
    orphan(maxfi[card2].record, "MAXFI gives no date; a record without a date stands in every period.")
  }

  private mutating func orphan(_ payment: MaxfiPayment, _ story: String) {
    plant(
      .orphanPayment, "maxfi", payment.amount.currency, payment: payment.id, on: payment.createdAt,
      expected: .zero(payment.amount.currency), actual: payment.amount, story)
  }

  private mutating func plantLatePayments() {
    let late = sale(on: march(19), minorUnits: 6_450)
    let first = payDapit(late, status: "expired", after: 95, collected: late.amount) {
      $0.totalPaid = late.amount
    }
    place(late, "dapit", reference: first.reference)
    plant(
      .latePayment, "dapit", late.amount.currency, order: late.id, payment: first.reference, on: late.at,
      expected: late.nothing, actual: late.amount, "The transfer arrived after the session had expired.")

    let part = sale(on: march(25), minorUnits: 5_200)
    let paid = part.money(2_000)
    let second = payDapit(part, status: "failed", collected: paid) { $0.totalPaid = paid }
    place(part, "dapit", reference: second.reference)
    plant(
      .latePayment, "dapit", part.amount.currency, order: part.id, payment: second.reference, on: part.at,
      expected: part.nothing, actual: paid, "20.00 came in on a payment that had failed.")
    plant(
      .partialPayment, part, "dapit", expected: part.amount, actual: paid,
      "Only the late 20.00 of 52.00 came in.")
  }

  private mutating func plantWithdrawn() {
    let card = sale(on: march(8))
    let payment = payMaxfi(card)
    maxfi[payment].isWithdrawn = true
    place(card, "maxfi")
    plant(
      .recordWithdrawn, "maxfi", card.amount.currency, order: card.id, payment: maxfi[payment].record.id,
      on: card.at, expected: card.amount, actual: card.nothing,
      "MAXFI listed the payment on 23 March and no longer does at the month's end.")

    let transfer = sale(on: march(13))
    let handle = payDapit(transfer)
    dapit[.retail]?[handle.index].isWithdrawn = true
    place(transfer, "dapit", reference: handle.reference)
    plant(
      .recordWithdrawn, "dapit", transfer.amount.currency, order: transfer.id, payment: handle.reference,
      on: transfer.at, expected: transfer.amount, actual: transfer.nothing,
      "Dapit listed the transfer on 23 March and no longer does; its report leaves it out as well.")
    // The provider's report follows its list, our records do not.
    settlementChanges.append(
      SettlementChange(
        day: transfer.at.day, gross: -transfer.amount.minorUnits, count: -1,
        story: "The withdrawn transfer of order \(transfer.id) is missing from the report."))

    let returned = sale(on: march(9), "USD")
    let transaction = payInflow(returned)
    let asked = returned.at.later(days: 3)
    ask(returned, for: returned.amount, at: asked)
    let refund = refundInflow(transaction, returned.amount, at: asked)
    inflowRefunds[inflowRefunds.count - 1].isWithdrawn = true
    place(returned, "inflow", reference: transaction)
    plant(
      .recordWithdrawn, "inflow", returned.amount.currency, order: returned.id, payment: transaction,
      refund: refund, on: asked, expected: returned.amount, actual: returned.nothing,
      "Inflow listed the refund on 23 March and no longer does.")
  }
}
