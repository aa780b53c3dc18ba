@testable import Importers
import ReconcileCore
import Testing

@Suite("Dapit records mean what its document says")
struct DapitTests {
  private func list(_ rows: String, change: (inout ProviderSettings) -> Void = { _ in }) throws
    -> BodyContents
  {
    try read(
      provider(.dapit, change: change), .listTransactions, #"{"success":true,"transactions":[\#(rows)]}"#)
  }

  @Test("the amount received comes from the first field that gives one")
  func received() throws {
    func received(_ fields: String) throws -> Int64? {
      try list(#"{"reference_number":"DP-260330-A","amount":49.99,\#(fields)}"#).payments.first?.received?
        .minorUnits
    }
    #expect(try received(#""status":"confirmed""#) == nil)
    #expect(try received(#""status":"overpaid","total_paid":50,"amount_paid":51"#) == 5000)
    #expect(try received(#""status":"overpaid","amount_paid":"51.10""#) == 5110)
    #expect(try received(#""status":"overpaid","overpaid_amount":0.01"#) == 5000)
    #expect(
      try received(#""status":"confirmed","total_paid":0,"amount_paid":0.0,"overpaid_amount":1"#) == 5099)
    #expect(try received(#""status":"confirmed","total_paid":0"#) == nil)
    #expect(try received(#""status":"expired","total_paid":0,"amount_paid":3"#) == 0)
  }

  @Test("ids, order and dates")
  func fields() throws {
    let contents = try list(
      #"""
      {"reference_number":"DP-260330-XA6HSX","session_id":42,"session_token":"tok",
      "merchant_order_id":"SO-1","order_id":"SO-2",
      "amount":49.99,"status":"confirmed","confirmed_at":null,"paid_at":"",
      "created_at":"2026-03-30 01:00:00","refund_fee":1,
      "overpaid_amount":3.00},
      {"reference_number":"DP-260330-XA6HSY","amount":49.99,"currency":"EUR","status":"confirmed"},
      {"reference_number":"DP-260231-XA6HSY","amount":49.99,"status":"timeout"},
      {"reference_number":"DP-1","amount":"49.999","status":"confirmed"}
      """#
    ) {
      $0.zone = Zone("Europe/Vilnius") ?? .utc
      $0.liveSince = TimeText.instant("2026-03-30T00:00:00Z", in: .utc)
    }
    let first = contents.payments[0]
    #expect(first.aliases == ids("42", "tok") && first.orderClaims == ids("SO-1", "SO-2"))
    #expect(try first.paidAt == time("2026-03-29T22:00:00Z") && first.isTest)
    #expect(first.announcedRefundFee?.minorUnits == 100 && first.overpaid?.minorUnits == 300)
    #expect(try contents.payments[1].paidAt == time("2026-03-29T21:00:00Z"))
    #expect(contents.payments[2].paidAt == nil && !contents.payments[2].isTest)
    #expect(contents.payments[2].status == .failed)
    #expect(contents.rejects.map(\.reason) == ["amount has more than 2 decimals"])
    #expect(contents.rows.count == 4)
  }

  @Test("a session without invoice is a row and nothing else; one with money is a reject")
  func sessions() throws {
    let contents = try list(
      #"""
      {"session_id":42,"amount":1,"status":"pending"},{"token":"t","reference_number":"","status":"expired"},
      {"amount":1,"status":"timeout"},{"session_id":43,"amount":1,"status":"failed","total_paid":1},
      {"session_id":44,"amount":1,"status":"confirmed"}
      """#)
    #expect(contents.payments.isEmpty && contents.rejects.count == 2)
    #expect(contents.rows.prefix(2).map(\.identity) == ["session:42", "session:t"])
    #expect(Set(contents.rows.map(\.identity)).count == 5)
    #expect(contents.rows.dropFirst(2).allSatisfy { BodyReading.isNameless($0.identity) })
  }

  @Test("a record without an id is the same row on whatever page it stands, and its twin is another")
  func nameless() throws {
    let row = #"{"amount":1,"status":"timeout"}"#
    let first = try list("\(row),\(row)").rows.map(\.identity)
    let second = try list(#"{"session_id":42,"amount":1,"status":"pending"},"# + row).rows.map(\.identity)
    #expect(Set(first).count == 2 && second.last == first.first)
  }

  @Test("a refund names its payment for certain, or perhaps")
  func refunds() throws {
    let contents = try read(
      provider(.dapit), .listRefunds,
      #"""
      {"success":true,"refunds":[{"refund_id":42,"reference_number":"R7A3F2B1",
      "payment_reference":"DP-260330-A","amount":25.00,
      "processing_fee":1.00,"status":"Sent","sent_at":"2026-03-31 10:00:00","created_at":"2026-03-30"},
      {"id":"x","reference":"DP-260330-B","status":"odd"},{"reference_number":"R1","amount":"",
      "status":"rejected"}]}
      """#)
    #expect(contents.refunds.map(\.id.text) == ["42", "x", "R1"])
    let first = contents.refunds[0]
    #expect(first.paymentID?.text == "DP-260330-A" && first.possiblePaymentIDs == ids("R7A3F2B1"))
    #expect(first.amount?.minorUnits == 2500 && first.fee?.minorUnits == 100 && first.status == .completed)
    #expect(try first.refundedAt == time("2026-03-31T10:00:00Z"))
    #expect(contents.refunds[1].possiblePaymentIDs == ids("DP-260330-B") && contents.refunds[1].amount == nil)
    #expect(contents.refunds.map(\.status) == [.completed, .unknown, .failed])
    #expect(contents.next == .none)
  }

  @Test(
    "without success: true a body is worth another try",
    arguments: [
      #"{"success":false,"error":"Missing key a@b.example"}"#, #"{"transactions":[]}"#, "[]",
      #"{"success":"true","transactions":[]}"#,
      "", "<html>",
    ])
  func success(body: String) throws {
    let settings = try provider(.dapit)
    do {
      _ = try read(settings, .listTransactions, body)
      Issue.record("read")
    } catch let problem as UnreadableBody {
      #expect(problem.isTransient && !problem.reason.contains("@"))
    }
  }

  @Test("a settlement report under any of its field names")
  func settlement() throws {
    let contents = try read(
      provider(.dapit), .settlementReport,
      #"""
      {"success":true,"date_from":"2026-03-01","date_to":"2026-03-31","gross_volume":"100.50",
      "total_refunds":-2,"total_fees":1,
      "net_settlement":97.5,"transaction_count":3,"daily_breakdown":[
      {"date":"2026-03-02","gross":100.50,"refunds":2,"fees":1.00,"net":97.50,"transactions":3},
      {"day":"2026-03-03","amount":0,"refund_amount":0,"fee":0,"count":"0"},
      {"day":"2026-03-03","amount":0},{"day":"tomorrow"}]}
      """#)
    let report = try #require(contents.settlements.first)
    #expect(report.from.description == "2026-03-01" && report.to.description == "2026-03-31")
    #expect(report.totals == SettlementFigures(gross: 10050, refunds: -200, fees: 100, net: 9750, count: 3))
    #expect(report.lines.map(\.day.description) == ["2026-03-02", "2026-03-03"])
    #expect(
      report.lines[0].figures == SettlementFigures(gross: 10050, refunds: 200, fees: 100, net: 9750, count: 3)
    )
    #expect(report.lines[1].figures == SettlementFigures(gross: 0, refunds: 0, fees: 0, net: nil, count: 0))
    #expect(contents.rejects.count == 2 && report.hasUnreadableLines && contents.rows.isEmpty)
  }

  @Test("a report without a range covers the days in it, one without lines is still returned")
  func settlementRange() throws {
    let settings = try provider(.dapit)
    let days = try read(
      settings, .settlementReport,
      #"{"success":true,"gross_volume":1,"daily_breakdown":[{"date":"2026-03-05"},{"date":"2026-03-02"}]}"#)
    #expect(
      days.settlements.first?.from.description == "2026-03-02"
        && days.settlements.first?.to.description == "2026-03-05")
    let empty = try read(
      settings, .settlementReport,
      #"{"success":true,"date_from":"2026-03-01","date_to":"2026-03-31","gross_volume":0}"#
    )
    #expect(empty.settlements.first?.lines.isEmpty == true)
    #expect(throws: UnreadableBody.self) { try read(settings, .settlementReport, #"{"success":true}"#) }
  }
}
