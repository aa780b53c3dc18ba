import ReconcileCore

/// The text of summary.json; keys always stand in the same order.
enum SummaryJSON {
  static let fileName = "summary.json"

  /// Everything about one report but its rows. `files` are those written before it.
  static func text(facts: ReportFacts, totals: SummaryTotals, files: [ReportFile]) -> String {
    JSONText.object([
      ("tool", .text(facts.tool)),
      ("run_id", .text(facts.runID)),
      ("from", .text(facts.period.from.description)),
      ("to", .text(facts.period.to.description)),
      ("as_of", .text(facts.asOf.description)),
      ("generated_at", .text(facts.generatedAt.description)),
      ("status", .text(facts.isComplete ? "complete" : "incomplete")),
      ("providers", .object(facts.providers.map { ($0.name, provider($0)) })),
      ("orders", byCurrency(totals.orders, orders)),
      ("payments", byCurrency(totals.payments, payments)),
      ("refunds", byCurrency(totals.refunds, refunds)),
      ("discrepancies", discrepancies(totals)),
      ("control", byCurrency(totals.payments, control)),
      ("excluded", excluded(facts.excluded)),
      ("assumptions", .list(facts.assumptions.map(JSONText.text))),
      ("files", .list(files.map(file))),
      ("test_data", .flag(facts.isTestData)),
      ("zone", .text(facts.zoneName)),
      ("configuration_digest", .text(facts.configurationDigest)),
      ("inputs", .list(facts.inputs.map(input))),
      ("open_by_age", .list(totals.openAges.map(ages))),
    ]).rendered()
  }

  private static func provider(_ coverage: ProviderCoverage) -> JSONText {
    .object([
      ("status", .text(coverage.status)),
      ("pages", .count(coverage.pages)),
      ("records", .count(coverage.records)),
      ("new", .count(coverage.new)),
      ("changed", .count(coverage.changed)),
      ("rejected", .count(coverage.rejected)),
      ("complete", .flag(coverage.complete)),
      ("message", JSONText(coverage.message)),
      ("newest_record_at", coverage.newestRecordAt.map { .text("\($0)") } ?? .null),
      ("readings", .list(coverage.readings.map(reading))),
    ])
  }

  /// How a list was read: what "complete" rests on.
  private static func reading(_ reading: StreamReading) -> JSONText {
    .object([
      ("stream", .text(reading.stream)),
      ("lookups", .flag(reading.isLookup)),
      ("window", .text(reading.window)),
      ("pages", .count(reading.pages)),
      ("rows", .count(reading.rows)),
      ("distinct", reading.distinct.map(JSONText.count) ?? .null),
      ("total", reading.total.map(JSONText.count) ?? .null),
      ("walks", .count(reading.walks)),
      ("complete", .flag(reading.isComplete)),
    ])
  }

  private static func orders(_ orders: SummaryTotals.Orders, _ currency: Currency) -> JSONText {
    let statuses = MatchStatus.allCases.compactMap { status in
      orders.byMatchStatus[status].map { (status.rawValue, JSONText.count($0)) }
    }
    return .object([
      ("count", .count(orders.count)),
      ("amount", amount(orders.amount, currency)),
      ("collected", amount(orders.collected, currency)),
      ("refunded", amount(orders.refunded, currency)),
      ("by_match_status", .object(statuses)),
    ])
  }

  private static func payments(_ payments: SummaryTotals.Payments, _ currency: Currency) -> JSONText {
    .object([
      ("count", .count(payments.count)),
      ("collected", amount(payments.collected, currency)),
      ("linked", amount(payments.linked, currency)),
      ("unlinked", amount(payments.unlinked, currency)),
    ])
  }

  private static func refunds(_ refunds: SummaryTotals.Refunds, _ currency: Currency) -> JSONText {
    .object([
      ("count", .count(refunds.count)),
      ("amount", amount(refunds.amount, currency)),
      ("fees", amount(refunds.fees, currency)),
    ])
  }

  private static func control(_ payments: SummaryTotals.Payments, _ currency: Currency) -> JSONText {
    .object([
      ("payments_collected", amount(payments.collected, currency)),
      ("linked", amount(payments.linked, currency)),
      ("unlinked", amount(payments.unlinked, currency)),
      ("undated", amount(payments.undated, currency)),
      ("difference", amount(payments.difference, currency)),
    ])
  }

  private static func discrepancies(_ totals: SummaryTotals) -> JSONText {
    let codes = totals.codes.map { code in
      (code.rawValue, JSONText.count(totals.findings[code]?.count ?? 0))
    }
    return .object([
      ("open", .count(totals.findingCount(.open))),
      ("settled", .count(totals.findingCount(.settled))),
      ("accepted", .count(totals.findingCount(.accepted))),
      ("by_code", .object(codes)),
    ])
  }

  /// Open findings of the period and open items of one code and currency.
  private static func ages(_ open: OpenAges) -> JSONText {
    let groups = AgeBucket.allCases.compactMap { age in
      open.groups[age].map { group in
        JSONText.object([
          ("age_days", .text(age.rawValue)), ("count", .count(group.count)),
          ("amount", open.currency.map { amount(group.amount, $0) } ?? .null),
        ])
      }
    }
    return .object([
      ("currency", JSONText(open.currency?.code)), ("code", .text(open.code.rawValue)),
      ("severity", .text(open.code.severity.rawValue)),
      ("first_seen", JSONText(open.firstSeen.map { "\($0)" })),
      ("last_changed", JSONText(open.lastChanged.map { "\($0)" })), ("ages", .list(groups)),
    ])
  }

  /// `test` always stands first, so that a reader need not ask whether it is there.
  private static func excluded(_ counts: [String: Int64]) -> JSONText {
    let others = counts.filter { $0.key != "test" }.sorted { $0.key < $1.key }
    return .object(
      [("test", .count(counts["test", default: 0]))] + others.map { ($0.key, .count($0.value)) })
  }

  private static func file(_ file: ReportFile) -> JSONText {
    .object([("name", .text(file.name)), ("rows", .count(file.rows)), ("sha256", .text(file.sha256))])
  }

  private static func input(_ input: InputFile) -> JSONText {
    .object([("path", .text(input.path)), ("rows", .count(input.rows)), ("sha256", .text(input.sha256))])
  }

  private static func byCurrency<Value>(
    _ table: [Currency: Value], _ render: (Value, Currency) -> JSONText
  ) -> JSONText {
    .object(table.sorted { $0.key < $1.key }.map { ($0.key.code, render($0.value, $0.key)) })
  }

  private static func amount(_ minorUnits: Int128, _ currency: Currency) -> JSONText {
    .text(Money.decimalText(minorUnits, exponent: currency.exponent))
  }
}

extension ReportFacts {
  /// Whether every provider was read completely.
  public var isComplete: Bool { providers.allSatisfy(\.complete) }
}
