import GRDB
import ReconcileCore

extension Warehouse {
  /// Every finding that is not what it was: those dated up to the later run's last day, and undated ones, by id.
  ///
  /// - Parameters:
  ///   - earlier: the run whose findings are compared with; it must have matched.
  ///   - later: the run to compare, nil for what the warehouse holds now.
  ///   - today: the clock of the later state, for ages.
  public func forEachFindingDifference(
    from earlier: RunRecord, to later: RunRecord?, through day: BusinessDay, today: Instant, zone: Zone,
    _ body: (FindingDifference) throws -> Void
  ) throws {
    let ages = (before: zone.day(of: earlier.asOf).dayNumber, after: zone.day(of: today).dayNumber)
    try read { db in
      let before = try Row.fetchCursor(db, sql: Self.standings(after: earlier.number, through: day, db))
      let after = try Row.fetchCursor(db, sql: Self.standings(after: later?.number, through: day, db))
      var (old, new) = (try before.next(), try after.next())
      while old != nil || new != nil {
        let oldID: String? = old?[0]
        let newID: String? = new?[0]
        let takesOld = newID == nil || oldID.map { Self.precedes($0, orIs: newID ?? "") } ?? false
        let takesNew = oldID == nil || newID.map { Self.precedes($0, orIs: oldID ?? "") } ?? false
        if let difference = Self.difference(takesOld ? old : nil, takesNew ? new : nil, ages) {
          try body(difference)
        }
        if takesOld { old = try before.next() }
        if takesNew { new = try after.next() }
      }
    }
  }

  /// What became of the findings since the previous run, for a report; nil when no earlier run is on record.
  func findingChanges(before run: RunHandle, asOf: Instant, zone: Zone) throws -> FindingChanges? {
    guard let earlier = try previousRun(before: run.number, period: run.period, asOf: asOf) else {
      return nil
    }
    var changes = FindingChanges(since: earlier.asOf, period: earlier.period)
    try forEachFindingDifference(
      from: earlier, to: nil, through: run.period.to, today: asOf, zone: zone
    ) { changes.add($0) }
    return changes
  }

  /// Ids in the order of their bytes, as SQLite sorts them.
  private static func precedes(_ a: String, orIs b: String) -> Bool {
    !b.utf8.lexicographicallyPrecedes(a.utf8)
  }

  /// The findings that held after a run, by id, with what was to be said of them then; nil for now.
  private static func standings(after run: Int64?, through day: BusinessDay, _ db: Database) throws -> String
  {
    let columns = ["id", "status", "currency", "business_on", "expected", "actual", "is_count"]
    let names = columns.joined(separator: ", ")
    var held = "SELECT \(names) FROM discrepancy WHERE gone_run IS NULL"
    var decided = ""
    if let run {
      let former = try FormerRows.columns(of: "discrepancy", db)
      held = """
        SELECT \(names) FROM discrepancy d WHERE gone_run IS NULL AND first_run <= \(run)
          AND json_array(id) NOT IN (SELECT key FROM later)
        UNION ALL
        SELECT \(columns.map { former($0) }.joined(separator: ", ")) FROM former_row f
          JOIN later l ON l.key = f.key AND l.run = f.run
          WHERE f.name = 'discrepancy' AND \(former("first_run")) <= \(run) AND \(former("gone_run")) IS NULL
        """
      decided = "AND x.after_run < \(run)"
    }
    return """
      WITH later AS MATERIALIZED (SELECT key, min(run) AS run FROM former_row
        WHERE name = 'discrepancy' AND run > \(run ?? 0) AND run <= (SELECT max(id) FROM run) GROUP BY key)
      SELECT h.id, d.code, d.provider, d.order_id, d.payment_id, d.refund_id, h.currency, h.business_on, h.expected,
        h.actual, h.is_count,
        CASE WHEN r.resolution = 'accepted' AND r.currency IS h.currency AND r.expected IS h.expected
          AND r.actual IS h.actual THEN 'accepted' ELSE h.status END
      FROM (\(held)) h JOIN discrepancy d ON d.id = h.id
      LEFT JOIN resolution r ON r.id =
        (SELECT max(x.id) FROM resolution x WHERE x.discrepancy_id = h.id \(decided))
      WHERE h.business_on IS NULL OR h.business_on <= \(day.dayNumber)
      ORDER BY h.id
      """
  }

  /// What became of one finding; nil when nothing that matters did.
  private static func difference(
    _ old: Row?, _ new: Row?, _ ages: (before: Int, after: Int)
  ) -> FindingDifference? {
    guard let row = new ?? old, let code = DiscrepancyCode(rawValue: row[1]) else { return nil }
    let before = old.map(standing)
    let after = new.map(standing)
    let change: FindingChange
    switch (before?.status == .open, after?.status == .open) {
    case (false, false): return nil
    case (false, true): change = .new
    case (true, false): change = .cleared
    case (true, true):
      if before?.expected != after?.expected || before?.actual != after?.actual {
        change = .changed
      } else if bucket(before, on: ages.before) != bucket(after, on: ages.after) {
        change = .aged
      } else {
        return nil
      }
    }
    return FindingDifference(
      id: row[0], code: code, provider: row[2], orderID: row[3], paymentID: row[4], refundID: row[5],
      change: change, before: before, after: after)
  }

  private static func bucket(_ standing: FindingStanding?, on today: Int) -> AgeBucket {
    AgeBucket(days: standing?.businessDate.map { today - $0.dayNumber })
  }

  private static func standing(_ row: Row) -> FindingStanding {
    let currency = (row[6] as String?).flatMap { Currency($0) }
    let isCount: Bool = row[10]
    return FindingStanding(
      status: DiscrepancyStatus(rawValue: row[11]) ?? .open, currency: currency,
      businessDate: (row[7] as Int?).map(BusinessDay.init(dayNumber:)),
      expected: Figure(row[8], isCount: isCount, currency: currency),
      actual: Figure(row[9], isCount: isCount, currency: currency))
  }
}

extension Figure {
  /// A stored number; nil where it is unknown, or money of an unknown currency.
  init?(_ value: Int64?, isCount: Bool, currency: Currency?) {
    guard let value else { return nil }
    if isCount {
      self = .count(value)
    } else {
      guard let currency else { return nil }
      self = .money(Money(minorUnits: value, currency: currency))
    }
  }
}

/// An acceptance that was about other amounts than a finding has now.
struct StaleVerdict {
  /// What a report and `explain` say after the finding's own explanation.
  let sentence: String

  /// Of a row of `current_finding`; nil where its verdict is not stale.
  init?(_ row: Row) {
    guard row["is_stale"] as Bool else { return nil }
    let currency = (row["currency"] as String?).flatMap { Currency($0) }
    let isCount: Bool = row["is_count"]
    func text(_ column: String) -> String {
      Figure(row[column], isCount: isCount, currency: currency)?.text ?? "unknown"
    }
    sentence =
      "It was accepted when \(text("decided_expected")) was expected and \(text("decided_actual")) found; "
      + "the amounts have changed, so it is open again."
  }
}
