import ReconcileCore

/// The trade without surprises: what most of a month looks like.
extension Month {
  /// Orders younger than this may still be waiting for their money.
  private static let graceBegins = ShopTime(3, 30, 9, 0)
  /// The last day on which an ordinary refund is asked for, so that it is done before the month ends.
  private static let lastRefund = ShopTime(3, 26, 0, 0)

  /// Fills every order number that is left.
  mutating func fillWithOrdinaryTrade() {
    for slot in remainingSlots() {
      switch random.weighted([38, 30, 16, 16]) {
      case 0: card(slot)
      case 1: transfer(slot)
      case 2: gateSale(slot)
      default: inflowSale(slot)
      }
    }
  }

  private mutating func ordinary(_ slot: (id: String, at: ShopTime), _ currencies: [(String, Int)]) -> Sale {
    let code = currencies[random.weighted(currencies.map(\.1))].0
    let basket = Catalogue.basket(&random, in: .named(code))
    return Sale(id: slot.id, at: slot.at, amount: basket.amount, items: basket.items)
  }

  private mutating func isWaiting(_ sale: Sale) -> Bool {
    sale.at > Self.graceBegins && random.chance(1, in: 4)
  }

  private mutating func isGivenBack(_ sale: Sale) -> Bool {
    sale.at < Self.lastRefund && random.chance(1, in: 18)
  }

  /// The whole amount, or half of it; and when.
  private mutating func plannedRefund(_ sale: Sale) -> (amount: Money, at: ShopTime) {
    let half = sale.amount.minorUnits / 2
    let amount = random.chance(1, in: 2) && half > 200 ? sale.money(half) : sale.amount
    return (amount, sale.at.later(days: 1 + random.below(4), minutes: 20))
  }

  private mutating func card(_ slot: (id: String, at: ShopTime)) {
    let sale = ordinary(slot, [("EUR", 55), ("USD", 20), ("GBP", 12), ("JPY", 8), ("KWD", 5)])
    let names = random.chance(9, in: 10) ? "maxfi" : nil
    if isWaiting(sale) {
      place(sale, names)
      if random.chance(1, in: 2) { payMaxfi(sale, status: "processing") }
      return
    }
    if sale.at < Self.graceBegins, random.chance(1, in: 25) {
      place(sale, names, cancelled: true)
      payMaxfi(sale, status: "canceled")
      return
    }
    if random.chance(1, in: 20) { payMaxfi(sale, status: "failed", after: 1) }
    // Some checkouts do not hand the order's number over; then the session is the only tie.
    let namesOrder = random.chance(7, in: 8)
    let payment = payMaxfi(sale, namesOrder: namesOrder)
    place(sale, names, reference: namesOrder ? nil : maxfi[payment].record.session)
    if random.chance(1, in: 9) { announceMaxfi(payment, attempts: random.chance(1, in: 6) ? 2 : 1) }
    if isGivenBack(sale) {
      let refund = plannedRefund(sale)
      ask(sale, for: refund.amount, at: refund.at)
      refundMaxfi(payment, refund.amount, at: refund.at.later(hours: 2))
    }
  }

  private mutating func transfer(_ slot: (id: String, at: ShopTime)) {
    let sale = ordinary(slot, [("EUR", 1)])
    if isWaiting(sale) {
      let payment = payDapit(sale, status: random.pick(["invoiced", "polling"]))
      place(sale, "dapit", reference: payment.reference)
      return
    }
    let link: DapitLink = random.chance(2, in: 5) ? .webhook : .reference
    let payment = payDapit(sale, link: link)
    place(
      sale, random.chance(5, in: 6) || link == .reference ? "dapit" : nil,
      reference: link == .reference ? payment.reference : nil)
    if isGivenBack(sale) {
      let refund = plannedRefund(sale)
      ask(sale, for: refund.amount, at: refund.at)
      refundDapit(of: payment.reference, refund.amount, at: refund.at.later(minutes: 10))
    }
  }

  private mutating func gateSale(_ slot: (id: String, at: ShopTime)) {
    let sale = ordinary(slot, [("EUR", 30), ("PLN", 50), ("USD", 20)])
    let ownReference = random.chance(1, in: 3)
    if isWaiting(sale) {
      payGate(sale, status: "pending")
      place(sale, "gate")
      return
    }
    let id = payGate(sale, ownReference: ownReference)
    place(sale, "gate", reference: ownReference ? id : nil)
    if random.chance(1, in: 12), let body = gate.last?.record.json {
      deliveries.append(Delivery(body, of: "gate", at: sale.at.later(minutes: 3)))
    }
    if isGivenBack(sale) {
      let refund = plannedRefund(sale)
      let reference = refundGate(refund.amount, at: refund.at.later(hours: 1))
      ask(sale, for: refund.amount, at: refund.at, reference: reference)
    }
  }

  private mutating func inflowSale(_ slot: (id: String, at: ShopTime)) {
    let sale = ordinary(slot, [("EUR", 60), ("USD", 40)])
    let id = payInflow(sale, status: isWaiting(sale) ? "processing" : "paid")
    place(sale, "inflow", reference: id)
    guard inflow[inflow.count - 1].record.status == "paid" else { return }
    if random.chance(1, in: 12) { announceInflow(id, at: sale.at.later(minutes: 5)) }
    if isGivenBack(sale) {
      let refund = plannedRefund(sale)
      ask(sale, for: refund.amount, at: refund.at)
      refundInflow(id, refund.amount, at: refund.at.later(hours: 1))
    }
  }

  private mutating func announceInflow(_ id: String, at time: ShopTime) {
    var data = JSONLine()
    data.add("id", id)
    data.add("status", "paid")
    var body = JSONLine()
    body.add("event", "transaction.status_changed")
    body.add("data", raw: data.closed)
    deliveries.append(Delivery(body.closed, of: "inflow", at: time))
  }
}
