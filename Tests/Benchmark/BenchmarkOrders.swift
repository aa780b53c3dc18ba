import ReconcileCore

/// Orders that are made while they are read, as the only rows of a report: the cost of a workbook without the cost of
/// a warehouse. PlainWorkbook.c writes the same cells.
struct BenchmarkOrders: ReportSource {
  let facts: ReportFacts
  let rows: Int

  init(rows: Int) throws {
    guard let from = BusinessDay("2026-03-01"), let to = BusinessDay("2026-03-31"),
      let period = Period(from: from, to: to)
    else { throw BenchmarkProblem(description: "the benchmark's period is none") }
    self.rows = rows
    let asOf = Instant(seconds: 1_775_001_600)
    facts = ReportFacts(
      tool: "reconcile-bench", runID: "bench", period: period, asOf: asOf, generatedAt: asOf, zoneName: "UTC",
      providers: [], assumptions: [], configurationDigest: "")
  }

  func forEachOrder(_ body: (OrderRow) throws -> Void) throws {
    guard let euro = Currency("EUR") else { throw BenchmarkProblem(description: "EUR is no currency") }
    let zero = Money.zero(euro)
    let providers = ["dapit", "gate", "inflow", "maxfi"]
    for index in 0..<rows {
      let days = index * 31 / rows
      let day = facts.period.from.advanced(by: days)
      let amount = Money(minorUnits: Int64(1_000 + index % 90_000), currency: euro)
      var order = OrderRow(
        orderID: "AL-" + padded(String(index), 7), orderDate: day,
        createdAt: Instant(seconds: Int64(day.dayNumber) * 86_400 + Int64(index % 86_400)), amount: amount,
        matchStatus: .exact, refundStatus: .none)
      order.provider = providers[index % 4]
      order.collected = amount
      order.difference = zero
      order.refundDue = zero
      order.refunded = zero
      order.refundFees = zero
      order.net = amount
      order.paymentIDs =
        "DP-2603" + padded(String(days + 1), 2) + "-"
        + padded(String(index, radix: 16, uppercase: true), 6)
      order.matchedBy = "reference"
      try body(order)
    }
  }

  private func padded(_ digits: String, _ width: Int) -> String {
    String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  func forEachDiscrepancy(_ body: (DiscrepancyRow) throws -> Void) {}
  func forEachOpenItem(_ body: (DiscrepancyRow) throws -> Void) {}
  func forEachPayment(_ body: (PaymentRow) throws -> Void) {}
  func forEachRefund(_ body: (RefundRow) throws -> Void) {}
  func forEachSettlementDay(_ body: (SettlementRow) throws -> Void) {}
  func forEachReject(_ body: (Reject) throws -> Void) {}
}
