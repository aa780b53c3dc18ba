import ReconcileCore

extension EventDelivery {
  /// The kind of provider whose deliveries have this shape; nil for a body of no known shape.
  var shape: ProviderKind? {
    let word = text(body, "event") ?? text(body, "type")
    let data = member(body, "data")
    if data != nil, let word, Self.inflowWords.contains(word.lowercased()) { return .inflow }
    if data != nil, text(body, "type") != nil { return .maxfi }
    if text(body, "event") != nil, text(body, "reference_number") != nil || text(body, "session_token") != nil
    {
      return .dapit
    }
    if text(body, "referenceId") != nil { return .gate }
    return nil
  }

  private static let inflowWords: Set = ["transaction.status_changed", "refund.status_changed"]

  /// Whether the delivery says that no real money moved.
  var isTest: Bool {
    [body, member(body, "data")].contains { object in
      guard let object else { return false }
      if case .bool(false)? = object["livemode"] { return true }
      if case .bool(true)? = object["test_mode"] { return true }
      return false
    }
  }

  /// The delivery as an event of this provider.
  func event(for provider: ProviderSettings) throws(EventProblem) -> WebhookEvent {
    switch provider.kind {
    case .maxfi: try maxfi(provider)
    case .dapit: try dapit(provider)
    case .gate: try gate(provider)
    case .inflow: try inflow(provider)
    }
  }

  // MARK: One reading for each kind

  /// `{id, type, livemode, created_at, data{payment_id, amount, currency, status}}`
  private func maxfi(_ provider: ProviderSettings) throws(EventProblem) -> WebhookEvent {
    let data = member(body, "data")
    var event = WebhookEvent(
      provider: provider.name, id: try maxfiID(),
      references: try ids([(data, "payment_id"), (data, "id"), (data, "checkout_session_id")]),
      orderIDs: try orderIDs(data))
    guard let refunded = try amount(data, "amount_refunded", exponent: 0), refunded != 0 else { return event }
    guard let currency = try currency(data) else {
      throw EventProblem(
        "data.currency is missing, so amount_refunded cannot be read; archive the delivery again")
    }
    // `id` may be the refund's or the payment's own; only one that differs from the payment's names can be
    // the refund's.
    let paymentIDs = try ids([(data, "payment_id"), (data, "checkout_session_id")])
    let ownID = try ids([(data, "id")]).filter { !paymentIDs.isEmpty && !paymentIDs.contains($0) }
    let refundID = try ids([(data, "refund_id")]).first ?? ownID.first
    event.refund = EventRefund(
      id: refundID ?? Identifier(stored: event.id), amount: Money(minorUnits: refunded, currency: currency),
      providerStatus: data.flatMap { text($0, "status") },
      createdAt: try instant(body, "created_at", in: provider.zone))
    return event
  }

  private func maxfiID() throws(EventProblem) -> String {
    if let id = try ids([(body, "id")]).first { return id.text }
    for value in values(ofHeader: "x-maxfi-event-id") {
      if let id = try? Identifier(value) { return id.text }
    }
    return Digest.hex(Digest.sha256(bytes))
  }

  /// `{event, reference_number, merchant_order_id, amount_paid, currency, paid_at, session_token, …}`
  private func dapit(_ provider: ProviderSettings) throws(EventProblem) -> WebhookEvent {
    var event = WebhookEvent(
      provider: provider.name, id: "",
      references: try ids([(body, "reference_number"), (body, "session_token")]),
      orderIDs: try orderIDs(body))
    let currency = try currency(body) ?? provider.currency
    if let paid = try amount(body, "amount_paid", exponent: currency.exponent) {
      event.received = Money(minorUnits: paid, currency: currency)
    }
    event.paidAt = try instant(body, "paid_at", in: provider.zone)
    if let id = try ids([(body, "id")]).first {
      event.id = id.text
    } else if event.received == nil && event.paidAt == nil {
      event.id = Digest.hex(Digest.sha256(bytes))
    } else {
      // The provider gives no event id; what the delivery tells is its identity.
      let parts =
        event.references.map(\.text) + event.orderIDs.map(\.text)
        + [event.paidAt?.description ?? "", event.received.map { "\($0.decimalText) \($0.currency)" } ?? ""]
      event.id = Digest.hex(Digest.sha256(parts.joined(separator: "\u{0}").utf8))
    }
    return event
  }

  /// `{referenceId, …, merchantMetadata{orderId}}`: the shape of its payments, since its deliveries are not
  /// documented. The body is its own identity: an `id` there is the payment's, and two states of it must
  /// not become one event.
  private func gate(_ provider: ProviderSettings) throws(EventProblem) -> WebhookEvent {
    WebhookEvent(
      provider: provider.name, id: Digest.hex(Digest.sha256(bytes)),
      references: try ids([(body, "referenceId")]),
      orderIDs: try orderIDs(body))
  }

  /// `{event or type, data{id or transaction_id, …}}`; of a refund, `id` is the refund's.
  private func inflow(_ provider: ProviderSettings) throws(EventProblem) -> WebhookEvent {
    let data = member(body, "data") ?? body
    let id = member(body, "data") == nil ? nil : try ids([(body, "id")]).first
    return WebhookEvent(
      provider: provider.name, id: id?.text ?? Digest.hex(Digest.sha256(bytes)),
      references: try ids([(data, "transaction_id"), (data, "id")]), orderIDs: try orderIDs(data))
  }

  // MARK: Fields

  private func orderIDs(_ object: JSONObject?) throws(EventProblem) -> [Identifier] {
    var places: [(JSONObject?, String)] = [(object, "order_id"), (object, "merchant_order_id")]
    for name in ["merchantMetadata", "metadata"] {
      let metadata = object.flatMap { member($0, name) }
      places += [(metadata, "orderId"), (metadata, "order_id")]
    }
    return try ids(places)
  }

  /// The ids that stand in these places, each once; an empty one counts as none.
  private func ids(_ places: [(JSONObject?, String)]) throws(EventProblem) -> [Identifier] {
    var found: [Identifier] = []
    for (object, name) in places {
      let raw: String
      switch object?[name] {
      case .string(let text)?: raw = text
      case .number(let digits)? where digits.allSatisfy { $0 >= 48 && $0 <= 57 }:
        raw = String(decoding: digits, as: UTF8.self)
      default: continue
      }
      do throws(Identifier.Problem) {
        let id = try Identifier(raw)
        if !found.contains(id) { found.append(id) }
      } catch .empty {
        continue
      } catch {
        throw EventProblem("\(name) \(error.reason); archive the delivery again")
      }
    }
    return found
  }

  private func amount(_ object: JSONObject?, _ name: String, exponent: Int) throws(EventProblem) -> Int64? {
    let written: [UInt8]
    switch object?[name] {
    case nil, .null?: return nil
    case .number(let bytes)?: written = Array(bytes)
    case .string(let text)?: written = Array(text.utf8)
    default: throw EventProblem("\(name) is not a number; archive the delivery again")
    }
    let value: Int64
    do {
      value = try AmountText.json(written, exponent: exponent)
    } catch {
      throw EventProblem(
        "\(name) \(shown(String(decoding: written, as: UTF8.self))) cannot be read: \(error.reason)")
    }
    guard value >= 0 else {
      throw EventProblem("\(name) \(shown(String(decoding: written, as: UTF8.self))) is negative")
    }
    return value
  }

  private func currency(_ object: JSONObject?) throws(EventProblem) -> Currency? {
    switch object?["currency"] {
    case nil, .null?: return nil
    case .string(let code)? where code.isEmpty: return nil
    case .string(let code)?:
      if let currency = Currency(code) { return currency }
      throw EventProblem("currency \(shown(code)) is not an ISO 4217 code")
    default: throw EventProblem("currency is not text")
    }
  }

  private func instant(_ object: JSONObject, _ name: String, in zone: Zone) throws(EventProblem) -> Instant? {
    switch object[name] {
    case nil, .null?: return nil
    case .string(let text)? where text.isEmpty: return nil
    case .string(let text)?:
      if let instant = TimeText.instant(text, in: zone) { return instant }
      throw EventProblem("\(name) \(shown(text)) is not an ISO 8601 time")
    default: throw EventProblem("\(name) is not an ISO 8601 time")
    }
  }

  private func text(_ object: JSONObject, _ name: String) -> String? {
    if case .string(let text)? = object[name], !text.isEmpty { text } else { nil }
  }

  private func member(_ object: JSONObject, _ name: String) -> JSONObject? {
    if case .object(let inner)? = object[name] { inner } else { nil }
  }

  private func shown(_ text: String) -> String { quoted(PersonalData.mask(text: text)) }
}
