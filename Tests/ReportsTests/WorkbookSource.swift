import Foundation
import ReconcileCore
import Testing

@testable import Reports

/// A report of three currencies with everything that is awkward in a spreadsheet.
struct WorkbookSource: ReportSource {
  var facts: ReportFacts
  var orders: [OrderRow] = []
  var payments: [PaymentRow] = []
  var refunds: [RefundRow] = []
  var settlement: [SettlementRow] = []
  var discrepancies: [DiscrepancyRow] = []
  var openItems: [DiscrepancyRow] = []
  var rejects: [Reject] = []
  var adjustments: [AdjustmentRow] = []
  /// Called with the number of order rows handed out so far, over all readings.
  var onOrder: (Int) throws -> Void = { _ in }
  private let handedOut = Counter()

  init(facts: ReportFacts) { self.facts = facts }

  func forEachDiscrepancy(_ body: (DiscrepancyRow) throws -> Void) throws { try discrepancies.forEach(body) }
  func forEachOpenItem(_ body: (DiscrepancyRow) throws -> Void) throws { try openItems.forEach(body) }
  func forEachOrder(_ body: (OrderRow) throws -> Void) throws {
    for order in orders {
      handedOut.value += 1
      try onOrder(handedOut.value)
      try body(order)
    }
  }
  func forEachPayment(_ body: (PaymentRow) throws -> Void) throws { try payments.forEach(body) }
  func forEachRefund(_ body: (RefundRow) throws -> Void) throws { try refunds.forEach(body) }
  func forEachSettlementDay(_ body: (SettlementRow) throws -> Void) throws { try settlement.forEach(body) }
  func forEachReject(_ body: (Reject) throws -> Void) throws { try rejects.forEach(body) }
  func forEachAdjustment(_ body: (AdjustmentRow) throws -> Void) throws { try adjustments.forEach(body) }

  var totals: SummaryTotals {
    get throws {
      var totals = SummaryTotals()
      for row in orders { try totals.add(order: row) }
      for row in payments { try totals.add(payment: row) }
      for row in refunds { try totals.add(refund: row) }
      for row in discrepancies { totals.add(discrepancy: row) }
      for _ in openItems { totals.addRow(of: .openItems) }
      for _ in settlement { totals.addRow(of: .settlement) }
      for _ in rejects { totals.addRow(of: .rejects) }
      for _ in adjustments { totals.addRow(of: .adjustments) }
      return totals
    }
  }

  var figures: ReportFigures {
    var gatherer = FigureGatherer(self)
    for row in discrepancies { gatherer.add(discrepancy: row) }
    for row in openItems { gatherer.add(openItem: row) }
    for row in orders { gatherer.add(order: row) }
    for row in payments { gatherer.add(payment: row) }
    for row in refunds { gatherer.add(refund: row) }
    for row in settlement { gatherer.add(settlementDay: row) }
    for row in rejects { gatherer.add(reject: row) }
    for row in adjustments { gatherer.add(adjustment: row) }
    return gatherer.finish()
  }

  /// The same report for everyone; `run` stands for what differs from run to run.
  static func sample(currencies: [String] = ["EUR", "JPY", "KWD"], run: Int64 = 1, rows: Int = 6) throws
    -> WorkbookSource
  {
    let from = try #require(BusinessDay("2026-03-01"))
    let to = try #require(BusinessDay("2026-03-31"))
    var dapit = ProviderCoverage(name: "dapit", kind: .dapit, status: "incomplete", complete: false)
    dapit.records = 812
    dapit.pages = 9
    dapit.message = "the page after 2026-03-29 answered 500 four times"
    dapit.newestRecordAt = Instant(seconds: 1_774_000_000)
    dapit.new = run
    dapit.changed = run
    dapit.requests = run
    dapit.readAt = Instant(seconds: run)
    var maxfi = ProviderCoverage(name: "maxfi", kind: .maxfi, status: "complete", complete: true)
    maxfi.records = 2_410
    maxfi.pages = 25
    maxfi.test = 3
    var facts = ReportFacts(
      tool: "reconcile 1.0.0", runID: "run-\(run)", period: try #require(Period(from: from, to: to)),
      asOf: Instant(seconds: 1_775_001_600), generatedAt: Instant(seconds: 1_775_001_600 + run),
      zoneName: "Europe/Berlin", providers: [dapit, maxfi],
      assumptions: ["dapit: records without a currency are in EUR"],
      configurationDigest: String(repeating: "ab", count: 32))
    facts.inputs = [
      InputFile(path: "/srv/shop/orders-2026-03.csv", rows: 1, sha256: String(repeating: "0f", count: 32))
    ]
    var source = WorkbookSource(facts: facts)
    for code in currencies {
      try source.addRows(of: try #require(Currency(code)), count: rows, from: from)
    }
    return source
  }

  /// The sample after February was sealed: amounts, days and words that have changed since, an order that was not known
  /// and one that is gone.
  static func afterSeal(currencies: [String] = ["EUR", "JPY", "KWD"]) throws -> WorkbookSource {
    var source = try sample(currencies: currencies)
    let from = try #require(BusinessDay("2026-02-01"))
    let february = try #require(Period(from: from, to: from.advanced(by: 27)))
    source.facts.adjustedPeriods = [february]
    for code in currencies {
      let currency = try #require(Currency(code))
      func money(_ units: Int64) -> AdjustmentRow.Value {
        .money(Money(minorUnits: units, currency: currency))
      }
      func add(_ kind: String, _ field: String, _ sealed: AdjustmentRow.Value?, _ now: AdjustmentRow.Value?) {
        var row = AdjustmentRow(
          period: february, kind: kind, provider: kind == "order" ? nil : "dapit", id: "007-\(code)",
          date: from.advanced(by: 3), currency: currency, field: field, sealed: sealed, now: now,
          difference: nil,
          arrivedAt: Instant(seconds: 1_773_000_000), runID: "20260308T200000Z-0a1b",
          evidence: kind == "order" ? "orders.csv, line 7" : String(repeating: "c0ffee00", count: 8))
        if case .money(let after) = now {
          var before: Int64 = 0
          if case .money(let money) = sealed { before = money.minorUnits }
          row.difference = Money(minorUnits: after.minorUnits - before, currency: currency)
        }
        source.adjustments.append(row)
      }
      add("order", "amount", money(12_345_678), money(12_345_699))
      add("order", "match_status", .text("exact"), .text("partial"))
      add("order", "collected", money(-830), nil)
      add("payment", "payment_date", .day(from.advanced(by: 3)), .day(from.advanced(by: 30)))
      add("payment", "order_id", nil, .text("=an-order-with-a-rather-long-id-\(code)-0000000000001"))
      add("payment", "collected", money(999_999_999_999_999), money(1))
      add("payment", "collected", nil, money(250))
    }
    return source
  }

  private mutating func addRows(of currency: Currency, count: Int, from: BusinessDay) throws {
    func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: currency) }
    let ids = ["=1+1", "007", "1E5", "+49", "_x0041_", "a\u{1}b"]
    for index in 0..<count {
      let id = "\(ids[index % ids.count])-\(currency)-\(index)"
      let day = from.advanced(by: index % 31)
      var order = OrderRow(
        orderID: id, orderDate: day,
        createdAt: Instant(microseconds: 1_772_323_200_123_000 + Int64(index) * 1_000_000),
        amount: money(830 + Int64(index)), matchStatus: MatchStatus.allCases[index % 11], refundStatus: .none)
      var payment = PaymentRow(
        provider: index % 2 == 0 ? "dapit" : "maxfi", paymentID: "\(index)", amount: money(830),
        status: .succeeded,
        providerStatus: "PAID")
      if index % 3 != 1 {
        order.collected = money(830)
        order.difference = money(-Int64(index))
        order.refundDue = money(0)
        order.refunded = money(Int64(index))
        order.net = money(830 - Int64(index))
        order.note = index == 2 ? String(repeating: "ü😀", count: 20_000) : "https://example.com/?a=1&b=<2>"
        payment.collected = money(830)
        payment.orderID = id
        payment.paymentDate = day
        payment.matchedBy = .orderID
      } else {
        payment.collected = money(12_345_678_901_234 * Int64(index % 2))
      }
      orders.append(order)
      payments.append(payment)
      var refund = RefundRow(
        provider: "dapit", refundID: "00\(index)", currency: currency, status: .completed,
        providerStatus: "DONE",
        inferred: index % 2 == 0)
      refund.amount = index == 0 ? nil : money(50)
      refund.fee = money(1)
      refund.refundDate = day
      refunds.append(refund)
      var finding = DiscrepancyRow(
        id: "d\(currency)\(index)", code: DiscrepancyCode.allCases[index % 26], status: .open,
        explanation: "-cmd collected 8.30, expected 8.31 <&>")
      finding.currency = currency
      finding.businessDate = day
      finding.expected = .money(money(831))
      finding.actual = .money(money(830))
      finding.difference = index == 3 ? .count(-1) : .money(money(-1))
      finding.ageDays = 3
      finding.orderID = id
      discrepancies.append(finding)
      openItems.append(finding)
    }
    var settled = SettlementRow(
      provider: "dapit", currency: currency, date: from, refunds: 50, fees: 1,
      reported: SettlementFigures(gross: 1_000, refunds: 50, fees: 1, net: 949, count: 2), status: .mismatch)
    settled.gross = 1_001
    settled.net = 950
    settled.transactions = 2
    settled.netDifference = -1
    settlement.append(settled)
    rejects.append(
      Reject(source: "orders.csv", location: "line 7", reason: "amount is negative", record: "@x,-1\u{0}"))
  }
}

/// Shared by the copies of a source.
final class Counter { var value = 0 }

/// A folder of its own for each test.
struct ScratchFolder: ~Copyable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("workbook-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
}
