import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("Settlement days tie out with the provider's own report")
struct SettlementTests {
  /// Dapit in Vilnius, which has 23 hours on 2026-03-29.
  private func store(
    payments: [PaymentRecord], refunds: [RefundRecord] = [], reports: [SettlementReport],
    status: String = "complete",
    gross: Bool = false
  ) throws -> Store {
    var settings = try plainSettings()
    settings.providers[0].zone = try #require(Zone("Europe/Vilnius"))
    settings.providers[0].settlementRefundsAreGross = gross
    #expect(settings.providers[0].name == "dapit")
    let store = try Store(settings)
    try store.provider(
      "dapit",
      ProviderImport(
        payments: payments, refunds: refunds, settlements: reports, walks: [(nil, "settlement_report")],
        status: status))
    try store.match()
    return store
  }

  private func report(
    _ from: String, _ to: String, totals: SettlementFigures = SettlementFigures(),
    _ lines: [(String, SettlementFigures)], unreadable: Bool = false
  ) throws -> SettlementReport {
    var report = SettlementReport(
      currency: try euros("0").currency, from: try #require(BusinessDay(from)),
      to: try #require(BusinessDay(to)),
      totals: totals, lines: try lines.map { (try #require(BusinessDay($0)), $1) })
    report.hasUnreadableLines = unreadable
    return report
  }

  private func figures(
    _ gross: Int64?, _ refunds: Int64?, _ fees: Int64?, _ net: Int64?, _ count: Int64? = 1
  ) -> SettlementFigures {
    SettlementFigures(gross: gross, refunds: refunds, fees: fees, net: net, count: count)
  }

  /// Figures of a day without refunds.
  private func plain(_ gross: Int64, _ count: Int64 = 1) -> SettlementFigures {
    figures(gross, 0, 0, gross, count)
  }

  private func days(_ store: Store) throws -> [String] {
    var days: [String] = []
    try store.report().forEachSettlementDay { day in
      let own = [day.gross, day.refunds, day.fees, day.net, day.transactions].map {
        $0.map(String.init) ?? "-"
      }
      let difference = day.netDifference.map(String.init) ?? "-"
      if day.provider == "dapit" {
        days.append("\(day.date) \(own.joined(separator: " ")) \(difference) \(day.status.rawValue)")
      }
    }
    return days
  }

  private func findings(_ store: Store) throws -> [String] {
    var findings: [String] = []
    try store.report().forEachDiscrepancy { row in
      guard row.code.rawValue.hasPrefix("settlement_") else { return }
      #expect(row.provider == "dapit" && row.orderID == nil && row.paymentID == nil)
      let amounts = "\(row.expected?.text ?? "-") \(row.actual?.text ?? "-")"
      findings.append("\(row.businessDate?.description ?? "-") \(row.code.rawValue) \(amounts)")
    }
    return findings.sorted()
  }

  @Test("days are the provider's own, also when a clock change makes one short")
  func clockChange() throws {
    let store = try store(
      payments: [
        payment("P1", "1.00", at: "2026-03-28T21:59:59.999999Z"),
        payment("P2", "2.00", at: "2026-03-28T22:00:00Z"),
        payment("P3", "4.00", at: "2026-03-29T20:59:59.999999Z"),
        payment("P4", "8.00", at: "2026-03-29T21:00:00Z"),
      ],
      reports: [
        report(
          "2026-03-28", "2026-03-30",
          [
            ("2026-03-28", plain(100)), ("2026-03-29", plain(600, 2)),
            ("2026-03-30", plain(800)),
          ])
      ])
    #expect(
      try days(store) == [
        "2026-03-28 100 0 0 100 1 0 tied_out", "2026-03-29 600 0 0 600 2 0 tied_out",
        "2026-03-30 800 0 0 800 1 0 tied_out",
      ])
    #expect(try findings(store) == [])
  }

  @Test("each figure that differs is a finding, ours expected and theirs actual")
  func mismatches() throws {
    let store = try store(
      payments: [payment("P1", "10.00", at: "2026-03-05T12:00:00Z")],
      refunds: [refund("R1", "5.00", of: "P1", at: "2026-03-05T13:00:00Z", fee: "1.00")],
      reports: [report("2026-03-05", "2026-03-05", [("2026-03-05", figures(1100, 500, 200, 400, 2))])])
    #expect(try days(store) == ["2026-03-05 1000 400 100 500 1 -100 mismatch"])
    #expect(
      try findings(store) == [
        "2026-03-05 settlement_count_mismatch 1 2", "2026-03-05 settlement_fees_mismatch 1.00 2.00",
        "2026-03-05 settlement_gross_mismatch 10.00 11.00", "2026-03-05 settlement_net_mismatch 5.00 4.00",
        "2026-03-05 settlement_refunds_mismatch 4.00 5.00",
      ])
  }

  @Test("refunds count with their fee where the provider reports them so, and only completed ones")
  func refunds() throws {
    let refunds = [
      try refund("R1", "5.00", of: "P1", at: "2026-03-05T13:00:00Z", fee: "1.00"),
      try refund("R2", "7.00", .pending, of: "P1", at: "2026-03-05T13:00:00Z"),
      try refund("R3", "8.00", .failed, of: "P1", at: "2026-03-05T13:00:00Z"),
    ]
    let payments = [try payment("P1", "10.00", at: "2026-03-05T12:00:00Z")]
    let net = try store(
      payments: payments, refunds: refunds,
      reports: [report("2026-03-05", "2026-03-05", [("2026-03-05", figures(1000, 400, 100, 500))])])
    #expect(try days(net) == ["2026-03-05 1000 400 100 500 1 0 tied_out"])
    let gross = try store(
      payments: payments, refunds: refunds,
      reports: [report("2026-03-05", "2026-03-05", [("2026-03-05", figures(1000, 500, 0, 500))])],
      gross: true)
    #expect(try days(gross) == ["2026-03-05 1000 500 0 500 1 0 tied_out"])
  }

  @Test("a field that a line lacks is not compared, a day without a line is reported zero")
  func missingFieldsAndLines() throws {
    let store = try store(
      payments: [
        payment("P1", "10.00", at: "2026-03-05T12:00:00Z"), payment("P2", "3.00", at: "2026-03-06T12:00:00Z"),
      ],
      reports: [
        report("2026-03-05", "2026-03-07", [("2026-03-05", figures(nil, nil, nil, nil, 1))])
      ])
    #expect(
      try days(store) == ["2026-03-05 1000 0 0 1000 1 - tied_out", "2026-03-06 300 0 0 300 1 -300 mismatch"])
    #expect(
      try findings(store) == [
        "2026-03-06 settlement_count_mismatch 1 0", "2026-03-06 settlement_gross_mismatch 3.00 0.00",
        "2026-03-06 settlement_net_mismatch 3.00 0.00",
      ])
  }

  @Test(
    "a day outside every report is not reported, without a finding; a reported day without money has its row")
  func notReported() throws {
    let store = try store(
      payments: [payment("P1", "10.00", at: "2026-03-05T12:00:00Z")],
      reports: [report("2026-03-06", "2026-03-06", [("2026-03-06", plain(0, 0))])])
    #expect(
      try days(store) == ["2026-03-05 1000 0 0 1000 1 - not_reported", "2026-03-06 0 0 0 0 0 0 tied_out"])
    #expect(try findings(store) == [])
  }

  @Test("a day with an unknown amount is not compared, reported or not")
  func unknownAmounts() throws {
    let store = try store(
      payments: [
        payment("P1", "10.00", .partial, at: "2026-03-05T12:00:00Z"),
        payment("P2", "3.00", at: "2026-03-06T12:00:00Z"),
        payment("P3", "9.00", .partial, at: "2026-03-09T12:00:00Z"),
      ],
      refunds: [refund("R1", nil, of: "P2", at: "2026-03-06T13:00:00Z")],
      reports: [
        report("2026-03-05", "2026-03-06", [("2026-03-05", plain(1)), ("2026-03-06", plain(2))])
      ])
    #expect(
      try days(store) == [
        "2026-03-05 - 0 0 - - - unknown", "2026-03-06 - 0 0 - - - unknown", "2026-03-09 - 0 0 - - - unknown",
      ])
    #expect(try findings(store) == [])
  }

  @Test("a differing day of a provider that was not completely read is unknown, an equal one ties out")
  func incomplete() throws {
    let store = try store(
      payments: [
        payment("P1", "10.00", at: "2026-03-05T12:00:00Z"), payment("P2", "3.00", at: "2026-03-06T12:00:00Z"),
      ],
      reports: [
        report(
          "2026-03-05", "2026-03-06",
          [("2026-03-05", plain(1000)), ("2026-03-06", plain(900, 3))])
      ],
      status: "incomplete")
    #expect(
      try days(store) == ["2026-03-05 1000 0 0 1000 1 0 tied_out", "2026-03-06 300 0 0 300 1 600 unknown"])
    #expect(try findings(store) == [])
  }

  @Test("of several reports the shortest range decides, then the latest start, then the one read last")
  func overlappingReports() throws {
    func line(_ gross: Int64) -> [(String, SettlementFigures)] { [("2026-03-05", plain(gross))] }
    let payments = [try payment("P1", "10.00", at: "2026-03-05T12:00:00Z")]
    let right = line(1000)
    let wrong = line(1)
    let known: [[SettlementReport]] = try [
      [report("2026-03-01", "2026-03-09", wrong), report("2026-03-04", "2026-03-06", right)],
      [report("2026-03-05", "2026-03-07", right), report("2026-03-04", "2026-03-06", wrong)],
      [report("2026-03-04", "2026-03-06", wrong), report("2026-03-04", "2026-03-06", right)],
      // A report without lines covers no day.
      [report("2026-03-05", "2026-03-05", []), report("2026-03-01", "2026-03-09", right)],
      // A day that may stand in an unreadable line is not covered.
      [
        report("2026-03-05", "2026-03-06", [("2026-03-06", plain(0, 0))], unreadable: true),
        report("2026-03-01", "2026-03-09", right),
      ],
    ]
    for reports in known {
      let store = try store(payments: payments, reports: reports)
      #expect(try days(store).first == "2026-03-05 1000 0 0 1000 1 0 tied_out")
    }
  }

  @Test("each equation of a report that fails is a finding")
  func arithmetic() throws {
    let store = try store(
      payments: [],
      reports: [
        report(
          "2026-03-05", "2026-03-06", totals: figures(31, 2, 1, 27, 4),
          [("2026-03-05", figures(10, 1, 1, 8, 1)), ("2026-03-06", figures(20, 1, 0, 18, 2))])
      ])
    #expect(
      try findings(store).filter { $0.contains("arithmetic") } == [
        "2026-03-06 settlement_arithmetic 0.19 0.18", "2026-03-06 settlement_arithmetic 0.26 0.27",
        "2026-03-06 settlement_arithmetic 0.28 0.27", "2026-03-06 settlement_arithmetic 0.30 0.31",
        "2026-03-06 settlement_arithmetic 3 4",
      ])
  }

  @Test("a sum is not checked where a line lacks the field or could not be read")
  func arithmeticNeedsEveryLine() throws {
    for unreadable in [false, true] {
      let store = try store(
        payments: [],
        reports: [
          report(
            "2026-03-05", "2026-03-06", totals: figures(31, nil, nil, nil, nil),
            [
              ("2026-03-05", figures(10, nil, nil, nil, nil)),
              ("2026-03-06", figures(unreadable ? 20 : nil, nil, nil, nil, nil)),
            ], unreadable: unreadable)
        ])
      #expect(try findings(store).filter { $0.contains("arithmetic") } == [])
    }
  }

  @Test("lines outside the period are not checked, and the totals are dated within it")
  func arithmeticWithinPeriod() throws {
    let store = try store(
      payments: [],
      reports: [
        report(
          "2026-03-30", "2026-04-02", totals: figures(20, 0, 0, 19, 2),
          [("2026-03-30", figures(10, 0, 0, 9, 1)), ("2026-04-02", figures(10, 0, 0, 9, 1))])
      ])
    #expect(
      try findings(store).filter { $0.contains("arithmetic") } == [
        "2026-03-30 settlement_arithmetic 0.10 0.09", "2026-03-31 settlement_arithmetic 0.18 0.19",
        "2026-03-31 settlement_arithmetic 0.20 0.19",
      ])
  }

  @Test("a provider that gave no report for the period is told, one that was not asked is not")
  func missing() throws {
    #expect(try findings(store(payments: [], reports: [])) == ["2026-03-31 settlement_missing - -"])
    let older = try report("2026-02-01", "2026-02-28", [("2026-02-28", plain(0, 0))])
    #expect(try findings(store(payments: [], reports: [older])).count == 1)
    let overlapping = try report("2026-03-31", "2026-04-02", [])
    #expect(try findings(store(payments: [], reports: [overlapping])) == [])
    let notAsked = try Store(try plainSettings())
    try notAsked.provider("dapit", ProviderImport())
    try notAsked.match()
    #expect(try findings(notAsked) == [])
  }

  @Test("providers without settlement reports have their rows all the same")
  func notOffered() throws {
    let store = try Store(try plainSettings())
    try store.provider("maxfi", ProviderImport(payments: [payment("P1", "1.00", at: "2026-03-05")]))
    try store.match()
    var rows: [String] = []
    try store.report().forEachSettlementDay { rows.append("\($0.provider) \($0.date) \($0.status.rawValue)") }
    #expect(rows == ["maxfi 2026-03-05 not_offered"])
  }

  @Test("sums that Int64 cannot hold stop nothing and are not compared")
  func hugeAmounts() throws {
    let huge = "92233720368547758.07"
    let store = try store(
      payments: [
        payment("P1", huge, at: "2026-03-05T12:00:00Z"), payment("P2", huge, at: "2026-03-05T12:00:00Z"),
        payment("P3", huge, at: "2026-03-06T12:00:00Z"),
      ],
      refunds: [
        refund("R1", "0.00", of: "P3", at: "2026-03-07T12:00:00Z", fee: huge),
        refund("R2", huge, of: "P3", at: "2026-03-08T12:00:00Z"),
        refund("R3", huge, of: "P3", at: "2026-03-08T12:00:00Z"),
      ],
      reports: [
        report(
          "2026-03-05", "2026-03-08", totals: figures(.max, .min, .min, .max, .max),
          [
            ("2026-03-05", figures(.max, .min, .max, .min, .max)),
            ("2026-03-06", figures(.max, .max, .max, .max, .max)),
          ])
      ])
    #expect(
      try days(store) == [
        "2026-03-05 - 0 0 - - - unknown",
        "2026-03-06 9223372036854775807 0 0 9223372036854775807 1 0 mismatch",
        "2026-03-07 0 -9223372036854775807 9223372036854775807 0 0 0 mismatch",
        "2026-03-08 - 0 0 - - - unknown",
      ])
    let arithmetic = try findings(store).filter { $0.contains("arithmetic") }
    #expect(arithmetic.contains { $0.hasSuffix("settlement_arithmetic - 92233720368547758.07") })
  }
}
