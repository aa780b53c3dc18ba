/// An invented shop's month: what its files hold, what four providers hold, and what a person who knows the
/// truth expects of every order.
struct Shop: Sendable {
  /// A row of a provider's list; newest rows stand first in a list.
  struct Row: Sendable {
    var time: String
    var json: String
  }

  /// The statuses that an order should get.
  struct Verdict: Sendable, Equatable, CustomStringConvertible {
    var match: String
    var refund: String
    var description: String { match + "/" + refund }
  }

  /// Money of one provider-local day, as Dapit's own report counts it.
  struct Day: Sendable {
    var gross = 0
    var refunds = 0
    var fees = 0
    var count = 0
  }

  var orders: [String] = []
  var refunds: [String] = []
  var events: [String] = []
  var payments: [Row] = []
  var transactions: [Row] = []
  var dapitRefunds: [Row] = []
  var gate: [String] = []
  var inflowRefunds: [Row] = []
  var inflowTransactions: [String] = []
  var days: [Int: Day] = [:]
  var verdicts: [String: Verdict] = [:]
  private var chance: Seeded
  private var counter = 0

  init(seed: UInt64) { chance = Seeded(seed) }

  /// An amount in minor units that nothing else in the shop has.
  mutating func amount() -> Int {
    counter += 1
    return Int.random(in: 20...90, using: &chance) * 1_000 + counter * 7 + 300
  }

  /// A time of day of a day in March 2025.
  mutating func time(_ day: Int) -> String {
    counter += 1
    let minute = counter % 60
    return "2025-03-\(Self.two(day))T\(Self.two(8 + counter % 9)):\(Self.two(minute)):00Z"
  }

  static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// Minor units as a decimal with the currency's decimals.
  static func decimal(_ minor: Int, _ currency: String = "EUR") -> String {
    let exponent = ["JPY": 0, "KWD": 3][currency] ?? 2
    guard exponent > 0 else { return "\(minor)" }
    let scale = exponent == 3 ? 1_000 : 100
    let rest = String(minor % scale)
    return "\(minor / scale)." + String(repeating: "0", count: exponent - rest.count) + rest
  }

  // MARK: What the merchant writes

  /// An order; its id is its provider's initial and a number, `n` for an order that names none.
  mutating func order(
    _ id: String, _ amount: Int, at time: String, provider: String = "", reference: String = "",
    currency: String = "EUR", status: String = "", is match: String, refund: String = "none"
  ) {
    let money = Self.decimal(amount, currency)
    orders.append("\(id),\(time),\(currency),\(money),\(provider),\(reference),\(status)")
    verdicts[id] = Verdict(match: match, refund: refund)
  }

  /// A refund that the merchant asked for.
  mutating func ask(_ id: String, of order: String, _ amount: Int, at time: String, reference: String = "") {
    refunds.append("\(id),\(order),\(time),EUR,\(Self.decimal(amount)),\(reference)")
  }

  // MARK: What providers hold. Every record carries the data of a person, as real ones do.

  mutating func maxfi(
    _ id: String, _ amount: Int, _ status: String, at time: String, order: String? = nil,
    currency: String = "EUR", _ extra: String = ""
  ) {
    let claim = order.map { "\"order_id\":\"\($0)\"," } ?? ""
    payments.append(
      Row(
        time: time,
        json: "{\"id\":\"\(id)\",\(claim)\"amount\":\(amount),\"currency\":\"\(currency)\","
          + "\"status\":\"\(status)\",\"livemode\":true,\(extra)\"created_at\":\"\(time)\",\(Canary.record)}")
    )
  }

  mutating func dapit(
    _ id: String, _ amount: Int, _ status: String, at time: String, order: String? = nil,
    collects: Int = 0, _ extra: String = ""
  ) {
    let claim = order.map { "\"merchant_order_id\":\"\($0)\"," } ?? ""
    let plain = Self.plain(time)
    transactions.append(
      Row(
        time: time,
        json: "{\"reference_number\":\"\(id)\",\(claim)\"amount\":\(Self.decimal(amount)),"
          + "\"status\":\"\(status)\",\(extra)\"confirmed_at\":\"\(plain)\",\"created_at\":\"\(plain)\","
          + "\(Canary.record)}"))
    if collects > 0 {
      days[Self.day(time), default: Day()].gross += collects
      days[Self.day(time), default: Day()].count += 1
    }
  }

  mutating func dapitRefund(
    _ id: String, of payment: String, _ amount: Int, _ status: String, at time: String, fee: Int? = 100
  ) {
    let feeText = fee.map { ",\"processing_fee\":\(Self.decimal($0))" } ?? ""
    let plain = Self.plain(time)
    dapitRefunds.append(
      Row(
        time: time,
        json: "{\"refund_id\":\"\(id)\",\"payment_reference\":\"\(payment)\","
          + "\"amount\":\(Self.decimal(amount))\(feeText),\"status\":\"\(status)\","
          + "\"completed_at\":\"\(plain)\",\(Canary.record)}"))
    if status == "completed" {
      days[Self.day(time), default: Day()].refunds += amount - (fee ?? 0)
      days[Self.day(time), default: Day()].fees += fee ?? 0
    }
  }

  mutating func gate(
    _ id: String, _ amount: Int, _ status: String, at time: String, actual: Int? = nil
  ) {
    let paid = actual.map { ",\"actualAmount\":\($0)" } ?? ""
    gate.append(
      "{\"referenceId\":\"\(id)\",\"amount\":\(amount)\(paid),\"currencyCode\":\"EUR\","
        + "\"status\":\"\(status)\",\"createdAt\":\"\(time)\",\(Canary.record)}")
  }

  mutating func inflow(_ id: String, _ amount: Int, _ status: String, at time: String) {
    inflowTransactions.append(
      "{\"id\":\"\(id)\",\"amount\":\"\(Self.decimal(amount))\",\"currency\":\"EUR\","
        + "\"status\":\"\(status)\",\"created_at\":\"\(time)\",\(Canary.record)}")
  }

  mutating func inflowRefund(
    _ id: String, of transaction: String, _ amount: Int, _ status: String, at time: String
  ) {
    inflowRefunds.append(
      Row(
        time: time,
        json:
          "{\"id\":\"\(id)\",\"transaction_id\":\"\(transaction)\",\"amount\":\"\(Self.decimal(amount))\","
          + "\"amount_in_cents\":\(amount),\"currency\":\"EUR\",\"status\":\"\(status)\","
          + "\"created_at\":\"\(time)\",\(Canary.record)}"))
  }

  /// Dapit writes times with a blank and without a zone.
  private static func plain(_ time: String) -> String {
    time.replacing("T", with: " ").replacing("Z", with: "")
  }

  private static func day(_ time: String) -> Int { Int(time.dropFirst(8).prefix(2)) ?? 0 }
}

/// Data that must be found nowhere in what the program writes.
enum Canary {
  static let email = "greta.canary@example.org"
  static let phone = "+37061234567"
  static let card = "4111111111111111"
  static let iban = "LT121000011101001000"
  static let name = "Canarina Geltonsnape"
  static let people = [email, phone, card, iban, name]

  /// Members of a provider's record.
  static let record =
    "\"customer\":{\"name\":\"\(name)\",\"email\":\"\(email)\",\"phone\":\"\(phone)\"},"
    + "\"card\":{\"number\":\"\(card)\",\"holder\":\"\(name)\"},\"iban\":\"\(iban)\","
    + "\"description\":\"for \(name)\",\"other\":\"write to \(email) or \(phone)\""

  /// API keys by provider, and the secret that signs MAXFI's deliveries.
  static let keys = [
    "maxfi": "sk_live_Kanarien/Vogel+4711", "dapit": "gw-Zeisig-815-Distelfink",
    "gate": "gate.Stieglitz.0123456789", "inflow": "inflow~Gimpel~9876543210",
  ]
  static let webhookSecret = "whsec_Nachtigall_ohne_Lied_31"
}
