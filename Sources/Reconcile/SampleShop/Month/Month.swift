import ReconcileCore

/// An order of the shop before anybody paid it.
struct Sale {
  var id: String
  var at: ShopTime
  var amount: Money
  var items: String

  /// Nothing, in the order's currency.
  var nothing: Money { .zero(amount.currency) }

  /// The amount with this many minor units more, or fewer.
  func amount(plus minorUnits: Int64) -> Money {
    Money(minorUnits: amount.minorUnits + minorUnits, currency: amount.currency)
  }

  /// So many minor units of the order's currency.
  func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: amount.currency) }
}

/// The two Dapit accounts of the shop.
enum DapitAccount: String {
  case retail = "dapit"
  case wholesale = "dapit-wholesale"
}

/// What Dapit moved on one day, as the shop's records have it; EUR cents.
struct DayFigures {
  var gross: Int64 = 0
  var refunds: Int64 = 0
  var fees: Int64 = 0
  var count: Int64 = 0
  var net: Int64 { gross - refunds - fees }
}

/// The sample month while it is made: every record with its history, and the list of what was planted.
struct Month {
  /// When the earlier snapshot of the providers' answers was taken.
  static let snapshot = ShopTime(3, 23, 6, 0)

  var random = SplitMix64(seed: 20_260_301)
  /// Order numbers and times that are not used yet, by day number.
  private var slots: [Int: [(id: String, at: ShopTime)]] = [:]
  private var usedIDs = Set<String>()

  var orders: [(at: ShopTime, cells: [String])] = []
  var corrections: [OrderRow] = []
  var merchantRefunds: [(at: ShopTime, cells: [String])] = []
  var deliveries: [Delivery] = []
  var maxfi: [Timeline<MaxfiPayment>] = []
  var dapit: [DapitAccount: [Timeline<DapitTransaction>]] = [.retail: [], .wholesale: []]
  var dapitRefunds: [DapitAccount: [Timeline<DapitRefund>]] = [.retail: [], .wholesale: []]
  var dapitDays: [Int: DayFigures] = [:]
  var gate: [Timeline<GateRecord>] = []
  var inflow: [Timeline<InflowTransaction>] = []
  var inflowRefunds: [Timeline<InflowRefund>] = []
  var planted: [PlantedFinding] = []
  var settlementChanges: [SettlementChange] = []
  private var nextDapitRefund = 4_101

  init() {
    var number = 9_961
    for (first, last, perDay) in [(feb(9), feb(28), 2...2), (march(1), march(31), 19...24)] {
      for day in first.dayNumber...last.dayNumber {
        let count = random.within(perDay)
        let seconds = (0..<count).map { _ in random.within(8 * 3_600...22 * 3_600) }.sorted()
        slots[day] = seconds.map { second in
          number += 1
          return ("AL-\(number)", ShopTime(BusinessDay(dayNumber: day), secondOfDay: second))
        }
      }
    }
  }

  // MARK: Orders

  /// The next order of a day, with the given amount or a basket's.
  mutating func sale(
    on day: BusinessDay, _ currency: String = "EUR", minorUnits: Int64? = nil, id: String? = nil
  ) -> Sale {
    guard var free = slots[day.dayNumber], !free.isEmpty else {
      preconditionFailure("\(day) has no order left")
    }
    let slot = free.remove(at: free.count / 2)
    slots[day.dayNumber] = free
    let currency = Currency.named(currency)
    let basket = Catalogue.basket(&random, in: currency)
    return Sale(
      id: id ?? slot.id, at: slot.at,
      amount: minorUnits.map { Money(minorUnits: $0, currency: currency) } ?? basket.amount,
      items: basket.items)
  }

  /// An order at a moment of its own.
  mutating func sale(at time: ShopTime, _ currency: String = "EUR", id: String) -> Sale {
    let basket = Catalogue.basket(&random, in: .named(currency))
    return Sale(id: id, at: time, amount: basket.amount, items: basket.items)
  }

  /// Takes every order number that no scenario used.
  mutating func remainingSlots() -> [(id: String, at: ShopTime)] {
    let rest = slots.values.flatMap { $0 }.sorted { $0.at < $1.at }
    slots = [:]
    return rest
  }

  /// Writes the order into the orders file.
  mutating func place(
    _ sale: Sale, _ provider: String? = nil, reference: String? = nil, cancelled: Bool = false,
    amount: String? = nil
  ) {
    let row = OrderRow(
      id: sale.id, createdAt: sale.at.utc, amount: sale.amount, provider: provider, reference: reference,
      status: cancelled ? "cancelled" : nil, items: sale.items)
    var cells = row.cells
    if let amount { cells[3] = amount }
    orders.append((sale.at, cells + [sale.items]))
  }

  /// Writes the order once more into the corrections file, which comes later and replaces it.
  mutating func correct(
    _ sale: Sale, _ provider: String?, reference: String? = nil, cancelled: Bool = false
  ) {
    corrections.append(
      OrderRow(
        id: sale.id, createdAt: sale.at.withOffset, amount: sale.amount, provider: provider,
        reference: reference, status: cancelled ? "cancelled" : "changed", items: sale.items))
  }

  /// Writes a refund that the shop asked for; returns its id.
  @discardableResult
  mutating func ask(
    _ sale: Sale, for amount: Money, at time: ShopTime, reference: String? = nil, orderID: String? = nil
  ) -> String {
    let id = unique("AR-", 6)
    let row = MerchantRefundRow(
      id: id, orderID: orderID ?? sale.id, createdAt: time.utc, amount: amount, reference: reference)
    merchantRefunds.append((time, row.cells))
    return id
  }

  // MARK: Ids

  /// An id that no other record has.
  mutating func unique(_ prefix: String, _ length: Int) -> String {
    while true {
      let id = prefix + random.code(length)
      if usedIDs.insert(id).inserted { return id }
    }
  }

  mutating func dapitRefundID() -> Int {
    defer { nextDapitRefund += 1 }
    return nextDapitRefund
  }

  // MARK: Findings

  /// Plants a finding about an order; it carries the order's date and currency.
  mutating func plant(
    _ code: DiscrepancyCode, _ sale: Sale, _ provider: String, expected: Money?, actual: Money?,
    settled: Bool = false, _ story: String
  ) {
    planted.append(
      PlantedFinding(
        code: code, provider: provider, currency: sale.amount.currency.code, orderID: sale.id, paymentID: "",
        refundID: "", businessDate: sale.at.day.description, status: settled ? .settled : .open,
        expected: expected?.decimalText ?? "", actual: actual?.decimalText ?? "", story: story))
  }

  /// Plants a finding about a payment or refund; it carries that record's date and currency.
  mutating func plant(
    _ code: DiscrepancyCode, _ provider: String, _ currency: Currency, order: String = "",
    payment: String = "", refund: String = "", on time: ShopTime?, expected: Money? = nil,
    actual: Money? = nil, _ story: String
  ) {
    planted.append(
      PlantedFinding(
        code: code, provider: provider, currency: currency.code, orderID: order, paymentID: payment,
        refundID: refund, businessDate: time?.day.description ?? "", status: .open,
        expected: expected?.decimalText ?? "", actual: actual?.decimalText ?? "", story: story))
  }
}

/// A day of March 2026.
func march(_ day: Int) -> BusinessDay { ShopTime(3, day, 12, 0).day }

/// A day of February 2026.
func feb(_ day: Int) -> BusinessDay { ShopTime(2, day, 12, 0).day }
