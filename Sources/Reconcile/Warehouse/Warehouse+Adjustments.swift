import GRDB
import ReconcileCore

extension Warehouse {
  /// The sealed periods before a report's period, each with the run up to which changes were told already: the run that
  /// sealed it, or that sealed a later period before this report.
  func adjustedSeals(before period: Period, _ db: Database) throws -> [(period: Period, run: Int64)] {
    let seals = try Self.seals(db).filter { $0.period.to < period.from }
    return seals.map { seal in
      let later = seals.filter { $0.period.from > seal.period.to }.map(\.run.number)
      return (seal.period, max(seal.run.number, later.max() ?? 0))
    }
  }

  /// What records of sealed periods say now and did not say then, by period, kind, date, provider, id and field.
  func adjustments(_ seals: [(period: Period, run: Int64)], _ db: Database) throws -> [AdjustmentRow] {
    try seals.flatMap { seal in
      try AdjustedKind.all.flatMap { kind in
        try Row.fetchAll(db, sql: kind.sql(since: seal.run, db)).flatMap { row in
          kind.adjustments(row, in: seal.period)
        }
      }
    }
  }
}

/// A fact of a record: its column in a report, and where it is stored.
private struct AdjustedFact {
  enum Meaning { case money, day, text }

  let field: String
  let column: String
  let meaning: Meaning
  /// SQL that turns the stored value into the shown one; `$` stands for the value.
  var shown = "$"
}

/// A kind of record whose changes are adjustments, with the facts that reports show of it.
private struct AdjustedKind {
  let name: String
  let table: String
  /// The columns that name a row, as they stand in the key of a former row.
  let key: [String]
  let facts: [AdjustedFact]
  /// SQL over the current row `c` and the key `k`: what the adjustment says beside its facts.
  let provider: String
  let id: String
  let evidence: String
  /// SQL with `$` for a column of the row now or of the row then.
  var date = "$"
  let dateColumn: String
  var currency = "$"
  let currencyColumn: String
  /// Whether test records are among the rows.
  var hasTests = true

  static let all = [payment, refund, order, orderAmount]

  private static let evidenceOfRecord = """
    (SELECT lower(hex(b.sha256)) FROM evidence e JOIN evidence_body b ON b.id = e.body WHERE e.id = c.evidence)
    """

  static let payment = AdjustedKind(
    name: "payment", table: "payment", key: ["provider", "payment_id"],
    facts: [
      AdjustedFact(field: "payment_date", column: "paid_on", meaning: .day),
      AdjustedFact(field: "amount", column: "amount_minor", meaning: .money),
      AdjustedFact(field: "collected", column: "collected_minor", meaning: .money),
      AdjustedFact(field: "status", column: "status", meaning: .text),
      AdjustedFact(
        field: "order_id", column: "sales_order", meaning: .text,
        shown: "(SELECT o.order_id FROM sales_order o WHERE o.id = $)"),
    ],
    provider: "json_extract(k.key, '$[0]')", id: "json_extract(k.key, '$[1]')", evidence: evidenceOfRecord,
    dateColumn: "paid_on", currencyColumn: "currency")

  static let refund = AdjustedKind(
    name: "refund", table: "refund", key: ["provider", "refund_id"],
    facts: [
      AdjustedFact(field: "refund_date", column: "refunded_on", meaning: .day),
      AdjustedFact(field: "amount", column: "amount_minor", meaning: .money),
      AdjustedFact(field: "fee", column: "fee_minor", meaning: .money),
      AdjustedFact(field: "status", column: "status", meaning: .text),
    ],
    provider: "json_extract(k.key, '$[0]')", id: "json_extract(k.key, '$[1]')", evidence: evidenceOfRecord,
    dateColumn: "refunded_on", currencyColumn: "currency")

  static let order = AdjustedKind(
    name: "order", table: "order_verdict", key: ["sales_order"],
    facts: [
      AdjustedFact(field: "order_date", column: "order_on", meaning: .day),
      AdjustedFact(field: "collected", column: "collected_minor", meaning: .money),
      AdjustedFact(field: "refunded", column: "refunded_minor", meaning: .money),
      AdjustedFact(field: "match_status", column: "match_status", meaning: .text),
      AdjustedFact(field: "refund_status", column: "refund_status", meaning: .text),
    ],
    provider: "c.provider",
    id: "(SELECT o.order_id FROM sales_order o WHERE o.id = json_extract(k.key, '$[0]'))",
    evidence:
      "(SELECT \(Warehouse.source(of: "o")) FROM sales_order o WHERE o.id = json_extract(k.key, '$[0]'))",
    dateColumn: "order_on",
    currency: "(SELECT o.currency FROM sales_order o WHERE o.id = $)", currencyColumn: "sales_order",
    hasTests: false)

  static let orderAmount = AdjustedKind(
    name: "order", table: "sales_order", key: ["order_id"],
    facts: [AdjustedFact(field: "amount", column: "amount_minor", meaning: .money)],
    provider: "(SELECT v.provider FROM order_verdict v WHERE v.sales_order = c.id)",
    id: "json_extract(k.key, '$[0]')", evidence: Warehouse.source(of: "c"),
    date: "(SELECT v.order_on FROM order_verdict v WHERE v.sales_order = $)", dateColumn: "id",
    currencyColumn: "currency", hasTests: false)

  /// Every row that changed after a run, with its facts before and now.
  func sql(since run: Int64, _ db: Database) throws -> String {
    let former = try FormerRows.columns(of: table, db)
    func shown(_ template: String, _ value: String) -> String { template.replacing("$", with: value) }
    let keyOfRow = "json_array(\(key.joined(separator: ", ")))"
    let isRow = key.enumerated().map { "c.\($1) = json_extract(k.key, '$[\($0)]')" }.joined(
      separator: " AND ")
    let facts = facts.enumerated().map { index, fact in
      """
      \(shown(fact.shown, former(fact.column))) AS former_\(index),
        \(shown(fact.shown, "c.\(fact.column)")) AS current_\(index)
      """
    }
    let (wasTest, isTest) = hasTests ? (former("is_test"), "c.is_test") : ("0", "0")
    return """
      WITH change AS (
        SELECT key, min(run) AS run FROM (
          SELECT key, run FROM former_row
            WHERE name = '\(table)' AND run > \(run) AND run <= (SELECT max(id) FROM run)
          UNION ALL SELECT \(keyOfRow), first_run FROM \(table) WHERE first_run > \(run))
        GROUP BY key)
      SELECT r.run_id, r.started_at, \(provider) AS provider, \(id) AS id, \(evidence) AS evidence,
        f.facts IS NOT NULL AND \(former("first_run")) <= \(run) AND \(wasTest) = 0 AS was_known,
        c.\(key[0]) IS NOT NULL AND \(isTest) = 0 AS is_known,
        \(shown(date, former(dateColumn))) AS former_on, \(shown(date, "c.\(dateColumn)")) AS current_on,
        \(shown(currency, former(currencyColumn))) AS former_currency,
        \(shown(currency, "c.\(currencyColumn)")) AS current_currency,
        \(facts.joined(separator: ",\n  "))
      FROM change k JOIN run r ON r.id = k.run
      LEFT JOIN former_row f ON f.name = '\(table)' AND f.key = k.key AND f.run =
        (SELECT min(g.run) FROM former_row g WHERE g.name = f.name AND g.key = k.key AND g.run > \(run))
      LEFT JOIN \(table) c ON \(isRow)
      ORDER BY coalesce(current_on, former_on), provider, id
      """
  }

  /// The facts of one row that are different, when it lies in the period or did.
  func adjustments(_ row: Row, in period: Period) -> [AdjustmentRow] {
    let (wasKnown, isKnown): (Bool, Bool) = (row["was_known"], row["is_known"])
    let former = wasKnown ? (row["former_on"] as Int?).map(BusinessDay.init(dayNumber:)) : nil
    let current = isKnown ? (row["current_on"] as Int?).map(BusinessDay.init(dayNumber:)) : nil
    guard [former, current].contains(where: { $0.map(period.contains) ?? false }),
      let date = current ?? former,
      let currency = (row["current_currency"] ?? row["former_currency"] as String?).flatMap({ Currency($0) })
    else { return [] }
    let formerCurrency = (row["former_currency"] as String?).flatMap { Currency($0) } ?? currency
    return facts.enumerated().compactMap { index, fact in
      let then: DatabaseValue = wasKnown ? row["former_\(index)"] : .null
      let now: DatabaseValue = isKnown ? row["current_\(index)"] : .null
      let sealed = Self.value(then, fact.meaning, formerCurrency)
      let value = Self.value(now, fact.meaning, currency)
      if sealed == value { return nil }
      return AdjustmentRow(
        period: period, kind: name, provider: row["provider"], id: row["id"], date: date, currency: currency,
        field: fact.field, sealed: sealed, now: value,
        difference: Self.difference(
          wasKnown ? sealed : .money(.zero(currency)), isKnown ? value : .money(.zero(currency)), fact.meaning
        ),
        arrivedAt: Instant(seconds: Instant(microseconds: row["started_at"]).seconds), runID: row["run_id"],
        evidence: row["evidence"])
    }
  }

  private static func value(
    _ stored: DatabaseValue, _ meaning: AdjustedFact.Meaning, _ currency: Currency
  ) -> AdjustmentRow.Value? {
    switch meaning {
    case .money: Int64.fromDatabaseValue(stored).map { .money(Money(minorUnits: $0, currency: currency)) }
    case .day: Int.fromDatabaseValue(stored).map { .day(BusinessDay(dayNumber: $0)) }
    case .text: String.fromDatabaseValue(stored).map { .text($0) }
    }
  }

  private static func difference(
    _ sealed: AdjustmentRow.Value?, _ now: AdjustmentRow.Value?, _ meaning: AdjustedFact.Meaning
  ) -> Money? {
    guard meaning == .money, case .money(let before) = sealed, case .money(let after) = now else {
      return nil
    }
    return try? after.subtracting(before)
  }
}
