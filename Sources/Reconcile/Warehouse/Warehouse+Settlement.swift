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

/// Our own figures of a settlement day.
private struct OwnDay {
  var gross: Int64 = 0
  var count: Int64 = 0
  var refunds: Int64 = 0
  var fees: Int64 = 0
  /// A payment's collected amount or a completed refund's amount is unknown, or a sum is more than can be counted.
  var isUnknown = false

  /// Whether gross − refunds − fees can be counted, too.
  var net: Int64? { Int64(exactly: Int128(gross) - Int128(refunds) - Int128(fees)) }
}

/// A sum of Int64 amounts that SQLite summed in two parts, so that it cannot overflow; nil where Int64 cannot hold it.
private func exactSum(_ high: Int64?, _ low: Int64?) -> Int64? {
  Int64(exactly: Int128(high ?? 0) * Int128(halfOfSum) + Int128(low ?? 0))
}

/// What `exactSum` counts in.
private let halfOfSum: Int64 = 1_000_000_000

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
    try db.execute(
      sql:
        "UPDATE settlement_line SET was_in_a_period = 1 WHERE was_in_a_period = 0 AND line_on BETWEEN ? AND ?",
      arguments: [period.from.dayNumber, period.to.dayNumber])
    var days = try ownDays(settings, db)
    let reports = try storedReports(db)
    for report in reports {
      for day in report.lines.keys {
        let key = SettlementKey(provider: report.provider, currency: report.currency, day: day)
        if days[key] == nil { days[key] = OwnDay() }
      }
    }
    let byProvider = Dictionary(grouping: reports) { $0.provider + "\u{0}" + $0.currency }
    try db.execute(sql: "DELETE FROM settlement_day")
    for (key, own) in days {
      guard let provider = settings.provider(named: key.provider) else { continue }
      let covering = (byProvider[key.provider + "\u{0}" + key.currency] ?? []).filter { $0.covers(key.day) }
      // The shortest range decides, then the latest start, then the one read last.
      let report = covering.min { a, b in
        (a.to - a.from, -a.from, -a.readOrder) < (b.to - b.from, -b.from, -b.readOrder)
      }
      try tieOut(key, own, report, provider, isComplete: reading.complete.contains(key.provider), db)
    }
    try checkArithmetic(reports, settings, period, db)
    try findMissingReports(reports, settings, reading, period, db)
  }

  private func ownDays(_ settings: Settings, _ db: Database) throws -> [SettlementKey: OwnDay] {
    var days: [SettlementKey: OwnDay] = [:]
    let payments = try Row.fetchCursor(
      db,
      sql: """
        SELECT provider, currency, local_on, sum(collected_minor / \(halfOfSum)), sum(collected_minor % \(halfOfSum)),
          count(collected_minor), sum(collected_minor IS NULL)
        FROM payment WHERE is_test = 0 AND local_on IS NOT NULL AND (collected_minor > 0 OR collected_minor IS NULL)
        GROUP BY provider, currency, local_on
        """)
    while let row = try payments.next() {
      var day = OwnDay()
      let gross = exactSum(row[3], row[4])
      day.gross = gross ?? 0
      day.count = row[5]
      day.isUnknown = gross == nil || (row[6] as Int64? ?? 0) > 0
      days[SettlementKey(provider: row[0], currency: row[1], day: row[2])] = day
    }
    let refunds = try Row.fetchCursor(
      db,
      sql: """
        SELECT provider, currency, local_on, sum(amount_minor / \(halfOfSum)), sum(amount_minor % \(halfOfSum)),
          sum(CASE WHEN amount_minor IS NOT NULL THEN fee_minor / \(halfOfSum) END),
          sum(CASE WHEN amount_minor IS NOT NULL THEN fee_minor % \(halfOfSum) END), sum(amount_minor IS NULL)
        FROM refund WHERE is_test = 0 AND local_on IS NOT NULL AND status = 'completed'
        GROUP BY provider, currency, local_on
        """)
    while let row = try refunds.next() {
      let key = SettlementKey(provider: row[0], currency: row[1], day: row[2])
      let isGross = settings.provider(named: key.provider)?.settlementRefundsAreGross ?? false
      var day = days[key] ?? OwnDay()
      if let amount = exactSum(row[3], row[4]), let fee = exactSum(row[5], row[6]),
        let paidOut = Int64(exactly: Int128(amount) - Int128(fee))
      {
        day.refunds = isGross ? amount : paidOut
        day.fees = isGross ? 0 : fee
      } else {
        day.isUnknown = true
      }
      if (row[7] as Int64? ?? 0) > 0 || day.net == nil { day.isUnknown = true }
      days[key] = day
    }
    return days
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
        db, sql: "SELECT * FROM settlement_line WHERE report = ?", arguments: [reports[index].id])
      for line in lines {
        reports[index].lines[line["line_on"]] = Self.figures(line)
        if line["was_in_a_period"] as Bool { reports[index].linesInPeriods.insert(line["line_on"]) }
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
    let net = own.net ?? 0
    let zero = SettlementFigures(gross: 0, refunds: 0, fees: 0, net: 0, count: 0)
    let reported = report.map { $0.lines[key.day] ?? zero } ?? SettlementFigures()
    let comparisons: [(DiscrepancyCode, String, Int64, Int64?)] = [
      (.settlementGrossMismatch, "gross", own.gross, reported.gross),
      (.settlementRefundsMismatch, "refunds", own.refunds, reported.refunds),
      (.settlementFeesMismatch, "fees", own.fees, reported.fees),
      (.settlementNetMismatch, "net", net, reported.net),
      (.settlementCountMismatch, "number of payments", own.count, reported.count),
    ]
    let differing = comparisons.filter { $0.3 != nil && $0.3 != $0.2 }
    let status: SettlementStatus
    if own.isUnknown {
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
      sql: "INSERT INTO settlement_day VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      key.provider, key.currency, key.day, own.isUnknown ? nil : own.gross, own.refunds, own.fees,
      own.isUnknown ? nil : net, own.isUnknown ? nil : own.count, reported.gross, reported.refunds,
      reported.fees,
      reported.net, reported.count, status.rawValue,
    ])
    guard status == .mismatch else { return }
    for (code, name, ours, theirs) in differing {
      var finding = Self.settlementFinding(code, key.provider, key.currency, key.day)
      finding.expected = ours
      finding.actual = theirs
      finding.isCount = code == .settlementCountMismatch
      finding.explanation =
        "The provider reports a \(name) of \(finding.text(theirs)) for this day, our records give \(finding.text(ours))."
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
    for report in reports where report.from <= period.to.dayNumber {
      let range = "\(BusinessDay(dayNumber: report.from)) to \(BusinessDay(dayNumber: report.to))"
      func put(
        _ day: Int, _ equation: String, _ sum: Int128, _ actual: Int64, isCount: Bool, _ text: String
      ) throws {
        guard sum != Int128(actual) else { return }
        // A sum that Int64 cannot hold is blank in the finding.
        let expected = Int64(exactly: sum)
        var finding = Self.settlementFinding(.settlementArithmetic, report.provider, report.currency, day)
        finding.detail = "\(equation) \(report.from) \(report.to)"
        finding.expected = expected
        finding.actual = actual
        finding.isCount = isCount
        finding.explanation =
          "In the report of \(range) \(text): \(finding.text(expected)), but it says \(finding.text(actual))."
        try Self.put(finding, scope: "record", salesOrder: nil, db)
      }
      let last = min(report.to, period.to.dayNumber)
      let fields: [(String, KeyPath<SettlementFigures, Int64?>)] = [
        ("gross", \.gross), ("refunds", \.refunds), ("fees", \.fees), ("net", \.net), ("count", \.count),
      ]
      for (name, field) in fields {
        let values = report.lines.values.compactMap { $0[keyPath: field] }
        guard let total = report.totals[keyPath: field], !report.lines.isEmpty, !report.hasUnreadableLines,
          values.count == report.lines.count
        else { continue }
        try put(
          last, "sum of \(name)", values.reduce(Int128(0)) { $0 + Int128($1) }, total,
          isCount: name == "count",
          "the lines' \(name) add up to")
      }
      if let net = Self.netEquation(report.totals) {
        try put(
          last, "net", net.expected, net.actual, isCount: false, "gross − refunds − fees of the totals gives")
      }
      for (day, figures) in report.lines
      where report.linesInPeriods.contains(day) && day <= period.to.dayNumber {
        if let net = Self.netEquation(figures) {
          try put(
            day, "net of day", net.expected, net.actual, isCount: false,
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

  private func findMissingReports(
    _ reports: [StoredReport], _ settings: Settings, _ reading: ReadingState, _ period: Period, _ db: Database
  ) throws {
    for provider in settings.providers where reading.settlementAsked.contains(provider.name) {
      let overlaps = reports.contains {
        $0.provider == provider.name && $0.from <= period.to.dayNumber && period.from.dayNumber <= $0.to
      }
      if overlaps { continue }
      var finding = Self.settlementFinding(
        .settlementMissing, provider.name, provider.currency.code, period.to.dayNumber)
      finding.explanation = "The provider gave no settlement report for \(period.from) to \(period.to)."
      try Self.put(finding, scope: "record", salesOrder: nil, db)
    }
  }
}

extension Finding {
  /// A number of this finding as text with its currency, or a count.
  fileprivate func text(_ value: Int64?) -> String {
    guard let value else { return "more than can be counted" }
    guard !isCount, let currency else { return String(value) }
    return "\(Money(minorUnits: value, currency: currency).decimalText) \(currency)"
  }
}
