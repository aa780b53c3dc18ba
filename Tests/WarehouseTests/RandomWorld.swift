import ReconcileCore
import TestSupport
import Testing

@testable import ReconcileWarehouse

/// A key of a provider's record.
struct RecordKey: Hashable {
  var provider: String
  var id: String
}

/// Everything that was imported into a warehouse so far, changing at random; small, so that records meet.
struct RandomWorld {
  var random: SeededGenerator
  var settings: Settings
  var asOf = Instant(seconds: 1_774_958_400)
  var orders: [String: MerchantOrder] = [:]
  var asked: [String: MerchantRefund] = [:]
  var events: [RecordKey: WebhookEvent] = [:]
  var payments: [RecordKey: PaymentRecord] = [:]
  var refunds: [RecordKey: RefundRecord] = [:]
  var reports: [RecordKey: SettlementReport] = [:]
  var withdrawn: Set<RecordKey> = []
  /// Manual links in the order in which they were made.
  var links: [(payment: RecordKey, order: String?)] = []
  /// The latest import of each provider: its status, and the streams that were answered.
  var latest: [String: (status: String, answered: Set<String>)] = [:]
  var lookups: [RecordKey: (isRefund: Bool, outcome: StoredLookupOutcome)] = [:]
  private let euro: Currency
  private let dollar: Currency

  init(seed: UInt64) throws {
    random = SeededGenerator(seed: seed)
    settings = try plainSettings()
    euro = try #require(Currency("EUR"))
    dollar = try #require(Currency("USD"))
  }

  private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

  private mutating func instant() -> Instant {
    Instant(seconds: asOf.seconds - Int64(number(0..<(9 * 86_400))))
  }

  private mutating func money(_ currency: Currency) -> Money {
    Money(minorUnits: Int64(number(0..<8)) * 50, currency: currency)
  }

  private mutating func currency() -> Currency { random.once(in: 10) ? dollar : euro }

  private mutating func orderID() throws -> Identifier { try Identifier("A\(number(0..<9))") }

  /// A name that a payment may go by: its own id or an alias.
  private mutating func paymentName() throws -> Identifier {
    try Identifier(random.once(in: 3) ? "S\(number(0..<6))" : "P\(number(0..<9))")
  }

  mutating func changeOrder() throws -> MerchantOrder {
    var order = MerchantOrder(id: try orderID(), createdAt: instant(), amount: money(currency()))
    if random.once(in: 3) { order.provider = random.pick(settings.providers.map(\.name) + ["elsewhere"]) }
    if random.once(in: 2) { order.providerReference = try paymentName() }
    order.isCancelled = random.once(in: 6)
    orders[order.id.text] = order
    return order
  }

  mutating func changeAsked() throws -> MerchantRefund {
    var refund = MerchantRefund(
      id: try Identifier("M\(number(0..<5))"), orderID: try orderID(), createdAt: instant(),
      amount: money(currency()))
    if random.once(in: 2) { refund.providerReference = try Identifier("R\(number(0..<6))") }
    asked[refund.id.text] = refund
    return refund
  }

  mutating func changeEvent() throws -> WebhookEvent {
    let isDapit = random.once(in: 2)
    let name = try paymentName()
    var event = WebhookEvent(
      provider: isDapit ? "dapit" : "maxfi", id: "E\(number(0..<6))", references: [name],
      orderIDs: random.once(in: 2) ? [] : [try orderID()])
    if isDapit {
      event.received = money(euro)
      event.paidAt = random.once(in: 3) ? nil : instant()
    } else if name.text.hasPrefix("P"), random.once(in: 2) {
      event.refund = EventRefund(
        id: try Identifier("\(name)-R\(number(0..<2))"), amount: money(euro), providerStatus: nil,
        createdAt: instant())
    }
    events[RecordKey(provider: event.provider, id: event.id)] = event
    return event
  }

  mutating func changePayment(_ provider: String, id: String? = nil) throws -> PaymentRecord {
    let id = try Identifier(id ?? "P\(number(0..<9))")
    let status = random.pick(PaymentStatus.allCases)
    var payment = PaymentRecord(
      id: id, amount: money(currency()), status: status, providerStatus: status.rawValue)
    if random.once(in: 3) { payment.aliases = [try Identifier("S\(number(0..<6))")] }
    if random.once(in: 2) { payment.orderClaims = [try orderID()] }
    if random.once(in: 8) { payment.orderClaims.append(try orderID()) }
    if provider == "dapit" || provider == "gate", random.once(in: 2) {
      payment.received = money(payment.amount.currency)
    }
    if provider == "dapit", random.once(in: 4) { payment.announcedRefundFee = money(payment.amount.currency) }
    if provider == "maxfi", random.once(in: 4) {
      payment.refundedTotal = Money(
        minorUnits: Int64(number(1..<4)) * 50, currency: payment.amount.currency)
    }
    payment.paidAt = random.once(in: 6) ? nil : instant()
    payment.updatedAt = random.once(in: 3) ? instant() : nil
    payment.isTest = random.once(in: 12)
    payments[RecordKey(provider: provider, id: id.text)] = payment
    withdrawn.remove(RecordKey(provider: provider, id: id.text))
    return payment
  }

  mutating func changeRefund(_ provider: String, id: String? = nil) throws -> RefundRecord {
    let id = try Identifier(id ?? "R\(number(0..<6))")
    let status = random.pick(RefundStatus.allCases)
    var refund = RefundRecord(id: id, currency: currency(), status: status, providerStatus: status.rawValue)
    if provider == "dapit", random.once(in: 2) {
      refund.possiblePaymentIDs = [try paymentName(), try paymentName()]
    } else if provider != "gate" {
      refund.paymentID = try paymentName()
    }
    if !random.once(in: 8) { refund.amount = money(refund.currency) }
    if provider == "dapit", random.once(in: 2) {
      refund.fee = Money(minorUnits: random.pick([0, 50, 100]), currency: refund.currency)
    }
    refund.refundedAt = random.once(in: 6) ? nil : instant()
    refund.isTest = random.once(in: 15)
    refunds[RecordKey(provider: provider, id: id.text)] = refund
    withdrawn.remove(RecordKey(provider: provider, id: "refund " + id.text))
    return refund
  }

  /// A settlement report of a few days in March.
  mutating func changeReport() throws -> SettlementReport {
    let first = try #require(BusinessDay("2026-03-22")).advanced(by: number(0..<6))
    let length = number(0..<4)
    func figures(_ random: inout SeededGenerator) -> SettlementFigures {
      SettlementFigures(
        gross: Int64.random(in: 0..<8, using: &random) * 50, refunds: random.once(in: 4) ? nil : 50, fees: 0,
        net: random.once(in: 2) ? 100 : nil, count: random.once(in: 3) ? 1 : nil)
    }
    var lines: [(day: BusinessDay, figures: SettlementFigures)] = []
    for offset in 0...length where !random.once(in: 3) {
      lines.append((first.advanced(by: offset), figures(&random)))
    }
    let report = SettlementReport(
      currency: euro, from: first, to: first.advanced(by: length), totals: figures(&random), lines: lines)
    reports[RecordKey(provider: "dapit", id: "\(report.from) \(report.to)")] = report
    return report
  }

  /// A link or an unlinking of a payment that is known, by a person.
  mutating func changeLink() -> (payment: RecordKey, order: String?)? {
    let known = payments.filter { !$0.value.isTest }.keys.sorted {
      ($0.provider, $0.id) < ($1.provider, $1.id)
    }
    guard !known.isEmpty, !orders.isEmpty else { return nil }
    let payment = random.pick(known)
    // A payment that is linked must be unlinked before it can be linked to another order.
    let isLinked = links.last { $0.payment == payment }?.order != nil
    let link = (payment, isLinked || random.once(in: 3) ? nil : random.pick(orders.keys.sorted()))
    links.append(link)
    return link
  }

  /// A rule that changes between two runs.
  mutating func changeRules() throws {
    switch number(0..<4) {
    case 0: settings.tolerance[euro] = Money(minorUnits: random.pick([0, 50]), currency: euro)
    case 1: settings.zone = try #require(Zone(random.pick(["UTC", "Europe/Vilnius", "Pacific/Apia"])))
    case 2: settings.graceSeconds = Int64(random.pick([0, 48, 400])) * 3_600
    default:
      let index = number(0..<settings.providers.count)
      settings.providers[index].zone = try #require(Zone(random.pick(["UTC", "America/New_York"])))
    }
  }
}
