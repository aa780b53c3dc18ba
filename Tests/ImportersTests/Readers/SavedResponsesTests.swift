import Foundation
import Importers
import ReconcileCore
import Testing

@Suite("Saved responses are read like answers of the API")
struct SavedResponsesTests {
  private func run(_ settings: ProviderSettings, _ files: [String: String], _ sink: MemorySink) async throws
    -> ProviderOutcome
  {
    let folder = try TemporaryFolder(files)
    let from = try #require(BusinessDay("2026-03-01"))
    let to = try #require(BusinessDay("2026-03-31"))
    return try await importSavedResponses(settings, directory: folder.path, from: from, to: to, sink: sink)
  }

  private func payment(_ id: String) -> String {
    #"{"id":"\#(id)","amount":100,"currency":"EUR","status":"paid","email":"a@b.example"}"#
  }

  private func incomplete(_ outcome: ProviderOutcome) -> String? {
    if case .incomplete(let message) = outcome.ending { message } else { nil }
  }

  @Test("files come in the order of their names, JSON Lines last, evidence is masked and kept first")
  func order() async throws {
    let sink = MemorySink()
    let outcome = try await run(
      provider(.maxfi),
      [
        "payments.json": "[\(payment("a"))]", "payments-2.json": "[\(payment("c"))]",
        "payments-10.json": "[\(payment("b"))]",
        "payments.jsonl": "[\(payment("d"))]\n\n[\(payment("e"))]", "paymentsx.json": "[", "other.json": "[",
      ], sink)
    #expect(outcome.ending == .complete && outcome.pages == 5 && outcome.records == 5)
    #expect(sink.payments.map(\.id.text) == ["a", "b", "c", "d", "e"])
    #expect(
      sink.kept.map(\.request) == [
        "payments.json", "payments-10.json", "payments-2.json", "payments.jsonl line 1",
        "payments.jsonl line 3",
      ])
    #expect(sink.completed == [.payments])
    #expect(sink.kept.allSatisfy { !String(decoding: $0.maskedBytes, as: UTF8.self).contains("@") })
    #expect(sink.state.withLock { $0.calls.first } == "keep 5")
  }

  @Test(
    "a list that says there is more is incomplete, and what came is kept",
    arguments: [
      #""has_more":true"#, #""next":"?page=2""#, #""total":2,"offset":0,"limit":50"#,
      #""page":1,"total_pages":2"#,
    ])
  func more(members: String) async throws {
    let sink = MemorySink()
    let outcome = try await run(
      provider(.maxfi), ["payments.json": #"{"data":[\#(payment("a"))],\#(members)}"#], sink)
    #expect(incomplete(outcome)?.hasPrefix("payments.json: ") == true)
    #expect(sink.payments.count == 1 && sink.completed.isEmpty)
  }

  @Test("a body that cannot be read leaves the list incomplete and the others kept")
  func unreadable() async throws {
    let sink = MemorySink()
    let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
    let outcome = try await run(
      provider(.maxfi),
      [
        "payments.jsonl":
          "[\(payment("a"))]\n[{\n\(deep)\n{\"error\":{\"message\":\"x\"}}\n[\(payment("b"))]\n"
      ], sink)
    #expect(incomplete(outcome)?.contains("payments.jsonl line 2") == true)
    #expect(incomplete(outcome)?.contains("line 4") == true)
    #expect(sink.payments.map(\.id.text) == ["a", "b"] && sink.completed.isEmpty && sink.kept.count == 5)
  }

  @Test("a body above 16 MiB is passed over, the next line is read")
  func large() async throws {
    let sink = MemorySink()
    let huge = "[" + String(repeating: " ", count: 16 << 20) + "]"
    let outcome = try await run(provider(.maxfi), ["payments.jsonl": "\(huge)\n[\(payment("b"))]"], sink)
    #expect(incomplete(outcome) == "payments.jsonl line 1: the body is larger than 16 MiB")
    #expect(sink.payments.map(\.id.text) == ["b"])
  }

  @Test("a file that is none is told once")
  func folder() async throws {
    let folder = try TemporaryFolder([:])
    try FileManager.default.createDirectory(
      atPath: folder.path + "/payments.jsonl", withIntermediateDirectories: false)
    let day = try #require(BusinessDay("2026-03-01"))
    let outcome = try await importSavedResponses(
      provider(.maxfi), directory: folder.path, from: day, to: day, sink: MemorySink())
    #expect(incomplete(outcome) == "payments.jsonl line 1: cannot be read to its end")
  }

  @Test("a missing file is named; a missing settlement report is none given")
  func missing() async throws {
    let sink = MemorySink()
    let list = #"{"success":true,"transactions":[],"total":0,"limit":50,"offset":0}"#
    let outcome = try await run(provider(.dapit), ["list_transactions.json": list], sink)
    #expect(incomplete(outcome)?.contains("list_refunds.json") == true)
    #expect(incomplete(outcome)?.contains("settlement_report") == false)
    #expect(sink.completed == [.listTransactions, .settlementReport])
  }

  @Test("only settlement reports that overlap the period are stored")
  func settlements() async throws {
    func report(_ from: String, _ to: String) -> String {
      #"{"success":true,"date_from":"\#(from)","date_to":"\#(to)","gross_volume":0,"daily_breakdown":[]}"#
    }
    let sink = MemorySink()
    let outcome = try await run(
      provider(.dapit),
      [
        "list_transactions.json": #"{"success":true,"transactions":[]}"#,
        "list_refunds.json": #"{"success":true,"refunds":[]}"#,
        "settlement_report.jsonl": [report("2026-02-01", "2026-02-28"), report("2026-03-31", "2026-04-30")]
          .joined(separator: "\n"),
      ], sink)
    #expect(outcome.ending == .complete)
    #expect(sink.settlements.map(\.from.description) == ["2026-03-31"])
  }

  @Test("look-ups find bodies by id; Gate refunds lie among the payments")
  func gate() async throws {
    func body(_ id: String) -> String {
      #"{"referenceId":"\#(id)","amount":1,"currencyCode":"EUR","status":"success"}"#
    }
    let lookups = ids("r1", "r2").map { Lookup(id: $0) }
    let refund = Lookup(id: Identifier(stored: "rf"), isRefund: true)
    let sink = MemorySink(lookups: lookups, refundLookups: [refund])
    let folder = try TemporaryFolder([
      "payments.jsonl": [body("x"), body("r1"), body("rf")].joined(separator: "\n")
    ])
    let day = try #require(BusinessDay("2026-03-01"))
    let settings = try provider(.gate)
    let outcome = try await importSavedResponses(
      settings, directory: folder.path, from: day, to: day, sink: sink)
    #expect(outcome.ending == .complete && outcome.pages == 1)
    #expect(sink.payments.map(\.id.text) == ["r1"] && sink.kept.map(\.lookupID) == ids("r1"))
    #expect(sink.outcomes == [lookups[0]: .found, lookups[1]: .notFound])
    let second = try await importSavedGateRefunds(settings, directory: folder.path, sink: sink)
    #expect(
      second.ending == .complete && sink.refunds.map(\.id.text) == ["rf"] && sink.outcomes[refund] == .found)
    #expect(sink.kept.last?.isRefundLookup == true)
  }

  @Test("with an unreadable body nothing is called absent, and without look-ups no file is needed")
  func absent() async throws {
    let lookup = Lookup(id: Identifier(stored: "r1"))
    let cut = MemorySink(lookups: [lookup])
    #expect(incomplete(try await run(provider(.gate), ["payments.json": #"{"referenceId":"r"#], cut)) != nil)
    #expect(cut.outcomes == [lookup: .failed])
    let none = MemorySink(lookups: [lookup])
    #expect(incomplete(try await run(provider(.gate), [:], none))?.contains("payments.json") == true)
    #expect(none.outcomes == [lookup: .failed])
    #expect(try await run(provider(.gate), [:], MemorySink()).ending == .complete)
  }

  @Test("Inflow transactions are asked for by orders and by readable refunds")
  func inflow() async throws {
    func refund(_ id: String, _ tx: String, _ cents: Int) -> String {
      #"{"id":"\#(id)","transaction_id":"\#(tx)","amount":"1","amount_in_cents":\#(cents),"currency":"EUR"}"#
    }
    func transaction(_ id: String) -> String {
      #"{"id":"\#(id)","amount":"1.00","currency":"EUR","status":"paid"}"#
    }
    let sink = MemorySink(lookups: [Lookup(id: Identifier(stored: "TX1"))])
    let outcome = try await run(
      provider(.inflow),
      [
        "refunds.json":
          "[\(refund("RF1", "TX2", 100)),\(refund("RF2", "TX3", 101)),\(refund("RF3", "TX1", 0))]",
        "transactions.jsonl": ["TX1", "TX2", "TX3"].map(transaction).joined(separator: "\n"),
      ], sink)
    #expect(outcome.ending == .complete && outcome.records == 5)
    #expect(sink.payments.map(\.id.text) == ["TX1", "TX2"] && sink.rejects.count == 1)
    #expect(sink.completed == [.refunds])
  }

  @Test("trouble with the warehouse is thrown, not blamed on the provider")
  func warehouse() async throws {
    let sink = MemorySink()
    sink.state.withLock { $0.failure = MemorySink.Failure() }
    await #expect(throws: MemorySink.Failure()) {
      try await run(provider(.maxfi), ["payments.json": "[\(payment("a"))]"], sink)
    }
  }
}
