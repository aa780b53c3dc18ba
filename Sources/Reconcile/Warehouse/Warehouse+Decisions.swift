import GRDB
import ReconcileCore

extension Warehouse {
  /// Looks at what a person wants to decide and writes what is new of it: all of it, or, when one is refused, nothing.
  ///
  /// Links outrank every rule and take effect with the next matching. Verdicts keep the amounts that they are about.
  ///
  /// - Parameter isDryRun: say what would become of each and write nothing; a warehouse that was opened for reading
  ///   is enough.
  /// - Returns: the outcomes in the order of the drafts.
  public func decide(
    _ drafts: [DecisionDraft], by decider: Decider, isDryRun: Bool = false
  ) throws -> [DecisionOutcome] {
    var judge = DecisionJudge(warehouse: try identity(), path: path, decider: decider)
    if isDryRun { return try read { db in try drafts.map { try judge.ruling($0, db).outcome } } }
    return try write { db in
      let rulings = try drafts.map { try judge.ruling($0, db) }
      if !rulings.contains(where: { $0.outcome.refusal != nil }) {
        for ruling in rulings { try ruling.write?(db) }
      }
      return rulings.map(\.outcome)
    }
  }
}

/// What becomes of a decision, and how it is written.
struct DecisionRuling {
  var outcome: DecisionOutcome
  /// nil when there is nothing to write.
  var write: ((Database) throws -> Void)?
}

/// Looks at decisions one after the other, each against the warehouse as it is and against those before it.
struct DecisionJudge {
  /// The identity of the warehouse, and where it lies.
  let warehouse: String
  let path: String
  let decider: Decider
  /// The earlier drafts, by the payment or finding that they are about.
  private var earlier: [String: DecisionDraft] = [:]

  init(warehouse: String, path: String, decider: Decider) {
    self.warehouse = warehouse
    self.path = path
    self.decider = decider
  }

  mutating func ruling(_ draft: DecisionDraft, _ db: Database) throws -> DecisionRuling {
    do {
      switch draft.subject {
      case .link(let payment, let order): return try link(payment, to: order, draft, db)
      case .unlink(let payment): return try link(payment, to: nil, draft, db)
      case .verdict(let id, let resolution, let seen): return try verdict(id, resolution, seen, draft, db)
      }
    } catch let failure as Failure where failure.status == .usage {
      return DecisionRuling(outcome: .refused(failure))
    }
  }

  // MARK: Links

  private mutating func link(
    _ name: PaymentName, to order: String?, _ draft: DecisionDraft, _ db: Database
  ) throws -> DecisionRuling {
    let payment = try payment(name, db)
    let order = try order.map { try self.order($0, db) }
    if let before = earlier.updateValue(draft, forKey: "payment \(payment.text)") {
      throw Failure(
        .usage, "payment \(payment.text) stands on \(before.place ?? "an earlier place") already",
        remedy: "keep one of the two: one payment belongs to one order")
    }
    let sentence =
      order.map { "payment \(payment.text) is linked to order \($0)" }
      ?? "payment \(payment.text) belongs to no order"
    if let last = try DecisionRecord.links(of: payment, db).last {
      if last.order == order, last.note == draft.note {
        return DecisionRuling(outcome: .unchanged("\(sentence) already, \(last.origin)"))
      }
      if let order, let other = last.order, other != order {
        throw Failure(
          .usage, "payment \(payment.text) is linked to order \(other) already, \(last.origin)", at: path,
          remedy: "one payment belongs to one order; take it away first: "
            + "reconcile unlink \(payment.text) --note …, then link it to \(order)")
      }
    }
    let record = DecisionRecord(.link(payment, order: order), note: draft.note, decider)
    return DecisionRuling(outcome: .done(sentence)) { db in try record.insert(db) }
  }

  private func payment(_ name: PaymentName, _ db: Database) throws -> PaymentKey {
    let id = try identifier(name.id)
    var found = try payments(id, of: name.provider, db)
    if found.isEmpty, name.provider == nil, let colon = id.firstIndex(of: ":") {
      found = try payments(String(id[id.index(after: colon)...]), of: String(id[..<colon]), db)
    }
    guard let payment = found.first else {
      throw Failure(
        .usage, "no payment `\(name.provider.map { "\($0):" } ?? "")\(name.id)` is in the warehouse",
        at: path,
        remedy: "give the payment_id of payments.csv, or provider:payment_id")
    }
    guard found.count == 1 else {
      throw Failure(
        .usage, "several providers have a payment `\(name.id)`", at: path,
        remedy: "say which one: \(found.map(\.text).joined(separator: " or "))")
    }
    return payment
  }

  private func payments(_ id: String, of provider: String?, _ db: Database) throws -> [PaymentKey] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT p.provider, p.payment_id FROM payment p
        WHERE p.payment_id = ?1 AND p.is_test = 0 AND p.provider = coalesce(?2, p.provider)
        ORDER BY p.provider
        """, arguments: [id, provider]
    ).map { PaymentKey(provider: $0["provider"], id: $0["payment_id"]) }
  }

  private func order(_ text: String, _ db: Database) throws -> String {
    let id = try identifier(text)
    guard try Bool.fetchOne(db, sql: "SELECT 1 FROM sales_order WHERE order_id = ?", arguments: [id]) != nil
    else {
      throw Failure(
        .usage, "no order `\(text)` is in the warehouse", at: path,
        remedy: "check the id, and that the orders file that holds it was imported")
    }
    return id
  }

  private func identifier(_ text: String) throws -> String {
    do throws(Identifier.Problem) { return try Identifier(text).text } catch {
      throw Failure(.usage, "the id \(error.reason)", remedy: "give an id as the reports print it")
    }
  }

  // MARK: Verdicts

  private mutating func verdict(
    _ id: String, _ resolution: Resolution, _ seen: FindingRowKey?, _ draft: DecisionDraft, _ db: Database
  ) throws -> DecisionRuling {
    if let seen, seen.warehouse != warehouse {
      throw Failure(
        .usage, "the row comes from another warehouse", at: path,
        remedy: "fill in a workbook that was written from this one: `reconcile report --period …`")
    }
    guard let finding = try DecidedFinding(id, db) else {
      throw Failure(
        .usage, "no discrepancy `\(id)` is in the warehouse", at: path,
        remedy: "give the id of discrepancies.csv or open_items.csv")
    }
    if let seen, seen != finding.key(warehouse) {
      throw Failure(
        .usage,
        "the amounts of \(finding.text) have changed since the workbook was written: \(finding.figures)",
        remedy: "look at it in a new report, and decide about these amounts")
    }
    let sentence = "\(finding.text) is \(resolution.rawValue)"
    if let before = earlier.updateValue(draft, forKey: "finding \(id)") {
      guard case .verdict(_, resolution, _) = before.subject, before.note == draft.note else {
        throw Failure(
          .usage,
          "the id stands on \(before.place ?? "an earlier place") already, with another verdict or note",
          remedy: "keep one of the two")
      }
      return DecisionRuling(outcome: .unchanged("as on \(before.place ?? "an earlier place")"))
    }
    let record = DecisionRecord(
      .verdict(id, resolution, finding.amounts), note: draft.note, decider)
    if let last = try DecisionRecord.verdicts(on: id, db).last, last.subject == record.subject,
      last.note == record.note
    {
      return DecisionRuling(outcome: .unchanged("\(sentence) already, \(last.origin)"))
    }
    return DecisionRuling(outcome: .done(sentence)) { db in try record.insert(db) }
  }
}
