import GRDB
import ReconcileCore
import ReconcileMatching

/// How a person names a settlement day: the provider, the day and perhaps the currency, with `:`, `,`, `;`, a tab or
/// blanks between them, such as `dapit:2026-03-05:EUR` or the beginning of a row of settlement.csv.
public struct SettlementDayName: Sendable, Equatable {
  public var provider: String
  public var day: BusinessDay
  /// Nil means all.
  public var currency: String?

  /// Nil where the text names no provider and day.
  public init?(_ text: String) {
    let words = text.split { ":,;\t ".contains($0) }.prefix(3).map(String.init)
    let names = words.filter { BusinessDay($0) == nil }
    guard words.count >= 2, let day = words.compactMap({ BusinessDay($0) }).first, let provider = names.first,
      names.count == words.count - 1
    else { return nil }
    self.provider = provider
    self.day = day
    if names.count > 1 {
      guard let currency = Currency(names[1]) else { return nil }
      self.currency = currency.code
    }
  }
}

extension StoryTeller {
  /// Behind a finding about a settlement: its day. Nothing for other findings.
  func settlement(of finding: Row) throws -> [StoryPart] {
    let code: String = finding["code"]
    guard code.hasPrefix("settlement_"), let provider: String = finding["provider"],
      let currency: String = finding["currency"], let day: Int = finding["business_on"]
    else { return [] }
    return try settlement(of: provider, currency, on: day)
  }

  /// The days that a name means, one for each currency.
  func settlement(on name: SettlementDayName) throws -> [StoryPart] {
    let currencies =
      try name.currency.map { [$0] }
      ?? String.fetchAll(
        db, sql: "SELECT currency FROM settlement_day WHERE provider = ? AND day_on = ? ORDER BY currency",
        arguments: [name.provider, name.day.dayNumber])
    return try currencies.flatMap { try settlement(of: name.provider, $0, on: name.day.dayNumber) }
  }

  /// A day as we count it and as the provider reports it, the conventions by which it would tie out, its findings,
  /// and the reports that cover it, with their evidence.
  private func settlement(of provider: String, _ currency: String, on day: Int) throws -> [StoryPart] {
    let id = "\(provider):\(BusinessDay(dayNumber: day)):\(currency)"
    var parts: [StoryPart] = []
    let row = try Row.fetchOne(
      db, sql: "SELECT * FROM settlement_day WHERE provider = ? AND currency = ? AND day_on = ?",
      arguments: [provider, currency, day])
    if let row {
      parts.append(try settlementDay(row, id))
      if let conventions = conventions(row, id) { parts.append(conventions) }
    }
    let reports = try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM settlement_report WHERE provider = ? AND currency = ? AND from_on <= ? AND to_on >= ?
        ORDER BY from_on, to_on, id
        """,
      arguments: [provider, currency, day, day])
    if row != nil { parts += try findings(of: provider, currency, on: day, reports) }
    return parts + (try reports.map { try report($0, id) })
  }

  private static let fields = [
    (name: "gross", ours: "gross_minor", theirs: "reported_gross_minor"),
    (name: "refunds", ours: "refunds_minor", theirs: "reported_refunds_minor"),
    (name: "fees", ours: "fees_minor", theirs: "reported_fees_minor"),
    (name: "net", ours: "net_minor", theirs: "reported_net_minor"),
    (name: "transactions", ours: "payment_count", theirs: "reported_count"),
  ]

  private func settlementDay(_ row: Row, _ id: String) throws -> StoryPart {
    let (provider, currency): (String, String) = (row["provider"], row["currency"])
    let day = BusinessDay(dayNumber: row["day_on"])
    var facts = Self.fields.map { field in
      let unit = field.name == "transactions" ? nil : currency
      let (ours, theirs): (Int64?, Int64?) = (row[field.ours], row[field.theirs])
      var words = figure(ours, unit)
      if field.name == "net" {
        words =
          "\(figure(row["gross_minor"], unit)) - \(figure(row["refunds_minor"], unit)) - "
          + "\(figure(row["fees_minor"], unit)) = \(words)"
      }
      words += ", reported \(figure(theirs, unit))"
      if let ours, let theirs, ours != theirs { words += ", \(figure(theirs - ours, unit)) apart" }
      return StoryFact(
        field.name, words,
        data: [("ours", decimal(ours, unit)), ("reported", decimal(theirs, unit)), ("currency", unit)])
    }
    let status: String = row["status"]
    facts.append(
      StoryFact(
        "status", "\(status): \(Self.reason(SettlementStatus(rawValue: status)))", data: [("status", status)])
    )
    facts.append(
      StoryFact(
        "its payments",
        "reconcile sql \"SELECT * FROM v_payment WHERE provider = '\(provider)' AND settlement_day = '\(day)'\""
      ))
    return StoryPart(
      .settlementDay, id, heading: "Settlement of \(provider) on \(day) in \(currency)", facts: facts)
  }

  private static func reason(_ status: SettlementStatus?) -> String {
    switch status {
    case .tiedOut: "every figure that the report gives is ours"
    case .mismatch: "the report differs from our records, and the provider was completely read"
    case .unknown: "an amount of the day is not known, or the provider was not completely read"
    case .notReported: "no report of the provider covers this day"
    case .notOffered: "this provider offers no settlement reports"
    case nil: "a status of another version of the program"
    }
  }

  private func figure(_ value: Int64?, _ currency: String?) -> String {
    value == nil ? "not given" : money(value, currency)
  }

  /// By which conventions the day ties out, and by how much the others fail; nil where nothing was reported.
  private func conventions(_ row: Row, _ id: String) -> StoryPart? {
    let currency: String = row["currency"]
    guard let day = SettlementDay(row), day.reported.hasAmounts, let unit = Currency(currency) else {
      return nil
    }
    let inForce = settings.provider(named: row["provider"])?.settlementRefundsAreGross ?? false
    let facts = SettlementConvention.allCases.map { convention in
      let differences = day.differences(by: convention)
      let isInForce = convention.countsExcess && convention.refundsAreGross == inForce
      let words =
        differences.isEmpty
        ? "ties out"
        : "does not tie out: "
          + differences.map { "\($0.name) \($0.words(unit))" }.joined(separator: ", ")
      return StoryFact(
        convention.words, words + (isInForce ? " (in force)" : ""),
        data: [("ties_out", differences.isEmpty ? "yes" : "no"), ("in_force", isInForce ? "yes" : "no")]
          + differences.map { ("\($0.name)_difference", decimal(Int64(exactly: $0.amount), currency)) }
          + [("currency", currency)])
    }
    return StoryPart(.conventions, id, heading: "Conventions by which the report may count", facts: facts)
  }

  /// The findings that hold about a day; their ids follow from what they are about.
  private func findings(of provider: String, _ currency: String, on day: Int, _ reports: [Row]) throws
    -> [StoryPart]
  {
    var ids: [String] = []
    for code in DiscrepancyCode.allCases where code.rawValue.hasPrefix("settlement_") {
      var finding = Finding(code)
      finding.provider = provider
      finding.currency = Currency(currency)
      finding.businessDay = BusinessDay(dayNumber: day)
      ids.append(finding.id)
      guard code == .settlementArithmetic else { continue }
      for report in reports {
        let range = "\(report["from_on"] as Int) \(report["to_on"] as Int)"
        for equation in SettlementEquation.allCases {
          finding.detail = "\(equation.rawValue) \(range)"
          ids.append(finding.id)
        }
      }
    }
    return try ids.compactMap { id in
      try Row.fetchOne(
        db, sql: "SELECT * FROM discrepancy WHERE id = ? AND gone_run IS NULL", arguments: [id])
    }.map(discrepancy)
  }

  private func report(_ report: Row, _ id: String) throws -> StoryPart {
    let currency: String = report["currency"]
    let first = BusinessDay(dayNumber: report["from_on"])
    let last = BusinessDay(dayNumber: report["to_on"])
    let totals = Self.fields.map { field in
      let unit = field.name == "transactions" ? nil : currency
      let value: Int64? = report[field.ours]
      return StoryFact(
        "total \(field.name)", figure(value, unit),
        data: [("total", decimal(value, unit)), ("currency", unit)])
    }
    return StoryPart(
      .settlementReport, id,
      heading: "Settlement report of \(report["provider"] as String), \(first) to \(last)",
      facts: totals + (try evidence(report["evidence"])))
  }
}

extension SettlementDay {
  /// A row of `settlement_day`; nil where an amount of the day is unknown.
  init?(_ row: Row) {
    guard let gross: Int64 = row["gross_minor"], let excess: Int64 = row["excess_minor"],
      let fees: Int64 = row["refund_fees_minor"]
    else { return nil }
    let counted = Int128(row["refunds_minor"] as Int64) + Int128(row["fees_minor"] as Int64)
    self.init(
      gross: Int128(gross), excess: Int128(excess), refunds: counted, refundFees: Int128(fees),
      reported: SettlementFigures(
        gross: row["reported_gross_minor"], refunds: row["reported_refunds_minor"],
        fees: row["reported_fees_minor"], net: row["reported_net_minor"], count: row["reported_count"]))
  }
}
