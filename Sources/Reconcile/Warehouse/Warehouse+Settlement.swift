import Foundation
import GRDB
import ReconcileCore
import ReconcileMatching

/// A provider, currency and provider-local day.
private struct SettlementKey: Hashable {
  var provider: String
  var currency: String
  var day: Int
}

/// Our own figures of a settlement day, wide enough for any sum.
private struct OwnDay {
  var gross: Int128 = 0
  var count: Int64 = 0
  var refunds: Int128 = 0
  var fees: Int128 = 0
  /// The part of `gross` beyond the payments' amounts.
  var excess: Int128 = 0
  /// Fees of completed refunds, whatever the convention.
  var refundFees: Int128 = 0
  /// A payment's collected amount or a completed refund's amount is unknown.
  var isUnknown = false
}

/// A stored report with its lines by day.
private struct StoredReport {
  var id: Int64
  var provider: String
  var currency: String
  var from: Int
  var to: Int
  var readOrder: Int64
  var totals: SettlementFigures
  var hasUnreadableLines: Bool
  var lines: [Int: SettlementFigures] = [:]
  var linesInPeriods: Set<Int> = []

  /// Whether the report says something about this day; a day without a line counts as reported zero.
  func covers(_ day: Int) -> Bool {
    !lines.isEmpty && from <= day && day <= to && (lines[day] != nil || !hasUnreadableLines)
  }
}

extension Warehouse {
  /// Compares each provider-local day of our records with the provider's own reports, and the reports with themselves.
  func tieOutSettlement(_ settings: Settings, _ reading: ReadingState, period: Period, _ db: Database) throws
  {
    var days = try ownDays(settings, db)
    let reports = try storedReports(db)
    for report in reports {
      for day in report.lines.keys {
        let key = SettlementKey(provider: report.provider, currency: report.currency, day: day)
        if days[key] == nil { days[key] = OwnDay() }
      }
    }
    let byProvider = Dictionary(grouping: reports) { $0.provider + "\u{0}" + $0.currency }
    try db.execute(
      sql:
        "DROP TABLE IF EXISTS temp.settled; CREATE TEMP TABLE settled AS SELECT * FROM settlement_day LIMIT 0"
    )
    for (key, own) in days {
      guard let provider = settings.provider(named: key.provider) else { continue }
      let covering = (byProvider[key.provider + "\u{0}" + key.currency] ?? []).filter { $0.covers(key.day) }
      // The shortest range decides, then the latest start, then the one read last.
      let report = covering.min { a, b in
        (a.to - a.from, -a.from, -a.readOrder) < (b.to - b.from, -b.from, -b.readOrder)
      }
      try tieOut(key, own, report, provider, isComplete: reading.complete.contains(key.provider), db)
    }
    try replaceSettlementDays(db)
    try checkArithmetic(reports, settings, period, db)
    try findMissingReports(reports, settings, reading, period, db)
  }

  /// Makes the stored days those of `temp.settled`, and touches only what is different.
  private func replaceSettlementDays(_ db: Database) throws {
    let figures = try db.columns(in: "settlement_day").map(\.name).filter {
      !["provider", "currency", "day_on"].contains($0)
    }
    try db.execute(
      sql: """
        DELETE FROM settlement_day
          WHERE (provider, currency, day_on) NOT IN (SELECT provider, currency, day_on FROM temp.settled);
        INSERT INTO settlement_day
          SELECT * FROM (SELECT * FROM temp.settled EXCEPT SELECT * FROM settlement_day) WHERE true
          ON CONFLICT DO UPDATE SET (\(figures.joined(separator: ", "))) =
            (\(figures.map { "excluded.\($0)" }.joined(separator: ", ")));
        DROP TABLE temp.settled;
        """)
  }

  private func ownDays(_ settings: Settings, _ db: Database) throws -> [SettlementKey: OwnDay] {
    var days = try collectedDays(db)
    let refunds = try Row.fetchCursor(
      db,
      sql: """
        SELECT provider, currency, local_on, sum(amount_minor >> 32), sum(amount_minor & 4294967295),
          sum(CASE WHEN amount_minor IS NOT NULL THEN fee_minor >> 32 END),
          sum(CASE WHEN amount_minor IS NOT NULL THEN fee_minor & 4294967295 END), sum(amount_minor IS NULL)
        FROM refund WHERE is_test = 0 AND local_on IS NOT NULL AND status = 'completed'
        GROUP BY provider, currency, local_on
        """)
    while let row = try refunds.next() {
      let key = SettlementKey(provider: row[0], currency: row[1], day: row[2])
      let isGross = settings.provider(named: key.provider)?.settlementRefundsAreGross ?? false
      let amount = Self.wide(row[3], row[4])
      let fee = Self.wide(row[5], row[6])
      days[key, default: OwnDay()].refunds = isGross ? amount : amount - fee
      days[key]?.fees = isGross ? 0 : fee
      days[key]?.refundFees = fee
      if (row[7] as Int64? ?? 0) > 0 { days[key]?.isUnknown = true }
    }
    return days
  }

  private func collectedDays(_ db: Database) throws -> [SettlementKey: OwnDay] {
    var days: [SettlementKey: OwnDay] = [:]
    // Added up here: SQLite would sort all payments to group them. One day's payments mostly come together.
    var key: SettlementKey?
    var day = OwnDay()
    let payments = try DirectStatement(
      db,
      """
      SELECT provider, currency, local_on, collected_minor, amount_minor FROM payment
      WHERE is_test = 0 AND local_on IS NOT NULL AND (collected_minor > 0 OR collected_minor IS NULL)
      """)
    while try payments.step() {
      let number = Int(payments.number(2))
      if key?.day != number || !payments.holds(0, key?.provider) || !payments.holds(1, key?.currency) {
        if let key { days[key] = day }
        let next = SettlementKey(provider: payments.word(0), currency: payments.word(1), day: number)
        key = next
        day = days[next] ?? OwnDay()
      }
      guard let collected = payments.integer(3) else {
        day.isUnknown = true
        continue
      }
      day.gross += Int128(collected)
      day.count += 1
      day.excess += Int128(max(0, collected - payments.number(4)))
    }
    if let key { days[key] = day }
    return days
  }

  /// A sum from the sums of its upper and lower 32 bits: SQLite stops at sums beyond 64 bits.
  private static func wide(_ upper: Int64?, _ lower: Int64?) -> Int128 {
    (Int128(upper ?? 0) << 32) + Int128(lower ?? 0)
  }

  private func storedReports(_ db: Database) throws -> [StoredReport] {
    var reports = try Row.fetchAll(db, sql: "SELECT * FROM settlement_report ORDER BY id").map { row in
      StoredReport(
        id: row["id"], provider: row["provider"], currency: row["currency"], from: row["from_on"],
        to: row["to_on"],
        readOrder: row["read_order"], totals: Self.figures(row),
        hasUnreadableLines: row["has_unreadable_lines"])
    }
    for index in reports.indices {
      let lines = try Row.fetchAll(
        db,
        sql: """
          SELECT *, EXISTS (SELECT 1 FROM run r WHERE r.command IN ('run', 'match')
            AND line_on BETWEEN r.from_on AND r.to_on) AS is_in_a_period
          FROM settlement_line WHERE report = ?
          """,
        arguments: [reports[index].id])
      for line in lines {
        reports[index].lines[line["line_on"]] = Self.figures(line)
        if line["is_in_a_period"] as Bool { reports[index].linesInPeriods.insert(line["line_on"]) }
      }
    }
    return reports
  }

  private static func figures(_ row: Row) -> SettlementFigures {
    SettlementFigures(
      gross: row["gross_minor"], refunds: row["refunds_minor"], fees: row["fees_minor"],
      net: row["net_minor"],
      count: row["payment_count"])
  }

  private func tieOut(
    _ key: SettlementKey, _ own: OwnDay, _ report: StoredReport?, _ provider: ProviderSettings,
    isComplete: Bool,
    _ db: Database
  ) throws {
    // A day whose sums cannot be stored is one whose figures are unknown.
    let gross = Int64(exactly: own.gross)
    let refunds = Int64(exactly: own.refunds)
    let fees = Int64(exactly: own.fees)
    let net = Int64(exactly: own.gross - own.refunds - own.fees)
    let isUnknown = own.isUnknown || gross == nil || refunds == nil || fees == nil || net == nil
    let zero = SettlementFigures(gross: 0, refunds: 0, fees: 0, net: 0, count: 0)
    let reported = report.map { $0.lines[key.day] ?? zero } ?? SettlementFigures()
    let comparisons: [(DiscrepancyCode, String, Int64?, Int64?)] = [
      (.settlementGrossMismatch, "a gross", gross, reported.gross),
      (.settlementRefundsMismatch, "refunds", refunds, reported.refunds),
      (.settlementFeesMismatch, "fees", fees, reported.fees),
      (.settlementNetMismatch, "a net", net, reported.net),
      (.settlementCountMismatch, "a number of payments", own.count, reported.count),
    ]
    let differing = comparisons.filter { $0.3 != nil && $0.3 != $0.2 }
    let status: SettlementStatus
    if isUnknown {
      status = .unknown
    } else if !provider.kind.offersSettlement {
      status = .notOffered
    } else if report == nil {
      status = .notReported
    } else if differing.isEmpty {
      status = .tiedOut
    } else {
      status = isComplete ? .mismatch : .unknown
    }
    try db.cachedStatement(
      sql: "INSERT INTO temp.settled VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      key.provider, key.currency, key.day, isUnknown ? nil : gross, refunds ?? 0, fees ?? 0,
      isUnknown ? nil : net, isUnknown ? nil : own.count, reported.gross, reported.refunds, reported.fees,
      reported.net, reported.count, status.rawValue, Int64(exactly: own.excess),
      Int64(exactly: own.refundFees),
    ])
    guard status == .mismatch else { return }
    let day = SettlementDay(
      gross: own.gross, excess: own.excess, refunds: own.refunds + own.fees, refundFees: own.refundFees,
      reported: reported)
    let remark =
      Currency(key.currency).map { day.remark($0, refundsAreGross: provider.settlementRefundsAreGross) } ?? ""
    for (code, name, ours, theirs) in differing {
      var finding = Self.settlementFinding(code, key.provider, key.currency, key.day)
      finding.expected = ours
      finding.actual = theirs
      finding.isCount = code == .settlementCountMismatch
      finding.explanation =
        "The provider reports \(name) of \(finding.text(theirs)) for this day, and our records give \(finding.text(ours))."
        + (finding.isCount ? "" : remark)
      try Self.put(finding, scope: "record", salesOrder: nil, db)
    }
  }

  private static func settlementFinding(
    _ code: DiscrepancyCode, _ provider: String, _ currency: String, _ day: Int
  ) -> Finding {
    var finding = Finding(code)
    finding.provider = provider
    finding.currency = Currency(currency)
    finding.businessDay = BusinessDay(dayNumber: day)
    return finding
  }

  /// A total is the sum of its lines, and net = gross − refunds − fees, in the totals and in each line.
  private func checkArithmetic(
    _ reports: [StoredReport], _ settings: Settings, _ period: Period, _ db: Database
  ) throws {
    var twins: [String: Int] = [:]
    for report in reports where report.from <= period.to.dayNumber {
      let name = "\(report.provider) \(report.currency) \(report.from) \(report.to)"
      let twin = twins[name, default: 0]
      twins[name] = twin + 1
      let range = "\(BusinessDay(dayNumber: report.from)) to \(BusinessDay(dayNumber: report.to))"
      func put(
        _ day: Int, _ equation: SettlementEquation, _ sum: Int128, _ actual: Int64, isCount: Bool,
        _ text: String
      ) throws {
        guard sum != actual else { return }
        let expected = Int64(exactly: sum)
        var finding = Self.settlementFinding(.settlementArithmetic, report.provider, report.currency, day)
        // Two reports of one range in one reading are told apart by their order.
        finding.detail = "\(equation.rawValue) \(report.from) \(report.to)" + (twin == 0 ? "" : " \(twin)")
        finding.expected = expected
        finding.actual = actual
        finding.isCount = isCount
        finding.explanation =
          "In the report of \(range) \(text) \(finding.text(expected)), but the report says \(finding.text(actual))."
        try Self.put(finding, scope: "record", salesOrder: nil, db)
      }
      let last = min(report.to, period.to.dayNumber)
      let fields: [(SettlementEquation, String, KeyPath<SettlementFigures, Int64?>)] = [
        (.sumOfGross, "gross", \.gross), (.sumOfRefunds, "refunds", \.refunds), (.sumOfFees, "fees", \.fees),
        (.sumOfNet, "net", \.net), (.sumOfCount, "count", \.count),
      ]
      for (equation, name, field) in fields {
        let values = report.lines.values.compactMap { $0[keyPath: field] }
        guard let total = report.totals[keyPath: field], !report.lines.isEmpty, !report.hasUnreadableLines,
          values.count == report.lines.count
        else { continue }
        try put(
          last, equation, values.reduce(0) { $0 + Int128($1) }, total, isCount: equation == .sumOfCount,
          "the sum of \(name) over the lines is")
      }
      if let net = Self.netEquation(report.totals) {
        try put(
          last, .net, net.expected, net.actual, isCount: false, "gross − refunds − fees of the totals gives")
      }
      for (day, figures) in report.lines
      where report.linesInPeriods.contains(day) && day <= period.to.dayNumber {
        if let net = Self.netEquation(figures) {
          try put(
            day, .netOfDay, net.expected, net.actual, isCount: false,
            "gross − refunds − fees of this day gives")
        }
      }
    }
  }

  private static func netEquation(_ figures: SettlementFigures) -> (expected: Int128, actual: Int64)? {
    guard let gross = figures.gross, let refunds = figures.refunds, let fees = figures.fees,
      let net = figures.net
    else { return nil }
    return (Int128(gross) - Int128(refunds) - Int128(fees), net)
  }

  /// A provider that was asked for the period and gave no report that overlaps it. Earlier periods that were run and
  /// lie before this one keep their finding until a report turns up, unless a longer period that was run holds them.
  private func findMissingReports(
    _ reports: [StoredReport], _ settings: Settings, _ reading: ReadingState, _ period: Period, _ db: Database
  ) throws {
    for provider in settings.providers {
      var asked = try Row.fetchAll(
        db,
        sql: """
          SELECT DISTINCT r.from_on, r.to_on FROM complete_walk w JOIN run r ON r.id = w.run
          WHERE w.provider = ? AND w.stream = 'settlement_report' AND r.command IN ('run', 'match') AND r.to_on < ?
          """,
        arguments: [provider.name, period.from.dayNumber]
      ).map { (from: $0[0] as Int, to: $0[1] as Int) }
      if reading.settlementAsked.contains(provider.name) {
        asked.append((period.from.dayNumber, period.to.dayNumber))
      }
      for (from, to) in asked {
        let isHeld = asked.contains { $0.from <= from && to <= $0.to && ($0.from, $0.to) != (from, to) }
        let overlaps = reports.contains { $0.provider == provider.name && $0.from <= to && from <= $0.to }
        if isHeld || overlaps { continue }
        var finding = Self.settlementFinding(.settlementMissing, provider.name, provider.currency.code, to)
        finding.explanation =
          "The provider gave no settlement report for \(BusinessDay(dayNumber: from)) to \(BusinessDay(dayNumber: to))."
        try Self.put(finding, scope: "record", salesOrder: nil, db)
      }
    }
  }
}

extension Finding {
  /// A number of this finding as text with its currency, or a count.
  fileprivate func text(_ value: Int64?) -> String {
    guard let value else { return "an amount that cannot be counted" }
    guard !isCount, let currency else { return String(value) }
    return "\(Money(minorUnits: value, currency: currency).decimalText) \(currency)"
  }
}
