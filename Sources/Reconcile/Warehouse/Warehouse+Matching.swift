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

  /// Classifies the orders of `temp.work`, and counts the pairs whose amounts look wrong by provider and currency.
  private func classifyOrders(
    _ settings: Settings, _ reading: ReadingState, _ run: RunHandle, asOf: Instant,
    _ onProgress: StepProgress,
    _ db: Database
  ) throws -> [AmountKey: Int] {
    let doubted = try DoubtedAmounts(db)
    var suspects: [AmountKey: Int] = [:]
    let merchantRefundsKnown =
      try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM merchant_refund)") ?? false
    let rules = MatchingRules(settings: settings, asOf: asOf, merchantRefundsKnown: merchantRefundsKnown)
    let classifier = Classifier(rules: rules)
    var orders = try DirectStatement(
      db,
      """
      SELECT o.id, o.order_id, o.created_at, o.currency, o.amount_minor, o.provider, o.provider_reference, o.is_cancelled,
        EXISTS (SELECT 1 FROM merchant_refund m WHERE m.order_id = o.order_id)
      FROM temp.work w CROSS JOIN sales_order o ON o.id = w.id ORDER BY w.id
      """)
    var payments = try GroupedRows(
      db,
      """
      SELECT w.id, p.provider, p.payment_id, p.currency, p.collected_minor, p.status, p.paid_at, p.rule,
        p.amount_is_net, p.amount_minor, p.id, EXISTS (SELECT 1 FROM refund r WHERE r.payment = p.id)
      FROM temp.work w CROSS JOIN payment p ON p.sales_order = w.id ORDER BY w.id
      """)
    var refunds = try DirectStatement(
      db,
      """
      SELECT provider, refund_id, amount_minor, fee_minor, status, refunded_at, currency FROM refund
      WHERE payment = ? AND is_test = 0 ORDER BY id
      """)
    var asked = try DirectStatement(
      db,
      """
      SELECT refund_id, created_at, amount_minor, provider_reference, currency FROM merchant_refund
      WHERE order_id = ? ORDER BY id
      """)
    var verdicts = try DirectStatement(
      db,
      """
      INSERT INTO order_verdict (sales_order, order_on, provider, match_status, refund_status, collected_minor,
        due_minor, refunded_minor, refund_fees_minor, payment_ids, refund_ids, matched_by, is_final, first_run)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (sales_order) DO UPDATE SET order_on = excluded.order_on, provider = excluded.provider,
        match_status = excluded.match_status, refund_status = excluded.refund_status,
        collected_minor = excluded.collected_minor, due_minor = excluded.due_minor,
        refunded_minor = excluded.refunded_minor, refund_fees_minor = excluded.refund_fees_minor,
        payment_ids = excluded.payment_ids, refund_ids = excluded.refund_ids, matched_by = excluded.matched_by,
        is_final = excluded.is_final
      """)
    defer {
      // Where the loop is left early, nothing goes on reading tables that the next matching drops.
      orders.begin()
      payments.end()
    }
    let total = try Int64.fetchOne(db, sql: "SELECT count(*) FROM temp.work") ?? 0
    var count: Int64 = 0
    try onProgress("matching", 0, total)
    while try orders.step() {
      count += 1
      if count % 4_096 == 0 { try onProgress("matching", count, total) }
      let number = orders.number(0)
      guard let currency = Currency(orders.word(3)) else { continue }
      var order = OrderCase(
        orderID: orders.word(1), createdAt: Instant(microseconds: orders.number(2)),
        amount: Money(minorUnits: orders.number(4), currency: currency), namedProvider: orders.text(5),
        isCancelled: orders.number(7) != 0)
      try payments.forEach(of: number) { row in
        guard let paidIn = row.holds(3, currency.code) ? currency : Currency(row.word(3)) else { return }
        var payment = LinkedPayment(
          provider: row.word(1), paymentID: row.word(2), currency: paidIn, collected: row.integer(4),
          status: PaymentStatus(rawValue: row.word(5)) ?? .unknown,
          paidAt: row.integer(6).map(Instant.init(microseconds:)),
          rule: MatchRule(rawValue: row.word(7)) ?? .manual)
        if row.number(8) != 0, payment.collected == nil { payment.netAmount = row.number(9) }
        order.payments.append(payment)
        if row.number(11) == 0 { return }
        refunds.add(row.number(10))
        while try refunds.step() {
          guard refunds.holds(6, currency.code) else { continue }
          order.refunds.append(
            LinkedRefund(
              provider: refunds.word(0), refundID: refunds.word(1), paymentID: payment.paymentID,
              amount: refunds.integer(2), fee: refunds.integer(3),
              status: RefundStatus(rawValue: refunds.word(4)) ?? .unknown,
              refundedAt: refunds.integer(5).map(Instant.init(microseconds:))))
        }
        refunds.begin()
      }
      if orders.number(8) != 0 {
        asked.add(order.orderID)
        while try asked.step() {
          guard asked.holds(4, currency.code) else { continue }
          order.asked.append(
            AskedRefund(
              refundID: asked.word(0), createdAt: Instant(microseconds: asked.number(1)),
              amount: asked.number(2), providerReference: asked.text(3)))
        }
        asked.begin()
      }
      let reference = orders.text(6)
      var verdict = try classifier.verdict(order) { try reading.gaps(order, reference: reference, db) }
      if !doubted.isEmpty, order.payments.contains(where: { doubted.contains($0.provider, $0.currency.code) })
      {
        // The doubt is told once for the provider, not for each order.
        verdict.findings.removeAll { $0.code == .amountUnknown }
      }
      if let key = order.suspect { suspects[key, default: 0] += 1 }
      try store(verdict, of: order, number: number, settings: settings, run, &verdicts, db)
    }
    return suspects
  }

  private func store(
    _ verdict: OrderVerdict, of order: OrderCase, number: Int64, settings: Settings, _ run: RunHandle,
    _ put: inout DirectStatement, _ db: Database
  ) throws {
    func list(_ texts: [String]) -> String? {
      if texts.isEmpty { return nil }
      if texts.count == 1 { return texts[0] }
      return Set(texts.map(Identifier.init(stored:))).sorted().map(\.text).joined(separator: ";")
    }
    let day = settings.zone.day(of: order.createdAt)
    let provider = list(order.payments.map(\.provider)) ?? order.namedProvider
    put.add(number)
    put.add(Int64(day.dayNumber))
    put.add(provider)
    put.add(verdict.matchStatus.rawValue)
    put.add(verdict.refundStatus.rawValue)
    put.add(verdict.collected)
    put.add(verdict.due)
    put.add(verdict.refunded)
    put.add(verdict.refundFees)
    put.add(list(order.payments.map(\.paymentID)))
    put.add(list(order.refunds.map(\.refundID)))
    put.add(list(order.payments.map(\.rule.rawValue)))
    put.add(verdict.isFinal)
    put.add(run.number)
    try put.run()
    for var finding in verdict.findings {
      if finding.code == .refundFailed {
        let refund = order.refunds.first {
          $0.refundID == finding.refundID && $0.provider == finding.provider
        }
        finding.businessDay = refund?.refundedAt.map { settings.zone.day(of: $0) }
      } else {
        finding.provider = provider
        finding.businessDay = day
      }
      try Self.put(finding, scope: "order", salesOrder: number, db)
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

/// Rows sorted by the group number in their first column, handed out group by group in step with another sorted query.
struct GroupedRows {
  private var rows: DirectStatement
  private var hasRow: Bool

  init(_ db: Database, _ sql: String) throws {
    rows = try DirectStatement(db, sql)
    hasRow = try rows.step()
  }

  mutating func end() { rows.begin() }

  mutating func forEach(of group: Int64, _ body: (DirectStatement) throws -> Void) throws {
    while hasRow {
      let key = rows.number(0)
      if key > group { return }
      if key == group { try body(rows) }
      hasRow = try rows.step()
    }
  }
}
