import GRDB
import ReconcileCore

/// What one link rule says about a payment.
private struct RuleTrial {
  var rule: MatchRule
  /// The orders in the warehouse that it names.
  var orders: [String]
  var words: String
  /// A person's decision ends the search even where it names no order.
  var isFinal = false
}

extension StoryTeller {
  /// The rules in the order they are tried for a payment, what each of them names, and which one decides.
  func rules(_ payment: Row) throws -> (outcome: String, part: StoryPart) {
    let id: String = payment["payment_id"]
    let isTest: Bool = payment["is_test"]
    let trials = try [byHand(payment), byClaim(payment), byReference(payment), byEvent(payment)]
    var facts: [StoryFact] = []
    var decider: RuleTrial?
    for trial in trials {
      let name = trial.rule.rawValue
      let outcome: String
      if isTest {
        outcome = "not tried"
      } else if let decider {
        outcome = "not reached"
        facts.append(
          StoryFact(
            name, "not tried, because \(decider.rule.rawValue) decided; \(trial.words)",
            data: [("outcome", outcome), ("orders", trial.orders.joined(separator: ";"))]))
        continue
      } else if trial.isFinal || trial.orders.count == 1 {
        decider = trial
        outcome = "decides"
      } else {
        outcome = "does not apply"
      }
      facts.append(
        StoryFact(
          name, "\(outcome): \(isTest ? "test money belongs to no order" : trial.words)",
          data: [("outcome", outcome), ("orders", trial.orders.joined(separator: ";"))]))
    }
    let now = try orderID(payment["sales_order"])
    let next = decider?.orders.first
    if now != next {
      facts.append(
        StoryFact(
          "next", "the next matching will tie it to " + (next.map { "order \($0)" } ?? "no order"),
          data: [("order_id", next)]))
    }
    let outcome: String
    if let now, let rule: String = payment["rule"] {
      outcome = "order \(now) by rule \(rule)"
    } else {
      outcome =
        decider?.isFinal == true && next == nil
        ? "no order: a person took it away" : "no order: no rule names exactly one"
    }
    return (outcome, StoryPart(.rules, id, heading: "Rules for payment \(id)", facts: facts))
  }

  private func byHand(_ payment: Row) throws -> RuleTrial {
    guard let decision = try decisions(on: payment).last else {
      return RuleTrial(rule: .manual, orders: [], words: "nobody has linked or unlinked this payment")
    }
    guard let order: String = decision["order_id"] else {
      return RuleTrial(rule: .manual, orders: [], words: "a person tied it to no order", isFinal: true)
    }
    let found = try known([order])
    let words =
      "a person tied it to order \(order)" + (found.isEmpty ? ", which is not in the warehouse" : "")
    return RuleTrial(rule: .manual, orders: found, words: words, isFinal: true)
  }

  private func byClaim(_ payment: Row) throws -> RuleTrial {
    let claims = PaymentNames(stored: payment["names"]).claims
    let found = try known(claims)
    let words =
      claims.isEmpty
      ? "the payment carries no order id"
      : found.isEmpty
        ? "the payment carries the order id \(list(claims)), which no orders file holds"
        : named(found, "the payment carries the id of")
    return RuleTrial(rule: .orderID, orders: found, words: words)
  }

  private func byReference(_ payment: Row) throws -> RuleTrial {
    let provider: String = payment["provider"]
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT DISTINCT o.order_id, o.provider FROM json_each(?1) n
        CROSS JOIN sales_order o ON o.provider_reference = n.value ORDER BY o.order_id
        """,
      arguments: [try names(of: payment)])
    let isApt: (Row) -> Bool = { ($0["provider"] as String?).map { $0 == provider } ?? true }
    let found = rows.filter(isApt).map { $0["order_id"] as String }
    if let other = rows.first(where: { !isApt($0) }), found.isEmpty {
      return RuleTrial(
        rule: .reference, orders: [],
        words: "order \(other["order_id"] as String) gives one of its names as its reference, "
          + "but names the provider \(other["provider"] as String)")
    }
    let words =
      found.isEmpty
      ? "no order gives one of its names as its provider_reference"
      : named(found, "one of its names is the provider_reference of")
    return RuleTrial(rule: .reference, orders: found, words: words)
  }

  private func byEvent(_ payment: Row) throws -> RuleTrial {
    let told = try String.fetchAll(
      db,
      sql: """
        SELECT DISTINCT e.order_id FROM json_each(?1) n
        CROSS JOIN event_reference r ON r.reference = n.value AND r.provider = ?2
        CROSS JOIN event_order e ON e.event = r.event ORDER BY e.order_id
        """,
      arguments: [try names(of: payment), payment["provider"] as String])
    let found = try known(told)
    let words =
      told.isEmpty
      ? "no webhook delivery names it and an order"
      : found.isEmpty
        ? "a webhook delivery names it and the order \(list(told)), which no orders file holds"
        : named(found, "webhook deliveries name it and")
    return RuleTrial(rule: .event, orders: found, words: words)
  }

  private func named(_ orders: [String], _ beginning: String) -> String {
    orders.count == 1
      ? "\(beginning) order \(orders[0])"
      : "\(beginning) the orders \(list(orders)), and a rule that names two orders does not apply"
  }

  private func known(_ orders: [String]) throws -> [String] {
    try orders.filter {
      try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM sales_order WHERE order_id = ?)", arguments: [$0]) ?? false
    }
  }
}
