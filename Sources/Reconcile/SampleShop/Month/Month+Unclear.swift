import ReconcileCore

/// Payments about which not everything is known, and money on orders that are no more.
extension Month {
  mutating func plantUnknownAmounts() {
    let partial = sale(on: march(4), minorUnits: 9_100)
    let first = payDapit(partial, status: "partial") { $0.confirmedAt = nil }
    place(partial, "dapit", reference: first.reference)
    plant(
      .amountUnknown, partial, "dapit", expected: partial.amount, actual: nil,
      "\(first.reference) is partly paid, and Dapit's list does not say how much came in.")

    let overpaid = sale(on: march(20), minorUnits: 3_300)
    let second = payDapit(overpaid, status: "overpaid")
    place(overpaid, "dapit", reference: second.reference)
    plant(
      .amountUnknown, overpaid, "dapit", expected: overpaid.amount, actual: nil,
      "\(second.reference) is overpaid, and neither list nor webhook says by how much.")

    let pounds = sale(on: march(13), "GBP", minorUnits: 8_850)
    let third = payMaxfi(pounds)
    refundMaxfi(third, pounds.money(1_000), at: pounds.at.later(days: 3), total: false)
    place(pounds, "maxfi")
    plant(
      .amountUnknown, pounds, "maxfi", expected: pounds.amount, actual: nil,
      "A part of the payment went back, and MAXFI does not say how much.")
  }

  mutating func plantPaidCancelled() {
    let returned = sale(on: march(5))
    let payment = payMaxfi(returned)
    ask(returned, for: returned.amount, at: returned.at.later(days: 1))
    refundMaxfi(payment, returned.amount, at: returned.at.later(days: 1, hours: 3))
    place(returned, "maxfi")
    correct(returned, "maxfi", cancelled: true)
    plant(
      .paidCancelledOrder, returned, "maxfi", expected: returned.nothing, actual: returned.nothing,
      settled: true, "Cancelled after it was paid; the money went back.")

    let kept = sale(on: march(12))
    let transfer = payDapit(kept)
    place(kept, "dapit", reference: transfer.reference)
    correct(kept, "dapit", reference: transfer.reference, cancelled: true)
    plant(
      .paidCancelledOrder, kept, "dapit", expected: kept.nothing, actual: kept.amount,
      "Cancelled after it was paid; nobody asked for the refund.")

    let asked = sale(on: march(16), "PLN")
    payGate(asked)
    place(asked, "gate")
    correct(asked, "gate", cancelled: true)
    ask(asked, for: asked.amount, at: asked.at.later(days: 2), reference: unique("rf-", 10))
    plant(
      .paidCancelledOrder, asked, "gate", expected: asked.nothing, actual: asked.amount,
      "Cancelled after it was paid; the refund was asked for and Gate does not know it.")
    plant(
      .refundMissing, asked, "gate", expected: asked.amount, actual: asked.nothing,
      "The refund of the cancelled order never reached Gate.")
  }

  mutating func plantUnknownStatus() {
    let review = sale(on: march(26))
    let payment = payMaxfi(review, status: "under_review")
    place(review, "maxfi")
    plant(
      .unknownStatus, "maxfi", review.amount.currency, order: review.id, payment: maxfi[payment].record.id,
      on: review.at, "MAXFI says under_review, a word that no status map holds.")

    let manual = sale(on: march(27), "EUR")
    let id = payGate(manual, status: "manual_check", ownReference: true)
    place(manual, "gate", reference: id)
    plant(
      .unknownStatus, "gate", manual.amount.currency, order: manual.id, payment: id, on: manual.at,
      "Gate says manual_check.")

    let held = sale(on: march(7), "USD")
    let transaction = payInflow(held)
    place(held, "inflow", reference: transaction)
    let asked = held.at.later(days: 3)
    ask(held, for: held.amount, at: asked)
    let refund = refundInflow(transaction, held.amount, at: asked, status: "on_hold")
    plant(
      .unknownStatus, "inflow", held.amount.currency, order: held.id, payment: transaction, refund: refund,
      on: asked, "Inflow says that the refund is on_hold.")
  }
}
