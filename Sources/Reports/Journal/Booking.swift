import ReconcileCore

/// What becomes of one record. See docs/guides/journals.md for the entries in an accountant's words.
enum Booking: Equatable {
  case entry(JournalEntry)
  case unbooked(UnbookedRecord)
  /// No money moved.
  case nothing

  /// The entry of a payment: what it collected goes to the provider's clearing account, and from there to what
  /// the customer owed, to what was paid too much, or into suspense.
  init(_ payment: JournalPayment) {
    func unbooked(_ reason: UnbookedReason) -> Booking {
      .unbooked(JournalRecord.payment(payment).unbooked(reason))
    }
    guard let collected = payment.collected else { self = unbooked(.amountUnknown); return }
    guard collected != 0 else { self = .nothing; return }
    guard let day = payment.day else { self = unbooked(.noDate); return }
    var lines = EntryLines()
    lines.add(.clearing(provider: payment.provider), Int128(collected))
    if let order = payment.order, order.amount.currency == payment.currency {
      let before = OrderBalance(order, collected: payment.collectedBefore)
      let after = OrderBalance(order, collected: payment.collectedBefore + Int128(collected))
      lines.add(.role(.differences), after.differences - before.differences)
      lines.add(.role(.receivable), before.receivable - after.receivable)
      lines.add(.role(.overpayments), before.overpayments - after.overpayments)
    } else {
      lines.add(.role(.suspense), -Int128(collected))
    }
    guard let postings = lines.postings else { self = unbooked(.tooLarge); return }
    self = .entry(
      JournalEntry(
        kind: .payment, day: day, provider: payment.provider, recordID: payment.id, paymentID: nil,
        orderID: payment.order?.id, currency: payment.currency, postings: postings))
  }

  /// The entry of a completed refund: its whole amount leaves the clearing account, the fee is the provider's, and
  /// the rest reduces the sale, or what is owed to the customer.
  init(_ refund: JournalRefund) {
    func unbooked(_ reason: UnbookedReason) -> Booking {
      .unbooked(JournalRecord.refund(refund).unbooked(reason))
    }
    switch refund.status {
    case .failed: self = unbooked(.refundFailed); return
    case .pending: self = unbooked(.refundPending); return
    case .unknown: self = unbooked(.statusUnknown); return
    case .completed: break
    }
    guard let amount = refund.amount else { self = unbooked(.amountUnknown); return }
    guard let day = refund.day else { self = unbooked(.noDate); return }
    let fee = Int128(refund.fee ?? 0)
    var owed = Int128(amount)
    var owedTo = JournalRole.suspense
    if let order = refund.order, order.amount.currency == refund.currency {
      owed = refund.history.overpaymentShare(
        of: OrderHistory.Movement(day: day, amount: amount), order: order)
      owedTo = .overpayments
    }
    let forSale = Int128(amount) - owed
    // The customer bears the fee of money that was his: the whole debt is settled, and the fee costs us nothing.
    let feeOnSale = min(fee, forSale)
    var lines = EntryLines()
    lines.add(.role(.refunds), forSale - feeOnSale)
    lines.add(.role(owedTo), owed)
    lines.add(.role(.refundFees), fee)
    lines.add(.role(.recoveredFees), feeOnSale - fee)
    lines.add(.clearing(provider: refund.provider), -Int128(amount))
    guard let postings = lines.postings else { self = unbooked(.tooLarge); return }
    guard !postings.isEmpty else { self = .nothing; return }
    self = .entry(
      JournalEntry(
        kind: .refund, day: day, provider: refund.provider, recordID: refund.id,
        paymentID: refund.paymentID, orderID: refund.order?.id, currency: refund.currency, postings: postings)
    )
  }
}

/// The lines of an entry while they are put together.
private struct EntryLines {
  private var lines: [(account: JournalAccount, amount: Int128)] = []

  mutating func add(_ account: JournalAccount, _ amount: Int128) {
    if amount != 0 { lines.append((account, amount)) }
  }

  /// nil when an amount exceeds 64 bits.
  var postings: [Posting]? {
    var postings: [Posting] = []
    for line in lines {
      guard let amount = Int64(exactly: line.amount) else { return nil }
      postings.append(Posting(account: line.account, amount: amount))
    }
    return postings
  }
}

/// How the money collected for an order so far divides. A payment books what it changes, so that the entries of an
/// order add up to this whatever periods they stand in.
struct OrderBalance: Equatable {
  /// Credited to what the customer owed.
  let receivable: Int128
  /// Owed to the customer.
  let overpayments: Int128
  /// Written off within the tolerance; a surplus is negative.
  let differences: Int128

  init(_ order: JournalOrder, collected: Int128) {
    let due = order.isCancelled ? 0 : Int128(order.amount.minorUnits)
    let tolerance = order.isCancelled ? 0 : Int128(order.tolerance)
    if collected <= 0 {
      (receivable, overpayments, differences) = (0, 0, 0)
    } else if collected < due - tolerance {
      (receivable, overpayments, differences) = (collected, 0, 0)
    } else if collected <= due + tolerance {
      (receivable, overpayments, differences) = (due, 0, due - collected)
    } else {
      (receivable, overpayments, differences) = (due, collected - due, 0)
    }
  }
}

extension OrderHistory {
  /// The part of a refund that gives back what was paid too much: refunds cover what the merchant asked for first,
  /// then the surplus. Only what happened up to a refund's day counts for it, so that later records change no
  /// earlier entry.
  func overpaymentShare(of refund: Movement, order: JournalOrder) -> Int128 {
    var receipts = collected[...]
    var requests = asked[...]
    var collectedSoFar: Int128 = 0
    var askedSoFar: Int128 = 0
    var coveredOfAsked: Int128 = 0
    var coveredOfSurplus: Int128 = 0
    var share: Int128 = 0
    for refund in refunded + [refund] {
      while let next = receipts.first, next.day <= refund.day {
        collectedSoFar += Int128(next.amount)
        receipts.removeFirst()
      }
      while let next = requests.first, next.day <= refund.day {
        // Nothing was sold by a cancelled order: every refund gives back what was paid for nothing.
        if !order.isCancelled { askedSoFar += Int128(next.amount) }
        requests.removeFirst()
      }
      let surplus = OrderBalance(order, collected: collectedSoFar).overpayments
      let ofAsked = min(Int128(refund.amount), max(0, askedSoFar - coveredOfAsked))
      share = min(Int128(refund.amount) - ofAsked, max(0, surplus - coveredOfSurplus))
      coveredOfAsked += ofAsked
      coveredOfSurplus += share
    }
    return share
  }
}
