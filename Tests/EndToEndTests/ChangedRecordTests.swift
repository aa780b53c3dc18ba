import Foundation
import GRDB
import Testing

@Suite("Records that say something else another night")
struct ChangedRecordTests {
  /// Reads a calm night, then one with a fault, then a calm one, which must bring everything back.
  private func nights(
    _ fault: String, _ second: (Trial, Ending, Report) throws -> Void
  ) async throws {
    let trial = try Trial()
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try trial.sandbox(["--fault", fault])
    let ending = try await trial.run()
    #expect(ending.status == 0, "\(ending.errors)")
    try second(trial, ending, try trial.report())
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
    #expect(try await trial.run(["warehouse", "check", "--deep"], name: "check").status == 0)
  }

  @Test(
    "a settled amount, currency, order or status that changes is taken, and what was there before is kept",
    arguments: [
      ("amount", "4711", "amount", "47.11"), ("currency", "USD", "currency", "USD"),
      ("order_id", "nobody", "order_id", ""), ("status", "failed", "provider_status", "failed"),
    ])
  func changed(member: String, value: String, column: String, expected: String) async throws {
    try await nights("changed-record:provider=maxfi,id=pay_1,member=\(member),value=\(value)") {
      trial, _, report in
      #expect(report.column(column, by: "payment_id", of: "payments.csv")["pay_1"] == expected)
      #expect(try report.fact("changed", of: "maxfi") as? Int == 1)
      let kept = try trial.query(
        "SELECT count(*) FROM history WHERE kind = 'payment' AND provider = 'maxfi' AND record_id = 'pay_1'")
      #expect(kept == ["1"])
    }
  }

  @Test("a record that vanishes stays, counts, and is told")
  func vanished() async throws {
    try await nights("missing-record:id=pay_2") { _, ending, report in
      let calm = Shop.march.verdicts["m2"]
      let match = report.column("match_status", by: "order_id", of: "orders.csv")["m2"]
      #expect(match == calm?.match)
      let told = report.rows("discrepancies.csv").filter { $0["code"] == "record_withdrawn" }
      #expect(told.map { $0["payment_id"] } == ["pay_2"])
      #expect(ending.output.contains("record_withdrawn"))
    }
  }

  @Test("a record that is not there leaves its order unpaid, until it comes late with its old date")
  func late() async throws {
    let trial = try Trial()
    try trial.sandbox(["--page-size", "5", "--fault", "missing-record:id=pay_2"])
    #expect(try await trial.run().status == 0)
    #expect(try trial.report().column("match_status", by: "order_id", of: "orders.csv")["m2"] == "unpaid")
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("a settlement report that differs from its own lines, or is revised, is told to the cent")
  func settlement() async throws {
    let fault = "changed-record:match=settlement_report,member=gross_volume,value=1.00"
    try await nights(fault) { _, _, report in
      let told = report.rows("discrepancies.csv").filter { $0["code"] == "settlement_arithmetic" }
      #expect(told.contains { $0["actual"] == "1.00" }, "\(told)")
    }
  }

  @Test("a record that turns out to be a test is no money")
  func test() async throws {
    try await nights("changed-record:provider=maxfi,id=pay_1,member=livemode,value=false") { _, _, report in
      #expect(!report.rows("payments.csv").contains { $0["payment_id"] == "pay_1" })
      let excluded = try report.summary()["excluded"] as? [String: Int]
      #expect(excluded?["test"] == 2)
      #expect(report.column("match_status", by: "order_id", of: "orders.csv")["m1"] == "unpaid")
    }
  }

  @Test("the same id at two providers is two payments")
  func sameID() async throws {
    let trial = try Trial()
    try trial.sandbox([
      "--fault", "changed-record:provider=dapit,id=DP-250319-AAAA01,member=reference_number,value=pay_1",
    ])
    #expect(try await trial.run().status == 0)
    let rows = try trial.report().rows("payments.csv").filter { $0["payment_id"] == "pay_1" }
    let orders = Dictionary(rows.map { ($0["provider"], $0["order_id"]) }) { first, _ in first }
    #expect(rows.count == 2 && orders == ["dapit": "d1", "maxfi": "m1"])
  }

  @Test("an id is the same as a number and as a text")
  func numberAndText() async throws {
    let trial = try Trial()
    for value in ["4711", "\"4711\"", "4711"] {
      try trial.sandbox(["--fault", "changed-record:provider=maxfi,id=pay_18,member=id,value=\(value)"])
      #expect(try await trial.run().status == 0)
      let report = try trial.report()
      #expect(report.rows("payments.csv").filter { $0["payment_id"] == "4711" }.count == 1)
      #expect(!report.rows("discrepancies.csv").contains { $0["code"] == "record_withdrawn" })
    }
  }

  @Test("a record that was asked for by number may answer with its public id")
  func publicID() async throws {
    let trial = try Trial()
    for name in ["refunds.json", "transactions.jsonl"] {
      try trial.edit("saved/inflow/\(name)", "\"TX9\"", "9001")
    }
    try trial.sandbox(["--fault", "changed-record:match=transactions/9001,member=id,value=TX9"])
    #expect(try await trial.run().status == 0)
    let report = try trial.report()
    #expect(report.rows("payments.csv").contains { $0["payment_id"] == "TX9" })
    let orphans = report.rows("discrepancies.csv").filter { $0["code"] == "orphan_refund" }
    let calm = try await Calm.report().rows("discrepancies.csv").filter { $0["code"] == "orphan_refund" }
    #expect(orphans.map { $0["refund_id"] } == calm.map { $0["refund_id"] })
  }

  @Test(
    "of two copies of a record without updated_at the last one of the list counts, however it is paged",
    arguments: ["cursor", "starting_after", "pages", "link", "none", "bare", "whole"])
  func secondCopy(style: String) async throws {
    let trial = try Trial()
    try trial.sandbox([
      "--page-size", "5", "--paging", "maxfi=\(style)", "--fault",
      "second-copy:provider=maxfi,id=pay_18,member=amount,value=4711",
    ])
    // Another night brings the same.
    for _ in 1...2 {
      let ending = try await trial.run()
      #expect(ending.status == 0, "\(ending.errors)")
      let amounts = try trial.report().column("amount", by: "payment_id", of: "payments.csv")
      #expect(amounts["pay_18"] == "47.11")
    }
    #expect(try await trial.run(["warehouse", "check", "--deep"], name: "check").status == 0)
  }
}
