import ReconcileCore

/// One order of a large shop at a time.
extension LargeShop {
  /// Later orders have no planted discrepancy: grace periods would hide it.
  private static let lastDiscrepancy = ShopTime(3, 24, 0, 0)

  /// An order in the making.
  private struct Order {
    var row: OrderRow
    var at: ShopTime
    var amount: Money { row.amount }

    func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: row.amount.currency) }
  }

  mutating func sell(number: Int, at time: ShopTime) throws {
    let digits = String(number)
    let id = "SO-" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    let provider = ["maxfi", "dapit", "gate", "inflow"][random.weighted([40, 30, 15, 15])]
    let currency = currency(of: provider)
    let basket = Catalogue.basket(&random, in: currency)
    var order = Order(
      row: OrderRow(
        id: id, createdAt: time.utc, amount: basket.amount, provider: provider, items: basket.items), at: time
    )
    // 27 in 1000 over three quarters of the month are about 2 % of all orders.
    let isOdd = time < Self.lastDiscrepancy && random.chance(27, in: 1_000)
    let isGivenBack = !isOdd && time < Self.lastDiscrepancy && random.chance(55, in: 1_000)
    switch provider {
    case "maxfi": try card(&order, isOdd: isOdd, isGivenBack: isGivenBack)
    case "dapit": try transfer(&order, isOdd: isOdd, isGivenBack: isGivenBack)
    case "gate": try gate(&order, isOdd: isOdd, isGivenBack: isGivenBack)
    default: try inflow(&order, isOdd: isOdd, isGivenBack: isGivenBack)
    }
    try write(order.row)
  }

  private mutating func currency(of provider: String) -> Currency {
    let codes: [(String, Int)] =
      switch provider {
      case "maxfi": [("EUR", 55), ("USD", 20), ("GBP", 12), ("JPY", 8), ("KWD", 5)]
      case "gate": [("EUR", 30), ("PLN", 50), ("USD", 20)]
      case "inflow": [("EUR", 60), ("USD", 40)]
      default: [("EUR", 1)]
      }
    return .named(codes[random.weighted(codes.map(\.1))].0)
  }

  private mutating func ask(_ order: Order, _ amount: Money, reference: String? = nil) throws {
    try write(
      MerchantRefundRow(
        id: "MR-" + random.code(12), orderID: order.row.id, createdAt: order.at.later(days: 1).utc,
        amount: amount, reference: reference))
  }

  private mutating func cardPayment(_ order: Order, after minutes: Int = 3) -> MaxfiPayment {
    MaxfiPayment(
      id: "pay_" + random.code(18), session: "cs_" + random.code(20), orderID: order.row.id,
      amount: order.amount, status: "succeeded", createdAt: order.at.later(minutes: minutes),
      buyer: order.row.id)
  }

  private mutating func card(_ order: inout Order, isOdd: Bool, isGivenBack: Bool) throws {
    var payment = cardPayment(order)
    if isGivenBack {
      try ask(order, order.amount)
      payment.status = "refunded"
      payment.refunded = order.amount.minorUnits
      payment.updatedAt = order.at.later(days: 1, hours: 2)
    } else if !isOdd, random.chance(1, in: 8) {
      payment.orderID = nil
      order.row.reference = payment.session
    } else if isOdd {
      switch random.below(6) {
      case 0:
        payment.status = "failed"
        plant(.unpaidOrder)
      case 1:
        try write(cardPayment(order, after: 9))
        plant(.duplicatePayment)
      case 2:
        let other = order.amount.currency.code == "USD" ? "EUR" : "USD"
        payment.amount = Money(minorUnits: order.amount.minorUnits, currency: .named(other))
        plant(.currencyMismatch)
      case 3:
        payment.status = "under_review"
        plant(.unknownStatus)
      case 4:
        payment.status = "partially_refunded"
        plant(.amountUnknown)
      default:
        var stray = cardPayment(order, after: 20)
        stray.orderID = nil
        try write(stray)
        plant(.orphanPayment)
      }
    } else if random.chance(1, in: 10) {
      try write(
        Delivery.maxfi(
          "payment.succeeded", payment, id: "evt_" + random.code(16), at: order.at.later(minutes: 3)))
    }
    try write(payment)
  }

  private mutating func transfer(_ order: inout Order, isOdd: Bool, isGivenBack: Bool) throws {
    let time = order.at.later(minutes: 6)
    var payment = DapitTransaction(
      reference: "DP-\(order.at.compactDay)-" + random.code(10), invoice: "INV-" + order.row.id,
      amount: order.amount, status: "confirmed", createdAt: order.at, confirmedAt: time)
    let reference = payment.reference ?? ""
    var collected = order.amount.minorUnits
    let isTold = !isOdd && random.chance(1, in: 5)
    order.row.reference = isTold ? nil : reference
    if isTold {
      let body = Delivery.dapitBody(payment, orderID: order.row.id, paid: order.amount, at: time)
      try write(Delivery(body, of: "dapit", at: time))
    }
    if isGivenBack {
      try ask(order, order.amount)
      try write(refund(order, reference, order.amount))
    } else if isOdd {
      switch random.below(5) {
      case 0:
        payment.status = "expired"
        payment.confirmedAt = nil
        collected = 0
        plant(.unpaidOrder)
      case 1:
        collected /= 2
        payment.status = "partial"
        payment.totalPaid = order.money(collected)
        plant(.partialPayment)
      case 2:
        collected += 1_500
        payment.status = "overpaid"
        payment.totalPaid = order.money(collected)
        payment.overpaid = order.money(1_500)
        plant(.overpayment)
      case 3:
        payment.status = "expired"
        payment.confirmedAt = nil
        payment.totalPaid = order.amount
        plant(.latePayment)
      default:
        try ask(order, order.amount)
        try write(refund(order, reference, order.money(collected / 2)))
        plant(.refundShort)
      }
    }
    try write(payment, collected: collected)
  }

  private mutating func refund(_ order: Order, _ reference: String, _ amount: Money) -> DapitRefund {
    DapitRefund(
      id: facts.dapitRefunds + 1, reference: "R" + random.code(10), paymentReference: reference,
      amount: amount, fee: order.money(100), status: "completed",
      createdAt: order.at.later(days: 1, hours: 1),
      completedAt: order.at.later(days: 1, hours: 2))
  }

  private mutating func gate(_ order: inout Order, isOdd: Bool, isGivenBack: Bool) throws {
    var payment = GateRecord(
      referenceID: order.row.id, amount: order.amount, status: "success",
      actual: order.amount.minorUnits, createdAt: order.at.later(minutes: 2))
    if random.chance(1, in: 3) {
      payment.referenceID = "gt-" + random.code(14)
      payment.orderID = order.row.id
      order.row.reference = payment.referenceID
    }
    if isGivenBack {
      let id = "rf-" + random.code(14)
      try ask(order, order.amount, reference: id)
      try write(
        GateRecord(
          referenceID: id, amount: order.amount, status: "success",
          createdAt: order.at.later(days: 1, hours: 1)))
    } else if isOdd {
      switch random.below(4) {
      case 0:
        payment.status = "declined"
        payment.actual = nil
        plant(.unpaidOrder)
      case 1:
        payment.actual = order.amount.minorUnits - order.amount.minorUnits / 4
        plant(.partialPayment)
      case 2:
        payment.actual = order.amount.minorUnits + 1_000
        plant(.overpayment)
      default:
        try ask(order, order.amount, reference: "rf-" + random.code(14))
        missGateRefund()
        plant(.refundMissing)
      }
    }
    try write(payment)
  }

  private mutating func inflow(_ order: inout Order, isOdd: Bool, isGivenBack: Bool) throws {
    var payment = InflowTransaction(
      id: "TX" + random.code(14), amount: order.amount, status: "paid", createdAt: order.at.later(minutes: 4),
      buyer: order.row.id)
    order.row.reference = payment.id
    func refund(_ amount: Money, _ id: String) -> InflowRefund {
      InflowRefund(
        id: "RF" + id, transactionID: payment.id, amount: amount, status: "completed",
        createdAt: order.at.later(days: 1, hours: 1))
    }
    if isGivenBack {
      try ask(order, order.amount)
      try write(refund(order.amount, random.code(14)))
    } else if isOdd {
      switch random.below(4) {
      case 0:
        payment.status = "canceled"
        plant(.unpaidOrder)
      case 1:
        try write(refund(order.money(200), random.code(14)))
        plant(.refundExcess)
      case 2:
        try ask(order, order.amount)
        plant(.refundMissing)
      default:
        try ask(order, order.amount)
        try write(refund(order.money(order.amount.minorUnits / 2), random.code(14)))
        plant(.refundShort)
      }
    }
    try write(payment)
  }
}
