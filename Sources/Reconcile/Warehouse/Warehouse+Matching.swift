import Foundation
import GRDB
import ReconcileCore
import ReconcileMatching

extension Warehouse {
  /// Links and classifies what was touched, what time or reading may change, and nothing else; then brings the
  /// discrepancies up to date.
  ///
  /// - Throws: `Failure`, and what `onProgress` throws; the transaction is then rolled back whole.
  public func match(
    settings: Settings, run: RunHandle, period: Period, asOf: Instant,
    onProgress: @escaping StepProgress
  ) throws {
    try link(settings: settings)
    try write { db in
      var reading = try ReadingState(settings, db)
      try prepareFindings(db)
      let suspects = try classifyOrders(settings, reading, run, asOf: asOf, onProgress, db)
      if try reviewAmounts(suspects, settings, db) {
        reading = try ReadingState(settings, db)
        _ = try classifyOrders(settings, reading, run, asOf: asOf, onProgress, db)
      }
      try suggest(db)
      try findRecords(settings, reading, db)
      try tieOutSettlement(settings, reading, period: period, db)
      try syncFindings(run, db)
      try db.execute(sql: "DELETE FROM order_to_classify")
      try db.execute(
        sql: """
          INSERT INTO fact (name, value) VALUES ('matched_run', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
          """,
        arguments: [String(run.number)])
      try db.execute(sql: "UPDATE run SET has_matched = 1 WHERE id = ?", arguments: [run.number])
    }
  }

  private func prepareFindings(_ db: Database) throws {
    try db.execute(
      sql: """
        DROP TABLE IF EXISTS temp.work;
        DROP TABLE IF EXISTS temp.found;
        CREATE TEMP TABLE work (id INTEGER PRIMARY KEY);
        INSERT INTO temp.work
          SELECT sales_order FROM order_to_classify UNION SELECT sales_order FROM order_verdict WHERE is_final = 0
          UNION SELECT id FROM sales_order WHERE id > (SELECT coalesce(max(sales_order), 0) FROM order_verdict);
        CREATE TEMP TABLE found (
          id TEXT PRIMARY KEY, scope TEXT, code TEXT, status TEXT, provider TEXT, currency TEXT, order_id TEXT,
          payment_id TEXT, refund_id TEXT, business_on INTEGER, expected INTEGER, actual INTEGER, is_count INTEGER,
          explanation TEXT, sales_order INTEGER) WITHOUT ROWID;
        """)
  }

  static func put(_ finding: Finding, scope: String, salesOrder: Int64?, _ db: Database) throws {
    var put = try DirectStatement(
      db, "INSERT OR REPLACE INTO temp.found VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    put.add(finding.id)
    put.add(scope)
    put.add(finding.code.rawValue)
    put.add(finding.status.rawValue)
    put.add(finding.provider)
    put.add(finding.currency?.code)
    put.add(finding.orderID)
    put.add(finding.paymentID)
    put.add(finding.refundID)
    put.add(finding.businessDay.map { Int64($0.dayNumber) })
    put.add(finding.expected)
    put.add(finding.actual)
    put.add(finding.isCount)
    put.add(finding.explanation)
    put.add(salesOrder)
    try put.run()
  }

  /// Orders that are read, judged and stored together.
  static let ordersAtATime = 1_024

  /// Classifies the orders of `temp.work`, and counts the pairs whose amounts look wrong by provider and currency.
  ///
  /// While a thread of its own judges some orders, the verdicts on those before are stored and the next are read.
  private func classifyOrders(
    _ settings: Settings, _ reading: ReadingState, _ run: RunHandle, asOf: Instant,
    _ onProgress: StepProgress,
    _ db: Database
  ) throws -> [AmountKey: Int] {
    let merchantRefundsKnown =
      try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM merchant_refund)") ?? false
    let rules = MatchingRules(settings: settings, asOf: asOf, merchantRefundsKnown: merchantRefundsKnown)
    let judge = OrderJudge(
      classifier: Classifier(rules: rules), zone: settings.zone, doubted: try DoubtedAmounts(db))
    var cases = try OrderCases(db)
    defer { cases.end() }
    var verdicts = try VerdictWriter(run, db)
    let total = try Int64.fetchOne(db, sql: "SELECT count(*) FROM temp.work") ?? 0
    var suspects: [AmountKey: Int] = [:]
    var count: Int64 = 0
    var before: Beside<[OrderInHand]>?
    try onProgress("matching", 0, total)
    while true {
      let block = try cases.next(Self.ordersAtATime)
      let next = block.isEmpty ? nil : Beside { try block.map { try OrderInHand($0, judge) } }
      if let before {
        let orders = try before.value()
        for order in orders {
          let judged =
            switch order.state {
            case .judged(let judged): judged
            case .open(let read):
              try judge.judged(read.order) { try reading.gaps(read.order, reference: read.reference, db) }
            }
          if let key = order.suspect { suspects[key, default: 0] += 1 }
          try verdicts.store(judged, number: order.number)
        }
        count += Int64(orders.count)
        try onProgress("matching", count, total)
      }
      guard let next else { return suspects }
      before = next
    }
  }

  /// Pairs of one unlinked payment and one unpaid order that nothing but a person may tie.
  private func suggest(_ db: Database) throws {
    try db.execute(
      sql: """
        DROP TABLE IF EXISTS temp.loose;
        CREATE TEMP TABLE loose AS SELECT id, provider, currency, collected_minor, paid_at FROM payment
          WHERE sales_order IS NULL AND is_test = 0 AND collected_minor > 0 AND paid_at IS NOT NULL;
        CREATE INDEX temp.loose_by_amount ON loose (currency, collected_minor);
        DROP TABLE IF EXISTS temp.pair;
        CREATE TEMP TABLE pair AS SELECT o.id AS sales_order, l.id AS payment
          FROM order_verdict v CROSS JOIN sales_order o ON o.id = v.sales_order
          CROSS JOIN temp.loose l ON l.currency = o.currency AND l.collected_minor = o.amount_minor
          WHERE v.payment_ids IS NULL AND v.is_final = 0 AND o.is_cancelled = 0
            AND (o.provider IS NULL OR o.provider = l.provider)
            AND abs(o.created_at - l.paid_at) <= 259200000000;
        CREATE TEMP TABLE only_pair AS SELECT sales_order, payment FROM temp.pair
          WHERE sales_order IN (SELECT sales_order FROM temp.pair GROUP BY 1 HAVING count(*) = 1)
            AND payment IN (SELECT payment FROM temp.pair GROUP BY 1 HAVING count(*) = 1);
        DELETE FROM suggestion WHERE (sales_order, payment) NOT IN (SELECT sales_order, payment FROM temp.only_pair);
        INSERT INTO suggestion SELECT * FROM temp.only_pair EXCEPT SELECT sales_order, payment FROM suggestion;
        DROP TABLE temp.only_pair;
        DROP TABLE temp.loose;
        DROP TABLE temp.pair;
        """)
  }

  /// Makes the stored discrepancies those that were found: new ones begin, changed ones change, others are gone.
  private func syncFindings(_ run: RunHandle, _ db: Database) throws {
    let columns = """
      scope, code, status, provider, currency, order_id, payment_id, refund_id, business_on, expected, actual, is_count, \
      explanation, sales_order
      """
    let names = columns.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let isDifferent = names.map { "d.\($0) IS NOT excluded.\($0)" }.joined(separator: " OR ")
    try db.execute(
      sql: """
        UPDATE discrepancy SET gone_run = \(run.number) WHERE gone_run IS NULL AND id NOT IN (SELECT id FROM temp.found)
          AND (scope = 'record' OR sales_order IN (SELECT id FROM temp.work));
        INSERT INTO discrepancy AS d (id, \(columns), first_run, changed_run)
          SELECT id, \(columns), \(run.number), \(run.number) FROM temp.found WHERE true
          ON CONFLICT (id) DO UPDATE SET (\(columns), changed_run, gone_run) =
            (\(names.map { "excluded.\($0)" }.joined(separator: ", ")), \(run.number), NULL)
          WHERE gone_run IS NOT NULL OR \(isDifferent);
        DROP TABLE temp.found;
        DROP TABLE temp.work;
        """)
  }
}
