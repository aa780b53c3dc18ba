import GRDB
import ReconcileCore

/// How the sums and statuses of an order's verdict came about, in the order's currency; follows `Classifier`.
struct OrderSums {
  let teller: StoryTeller
  let row: Row
  let currency: String
  /// Collected amounts by payment id, in the order's currency.
  let collected: [Term]
  let asked: [Term]
  let refunded: [Term]
  /// The clock of the latest matching, for grace periods.
  let clock: Instant?

  struct Term {
    var id: String
    /// Nil is unknown.
    var minor: Int64?
  }

  init(_ teller: StoryTeller, _ row: Row) throws {
    self.teller = teller
    self.row = row
    let currency: String = row["currency"]
    self.currency = currency
    func terms(_ sql: String, _ arguments: StatementArguments) throws -> [Term] {
      try Row.fetchAll(teller.db, sql: sql, arguments: arguments).map { Term(id: $0[0], minor: $0[1]) }
    }
    let number: Int64 = row["id"]
    collected = try terms(
      "SELECT payment_id, collected_minor FROM payment WHERE sales_order = ? AND currency = ? ORDER BY payment_id",
      [number, currency])
    asked = try terms(
      "SELECT refund_id, amount_minor FROM merchant_refund WHERE order_id = ? AND currency = ? ORDER BY refund_id",
      [row["order_id"] as String, currency])
    refunded = try terms(
      """
      SELECT r.refund_id, r.amount_minor FROM payment p CROSS JOIN refund r ON r.payment = p.id
      WHERE p.sales_order = ? AND r.currency = ? AND r.is_test = 0 AND r.status IN ('pending', 'completed')
      ORDER BY r.refund_id
      """,
      [number, currency])
    clock = try Int64.fetchOne(
      teller.db,
      sql:
        "SELECT as_of_at FROM run WHERE id = (SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'matched_run')"
    ).map(Instant.init(microseconds:))
  }

  private var due: Int64 { row["amount_minor"] }
  private func words(_ minor: Int64?) -> String { teller.money(minor, currency) }

  /// A sum with its terms and what it comes to.
  private func sum(_ label: String, _ terms: [Term], _ total: Int64?) -> StoryFact {
    let parts = terms.map { words($0.minor) }
    return StoryFact(
      label, "\(parts.isEmpty ? "nothing" : parts.joined(separator: " + ")) = \(words(total))",
      data: [
        ("of", terms.map(\.id).joined(separator: ";")),
        ("terms", terms.map { teller.decimal($0.minor, currency) ?? "unknown" }.joined(separator: ";")),
        ("result", teller.decimal(total, currency)), ("currency", currency),
      ])
  }

  private func step(_ label: String, _ value: String, _ result: Int64?) -> StoryFact {
    StoryFact(label, value, data: [("result", teller.decimal(result, currency)), ("currency", currency)])
  }

  /// The sums in the order they are made.
  func steps() throws -> [StoryFact] {
    let total: Int64? = row["collected_minor"]
    let toGiveBack: Int64? = row["due_minor"]
    var facts = [sum("collected", collected, total)]
    if let total {
      let (difference, overflow) = total.subtractingReportingOverflow(due)
      if !overflow {
        facts.append(
          step("collected - due", "\(words(total)) - \(words(due)) = \(words(difference))", difference))
        let tolerance = Currency(currency).flatMap { teller.settings.tolerance[$0]?.minorUnits } ?? 0
        if tolerance > 0 { facts.append(step("tolerance", words(tolerance), tolerance)) }
      }
    }
    let askedTotal = asked.reduce(Int128(0)) { $0 + Int128($1.minor ?? 0) }
    facts.append(sum("refunds asked for", asked, Int64(exactly: askedTotal)))
    facts.append(step("to give back", giveBack(Int64(exactly: askedTotal), total, toGiveBack), toGiveBack))
    facts.append(sum("refunded", refunded, row["refunded_minor"]))
    facts.append(step("fees of refunds", words(row["refund_fees_minor"]), row["refund_fees_minor"]))
    if let toGiveBack, let refunded: Int64 = row["refunded_minor"] {
      let (rest, overflow) = toGiveBack.subtractingReportingOverflow(refunded)
      if !overflow, toGiveBack != 0 || refunded != 0 {
        facts.append(
          step("still to give back", "\(words(toGiveBack)) - \(words(refunded)) = \(words(rest))", rest))
      }
    }
    return facts
  }

  private func giveBack(_ asked: Int64?, _ collected: Int64?, _ due: Int64?) -> String {
    guard let due, let collected else { return "unknown, because the collected amount is" }
    let result = words(due)
    if row["match_status"] as String == "paid_cancelled" {
      return
        "the order is cancelled: the larger of \(words(asked)) asked for and \(words(collected)) collected = \(result)"
    }
    let (excess, overflow) = collected.subtractingReportingOverflow(self.due)
    if overflow || excess <= 0 { return "\(words(asked)) asked for = \(result)" }
    if due == asked {
      return "\(words(asked)) asked for = \(result); the excess of \(words(excess)) is within the tolerance, "
        + "or the provider's refund fee leaves nothing of it"
    }
    return "\(words(asked)) asked for + \(words(excess)) excess = \(result)"
  }

  // MARK: Statuses

  func matchStatus() throws -> StoryFact {
    let status: String = row["match_status"] ?? ""
    return StoryFact(
      "match_status", "\(status): \(try matchReason(MatchStatus(rawValue: status)))",
      data: [("match_status", status)])
  }

  func refundStatus() throws -> StoryFact {
    let status: String = row["refund_status"] ?? ""
    return StoryFact(
      "refund_status", "\(status): \(refundReason(RefundVerdict(rawValue: status)))",
      data: [("refund_status", status)])
  }

  private func hours(_ seconds: Int64) -> String { "\(seconds / 3600) hours" }

  private func matchReason(_ status: MatchStatus?) throws -> String {
    let total: Int64? = row["collected_minor"]
    switch status {
    case .currencyMismatch: return "money came in in another currency than \(currency)"
    case .unknown:
      return total == nil
        ? "it is not known how much came in" : "nothing came in, and no map holds the status of a payment"
    case .cancelled: return "the order is cancelled and nothing came in"
    case .paidCancelled: return "the order is cancelled and \(words(total)) came in"
    case .exact:
      return total == due
        ? "what came in is what was due"
        : "what came in differs from what was due by no more than the tolerance"
    case .partial: return "\(words(total)) came in and \(words(due)) was due"
    case .duplicate: return "more than one payment brought the whole amount"
    case .overpaid: return "\(words(total)) came in and only \(words(due)) was due"
    case .unverified:
      let unread = try teller.unreadHolders(row["provider"], order: row)
      return "nothing came in, and \(unread) could hold the payment"
    case .pending:
      if let clock, isYounger(than: teller.settings.graceSeconds, clock) {
        return
          "nothing came in, and the order is younger than the grace of \(hours(teller.settings.graceSeconds))"
      }
      return "nothing came in yet, and a payment is not decided"
    case .unpaid:
      return "nothing came in, every provider that could hold the payment was read completely, "
        + "and the order is older than the grace of \(hours(teller.settings.graceSeconds))"
    case nil: return "a status of another version of the program"
    }
  }

  private func isYounger(than seconds: Int64, _ clock: Instant) -> Bool {
    clock.microseconds - (row["created_at"] as Int64) < seconds * 1_000_000
  }

  private func refundReason(_ status: RefundVerdict?) -> String {
    let due: Int64? = row["due_minor"]
    let refunded: Int64? = row["refunded_minor"]
    let numbers = "\(words(due)) is to be given back and \(words(refunded)) went out"
    switch status {
    case .unknown: return "an amount, a status or the currency leaves open what is to be given back"
    case .some(.none): return "nothing is to be given back and nothing was"
    case .exact: return numbers
    case .pending: return "\(numbers); a refund is still under way, or the grace is not over"
    case .excess: return "\(numbers), which is more"
    case .unverified: return "\(numbers), and not all refunds that could exist were read"
    case .failed: return "\(numbers), because a refund failed"
    case .missing: return "\(words(due)) is to be given back and nothing went out"
    case .partial: return numbers
    case nil: return "a status of another version of the program"
    }
  }
}
