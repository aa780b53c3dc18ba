import Foundation
import ReconcileCore

/// What `SampleShop.writeLarge` wrote.
public struct LargeShopFacts: Sendable, Equatable {
  /// Rows of the orders file.
  public internal(set) var orders = 0
  /// Rows of the merchant refunds file.
  public internal(set) var merchantRefunds = 0
  /// Lines of the events file.
  public internal(set) var events = 0
  /// Payments and refunds in the providers' answers.
  public internal(set) var providerRecords = 0
  /// How many findings of each code a right reconciliation has.
  public internal(set) var planted: [DiscrepancyCode: Int] = [:]
  var dapitTransactions = 0
  var dapitRefunds = 0

  /// Everything that an import reads.
  public var records: Int { orders + merchantRefunds + events + providerRecords }
}

extension SampleShop {
  /// Writes a shop of so many orders in March 2026 with its configuration: 40 % MAXFI, 30 % Dapit, 15 % Gate
  /// and 15 % Inflow, about 4 % refunds and 2 % orders with a discrepancy. The same count and seed give the
  /// same bytes; memory does not grow with the count.
  ///
  /// - Throws: the file system's error; what was written before it stays.
  @discardableResult
  public static func writeLarge(orders count: Int, seed: UInt64, to folder: URL) throws -> LargeShopFacts {
    // Dapit's pages tell the total from the first on, so the shop is made twice: once only to count.
    var counting = LargeShop(seed: seed, sink: nil)
    try counting.sell(count)
    let sink = try LargeShopFiles(folder, counting.facts)
    var shop = LargeShop(seed: seed, sink: sink)
    try shop.sell(count)
    try sink.close(settlement: shop.settlementReport())
    return shop.facts
  }
}

/// A large shop, made order by order.
struct LargeShop {
  private(set) var facts = LargeShopFacts()
  var random: SplitMix64
  private let sink: LargeShopFiles?
  private var days: [Int: DayFigures] = [:]

  /// - Parameter sink: nil only counts.
  init(seed: UInt64, sink: LargeShopFiles?) {
    random = SplitMix64(seed: seed)
    self.sink = sink
  }

  /// Makes orders evenly over the month.
  mutating func sell(_ count: Int) throws {
    let first = ShopTime(3, 1, 0, 0).seconds
    let length = ShopTime(4, 1, 0, 0).seconds - first
    for number in 0..<count {
      let time = ShopTime(seconds: first + length * Int64(number) / Int64(count))
      try sell(number: number + 1, at: time)
    }
  }

  // MARK: What came about

  mutating func plant(_ code: DiscrepancyCode) { facts.planted[code, default: 0] += 1 }

  mutating func write(_ row: OrderRow) throws {
    facts.orders += 1
    try sink?.orders.write(CSVLine.text(row.cells))
  }

  mutating func write(_ row: MerchantRefundRow) throws {
    facts.merchantRefunds += 1
    try sink?.refunds.write(CSVLine.text(row.cells))
  }

  mutating func write(_ event: Delivery) throws {
    facts.events += 1
    try sink?.events.write(event.line + "\n")
  }

  mutating func write(_ payment: MaxfiPayment) throws {
    facts.providerRecords += 1
    if let sink { try sink.maxfi.add(payment.json) }
  }

  mutating func write(_ payment: DapitTransaction, collected: Int64) throws {
    facts.providerRecords += 1
    facts.dapitTransactions += 1
    if collected > 0, let time = payment.confirmedAt ?? payment.createdAt {
      days[time.day.dayNumber, default: DayFigures()].gross += collected
      days[time.day.dayNumber]?.count += 1
    }
    if let sink { try sink.dapit.add(payment.json) }
  }

  mutating func write(_ refund: DapitRefund) throws {
    facts.providerRecords += 1
    facts.dapitRefunds += 1
    if let time = refund.completedAt {
      days[time.day.dayNumber, default: DayFigures()].refunds +=
        refund.amount.minorUnits - refund.fee.minorUnits
      days[time.day.dayNumber]?.fees += refund.fee.minorUnits
    }
    if let sink { try sink.dapitRefunds.add(refund.json) }
  }

  mutating func write(_ record: GateRecord) throws {
    facts.providerRecords += 1
    try sink?.gate.write(record.json + "\n")
  }

  mutating func write(_ transaction: InflowTransaction) throws {
    facts.providerRecords += 1
    try sink?.inflow.write(transaction.json + "\n")
  }

  mutating func write(_ refund: InflowRefund) throws {
    facts.providerRecords += 1
    if let sink { try sink.inflowRefunds.add(refund.json) }
  }

  /// Dapit's report of the month, which ties out.
  func settlementReport() -> String {
    SettlementText.report(days: march(1)...march(31), surplusCount: 0) { day in
      let figures = days[day.dayNumber] ?? DayFigures()
      return (figures, figures.net)
    }
  }
}

/// The files of a large shop.
final class LargeShopFiles {
  let orders: LineWriter
  let refunds: LineWriter
  let events: LineWriter
  let gate: LineWriter
  let inflow: LineWriter
  var maxfi: PageWriter
  var dapit: PageWriter
  var dapitRefunds: PageWriter
  var inflowRefunds: PageWriter
  private let settlement: LineWriter

  /// Makes the files in their folders; `facts` are those of the whole shop.
  init(_ folder: URL, _ facts: LargeShopFacts) throws {
    func file(_ path: String) -> URL { folder.appendingPathComponent(path) }
    let configuration = try LineWriter(file(SampleShop.configurationName))
    try configuration.write(
      SampleConfiguration.text(saved: "saved", note: "A large invented shop.", hasWholesale: false))
    try configuration.close()
    orders = try LineWriter(file("orders/2026-03.csv"))
    try orders.write(CSVLine.text(OrderRow.header))
    refunds = try LineWriter(file("refunds/2026-03.csv"))
    try refunds.write(CSVLine.text(MerchantRefundRow.header))
    events = try LineWriter(file("webhooks/2026-03.jsonl"))
    gate = try LineWriter(file("saved/gate/payments.jsonl"))
    inflow = try LineWriter(file("saved/inflow/transactions.jsonl"))
    settlement = try LineWriter(file("saved/dapit/settlement_report.json"))
    maxfi = try PageWriter(file("saved/maxfi/payments.jsonl"), .more, size: 100)
    dapit = try PageWriter(
      file("saved/dapit/list_transactions.jsonl"), .total(name: "transactions", facts.dapitTransactions),
      size: 200)
    dapitRefunds = try PageWriter(
      file("saved/dapit/list_refunds.jsonl"), .total(name: "refunds", facts.dapitRefunds), size: 200)
    inflowRefunds = try PageWriter(file("saved/inflow/refunds.jsonl"), .bare, size: 100)
  }

  func close(settlement report: String) throws {
    try settlement.write(report)
    try maxfi.close()
    try dapit.close()
    try dapitRefunds.close()
    try inflowRefunds.close()
    for writer in [orders, refunds, events, gate, inflow, settlement] { try writer.close() }
  }
}
