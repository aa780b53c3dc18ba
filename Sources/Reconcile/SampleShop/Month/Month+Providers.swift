import ReconcileCore

/// How the shop learns which order a Dapit payment is for; its list does not say.
enum DapitLink {
  /// The order names the payment's reference.
  case reference
  /// A webhook names the order.
  case webhook
  /// The list names the order, as newer accounts have it.
  case list
  /// Nothing does.
  case nothing
}

/// A Dapit payment's place.
struct DapitHandle {
  var account: DapitAccount
  var index: Int
  /// The payment's id in the reports; empty for a session without an invoice.
  var reference: String
}

extension Month {
  // MARK: MAXFI

  /// A card payment; returns its index. `orderID` false leaves the order's number out of the record.
  @discardableResult
  mutating func payMaxfi(
    _ sale: Sale, _ amount: Money? = nil, status: String = "succeeded", after minutes: Int = 3,
    namesOrder: Bool = true
  ) -> Int {
    let time = sale.at.later(minutes: minutes, seconds: random.below(50))
    let payment = MaxfiPayment(
      id: unique("pay_", 16), session: unique("cs_", 20), orderID: namesOrder ? sale.id : nil,
      amount: amount ?? sale.amount, status: status, createdAt: time, buyer: buyer(sale))
    maxfi.append(Timeline(payment, since: time))
    return maxfi.count - 1
  }

  /// Gives money back: the payment says so itself. Without `total` it says only that something went back.
  /// Returns the refund's id in the reports.
  @discardableResult
  mutating func refundMaxfi(_ index: Int, _ amount: Money, at time: ShopTime, total: Bool = true) -> String {
    maxfi[index].change(at: time) { payment in
      payment.status = amount == payment.amount ? "refunded" : "partially_refunded"
      payment.refunded = total ? amount.minorUnits : nil
      payment.updatedAt = time
    }
    return maxfi[index].record.id + ":refund"
  }

  /// The archived webhook that tells of a payment.
  mutating func announceMaxfi(_ index: Int, attempts: Int = 1) {
    let payment = maxfi[index].record
    guard let time = payment.createdAt else { return }
    let id = unique("evt_", 14)
    for attempt in 1...attempts {
      deliveries.append(
        .maxfi("payment.\(payment.status)", payment, id: id, at: time.later(seconds: 4), attempt: attempt))
    }
  }

  // MARK: Dapit

  /// A transfer. `collected` is what the shop's records count on the day of payment: by default the amount of
  /// a confirmed payment.
  @discardableResult
  mutating func payDapit(
    _ sale: Sale, _ account: DapitAccount = .retail, status: String = "confirmed",
    link: DapitLink = .reference,
    after minutes: Int = 6, collected: Money? = nil, _ detail: (inout DapitTransaction) -> Void = { _ in }
  ) -> DapitHandle {
    let time = sale.at.later(minutes: minutes, seconds: random.below(50))
    let isPaid = status == "confirmed" || status == "overpaid"
    var payment = DapitTransaction(
      reference: unique("DP-\(sale.at.compactDay)-", 6),
      invoice: "INV-\(sale.at.compactDay)-\(random.code(5))",
      amount: sale.amount, status: status, orderID: link == .list ? sale.id : nil, createdAt: sale.at,
      confirmedAt: isPaid ? time : nil)
    detail(&payment)
    let money = collected ?? (status == "confirmed" ? sale.amount : sale.nothing)
    if account == .retail, money.minorUnits > 0 {
      dapitDays[time.day.dayNumber, default: DayFigures()].gross += money.minorUnits
      dapitDays[time.day.dayNumber]?.count += 1
    }
    var opened = payment
    opened.status = "invoiced"
    opened.confirmedAt = nil
    (opened.totalPaid, opened.overpaid, opened.refundFee) = (nil, nil, nil)
    var line = Timeline(opened, since: sale.at)
    line.change(at: time) { $0 = payment }
    dapit[account, default: []].append(line)
    let handle = DapitHandle(
      account: account, index: (dapit[account]?.count ?? 1) - 1, reference: payment.reference ?? "")
    if link == .webhook { announceDapit(handle, sale, paid: money) }
    return handle
  }

  /// The payment as it stands in the end.
  func payment(_ handle: DapitHandle) -> DapitTransaction {
    guard let line = dapit[handle.account]?[handle.index] else { preconditionFailure("no such payment") }
    return line.record
  }

  /// The archived webhook that names the order; the amount it tells counts where the list gives none.
  mutating func announceDapit(_ handle: DapitHandle, _ sale: Sale, paid: Money) {
    let payment = payment(handle)
    let time = payment.confirmedAt ?? sale.at.later(minutes: 6)
    deliveries.append(
      Delivery(
        Delivery.dapitBody(payment, orderID: sale.id, paid: paid, at: time), of: handle.account.rawValue,
        at: time.later(seconds: 3)))
  }

  /// A refund as Dapit lists it: pending at first. Returns its id in the reports.
  @discardableResult
  mutating func refundDapit(
    _ account: DapitAccount = .retail, of reference: String, _ amount: Money, at time: ShopTime,
    status: String = "completed", fee: Int64 = 100
  ) -> String {
    let refund = DapitRefund(
      id: dapitRefundID(), reference: unique("R", 8), paymentReference: reference, amount: amount,
      fee: Money(minorUnits: fee, currency: amount.currency), status: "pending", createdAt: time)
    var line = Timeline(refund, since: time)
    if status != "pending" {
      let done = time.later(hours: 1)
      line.change(at: done) { refund in
        refund.status = status
        if status == "completed" { refund.completedAt = done }
      }
      if status == "completed", account == .retail {
        dapitDays[done.day.dayNumber, default: DayFigures()].refunds += amount.minorUnits - fee
        dapitDays[done.day.dayNumber]?.fees += fee
      }
    }
    dapitRefunds[account, default: []].append(line)
    return String(refund.id)
  }

  // MARK: Gate

  /// A payment at Gate, under the order's number or a reference of its own; returns that reference.
  @discardableResult
  mutating func payGate(
    _ sale: Sale, _ amount: Money? = nil, status: String = "success", received: Int64? = nil,
    ownReference: Bool = false
  ) -> String {
    let time = sale.at.later(minutes: 2, seconds: random.below(50))
    let asked = amount ?? sale.amount
    let id = ownReference ? unique("gt-", 12) : sale.id
    let isPaid = status == "success"
    gate.append(
      Timeline(
        GateRecord(
          referenceID: id, amount: asked, status: status, orderID: ownReference ? sale.id : nil,
          actual: received ?? (isPaid ? asked.minorUnits : nil), createdAt: time), since: time))
    return id
  }

  /// A refund at Gate; returns its reference.
  mutating func refundGate(_ amount: Money, at time: ShopTime, status: String = "success") -> String {
    let id = unique("rf-", 10)
    gate.append(
      Timeline(
        GateRecord(referenceID: id, amount: amount, status: status, createdAt: time), since: time))
    return id
  }

  // MARK: Inflow

  /// A transaction at Inflow; returns its id.
  @discardableResult
  mutating func payInflow(_ sale: Sale, _ amount: Money? = nil, status: String = "paid") -> String {
    let time = sale.at.later(minutes: 4, seconds: random.below(50))
    let id = unique("TX", 10)
    inflow.append(
      Timeline(
        InflowTransaction(
          id: id, amount: amount ?? sale.amount, status: status, createdAt: time, buyer: buyer(sale)),
        since: time))
    return id
  }

  /// A refund at Inflow: pending at first. Returns its id.
  @discardableResult
  mutating func refundInflow(
    _ transaction: String, _ amount: Money, at time: ShopTime, status: String = "completed"
  ) -> String {
    let id = unique("RF", 10)
    var line = Timeline(
      InflowRefund(
        id: id, transactionID: transaction, amount: amount, status: "pending", createdAt: time), since: time)
    if status != "pending" { line.change(at: time.later(hours: 6)) { $0.status = status } }
    inflowRefunds.append(line)
    return id
  }

  /// The number in the buyer's invented address.
  private func buyer(_ sale: Sale) -> String {
    String(sale.id.utf8.reduce(7) { ($0 * 31 + Int($1)) % 9_000 })
  }
}
