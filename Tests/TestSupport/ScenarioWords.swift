import ReconcileCore

/// The words of one line of a scenario.
struct ScenarioWords {
  private var words: [String]
  private let place: String

  init(_ line: String, place: String) {
    words = line.split(separator: " ").map(String.init)
    self.place = place
  }

  func problem(_ text: String) -> ScenarioError { ScenarioError(place: place, problem: text) }

  mutating func next() throws -> String {
    guard !words.isEmpty else { throw problem("the line ends too early") }
    return words.removeFirst()
  }

  mutating func rest() -> String {
    defer { words = [] }
    return words.joined(separator: " ")
  }

  func end() throws { if let word = words.first { throw problem("`\(word)` is too much") } }

  /// The word after `key`, wherever the pair stands.
  private mutating func value(_ key: String) -> String? {
    guard let index = words.firstIndex(of: key), index + 1 < words.count else { return nil }
    words.remove(at: index)
    return words.remove(at: index)
  }

  private mutating func flag(_ key: String) -> Bool {
    guard let index = words.firstIndex(of: key) else { return false }
    words.remove(at: index)
    return true
  }

  private func identifier(_ text: String) throws -> Identifier {
    do { return try Identifier(text) } catch { throw problem("`\(text)` is no id") }
  }

  private func identifiers(_ list: String?) throws -> [Identifier] {
    try (list ?? "").split(separator: ",").map { try identifier(String($0)) }
  }

  private func amount(_ text: String, _ currency: Currency) throws -> Money {
    do {
      let minorUnits = try AmountText.merchant(text, exponent: currency.exponent)
      return Money(minorUnits: minorUnits, currency: currency)
    } catch { throw problem("`\(text)` is no amount") }
  }

  mutating func money() throws -> Money {
    let text = try next()
    return try amount(text, try currency())
  }

  private mutating func currency() throws -> Currency {
    let code = try next()
    guard let currency = Currency(code) else { throw problem("`\(code)` is no currency") }
    return currency
  }

  mutating func instant() throws -> Instant {
    guard let instant = try time() else { throw problem("a time is needed here") }
    return instant
  }

  /// A time, nil for `-`.
  private mutating func time() throws -> Instant? {
    let text = try next()
    if text == "-" { return nil }
    guard let instant = TimeText.instant(text, in: .utc) else { throw problem("`\(text)` is no time") }
    return instant
  }

  mutating func hours() throws -> Int64 {
    let text = try next()
    guard let hours = Int64(text) else { throw problem("`\(text)` is no number of hours") }
    return hours * 3_600
  }

  /// `provider/id`.
  private mutating func record() throws -> (provider: String, id: Identifier) {
    let text = try next()
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { throw problem("`\(text)` is not PROVIDER/ID") }
    return (parts[0], try identifier(parts[1]))
  }

  private mutating func word<T: RawRepresentable>(_ type: T.Type) throws -> T where T.RawValue == String {
    let text = try next()
    guard let value = T(rawValue: text) else { throw problem("`\(text)` is no \(type)") }
    return value
  }

  mutating func order() throws -> MerchantOrder {
    let id = try identifier(try next())
    let amount = try money()
    let createdAt = try instant()
    let reference = try value("ref").map { try identifier($0) }
    return MerchantOrder(
      id: id, createdAt: createdAt, amount: amount, provider: value("at"), providerReference: reference,
      isCancelled: flag("cancelled"))
  }

  mutating func payment() throws -> (String, PaymentRecord) {
    let (provider, id) = try record()
    let sum = try money()
    let status = try word(PaymentStatus.self)
    var payment = PaymentRecord(id: id, amount: sum, status: status, providerStatus: status.rawValue)
    payment.paidAt = try time()
    payment.orderClaims = try identifiers(value("for"))
    payment.aliases = try identifiers(value("alias"))
    payment.received = try value("received").map { try amount($0, sum.currency) }
    payment.overpaid = try value("overpaid").map { try amount($0, sum.currency) }
    payment.announcedRefundFee = try value("fee").map { try amount($0, sum.currency) }
    payment.refundedTotal = try value("refunded").map { try amount($0, sum.currency) }
    payment.amountIsNet = flag("net")
    payment.isTest = flag("test")
    return (provider, payment)
  }

  mutating func refund() throws -> (String, RefundRecord) {
    let (provider, id) = try record()
    let text = try next()
    let currency = try currency()
    let status = try word(RefundStatus.self)
    var refund = RefundRecord(id: id, currency: currency, status: status, providerStatus: status.rawValue)
    refund.amount = text == "-" ? nil : try amount(text, currency)
    refund.refundedAt = try time()
    refund.paymentID = try value("of").map { try identifier($0) }
    refund.possiblePaymentIDs = try identifiers(value("maybe"))
    refund.fee = try value("fee").map { try amount($0, currency) }
    return (provider, refund)
  }

  mutating func asked() throws -> MerchantRefund {
    let id = try identifier(try next())
    let amount = try money()
    let createdAt = try instant()
    guard let order = value("for") else { throw problem("for which order?") }
    return MerchantRefund(
      id: id, orderID: try identifier(order), createdAt: createdAt, amount: amount,
      providerReference: try value("ref").map { try identifier($0) })
  }

  mutating func event() throws -> WebhookEvent {
    let (provider, id) = try record()
    var event = WebhookEvent(
      provider: provider, id: id.text, references: try identifiers(value("of")),
      orderIDs: try identifiers(value("for")))
    if let text = value("at") {
      event.paidAt = TimeText.instant(text, in: .utc)
      if event.paidAt == nil { throw problem("`\(text)` is no time") }
    }
    if let refundID = value("refund") {
      event.refund = EventRefund(
        id: try identifier(refundID), amount: try money(), providerStatus: nil, createdAt: event.paidAt)
    } else if flag("received") {
      event.received = try money()
    }
    return event
  }

  mutating func provider() throws -> ProviderSettings {
    let name = try next()
    let kind = try word(ProviderKind.self)
    guard let euro = Currency("EUR") else { throw problem("no EUR") }
    var provider = ProviderSettings(name: name, kind: kind, source: .directory("saved"), currency: euro)
    if flag("fee") { provider.refundFee = try money() }
    if let zone = value("zone") {
      guard let known = Zone(zone) else { throw problem("`\(zone)` is no zone") }
      provider.zone = known
    }
    return provider
  }
}
