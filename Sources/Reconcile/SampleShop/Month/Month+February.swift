import ReconcileCore

/// What February left behind: findings dated before the month that are open still.
extension Month {
  mutating func plantFebruary() {
    let unpaid = sale(on: feb(24), "USD")
    place(unpaid, "maxfi")
    payMaxfi(unpaid, status: "expired")
    plant(
      .unpaidOrder, unpaid, "maxfi", expected: unpaid.amount, actual: unpaid.nothing,
      "The checkout of February expired.")

    let partial = sale(on: feb(17), "PLN", minorUnits: 31_600)
    payGate(partial, received: 30_000)
    place(partial, "gate")
    plant(
      .partialPayment, partial, "gate", expected: partial.amount, actual: partial.money(30_000),
      "16.00 of February is missing still.")

    let transfer = sale(on: feb(19))
    let payment = payDapit(transfer)
    place(transfer, "dapit", reference: payment.reference)
    ask(transfer, for: transfer.amount, at: transfer.at.later(days: 4))
    plant(
      .refundMissing, transfer, "dapit", expected: transfer.amount, actual: transfer.nothing,
      "The refund asked for in February never went out.")

    let orphan = sale(at: ShopTime(2, 26, 17, 20), "GBP", id: "AL-9IO2")
    let card = payMaxfi(orphan)
    plant(
      .orphanPayment, "maxfi", orphan.amount.currency, payment: maxfi[card].record.id, on: orphan.at,
      expected: orphan.nothing, actual: orphan.amount, "No order has the number that the payment carries.")

    // Settled in February: it must appear in no file of March.
    let settled = sale(on: feb(20))
    let first = payMaxfi(settled)
    payMaxfi(settled, after: 8)
    refundMaxfi(first, settled.amount, at: settled.at.later(days: 1))
    place(settled, "maxfi")

    let lastMinute = sale(at: ShopTime(2, 28, 23, 58), id: "AL-NIGHT-0228")
    place(lastMinute, "maxfi")
    payMaxfi(lastMinute, after: 7)
  }
}
