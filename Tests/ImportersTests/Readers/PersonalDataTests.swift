import Importers
import Testing

@Suite("Personal data is masked before anything is stored")
struct PersonalDataTests {
  private func masked(_ text: String) -> String {
    String(decoding: PersonalData.mask(Array(text.utf8)), as: UTF8.self)
  }

  static let sample = #"""
    {"success":true,"transactions":[{"reference_number":"DP-260330-XA6HSX","id":4111111111111111,
    "order_id":"4111111111111111","session_id":4242424242424242,"amount":4111111111111111,
    "customer_email":"john@example.com","customer_name":"John Smith","Payer_Email":"p@q.example",
    "status":"confirmed",
    "payments":[{"amount":7.00,"debtor_name":"John Smith","debtor_iban":"DE89370400440532013000"}],
    "customer":{"referenceId":"Customer_1","address":{"city":"London","lines":["221B Baker Street",5]},
    "vip":true},
    "memo":"call John Smith","metadata":{"a":"x john\u0040example.com y","b":"+370 612 34567",
    "c":"LT12 1000 0111 0100 1000",
    "d":"4111 1111 1111 1111","e":"4111-1111-1111-1111","n":5555555555554444,"tel@example.com":"1",
    "x@example.com":2,
    "inner":"{\"customer_name\":\"John Smith\",\"ok\":\"yes\"}",
    "url":"https://x.example/?m=jo%40example.com"},
    "em\u0061il":"k@l.example","created_at":"2026-03-30 22:05:12",
    "confirmed_at":"2026-03-30T22:05:12+02:00"}],
    "total":1,"limit":50,"offset":0,"next_cursor":"4111111111111111"}
    """#

  @Test("no canary survives, every needed field does, and the JSON stays valid")
  func body() throws {
    let text = masked(Self.sample)
    for canary in [
      "john", "John", "p@q", "DE8937", "Customer_1", "London", "Baker", "612 34567", "LT12", "4111 1111",
      "4111-1111",
      "5555555555554444", "tel@", "x@example", "k@l", "jo%40",
    ] {
      #expect(!text.contains(canary), "\(canary)")
    }
    for needed in [
      "DP-260330-XA6HSX", #""id":4111111111111111"#, #""order_id":"4111111111111111""#, "4242424242424242",
      #""amount":4111111111111111"#, "confirmed", "2026-03-30 22:05:12", "+02:00",
      #""next_cursor":"4111111111111111""#,
      #""total":1"#, #"\"ok\":\"yes\""#, #""amount":7.00"#, #""***1":"#, #""***2":"#,
    ] {
      #expect(text.contains(needed), "\(needed)")
    }
    guard case .object(let object) = try JSONReader.parse(Array(text.utf8)) else {
      return #expect(Bool(false))
    }
    #expect(!object.hasDuplicateKey)
  }

  @Test(
    "masking twice is masking once, also for what is not JSON",
    arguments: [
      PersonalDataTests.sample, "", "{", "<html>john@example.com +37061234567</html>",
      #"{"a": john@example.com, "name":"Jo"#,
      "4111 1111 1111 1111 4111 1111 1111 1111 1", "+1 (234) 567-89 01 23@x.example a@b@c.example", "[\"a\\",
      "\u{FEFF}{\"name\":\"x\"}",
      #"{"name":true,"phone":12,"iban":null,"x":"\"a@b.example\" \n"}"#, "a%40b%40c.example.com",
      #""a@b.example""#,
      "++++12345678+12345678", "LT121000011101001000LT121000011101001000",
      #"{"x":"{\"y\":\"{\\\"name\\\":\\\"J\\\"}\"}"}"#,
    ])
  func idempotent(text: String) {
    let once = masked(text)
    #expect(masked(once) == once)
    #expect(!once.contains("example.com"))
  }

  @Test("damage is not masked away", arguments: [[0xC3, 0x28], [0xFF], [0x5C, 0x71], [0x0A]] as [[UInt8]])
  func damage(bytes: [UInt8]) {
    for name in ["customer_name", "x"] {
      let body = Array("{\"\(name)\":\"a@b.example ".utf8) + bytes + Array("\"}".utf8)
      #expect(throws: JSONProblem.self) { try JSONReader.parse(PersonalData.mask(body)) }
    }
  }

  @Test("a cut-off body hides its half-written name")
  func cut() {
    #expect(!masked(#"[{"customer_name":"John Smi"#).contains("John"))
  }

  @Test("a text for a log is masked and at most 2,000 bytes, without half a character")
  func text() {
    #expect(PersonalData.mask(text: "a@b.example paid") == "*** paid")
    let long = PersonalData.mask(text: String(repeating: "é", count: 5_000))
    #expect(long.utf8.count == 2_000 && long.allSatisfy { $0 == "é" })
    #expect(
      PersonalData.mask(text: "order 12345678 at 2026-03-30T22:05:12+02:00")
        == "order 12345678 at 2026-03-30T22:05:12+02:00")
  }

  @Test("any bytes: masking twice is masking once, JSON stays JSON, and nothing else becomes JSON")
  func fuzz() {
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"", "\"name\":", "\"id\":", "\"x\":", "4111111111111111",
      "4111 1111 1111 1111",
      "+370 612 34567", "LT12 1000 0111 0100 1000", "a@b.example", "%40", "***", " ", "\\", "\\\"", "null",
      "7", "é",
      "customer", "-", ".", "(", "+", "1", "LT", "\n", "\"x\":\"{\\\"phone\\\":\\\"1\\\"}\"",
    ]
    var seed: UInt64 = 42
    func random(_ limit: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((seed >> 33) % UInt64(limit))
    }
    for _ in 0..<20_000 {
      let text = Array((0..<random(14)).map { _ in pieces[random(pieces.count)] }.joined().utf8)
      let once = PersonalData.mask(text)
      #expect(PersonalData.mask(once) == once, "\(String(decoding: text, as: UTF8.self))")
      let quoted = Array("{\"x\":".utf8) + text + Array("}".utf8)
      if (try? JSONReader.parse(quoted)) != nil {
        #expect(throws: Never.self) { try JSONReader.parse(PersonalData.mask(quoted)) }
      } else if (try? JSONReader.parse(PersonalData.mask(quoted))) != nil {
        Issue.record("became JSON: \(String(decoding: quoted, as: UTF8.self))")
      }
    }
  }

  @Test("a long text is masked in time that grows with its length")
  func long() {
    let text = "a@b.example " + String(repeating: "a1+(", count: 500_000)
    #expect(masked(text).hasPrefix("*** a1+("))
  }
}
