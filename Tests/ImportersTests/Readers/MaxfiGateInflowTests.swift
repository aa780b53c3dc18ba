import Importers
import ReconcileCore
import Testing

@Suite("MAXFI, Gate and Inflow records mean what their documents say")
struct MaxfiGateInflowTests {
  @Test("a MAXFI payment with all its fields")
  func maxfi() throws {
    let contents = try read(
      provider(.maxfi), .payments,
      #"""
      {"data":[{"id":"pay_1","payment_id":"cs_9","checkout_session_id":"cs_1","order_id":"SO-1",
      "amount":"4900.0",
      "currency":"usd","status":"Partially_Refunded","total_refunded":0,"amount_refunded":100,
      "created_at":"2026-04-17T06:04:14Z","updated_at":"2026-04-18T06:04:14Z","livemode":true,
      "customer_email":""},
      {"id":7,"amount":1,"currency":"EUR","status":"sunk","livemode":false,"order_id":""},
      {"id":"pay_3","amount":1,"currency":"EUR","test_mode":true}],"has_more":true}
      """#)
    let payment = try #require(contents.payments.first)
    #expect(payment.id == Identifier(stored: "pay_1"))
    #expect(payment.aliases == ids("cs_9", "cs_1") && payment.orderClaims == ids("SO-1"))
    #expect(payment.amount.minorUnits == 4900 && payment.amount.currency.code == "USD")
    #expect(payment.status == .partiallyRefunded && payment.providerStatus == "Partially_Refunded")
    #expect(payment.refundedTotal?.minorUnits == 100 && payment.received == nil && !payment.isTest)
    #expect(
      try payment.paidAt == time("2026-04-17T06:04:14Z") && payment.updatedAt == time("2026-04-18T06:04:14Z"))
    #expect(contents.payments.map(\.id.text) == ["pay_1", "7", "pay_3"])
    #expect(contents.payments.map(\.isTest) == [false, true, true])
    #expect(contents.payments[1].status == .unknown && contents.payments[1].orderClaims.isEmpty)
    #expect(contents.next == .cursor(more: true, cursor: nil, lastID: "pay_3"))
  }

  @Test(
    "a record that cannot be read exactly is a reject that counts as a row",
    arguments: [
      #"{"id":"p","id":"q","amount":1,"currency":"EUR"}"#, #"{"id":"p","currency":"EUR"}"#,
      #"{"id":"p","amount":null,"currency":"EUR"}"#, #"{"id":"p","amount":1.5,"currency":"EUR"}"#,
      #"{"id":"p","amount":9223372036854775808,"currency":"EUR"}"#,
      #"{"id":"p","amount":-1,"currency":"EUR"}"#,
      #"{"amount":1,"currency":"EUR"}"#, #"{"id":"a\u0001b","amount":1,"currency":"EUR"}"#,
      #"{"id":"p","amount":1}"#,
      #"{"id":"p","amount":1,"currency":"XXX"}"#,
      #"{"id":"p","amount":1,"currency":"EUR","created_at":"soon"}"#,
      #"{"id":"p","amount":" 1","currency":"EUR"}"#, #"{"id":"p","amount":true,"currency":"EUR"}"#, "7",
      #"{"id":"p","amount":1,"currency":"EUR","metadata":{"a":1,"a":2}}"#,
    ])
  func rejects(record: String) throws {
    let contents = try read(
      provider(.maxfi), .payments, "[\(record),{\"id\":\"ok\",\"amount\":1,\"currency\":\"EUR\"}]")
    #expect(contents.payments.map(\.id.text) == ["ok"])
    #expect(contents.rejects.count == 1 && contents.rows.count == 2)
    #expect(contents.rejects.first?.source == "my-maxfi" && contents.rejects.first?.location == "GET /x")
  }

  @Test("the operator's status words are stronger than the built-in ones")
  func statusMap() throws {
    let settings = try provider(.maxfi) { $0.statusMap = ["sunk": .failed, "paid": .pending] }
    let contents = try read(
      settings, .payments,
      #"[{"id":1,"amount":1,"currency":"EUR","status":"SUNK"},"#
        + #"{"id":2,"amount":1,"currency":"EUR","status":"Paid"}]"#
    )
    #expect(contents.payments.map(\.status) == [.failed, .pending])
  }

  @Test(
    "a body of another shape is a failure and never an empty list",
    arguments: [
      "{}", "null", #"{"data":{}}"#, #"{"data":[],"items":[]}"#, #"{"error":{"code":"X","message":"no"}}"#,
      "[",
      #"{"data":[],"data":[]}"#,
    ])
  func shapes(body: String) throws {
    let settings = try provider(.maxfi)
    #expect(throws: UnreadableBody.self) { try read(settings, .payments, body) }
  }

  @Test("the first hint with all its members says how the list goes on")
  func hints() throws {
    let settings = try provider(.maxfi)
    func next(_ members: String) throws -> PageHint {
      try read(settings, .payments, #"{"data":[{"id":"last","amount":1,"currency":"EUR"}]\#(members)}"#).next
    }
    #expect(try next("") == .none)
    #expect(try next(#","next":null,"has_more":true"#) == .link(nil))
    #expect(try next(#","next":"/v2/payments?page=2""#) == .link("/v2/payments?page=2"))
    #expect(try next(#","has_more":true"#) == .cursor(more: true, cursor: nil, lastID: "last"))
    #expect(try next(#","next_cursor":"c""#) == .cursor(more: true, cursor: "c", lastID: "last"))
    #expect(try next(#","next_cursor":"""#) == .cursor(more: false, cursor: nil, lastID: "last"))
    #expect(
      try next(#","page":1,"total":9,"offset":0,"limit":"5""#) == .offset(total: 9, offset: 0, limit: 5))
    #expect(try next(#","page":1,"total_pages":2,"total":9,"offset":0,"limit":5"#) == .pages(page: 1, of: 2))
    #expect(try next(#","total":9,"offset":0"#) == .none)
    #expect(try next(#","total":null,"offset":0,"limit":5"#) == .none)
    for nonsense in ["-1", "2.5", "1e30", "\"many\"", "true", "[]"] {
      let hint = try next(#","total":\#(nonsense),"offset":0,"limit":5"#)
      #expect(hint == .offset(total: nil, offset: 0, limit: 5), "\(nonsense)")
    }
    #expect(try read(settings, .payments, "[]").next == .none)
  }

  @Test("a Gate reply is a payment or a refund by the list its id was taken from")
  func gate() throws {
    let body = #"""
      {"referenceId":"r-1","amount":10000,"currencyCode":"USD","status":"Approved","actualAmount":9000,
      "merchantMetadata":{"orderId":"SO-1","order_id":"SO-2"},"createdAt":"2025-12-07T10:00:59.366Z",
      "customerAction":null}
      """#
    let payment = try #require(try read(provider(.gate), .payments, body).payments.first)
    #expect(payment.orderClaims == ids("r-1", "SO-1", "SO-2") && payment.status == .succeeded)
    #expect(payment.amount.minorUnits == 10000 && payment.received?.minorUnits == 9000)
    #expect(try payment.paidAt == time("2025-12-07T10:00:59.366Z"))
    let refund = try #require(try read(provider(.gate), .payments, body, isRefundLookup: true).refunds.first)
    #expect(refund.id.text == "r-1" && refund.amount?.minorUnits == 10000 && refund.status == .unknown)
    let major = try read(provider(.gate) { $0.amountsAreMajor = true }, .payments, body)
    #expect(major.payments.first?.amount.minorUnits == 1_000_000)
    #expect(try read(provider(.gate), .payments, body.replacing("10000", with: "null")).rejects.count == 1)
    let settings = try provider(.gate)
    #expect(throws: UnreadableBody.self) { try read(settings, .payments, "[\(body)]") }
  }

  @Test("Inflow amounts are decimals and must agree with their cents")
  func inflow() throws {
    func refund(_ more: String) -> String {
      #"{"id":"RF1","transaction_id":"TX1","currency":"EUR","status":"completed"\#(more)}"#
    }
    let settings = try provider(.inflow)
    let good = try read(
      settings, .refunds,
      "[\(refund(#","amount":"40.10","amount_in_cents":4010"#)),"
        + "\(refund(#","amount":"1","amount_in_cents":0"#))]"
    )
    #expect(good.refunds.map { $0.amount?.minorUnits } == [4010, 100])
    #expect(good.refunds.first?.paymentID?.text == "TX1" && good.refunds.first?.status == .completed)
    let bad = try read(settings, .refunds, "[\(refund(#","amount":"40.10","amount_in_cents":4011"#))]")
    #expect(bad.refunds.isEmpty && bad.rejects.count == 1 && bad.rows.map(\.identity) == ["RF1"])
    let single = refund(#","amount":"40.10""#)
    #expect(try read(settings, .refunds, single, isRefundLookup: true).refunds.count == 1)
    #expect(throws: UnreadableBody.self) { try read(settings, .refunds, single) }
    let net = try provider(.inflow) { $0.amountIsNet = true }
    let transaction =
      #"{"id":"TX1","amount":"99.00","status":"refund_pending","currency":"USD","created_at":"2019-08-24"}"#
    let payment = try #require(try read(net, .transactions, transaction).payments.first)
    #expect(payment.amountIsNet && payment.amount.minorUnits == 9900 && payment.status == .succeeded)
  }
}
