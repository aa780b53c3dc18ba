import Foundation
import GRDB
import ReconcileCore

/// The rows of one period's report, straight from the warehouse in the order the files have.
public struct WarehouseReport: ReportSource, Sendable {
  public let facts: ReportFacts
  let warehouse: Warehouse
  let basis: ReportBasis
  let zone: Zone
  private let adjusted: [(period: Period, run: Int64)]

  /// The report of a period as the last matching left it.
  ///
  /// - Parameters:
  ///   - asOf: the clock for ages.
  ///   - generatedAt: when the report is made, as summary.json and About say it.
  /// - Throws: `Failure` 78 when the zone of the basis is not known on this machine, and what reading the warehouse
  ///   throws.
  public init(
    _ warehouse: Warehouse, basis: ReportBasis, period: Period, asOf: Instant, run: RunHandle,
    generatedAt: Instant
  ) throws {
    guard let zone = Zone(basis.zone) else {
      throw Failure(
        .configurationWrong, "the time zone `\(basis.zone)` is not known here",
        remedy: "install the package tzdata, or correct [reporting] time_zone")
    }
    self.warehouse = warehouse
    self.basis = basis
    self.zone = zone
    var facts = ReportFacts(
      tool: basis.tool, runID: run.id, period: period, asOf: asOf, generatedAt: generatedAt,
      zoneName: zone.name, providers: try warehouse.coverage(basis.providers), assumptions: basis.assumptions,
      configurationDigest: basis.configurationDigest)
    facts.isTestData = basis.isTestData
    facts.excluded = ["test": try warehouse.excludedTestRecords(basis.providers, run: run)]
    facts.inputs = try warehouse.inputFiles()
    facts.warehouseID = try warehouse.identity()
    facts.changes = try warehouse.findingChanges(before: run, asOf: asOf, zone: zone)
    adjusted = try warehouse.read { db in try warehouse.adjustedSeals(before: period, db) }
    facts.adjustedPeriods = adjusted.map(\.period)
    self.facts = facts
  }

  public func forEachAdjustment(_ body: (AdjustmentRow) throws -> Void) throws {
    for row in try warehouse.read({ db in try warehouse.adjustments(adjusted, db) }) { try body(row) }
  }

  public func forEachDiscrepancy(_ body: (DiscrepancyRow) throws -> Void) throws {
    try forEachFinding(
      """
      d.business_on IS NULL OR d.business_on BETWEEN \(facts.period.from.dayNumber) AND \(facts.period.to.dayNumber)
      """, body)
  }

  public func forEachOpenItem(_ body: (DiscrepancyRow) throws -> Void) throws {
    try forEachFinding("d.business_on < \(facts.period.from.dayNumber)") { row in
      if row.status == .open { try body(row) }
    }
  }

  private func forEachFinding(_ condition: String, _ body: (DiscrepancyRow) throws -> Void) throws {
    let today = zone.day(of: facts.asOf).dayNumber
    try forEach(body, bytes: { $0.explanation.utf8.count }) { db, give in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT d.*, f.as_of_at AS first_seen_at, c.as_of_at AS changed_at
          FROM current_finding d JOIN run f ON f.id = d.first_run JOIN run c ON c.id = d.changed_run
          WHERE \(condition)
          ORDER BY d.business_on NULLS LAST, coalesce(d.provider, ''), d.id
          """)
      while let row = try rows.next() {
        guard let code = DiscrepancyCode(rawValue: row["code"]) else { continue }
        var finding = DiscrepancyRow(
          id: row["id"], code: code, status: DiscrepancyStatus(rawValue: row["standing"]) ?? .open,
          explanation: row["explanation"])
        if let stale = StaleVerdict(row) { finding.explanation += " " + stale.sentence }
        finding.firstSeen = zone.day(of: Instant(microseconds: row["first_seen_at"]))
        finding.lastChanged = zone.day(of: Instant(microseconds: row["changed_at"]))
        finding.provider = row["provider"]
        finding.currency = (row["currency"] as String?).flatMap { Currency($0) }
        finding.orderID = row["order_id"]
        finding.paymentID = row["payment_id"]
        finding.refundID = row["refund_id"]
        let day: Int? = row["business_on"]
        finding.businessDate = day.map(BusinessDay.init(dayNumber:))
        finding.ageDays = day.map { today - $0 }
        let expected: Int64? = row["expected"]
        let actual: Int64? = row["actual"]
        let isCount: Bool = row["is_count"]
        func figure(_ value: Int64?) -> Figure? {
          Figure(value, isCount: isCount, currency: finding.currency)
        }
        finding.expected = figure(expected)
        finding.actual = figure(actual)
        if let expected, let actual {
          let (difference, overflow) = actual.subtractingReportingOverflow(expected)
          finding.difference = overflow ? nil : figure(difference)
        }
        try give(finding)
      }
    }
  }

  /// Reads rows on a thread of its own while the ones before are taken.
  private func forEach<Row: Sendable>(
    _ body: (Row) throws -> Void, bytes: @escaping @Sendable (Row) -> Int,
    _ read: @escaping @Sendable (Database, _ give: (Row) throws -> Void) throws -> Void
  ) throws {
    try ReadAhead.run(bytes: bytes) { [warehouse] give in
      try warehouse.read { db in try read(db, give) }
    } take: {
      try body($0)
    }
  }

  /// Rows day by day, so that no more than a day's rows are sorted at a time, however long the period is: those of the
  /// days of the period that occur in a column, or of no day. Where there are two connections, each reads every other
  /// day.
  private func forEachRow<Row: Sendable>(
    of sql: String, by column: String, of table: String, andUndated: Bool = false,
    bytes: @escaping @Sendable (Row) -> Int, _ body: (Row) throws -> Void,
    row: @escaping @Sendable (DirectStatement) throws -> Row?
  ) throws {
    let dated = try warehouse.read { db in
      try Int64.fetchAll(
        db, sql: "SELECT DISTINCT \(column) FROM \(table) WHERE \(column) BETWEEN ? AND ? ORDER BY 1",
        arguments: [facts.period.from.dayNumber, facts.period.to.dayNumber])
    }
    let days = dated.map(Optional.some) + (andUndated ? [nil] : [])
    let second = days.count > 1 ? try warehouse.beside() : nil
    let connections = [warehouse] + (second.map { [$0] } ?? [])
    let readers = connections.map { connection in
      { @Sendable (share: ReaderShare<Row>) in
        try connection.read { db in
          var rows = try DirectStatement(db, sql)
          defer { rows.begin() }
          try share.forEach { part, give in
            rows.add(days[part])
            while try rows.step() {
              if let row = try row(rows) { try give(row) }
            }
            rows.begin()
          }
        }
      }
    }
    do {
      try ReadAhead.run(parts: days.count, bytes: bytes, readers: readers, take: body)
    } catch let error as DatabaseError {
      // A part tells its error before the connection that read it could put it into words.
      throw Warehouse.failure(error, warehouse.path)
    }
  }

  public func forEachOrder(_ body: (OrderRow) throws -> Void) throws {
    // Most orders have no finding: a look whether there is one costs less than a list of none.
    let sql = """
      SELECT o.order_id, v.order_on, o.created_at, v.provider, o.currency, o.amount_minor, v.collected_minor,
        v.due_minor, v.refunded_minor, v.refund_fees_minor, v.match_status, v.refund_status, v.payment_ids,
        v.refund_ids, v.matched_by,
        CASE WHEN EXISTS (SELECT 1 FROM discrepancy d WHERE d.order_id = o.order_id AND d.gone_run IS NULL) THEN
          (SELECT group_concat(code, ';') FROM (SELECT DISTINCT code FROM discrepancy d
            WHERE d.order_id = o.order_id AND d.gone_run IS NULL ORDER BY code)) END,
        (SELECT p.payment_id FROM suggestion s JOIN payment p ON p.id = s.payment WHERE s.sales_order = o.id)
      FROM order_verdict v CROSS JOIN sales_order o ON o.id = v.sales_order
      WHERE v.order_on = ? ORDER BY coalesce(v.provider, ''), o.order_id
      """
    let bytes = { @Sendable (row: OrderRow) in
      row.orderID.utf8.count + (row.paymentIDs?.utf8.count ?? 0) + (row.refundIDs?.utf8.count ?? 0)
    }
    try forEachRow(of: sql, by: "order_on", of: "order_verdict", bytes: bytes, body) { row in
      guard let currency = Currency(row.word(4)) else { return nil }
      func money(_ column: Int32) -> Money? {
        row.integer(column).map { Money(minorUnits: $0, currency: currency) }
      }
      let amount = Money(minorUnits: row.number(5), currency: currency)
      var order = OrderRow(
        orderID: row.word(0), orderDate: BusinessDay(dayNumber: Int(row.number(1))),
        createdAt: Instant(microseconds: row.number(2)), amount: amount,
        matchStatus: MatchStatus(rawValue: row.word(10)) ?? .unknown,
        refundStatus: RefundVerdict(rawValue: row.word(11)) ?? .unknown)
      order.provider = row.text(3)
      order.collected = money(6)
      order.difference = try order.collected?.subtracting(amount)
      order.refundDue = money(7)
      order.refunded = money(8)
      order.refundFees = money(9)
      if let refunded = order.refunded { order.net = try order.collected?.subtracting(refunded) }
      order.paymentIDs = row.text(12)
      order.refundIDs = row.text(13)
      order.matchedBy = row.text(14)
      order.discrepancies = row.text(15)
      order.note = row.text(16).map { "suggested payment: \($0)" }
      return order
    }
  }

  public func forEachPayment(_ body: (PaymentRow) throws -> Void) throws {
    let sql = """
      SELECT p.provider, p.payment_id, p.paid_on, p.currency, p.amount_minor, p.collected_minor, p.status,
        p.provider_status, o.order_id, p.rule,
        (SELECT s.order_id FROM suggestion g JOIN sales_order s ON s.id = g.sales_order WHERE g.payment = p.id)
      FROM payment p LEFT JOIN sales_order o ON o.id = p.sales_order
      WHERE p.is_test = 0 AND p.paid_on IS ? ORDER BY p.provider, p.payment_id
      """
    let bytes = { @Sendable (row: PaymentRow) in row.paymentID.utf8.count + (row.orderID?.utf8.count ?? 0) }
    try forEachRow(of: sql, by: "paid_on", of: "payment", andUndated: true, bytes: bytes, body) { row in
      guard let currency = Currency(row.word(3)) else { return nil }
      var payment = PaymentRow(
        provider: row.word(0), paymentID: row.word(1),
        amount: Money(minorUnits: row.number(4), currency: currency),
        status: PaymentStatus(rawValue: row.word(6)) ?? .unknown, providerStatus: row.word(7))
      payment.paymentDate = row.integer(2).map { BusinessDay(dayNumber: Int($0)) }
      payment.collected = row.integer(5).map { Money(minorUnits: $0, currency: currency) }
      payment.orderID = row.text(8)
      payment.matchedBy = row.text(9).flatMap(MatchRule.init(rawValue:))
      payment.note = row.text(10).map { "suggested order: \($0)" }
      return payment
    }
  }

  public func forEachRefund(_ body: (RefundRow) throws -> Void) throws {
    try forEach(body, bytes: { $0.refundID.utf8.count + ($0.orderID?.utf8.count ?? 0) }) { db, give in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT r.provider, r.refund_id, r.refunded_on, coalesce(p.payment_id, r.payment_id), o.order_id, r.currency,
            r.amount_minor, r.fee_minor, r.status, r.provider_status, r.inferred
          FROM refund r LEFT JOIN payment p ON p.id = r.payment LEFT JOIN sales_order o ON o.id = p.sales_order
          WHERE r.is_test = 0 AND (r.refunded_on IS NULL OR r.refunded_on BETWEEN ? AND ?)
          ORDER BY r.refunded_on NULLS LAST, r.provider, r.refund_id
          """,
        arguments: [facts.period.from.dayNumber, facts.period.to.dayNumber])
      while let row = try rows.next() {
        guard let currency = Currency(row[5] as String) else { continue }
        var refund = RefundRow(
          provider: row[0], refundID: row[1], currency: currency,
          status: RefundStatus(rawValue: row[8]) ?? .unknown,
          providerStatus: row[9], inferred: row[10])
        refund.refundDate = (row[2] as Int?).map(BusinessDay.init(dayNumber:))
        refund.paymentID = row[3]
        refund.orderID = row[4]
        refund.amount = (row[6] as Int64?).map { Money(minorUnits: $0, currency: currency) }
        refund.fee = (row[7] as Int64?).map { Money(minorUnits: $0, currency: currency) }
        refund.customerAmount = try refund.amount?.subtracting(refund.fee ?? .zero(currency))
        try give(refund)
      }
    }
  }

  public func forEachSettlementDay(_ body: (SettlementRow) throws -> Void) throws {
    try warehouse.read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: "SELECT * FROM settlement_day WHERE day_on BETWEEN ? AND ? ORDER BY day_on, provider, currency",
        arguments: [facts.period.from.dayNumber, facts.period.to.dayNumber])
      while let row = try rows.next() {
        guard let currency = Currency(row["currency"] as String) else { continue }
        var day = SettlementRow(
          provider: row["provider"], currency: currency, date: BusinessDay(dayNumber: row["day_on"]),
          refunds: row["refunds_minor"], fees: row["fees_minor"],
          reported: SettlementFigures(
            gross: row["reported_gross_minor"], refunds: row["reported_refunds_minor"],
            fees: row["reported_fees_minor"], net: row["reported_net_minor"], count: row["reported_count"]),
          status: SettlementStatus(rawValue: row["status"]) ?? .unknown)
        day.gross = row["gross_minor"]
        day.net = row["net_minor"]
        day.transactions = row["payment_count"]
        if let net = day.net, let reported = day.reported.net { day.netDifference = reported - net }
        try body(day)
      }
    }
  }

  public func forEachReject(_ body: (Reject) throws -> Void) throws {
    let rejects = try warehouse.read { db in
      try Row.fetchAll(db, sql: "SELECT source, location, reason, record FROM reject").map {
        Reject(source: $0[0], location: $0[1], reason: $0[2], record: $0[3])
      }
    }
    func line(_ reject: Reject) -> Int {
      reject.location.hasPrefix("line ") ? Int(reject.location.dropFirst(5)) ?? .max : .max
    }
    let sorted = rejects.sorted { a, b in
      if a.source != b.source { return a.source.utf8.lexicographicallyPrecedes(b.source.utf8) }
      if line(a) != line(b) { return line(a) < line(b) }
      if a.location != b.location { return a.location.utf8.lexicographicallyPrecedes(b.location.utf8) }
      if a.record != b.record { return a.record.utf8.lexicographicallyPrecedes(b.record.utf8) }
      return a.reason.utf8.lexicographicallyPrecedes(b.reason.utf8)
    }
    for reject in sorted { try body(reject) }
  }
}

extension Warehouse {
  /// What the latest import of each configured provider brought, in alphabetical order.
  func coverage(_ providers: [ReportBasis.Provider]) throws -> [ProviderCoverage] {
    try read { db in
      try providers.compactMap { provider in
        guard let kind = ProviderKind(rawValue: provider.kind) else { return nil }
        let state = try Row.fetchOne(
          db, sql: "SELECT * FROM provider_state WHERE provider = ?", arguments: [provider.name])
        let status: String = state?["status"] ?? "never read"
        var coverage = ProviderCoverage(
          name: provider.name, kind: kind, status: status, complete: status == "complete")
        if let state {
          coverage.pages = state["page_count"]
          coverage.records = state["record_count"]
          coverage.new = state["new_count"]
          coverage.changed = state["changed_count"]
          coverage.rejected = state["reject_count"]
          coverage.test = state["test_count"]
          coverage.requests = state["request_count"]
          coverage.readAt = Instant(microseconds: state["read_at"])
          coverage.readings = try Self.readings(of: provider.name, run: state["run"], db)
        }
        var messages = [state?["message"] as String?].compactMap { $0 }
        let doubts = try DoubtedAmounts(db).explanations(of: provider.name)
        if !doubts.isEmpty {
          if coverage.complete { coverage.status = "incomplete" }
          coverage.complete = false
          messages += doubts
        }
        if state == nil { messages.append("no import of this provider is on record") }
        if !kind.listsPayments {
          messages.append(
            "payments cannot be listed here: money without an order cannot be seen at this provider")
        }
        coverage.message = messages.isEmpty ? nil : messages.joined(separator: "; ")
        // Not by the index of days: the day of a payment may not be worked out yet, now or when a past run ended.
        coverage.newestRecordAt = try Int64.fetchOne(
          db, sql: "SELECT max(paid_at) FROM payment WHERE provider = ? AND is_test = 0",
          arguments: [provider.name]
        ).map(Instant.init(microseconds:))
        return coverage
      }
    }
  }

  private static func readings(of provider: String, run: Int64, _ db: Database) throws -> [StreamReading] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM stream_reading WHERE provider = ? AND run = ? ORDER BY place",
      arguments: [provider, run]
    ).map { row in
      StreamReading(
        stream: row["stream"], isLookup: row["is_lookup"], pages: row["page_count"], rows: row["row_count"],
        distinct: row["distinct_count"], total: row["total_count"], walks: row["walk_count"],
        window: row["window"], isComplete: row["is_complete"])
    }
  }

  /// What tells this warehouse from every other: a digest of the id of its first run. Copies have the same.
  public func identity() throws -> String {
    let first = try read { try String.fetchOne($0, sql: "SELECT run_id FROM run ORDER BY id LIMIT 1") }
    return String(Digest.hex(Digest.sha256((first ?? "").utf8)).prefix(16))
  }

  /// Test records that this run left out; for a run that read nothing, those of the latest imports.
  func excludedTestRecords(_ providers: [ReportBasis.Provider], run: RunHandle) throws -> Int64 {
    try read { db in
      let events =
        try Int64.fetchOne(db, sql: "SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'test_events'") ?? 0
      let hasRead =
        try Bool.fetchOne(
          db, sql: "SELECT EXISTS (SELECT 1 FROM provider_import WHERE run = ?)", arguments: [run.number])
        ?? false
      let states = try Row.fetchAll(
        db,
        sql: hasRead
          ? "SELECT provider, test_count FROM provider_import WHERE run = ?"
          : "SELECT provider, test_count FROM provider_state WHERE ? > 0", arguments: [run.number])
      return states.reduce(events) { sum, row in
        providers.contains { $0.name == row["provider"] } ? sum + (row["test_count"] as Int64) : sum
      }
    }
  }

  func inputFiles() throws -> [InputFile] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT path, row_count, sha256 FROM input_file ORDER BY path").map {
        InputFile(path: $0[0], rows: $0[1], sha256: $0[2])
      }
    }
  }

  /// Notes how many webhook events of test money this run left out.
  public func noteTestEvents(_ count: Int64) throws {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO fact (name, value) VALUES ('test_events', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
          """, arguments: [String(count)]
      )
    }
  }
}
