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
  /// Rows of MAXFI's list of payments.
  public internal(set) var maxfiPayments = 0
  /// Rows of Dapit's list of transactions.
  public internal(set) var dapitTransactions = 0
  /// Gate refunds that the merchant asked for and Gate does not know: they are asked for again every night.
  public internal(set) var unknownGateRefunds = 0
  /// Orders of the night by the provider that they name.
  public internal(set) var nightOrders: [String: Int] = [:]
  var dapitRefunds = 0

  /// Everything that an import reads.
  public var records: Int { orders + merchantRefunds + events + providerRecords }
}

extension SampleShop {
  /// Writes a shop of so many orders in March 2026 with its configuration: 40 % MAXFI, 30 % Dapit, 15 % Gate
  /// and 15 % Inflow, about 4 % refunds and 2 % orders with a discrepancy. The same count and seed give the
  /// same bytes; memory does not grow with the count.
  ///
  /// Orders of a night come on one day in May, when the month has long been settled: in the merchant's files they stand
  /// apart, in the providers' lists behind those of the month, which are the same with and without a night.
  ///
  /// - Throws: the file system's error; what was written before it stays.
  @discardableResult
  public static func writeLarge(
    orders count: Int, nightOrders: Int = 0, seed: UInt64, to folder: URL
  ) throws -> LargeShopFacts {
    // Dapit's pages tell the total from the first on, so the shop is made twice: once only to count.
    var counting = LargeShop(seed: seed, sink: nil)
    try counting.sell(count, thenAtNight: nightOrders)
    let sink = try LargeShopFiles(folder, counting.facts)
    var shop = LargeShop(seed: seed, sink: sink)
    try shop.sell(count, thenAtNight: nightOrders)
    try sink.close(settlement: shop.settlementReport())
    return shop.facts
  }

  /// The day of a large shop's night: far enough from the month that no lookback reaches it.
  public static let night: BusinessDay = ShopTime(5, 5, 0, 0).day
  /// Where the merchant's rows of the night stand, below the shop's folder.
  public static let nightFiles = (
    orders: "orders/2026-05.csv", refunds: "refunds/2026-05.csv", events: "webhooks/2026-05.jsonl"
  )
}

/// A large shop, made order by order.
struct LargeShop {
  private(set) var facts = LargeShopFacts()
  var random: SplitMix64
  private let sink: LargeShopFiles?
  private var isNight = false
  private var days: [Int: DayFigures] = [:]

  /// - Parameter sink: nil only counts.
  init(seed: UInt64, sink: LargeShopFiles?) {
    random = SplitMix64(seed: seed)
    self.sink = sink
  }

  /// Makes orders evenly over the month, then those of the night over its day.
  mutating func sell(_ count: Int, thenAtNight late: Int = 0) throws {
    try sell(count, from: ShopTime(3, 1, 0, 0), to: ShopTime(4, 1, 0, 0), after: 0)
    guard late > 0 else { return }
    isNight = true
    try sink?.beginNight()
    // The last payments of a day's orders come a few minutes later, and belong to the same day.
    try sell(late, from: ShopTime(5, 5, 0, 0), to: ShopTime(5, 5, 23, 0), after: count)
  }

  private mutating func sell(_ count: Int, from: ShopTime, to: ShopTime, after numbered: Int) throws {
    let length = to.seconds - from.seconds
    for number in 0..<count {
      let time = ShopTime(seconds: from.seconds + length * Int64(number) / Int64(count))
      try sell(number: numbered + number + 1, at: time)
    }
  }

  // MARK: What came about

  /// A Gate refund that the merchant asked for and that was never made.
  mutating func missGateRefund() { facts.unknownGateRefunds += 1 }

  mutating func plant(_ code: DiscrepancyCode) { facts.planted[code, default: 0] += 1 }

  mutating func write(_ row: OrderRow) throws {
    facts.orders += 1
    if isNight, let provider = row.provider { facts.nightOrders[provider, default: 0] += 1 }
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
    facts.maxfiPayments += 1
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
