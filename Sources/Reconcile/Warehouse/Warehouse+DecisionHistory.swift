import GRDB
import ReconcileCore

extension Warehouse {
  /// Every decision that was ever made, with the finding that a verdict is about where it is known.
  ///
  /// Links stand first, by provider and payment, then verdicts by the finding's id; those about the same payment or
  /// finding in the order in which they were made.
  public func decisions() throws -> [(record: DecisionRecord, finding: DecidedFinding?)] {
    try read { db in
      try (DecisionRecord.links(db) + DecisionRecord.verdicts(db)).map { record in
        guard case .verdict(let id, _, _) = record.subject else { return (record, nil) }
        return (record, try DecidedFinding(id, db))
      }
    }
  }

  /// Adds the decisions that another warehouse, or an earlier state of this one, holds and this one lacks: all of them,
  /// or, when one is refused, none. They keep who, when and why.
  ///
  /// The decisions about one payment or finding form a sequence. The given one must continue the one on record, or be
  /// its beginning: what was decided here in the meantime is never overridden unseen. The payment, order or finding
  /// need not be known yet; the decision counts as soon as it is.
  ///
  /// - Parameters:
  ///   - decisions: those about the same payment or finding in the order in which they were made.
  ///   - isDryRun: say what would become of each and write nothing.
  /// - Returns: the outcomes in the order of the decisions.
  public func apply(_ decisions: [DecisionRecord], isDryRun: Bool) throws -> [DecisionOutcome] {
    func outcomes(_ db: Database) throws -> [DecisionOutcome] {
      var sequences: [String: DecisionSequence] = [:]
      return try decisions.map { record in
        let name = record.subject.name
        var sequence = try sequences[name] ?? DecisionSequence(about: record, db)
        defer { sequences[name] = sequence }
        return try sequence.outcome(record, db)
      }
    }
    if isDryRun { return try read(outcomes) }
    return try write { db in
      let outcomes = try outcomes(db)
      if outcomes.contains(where: { $0.refusal != nil }) { return outcomes }
      for (record, outcome) in zip(decisions, outcomes) {
        if case .done = outcome { try record.insert(db) }
      }
      return outcomes
    }
  }
}

/// The decisions about one payment or finding: those on record beside those that are to be applied.
private struct DecisionSequence {
  private let kept: [DecisionRecord]
  /// How many were compared or added, and the last of them.
  private var count = 0
  private var last: DecisionRecord?
  /// Why the sequence does not go on.
  private var refusal: Failure?

  init(about record: DecisionRecord, _ db: Database) throws {
    kept =
      switch record.subject {
      case .link(let payment, _): try DecisionRecord.links(of: payment, db)
      case .verdict(let id, _, _): try DecisionRecord.verdicts(on: id, db)
      }
  }

  mutating func outcome(_ record: DecisionRecord, _ db: Database) throws -> DecisionOutcome {
    if let refusal { return .refused(refusal) }
    defer {
      last = record
      count += 1
    }
    if count < kept.count {
      if kept[count] == record { return .unchanged("\(record.sentence) by \(record.decider.name)") }
      return refuse(
        "the warehouse holds another decision about \(record.subject.name) in this place: "
          + "\(kept[count].sentence), \(kept[count].origin)",
        "export the decisions of this warehouse, and add yours below those about the same payment or finding")
    }
    if let order = record.order, let other = last?.order, other != order {
      return refuse(
        "\(record.subject.name) is linked to order \(other) already, \(last?.origin ?? "")",
        "one payment belongs to one order: an unlink must stand between the two")
    }
    return .done(record.sentence + (try Self.isKnown(record, db) ? "" : ", as soon as that is known here"))
  }

  private mutating func refuse(_ what: String, _ remedy: String) -> DecisionOutcome {
    let failure = Failure(.usage, what, remedy: remedy)
    refusal = failure
    return .refused(failure)
  }

  /// Whether everything that the decision names is in the warehouse.
  private static func isKnown(_ record: DecisionRecord, _ db: Database) throws -> Bool {
    let sql: String
    let arguments: StatementArguments
    switch record.subject {
    case .link(let payment, let order):
      sql = """
        SELECT EXISTS (SELECT 1 FROM payment WHERE provider = ?1 AND payment_id = ?2)
          AND (?3 IS NULL OR EXISTS (SELECT 1 FROM sales_order WHERE order_id = ?3))
        """
      arguments = [payment.provider, payment.id, order]
    case .verdict(let id, _, _):
      sql = "SELECT EXISTS (SELECT 1 FROM discrepancy WHERE id = ?)"
      arguments = [id]
    }
    return try Bool.fetchOne(db, sql: sql, arguments: arguments) ?? false
  }
}

extension DecisionRecord {
  /// What was decided, in words.
  var sentence: String {
    switch subject {
    case .link(let payment, let order?): "payment \(payment.text) is linked to order \(order)"
    case .link(let payment, nil): "payment \(payment.text) belongs to no order"
    case .verdict(let id, let resolution, _): "discrepancy \(id) is \(resolution.rawValue)"
    }
  }
}
