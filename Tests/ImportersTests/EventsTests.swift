import Foundation
import ReconcileCore
import Testing

@testable import Importers

@Suite("Webhook deliveries") struct EventsTests {
  let scratch: MerchantScratch
  let eur: Currency
  init() throws {
    scratch = try MerchantScratch()
    eur = try #require(Currency("EUR"))
  }

  final class Reading {
    var events: [WebhookEvent] = []
    var places: [SourceLine] = []
    var rejects: [Reject] = []
    var tests: [TestEvent] = []
    var inputs: [InputFile] = []
  }

  func provider(_ name: String, _ kind: ProviderKind) -> ProviderSettings {
    ProviderSettings(name: name, kind: kind, source: .directory("saved"), currency: eur)
  }

  /// One provider of each kind, named as its kind.
  var all: [ProviderSettings] { ProviderKind.allCases.map { provider($0.rawValue, $0) } }

  func read(_ bytes: some Sequence<UInt8>, _ providers: [ProviderSettings]? = nil) throws -> Reading {
    let reading = Reading()
    let path = try scratch.file(bytes, as: "events.jsonl")
    reading.inputs = try EventFiles.readEvents(
      files: [path], providers: providers ?? all,
      onEvent: {
        reading.events.append($0)
        reading.places.append($1)
      }, onReject: { reading.rejects.append($0) }, onTest: { reading.tests.append($0) })
    return reading
  }

  func read(_ text: String, _ providers: [ProviderSettings]? = nil) throws -> Reading {
    try read(text.utf8, providers)
  }

  func envelope(_ provider: String, _ body: String, headers: [String: String] = [:]) throws -> String {
    let data = try JSONSerialization.data(withJSONObject: [
      "received_at": "2026-03-01T00:00:00Z", "provider": provider, "headers": headers, "body": body,
    ])
    return String(decoding: data, as: UTF8.self)
  }

  func signature(_ body: String, _ secret: String) -> String {
    "sha256=" + Digest.hex(Digest.hmacSHA256(key: secret, Array(body.utf8)))
  }

  let maxfiBody = #"""
    {"id":"evt_1","type":"payment.succeeded","livemode":true,"created_at":"2026-04-17T06:04:14Z",\#
    "data":{"payment_id":"cs_1","id":"pay_1","amount":4900,"currency":"USD","status":"succeeded","order_id":"A-1"}}
    """#
  let dapitBody = #"""
    {"event":"payment.confirmed","reference_number":"DP-260330-X","merchant_order_id":"ORD-1","invoice_amount":7.00,\#
    "amount_paid":8.50,"currency":"EUR","paid_at":"2026-03-31 10:05:12","session_token":"tok","customer_name":"Ann"}
    """#

  @Test("a bare MAXFI body gives its ids and order")
  func maxfi() throws {
    let event = try #require(try read(maxfiBody).events.first)
    #expect(event.provider == "maxfi")
    #expect(event.id == "evt_1")
    #expect(event.references.map(\.text) == ["cs_1", "pay_1"])
    #expect(event.orderIDs.map(\.text) == ["A-1"])
    #expect(event.received == nil && event.paidAt == nil && event.refund == nil)
  }

  @Test("a Dapit body gives the amount received and the time in the provider's zone")
  func dapit() throws {
    var dapit = provider("shop", .dapit)
    dapit.zone = try #require(Zone("Europe/Vilnius"))
    let event = try #require(try read(dapitBody, [dapit]).events.first)
    #expect(event.references.map(\.text) == ["DP-260330-X", "tok"])
    #expect(event.orderIDs.map(\.text) == ["ORD-1"])
    #expect(event.received == Money(minorUnits: 850, currency: eur))
    #expect(event.paidAt?.description == "2026-03-31T07:05:12Z")
  }

  @Test("a Dapit body without currency is in the provider's, an amount may stand as text")
  func dapitCurrency() throws {
    var dapit = provider("shop", .dapit)
    dapit.currency = try #require(Currency("JPY"))
    let event = try read(#"{"event":"x","reference_number":"R","amount_paid":"850.0"}"#, [dapit]).events.first
    #expect(event?.received == Money(minorUnits: 850, currency: dapit.currency))
  }

  @Test(
    "the same Dapit delivery is one event, however its members are ordered; another amount is another event")
  func dapitIdentity() throws {
    let one = #"{"event":"x","reference_number":"R","amount_paid":8.5,"paid_at":"2026-03-31 10:05:12"}"#
    let same = #"{ "paid_at":"2026-03-31 10:05:12","amount_paid":8.50,"reference_number":"R","event":"x"}"#
    let other = one.replacing("8.5", with: "8.6")
    let ids = try read([one, same, other].joined(separator: "\n")).events.map(\.id)
    #expect(ids[0] == ids[1] && ids[0] != ids[2] && ids[0].count == 64)
    let bare = #"{"event":"a","reference_number":"R"}"#
    let noMoney = try read(bare + "\n" + bare.replacing("\"a\"", with: "\"b\"")).events.map(\.id)
    #expect(noMoney[0] != noMoney[1])
  }

  @Test("Gate and Inflow deliveries tie references to orders")
  func gateAndInflow() throws {
    let reading = try read(
      #"""
      {"referenceId":"G-1","status":"SUCCESS","merchantMetadata":{"orderId":"A-7"}}
      {"event":"transaction.status_changed","id":"we_1","data":{"id":"TX1","status":"paid","order_id":"A-8"}}
      {"type":"refund.status_changed","data":{"id":55,"transaction_id":"TX2"}}
      """#)
    #expect(reading.rejects == [])
    #expect(reading.events.map(\.provider) == ["gate", "inflow", "inflow"])
    #expect(reading.events.map { $0.references.map(\.text) } == [["G-1"], ["TX1"], ["TX2", "55"]])
    #expect(reading.events.map { $0.orderIDs.map(\.text) } == [["A-7"], ["A-8"], []])
    #expect(reading.events[1].id == "we_1")
  }

  @Test("a MAXFI event with amount_refunded is a refund of minor units")
  func maxfiRefund() throws {
    func refund(_ data: String) throws -> EventRefund? {
      try read(
        #"{"id":"evt_9","type":"payment.refunded","created_at":"2026-04-18T00:00:00Z","data":{"#
          + #""currency":"EUR","status":"refunded","# + data + "}}"
      ).events.first?.refund
    }
    let named = try refund(#""payment_id":"p1","refund_id":"re_1","id":"x","amount_refunded":500"#)
    #expect(
      named?.id.text == "re_1" && named?.amount.minorUnits == 500 && named?.providerStatus == "refunded")
    #expect(named?.createdAt?.description == "2026-04-18T00:00:00Z")
    #expect(try refund(#""payment_id":"p1","id":"re_2","amount_refunded":"500.0""#)?.id.text == "re_2")
    #expect(try refund(#""payment_id":"p1","id":"p1","amount_refunded":5"#)?.id.text == "evt_9")
    #expect(try refund(#""id":"p1","amount_refunded":5"#)?.id.text == "evt_9")
    #expect(try refund(#""checkout_session_id":"p1","id":"p1","amount_refunded":5"#)?.id.text == "evt_9")
    #expect(try refund(#""payment_id":"p1","amount_refunded":0"#) == nil)
    #expect(try refund(#""payment_id":"p1","amount_refunded":null"#) == nil)
  }

  @Test(
    "an amount, currency or time that cannot be read makes the event a reject",
    arguments: [
      #"{"id":"e","type":"t","data":{"payment_id":"p","currency":"EUR","amount_refunded":5.5}}"#,
      #"{"id":"e","type":"t","data":{"payment_id":"p","currency":"EUR","amount_refunded":-5}}"#,
      #"{"id":"e","type":"t","data":{"payment_id":"p","amount_refunded":5}}"#,
      #"{"id":"e","type":"t","data":{"payment_id":"p","currency":"EURO","amount_refunded":5}}"#,
      #"{"id":"e","type":"t","created_at":"x","data":{"payment_id":"p","currency":"EUR","amount_refunded":5}}"#,
      #"{"event":"x","reference_number":"R","amount_paid":8.505}"#,
      #"{"event":"x","reference_number":"R","amount_paid":-8}"#,
      #"{"event":"x","reference_number":"R","amount_paid":"8,50"}"#,
      #"{"event":"x","reference_number":"R","amount_paid":true}"#,
      #"{"event":"x","reference_number":"R","amount_paid":99999999999999999999}"#,
      #"{"event":"x","reference_number":"R","paid_at":"31.03.2026"}"#,
      #"{"event":"x","reference_number":"R","paid_at":1770000000}"#,
      #"{"event":"x","reference_number":"R","currency":"QQQ"}"#,
      #"{"event":"x","reference_number":"R\u0000"}"#,
    ])
  func unreadable(line: String) throws {
    let reading = try read(line)
    #expect(reading.events.isEmpty)
    #expect(reading.rejects.map(\.location) == ["line 1"])
  }

  @Test(
    "a line that is no delivery is a reject",
    arguments: [
      "x", "[]", "12", "{}", "{\"a\":1", "{\"a\":1,}", "null", #"{"type":"x"}"#, #"{"reference_number":"R"}"#,
      #"{"event":"x","reference_number":"R","reference_number":"S"}"#, "{\"referenceId\":\"\u{1}\"}",
      #"{"referenceId":""}"#,
      #"{"received_at":"2026-03-01","provider":"dapit","headers":{}}"#,
      #"{"received_at":"2026-03-01","provider":"dapit","body":"{"}"#,
      #"{"received_at":"2026-03-01","provider":7,"body":"{}"}"#,
      #"{"received_at":"2026-03-01","provider":"dapit","body":7}"#,
    ])
  func noDelivery(line: String) throws {
    let reading = try read(line + "\n" + dapitBody)
    #expect(reading.rejects.map(\.location) == ["line 1"])
    #expect(reading.places.map(\.line) == [2])
    #expect(reading.rejects.first?.record.isEmpty == false)
  }

  @Test("an envelope's provider decides, and one that is not configured is a reject")
  func envelopeProvider() throws {
    let providers = [provider("eu", .dapit), provider("us", .dapit), provider("card", .maxfi)]
    let lines = [
      try envelope("us", dapitBody), try envelope("asia", dapitBody), try envelope("card", dapitBody),
      try envelope("eu", maxfiBody),
    ]
    let reading = try read(lines.joined(separator: "\r\n"), providers)
    #expect(reading.events.map(\.provider) == ["us"])
    #expect(reading.rejects.map(\.location) == ["line 2", "line 3", "line 4"])
    #expect(reading.rejects[0].reason.contains("\"asia\" is not configured"))
  }

  @Test("a bare body is handed to every provider of its kind, and a kind without provider is a reject")
  func severalProviders() throws {
    let providers = [provider("eu", .dapit), provider("us", .dapit)]
    let reading = try read(dapitBody + "\n" + maxfiBody, providers)
    #expect(reading.events.map(\.provider) == ["eu", "us"])
    #expect(reading.rejects.map(\.location) == ["line 2"])
  }

  @Test("an envelope and the bare body are the same event")
  func sameEvent() throws {
    for body in [maxfiBody, dapitBody, #"{"referenceId":"G"}"#] {
      let kind = body == maxfiBody ? "maxfi" : body == dapitBody ? "dapit" : "gate"
      let reading = try read(body + "\n" + envelope(kind, body))
      #expect(reading.events.count == 2)
      #expect(reading.events.first == reading.events.last)
    }
  }

  @Test("the event id may come from the header, its name in any case")
  func idFromHeader() throws {
    let body = #"{"type":"payment.succeeded","data":{"payment_id":"p"}}"#
    let reading = try read(
      [
        try envelope("maxfi", body, headers: ["x-maxfi-EVENT-id": "evt_7"]),
        try envelope(
          "maxfi", body.replacing("{\"type\"", with: "{\"id\":\"evt_8\",\"type\""),
          headers: ["X-MAXFI-Event-Id": "evt_7"]),
        try envelope("maxfi", body),
      ].joined(separator: "\n"))
    #expect(reading.events.map(\.id) == ["evt_7", "evt_8", Digest.hex(Digest.sha256(body.utf8))])
  }

  @Test("with a webhook secret only a delivery whose signature verifies counts")
  func signatures() throws {
    var maxfi = provider("maxfi", .maxfi)
    maxfi.webhookSecret = Secret("whsec")
    let good = signature(maxfiBody, "whsec")
    let lines = [
      try envelope("maxfi", maxfiBody, headers: ["X-MAXFI-Signature": good]),
      try envelope(
        "maxfi", maxfiBody, headers: ["x-maxfi-signature": "sha256=" + good.dropFirst(7).uppercased()]),
      maxfiBody,
      try envelope("maxfi", maxfiBody),
      try envelope("maxfi", maxfiBody, headers: ["X-MAXFI-Signature": signature(maxfiBody, "other")]),
      try envelope("maxfi", maxfiBody + " ", headers: ["X-MAXFI-Signature": good]),
      try envelope("maxfi", maxfiBody, headers: ["X-MAXFI-Signature": String(good.dropFirst(7))]),
      try envelope("maxfi", maxfiBody, headers: ["X-MAXFI-Signature": "sha256="]),
      dapitBody,
    ]
    let reading = try read(lines.joined(separator: "\n"), [maxfi, provider("dapit", .dapit)])
    #expect(reading.places.map(\.line) == [1, 2, 9])
    #expect(reading.rejects.map(\.location) == (3...8).map { "line \($0)" })
    #expect(reading.rejects.allSatisfy { !$0.reason.contains("whsec") })
  }

  @Test("the signature covers the body's bytes as delivered, escapes undone")
  func signatureOfEscapes() throws {
    var maxfi = provider("maxfi", .maxfi)
    maxfi.webhookSecret = Secret("k")
    let body = "{\"id\":\"e\\u00e9\\n\",\n \"type\":\"t/\u{FC}\",\t\"data\":{\"payment_id\":\"p\"}}"
      .replacing("\\n", with: "")
    let line = try envelope("maxfi", body, headers: ["X-MAXFI-Signature": signature(body, "k")])
    #expect(try read(line, [maxfi]).events.map(\.id) == ["e\u{E9}"])
  }

  @Test("test events are left out and counted by id")
  func testEvents() throws {
    let test = maxfiBody.replacing("\"livemode\":true", with: "\"livemode\":false")
    let inData = maxfiBody.replacing("\"payment_id\"", with: "\"test_mode\":true,\"payment_id\"")
    let reading = try read([test, inData, try envelope("maxfi", test)].joined(separator: "\n"))
    #expect(reading.events.isEmpty && reading.rejects == [])
    #expect(reading.tests.count == 3 && Set(reading.tests).count == 1)
  }

  @Test("blank lines and a byte-order mark are skipped, lines are counted as they stand")
  func lines() throws {
    let reading = try read("\u{FEFF}\n\r\n" + dapitBody + "\r\n  \n" + maxfiBody)
    #expect(reading.places.map(\.line) == [3, 5])
    #expect(reading.inputs.map(\.rows) == [2])
    #expect(try read("").inputs.map(\.rows) == [0])
  }

  @Test("a line above 16 MiB is a reject, and the next one is read")
  func longLine() throws {
    let bytes = [UInt8(ascii: "{")] + [UInt8](repeating: 32, count: 16 << 20) + [10] + Array(dapitBody.utf8)
    let reading = try read(bytes)
    #expect(reading.rejects.map(\.location) == ["line 1"])
    #expect(reading.rejects.first.map { $0.record.utf8.count <= 2_000 } == true)
    #expect(reading.places.map(\.line) == [2])
  }

  @Test("a line of exactly the limit is read, one byte more is not")
  func lineLimit() throws {
    let reader = LineReader(
      file: try ByteFile(path: try scratch.file("1234\n12345\n123"), chunk: 3), limit: 4)
    var lines: [String] = []
    while try reader.next() {
      lines.append(String(decoding: reader.line, as: UTF8.self) + (reader.isTooLong ? " and more" : ""))
    }
    #expect(lines == ["1234", "1234 and more", "123"])
  }

  @Test("lines do not depend on where chunks end")
  func chunks() throws {
    let path = try scratch.file("a\n\nbc\r\nd")
    for chunk in 1...4 {
      let reader = LineReader(file: try ByteFile(path: path, chunk: chunk))
      var lines: [String] = []
      while try reader.next() { lines.append(String(decoding: reader.line, as: UTF8.self)) }
      #expect(lines == ["a", "", "bc\r", "d"])
    }
  }

  @Test("invalid UTF-8 is a reject of that line, UTF-16 stops with 66")
  func encodings() throws {
    let reading = try read(
      Array("{\"referenceId\":\"".utf8) + [0xFC] + Array("\"}\n".utf8) + Array(dapitBody.utf8))
    #expect(reading.rejects.map(\.location) == ["line 1"] && reading.events.count == 1)
    let failure = #expect(throws: Failure.self) { try read([0xFF, 0xFE, 0x7B, 0]) }
    #expect(failure?.status == .inputMissing)
  }

  @Test("a reject's record shows no personal data")
  func masked() throws {
    let body = dapitBody.replacing("8.50", with: "\"x\"")
      .replacing("\"Ann\"", with: "\"Ann Smith\",\"customer_email\":\"ann@example.com\"")
    for line in [body, try envelope("dapit", body)] {
      let record = try #require(try read(line).rejects.first?.record)
      #expect(!record.contains("Ann") && !record.contains("example.com"))
      #expect(record.contains("DP-260330-X"))
    }
  }

  @Test("a body given as an object is read like one given as text")
  func objectBody() throws {
    let line = #"{"provider":"dapit","received_at":"2026-03-01T00:00:00Z","body":"# + dapitBody + "}"
    #expect(try read(line).events == (try read(dapitBody).events))
  }
}
