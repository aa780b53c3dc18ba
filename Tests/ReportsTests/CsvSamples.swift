import Foundation
import ReconcileCore
import Testing

@testable import Reports

/// Rows held in memory; `onRow` runs before each one and may stop the stream.
struct SampleSource: ReportSource {
  var facts: ReportFacts
  var discrepancies: [DiscrepancyRow] = []
  var openItems: [DiscrepancyRow] = []
  var orders: [OrderRow] = []
  var payments: [PaymentRow] = []
  var refunds: [RefundRow] = []
  var settlement: [SettlementRow] = []
  var rejects: [Reject] = []
  var onRow: (String) throws -> Void = { _ in }

  func forEachDiscrepancy(_ body: (DiscrepancyRow) throws -> Void) throws {
    try stream(discrepancies, "discrepancies", body)
  }
  func forEachOpenItem(_ body: (DiscrepancyRow) throws -> Void) throws {
    try stream(openItems, "open_items", body)
  }
  func forEachOrder(_ body: (OrderRow) throws -> Void) throws { try stream(orders, "orders", body) }
  func forEachPayment(_ body: (PaymentRow) throws -> Void) throws { try stream(payments, "payments", body) }
  func forEachRefund(_ body: (RefundRow) throws -> Void) throws { try stream(refunds, "refunds", body) }
  func forEachSettlementDay(_ body: (SettlementRow) throws -> Void) throws {
    try stream(settlement, "settlement", body)
  }
  func forEachReject(_ body: (Reject) throws -> Void) throws { try stream(rejects, "rejects", body) }

  private func stream<Row>(_ rows: [Row], _ table: String, _ body: (Row) throws -> Void) throws {
    for row in rows {
      try onRow(table)
      try body(row)
    }
  }
}

/// Values that a test needs and that cannot be absent.
enum Sample {
  static func currency(_ code: String) throws -> Currency { try #require(Currency(code)) }
  static func day(_ text: String) throws -> BusinessDay { try #require(BusinessDay(text)) }
  static func money(_ minorUnits: Int64, _ code: String = "EUR") throws -> Money {
    Money(minorUnits: minorUnits, currency: try currency(code))
  }

  static func facts() throws -> ReportFacts {
    var complete = ProviderCoverage(name: "maxfi", kind: .maxfi, status: "complete", complete: true)
    complete.pages = 2
    complete.records = 3
    var facts = ReportFacts(
      tool: "reconcile 1.0.0", runID: "run-1",
      period: try #require(Period(from: day("2026-03-01"), to: day("2026-03-31"))),
      asOf: Instant(seconds: 1_775_000_000), generatedAt: Instant(seconds: 1_775_000_100),
      zoneName: "Europe/Vilnius", providers: [complete],
      assumptions: ["maxfi: times without an offset are UTC"], configurationDigest: "c0ffee")
    facts.inputs = [InputFile(path: "orders/march.csv", rows: 3, sha256: "ab")]
    return facts
  }

  /// Two currencies, unknown amounts, an undated payment, texts that must be quoted or defused.
  static func source() throws -> SampleSource {
    var source = SampleSource(facts: try facts())
    var paid = OrderRow(
      orderID: "-1001", orderDate: try day("2026-03-02"), createdAt: Instant(seconds: 1_772_400_000),
      amount: try money(4_990), matchStatus: .exact, refundStatus: .none)
    paid.provider = "maxfi"
    paid.collected = try money(4_990)
    paid.difference = try money(0)
    paid.refunded = try money(1_000)
    paid.net = try money(3_990)
    paid.paymentIDs = "p1;p2"
    paid.note = "said \"yes\", then\nleft"
    var unknown = paid
    unknown.orderID = "1002"
    unknown.collected = nil
    unknown.matchStatus = .unknown
    var yen = OrderRow(
      orderID: "y1", orderDate: try day("2026-03-03"),
      createdAt: Instant(microseconds: 1_772_500_000_500_000),
      amount: try money(1_200, "JPY"), matchStatus: .unpaid, refundStatus: .none)
    yen.collected = try money(0, "JPY")
    yen.difference = try money(-1_200, "JPY")
    source.orders = [paid, unknown, yen]

    var linked = PaymentRow(
      provider: "maxfi", paymentID: "p1", amount: try money(4_990), status: .succeeded, providerStatus: "paid"
    )
    linked.paymentDate = try day("2026-03-02")
    linked.collected = try money(4_990)
    linked.orderID = "-1001"
    linked.matchedBy = .orderID
    var orphan = linked
    orphan.paymentID = "p2"
    orphan.paymentDate = nil
    orphan.orderID = nil
    orphan.collected = try money(7)
    var silent = orphan
    silent.paymentID = "p3"
    silent.collected = nil
    source.payments = [linked, orphan, silent]

    var refund = RefundRow(
      provider: "maxfi", refundID: "r1", currency: try currency("EUR"), status: .completed,
      providerStatus: "done", inferred: true)
    refund.amount = try money(1_000)
    refund.fee = try money(100)
    var blank = refund
    blank.amount = nil
    blank.fee = nil
    source.refunds = [refund, blank]

    var open = DiscrepancyRow(id: "d1", code: .unpaidOrder, status: .open, explanation: "=nobody paid")
    open.currency = try currency("JPY")
    open.expected = .money(try money(1_200, "JPY"))
    open.difference = .money(try money(-1_200, "JPY"))
    open.ageDays = 4
    var counted = DiscrepancyRow(
      id: "d2", code: .settlementCountMismatch, status: .open, explanation: "3 and 4")
    counted.difference = .count(-1)
    let settled = DiscrepancyRow(id: "d3", code: .overpayment, status: .settled, explanation: "given back")
    let accepted = DiscrepancyRow(id: "d4", code: .unpaidOrder, status: .accepted, explanation: "known")
    source.discrepancies = [open, counted, settled, accepted]
    source.openItems = [open]

    var reported = SettlementFigures()
    reported.gross = 4_990
    var tied = SettlementRow(
      provider: "dapit", currency: try currency("EUR"), date: try day("2026-03-02"), refunds: 0, fees: 0,
      reported: reported, status: .tiedOut)
    tied.gross = 4_990
    source.settlement = [tied]
    source.rejects = [Reject(source: "o.csv", location: "line 4", reason: "bad", record: "\ta,b\r\nc")]
    return source
  }
}

/// A folder of its own for one test, gone at the end.
final class TestFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "reports-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Every name in a folder below, hidden ones too.
  func names(_ below: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/" + below).sorted()
  }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path + "/" + name)))
  }

  func put(_ text: String, at name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
  }
}

/// A reader written apart from the writer and its check: cells of every row, as RFC 4180 says.
func cells(ofCSV bytes: [UInt8]) -> [[String]] {
  var rows: [[String]] = []
  var row: [String] = []
  var cell: [UInt8] = []
  var index = 0
  var inside = false
  while index < bytes.count {
    let byte = bytes[index]
    index += 1
    if inside {
      if byte != 34 {
        cell.append(byte)
      } else if index < bytes.count, bytes[index] == 34 {
        cell.append(34)
        index += 1
      } else {
        inside = false
      }
    } else if byte == 34 {
      inside = true
    } else if byte == 44 || byte == 10 {
      row.append(String(decoding: cell, as: UTF8.self))
      cell = []
      if byte == 10 {
        rows.append(row)
        row = []
      }
    } else {
      cell.append(byte)
    }
  }
  return rows
}

/// A small generator whose seed makes a failing case repeatable.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
