import ReconcileCore

/// An order as a possible partner of a payment.
struct OrderSide {
  var number: Int64
  var id: String
  var createdAt: Instant
  var currency: String
  /// What is still missing.
  var wanted: Int64
  var provider: String?
  var isCancelled: Bool
  /// The ids of its payments; nil where it has none.
  var payments: String?
}

/// A payment as a possible partner of an order.
struct PaymentSide {
  var number: Int64
  var provider: String
  var id: String
  var currency: String
  /// Nil is unknown.
  var collected: Int64?
  var status: String
  var paidAt: Instant?
  /// The order it belongs to already.
  var order: String?
  var wasTakenByHand: Bool
  /// An id that it carries and that is nearly, but not quite, that of the order.
  var nearID: String?
}

/// An order and a payment, and the first condition of a suggestion that they do not meet.
struct Pairing {
  /// The conditions in the order they are looked at: the later a pair fails, the nearer it is.
  enum Condition: String, CaseIterable {
    case money, currency, amount, cancelled, taken, decision, provider, time, single
    /// None fails, and a person can make it a match.
    case suggested
    /// An id is nearly the same: whatever else fails, this is what a person wants to see first.
    case id
  }

  /// How far a suggested payment and its order may lie apart.
  static let longestHours: Int64 = 72

  let order: OrderSide
  let payment: PaymentSide
  let condition: Condition
  /// What it is that the pair does not meet, told of the payment and told of the order.
  let ofPayment: String
  let ofOrder: String

  /// - Parameters:
  ///   - isSuggested: the latest matching suggested this pair.
  ///   - money: an amount and its currency in words.
  init(_ order: OrderSide, _ payment: PaymentSide, isSuggested: Bool, money: (Int64?, String) -> String) {
    self.order = order
    self.payment = payment
    let brought = money(payment.collected, payment.currency)
    let due = money(order.wanted, order.currency)
    let paid = "payment \(payment.id) of \(payment.provider)"
    func verdict(_ condition: Condition, _ ofPayment: String, _ ofOrder: String) -> (
      Condition, String, String
    ) {
      (condition, "\(paid) \(ofPayment)", "order \(order.id) \(ofOrder)")
    }
    let result: (Condition, String, String)
    if let near = payment.nearID {
      let comparison = "ids are compared byte by byte, capitals and leading zeros included"
      result = verdict(
        .id, "carries the id `\(near)`, which is nearly that of the order: \(comparison)",
        "has nearly the id `\(near)` that the payment carries: \(comparison)")
    } else if payment.collected ?? 0 == 0 {
      let what =
        payment.collected == nil ? "an amount that is not known" : "no money: it is \(payment.status)"
      result = verdict(.money, "brought \(what)", "wants \(due), and the payment brought \(what)")
    } else if payment.currency != order.currency {
      result = verdict(
        .currency, "brought \(brought), and the order is in \(order.currency)",
        "is due \(due), and the payment is in \(payment.currency)")
    } else if let collected = payment.collected, collected != order.wanted {
      let (difference, isMore) = (
        money(Int64((collected - order.wanted).magnitude), order.currency), collected > order.wanted
      )
      result = verdict(
        .amount,
        "brought \(brought), \(difference) \(isMore ? "more" : "less") than the \(due) that the order wants",
        "wants \(due), \(difference) \(isMore ? "less" : "more") than the \(brought) that the payment brought"
      )
    } else if order.isCancelled {
      result = verdict(
        .cancelled, "has the same amount \(due), but the order is cancelled",
        "is due the same amount \(due), but is cancelled")
    } else if let other = payment.order {
      result = verdict(
        .taken, "has the same amount \(due), but belongs to order \(other)",
        "is due the same amount \(due), but the payment belongs to order \(other)")
    } else if let others = order.payments {
      result = verdict(
        .taken, "has the same amount \(due), but the order has the payment \(others) already",
        "is due the same amount \(due), but has the payment \(others) already")
    } else if payment.wasTakenByHand {
      result = verdict(
        .decision, "has the same amount \(due), but a person tied it to no order",
        "is due the same amount \(due), but a person tied the payment to no order")
    } else if let named = order.provider, named != payment.provider {
      result = verdict(
        .provider, "has the same amount \(due), but the order names the provider \(named)",
        "is due the same amount \(due), but names the provider \(named), and the payment is of \(payment.provider)"
      )
    } else if let apart = Self.tooFarApart(order, payment) {
      result = verdict(
        .time, "has the same amount \(due) but \(apart.payment); at most 3 are allowed",
        "is due the same amount \(due) but \(apart.order); at most 3 are allowed")
    } else if isSuggested {
      result = verdict(
        .suggested, "meets every condition: `reconcile link \(payment.id) \(order.id)` makes it a match",
        "meets every condition: `reconcile link \(payment.id) \(order.id)` makes it a match")
    } else {
      result = verdict(
        .single,
        "has the same amount \(due) and lies near enough, but is not the only payment and order that fit each other",
        "is due the same amount \(due) and lies near enough, but is not the only order and payment that fit each other"
      )
    }
    (condition, ofPayment, ofOrder) = result
  }

  /// How the dates are told where they forbid the pair.
  private static func tooFarApart(_ order: OrderSide, _ payment: PaymentSide) -> (
    payment: String, order: String
  )? {
    guard let paidAt = payment.paidAt else {
      return (
        "carries no date, so it cannot be said how many days lie between",
        "the payment carries no date, so it cannot be said how many days lie between"
      )
    }
    let apart = paidAt.microseconds - order.createdAt.microseconds
    let seconds = Int64(apart.magnitude) / 1_000_000
    guard apart.magnitude > UInt64(longestHours) * 3_600_000_000 else { return nil }
    let (days, hours) = (seconds / 86_400, seconds % 86_400 / 3_600)
    let words =
      days >= 7 || hours == 0 ? "\(days) days" : "\(days) days and \(hours) hour\(hours == 1 ? "" : "s")"
    return apart > 0
      ? ("was created \(words) after the order", "was created \(words) before the payment")
      : ("was created \(words) before the order", "was created \(words) after the payment")
  }

  /// The nearest first: later conditions, smaller differences, shorter times, then ids.
  static func nearest(_ pairings: [Pairing], limit: Int) -> [Pairing] {
    func place(_ pairing: Pairing) -> Int { Condition.allCases.firstIndex(of: pairing.condition) ?? 0 }
    func key(_ pairing: Pairing) -> (Int, UInt64, UInt64, String, String) {
      let amount = (pairing.payment.collected ?? 0).subtractingReportingOverflow(pairing.order.wanted)
      let time = (pairing.payment.paidAt?.microseconds ?? 0).subtractingReportingOverflow(
        pairing.order.createdAt.microseconds)
      return (
        -place(pairing), amount.partialValue.magnitude, time.partialValue.magnitude,
        pairing.order.id, pairing.payment.provider + "\u{0}" + pairing.payment.id
      )
    }
    return Array(pairings.sorted { key($0) < key($1) }.prefix(limit))
  }
}
