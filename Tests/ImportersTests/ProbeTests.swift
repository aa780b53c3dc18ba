import ReconcileCore
import Testing

@testable import Importers

@Suite("A probe looks at a provider")
struct ProbeTests {
  private func probe(
    _ kind: ProviderKind, latency: Double = 0, change: (inout ProviderSettings) -> Void = { _ in },
    _ reply: @escaping @Sendable (String, Int) -> ScriptedSender.Reply
  ) async throws -> (findings: [ProbeFinding], targets: [String]) {
    let clock = FakeClock()
    let sender = ScriptedSender(clock: clock, latency: latency, reply: reply)
    var settings = ProviderSettings(
      name: "trial", kind: kind,
      source: .network(baseURL: "https://api.example.com", key: Secret("test-key-0123456789")),
      currency: try #require(Currency("EUR")))
    change(&settings)
    let environment = NetworkEnvironment(sender: sender, clock: clock, chance: { 0.25 })
    let reader = ProviderRegistry.reader(for: settings)
    let findings = await ProviderProbe(settings, reader: reader, environment: environment).findings()
    return (findings, sender.targets)
  }

  /// A response whose provider's clock stands `seconds` behind the machine's at its start.
  private func dated(_ seconds: Int64, _ body: String = "[]") -> ScriptedSender.Reply {
    let now = FakeClock().start
    return .success(
      HTTPResponse(status: 200, body: Array(body.utf8), date: Instant(seconds: now.seconds - seconds)))
  }

  private let unknown = "reconcile-probe-250000-250000"

  @Test("each kind is asked requests of the allow-list only, and each of them once")
  func questions() async throws {
    let list = #"{"data":[{"id":"a"}],"has_more":false}"#
    #expect(
      try await probe(.maxfi) { _, _ in ok(list) }.targets == ["/v2/health", "/v2/payments?limit=1"])
    let dapit = try await probe(.dapit) { _, _ in ok(#"{"success":true,"refunds":[],"total":0}"#) }
    // The day before 2026-02-25, today of the test's clock.
    #expect(
      dapit.targets == [
        "?action=list_transactions&limit=200&offset=0", "?action=list_refunds",
        "?action=settlement_report&date_from=2026-02-24&date_to=2026-02-24",
        "?action=payment_status&reference=\(unknown)", "?action=get_session&token=\(unknown)",
      ])
    #expect(try await probe(.gate) { _, _ in status(404) }.targets == ["/api/v1/api/payments/\(unknown)"])
    #expect(
      try await probe(.inflow) { target, _ in target.contains("transactions") ? status(404) : ok("[]") }
        .targets == ["/refunds/?page_size=1&ordering=created_at", "/transactions/\(unknown)/"])
  }

  @Test("each of Dapit's requests is told with what it answered")
  func actions() async throws {
    let findings = try await probe(.dapit) { target, _ in
      if target.contains("settlement") {
        return ok(#"{"success":true,"daily_breakdown":[{"date":"2026-02-24","gross":1}]}"#)
      }
      if target.contains("list_refunds") { return ok(#"{"success":true,"refunds":[{"amount":1.005}]}"#) }
      if target.contains("list_") { return ok(#"{"success":true,"transactions":[]}"#) }
      return target.contains("get_session") ? status(400) : ok(#"{"success":false,"error":"Not found"}"#)
    }.findings
    #expect(
      findings.map(\.what).dropLast(2) == [
        "?action=list_transactions&limit=200&offset=0 answered 200 with 0 rows",
        "list_transactions is empty, so how it is paged does not show",
        "?action=list_refunds answered 200 with 1 row, 1 of them unreadable",
        "list_refunds does not say how it goes on: it is taken as whole",
        "?action=settlement_report&date_from=2026-02-24&date_to=2026-02-24 answered 200 with a report",
        "?action=payment_status&reference=\(unknown), which no import asks, answered 200 with"
          + " {success: false, error: Not found}",
        "?action=get_session&token=\(unknown), which no import asks, answered 400",
      ])
    #expect(findings.filter { $0.level != .good }.map(\.level) == [.notice])
  }

  @Test("a refused key ends the probe with one finding, which names the header and never the key")
  func refused() async throws {
    let refused = try await probe(.maxfi) { _, _ in status(403) }
    #expect(refused.findings.map(\.level) == [.refused, .good] && refused.targets.count == 1)
    #expect(refused.findings[0].what.contains("in the header `Authorization: Bearer {key}`"))
    #expect(!"\(refused.findings)".contains("test-key"))
  }

  @Test("what does not answer is told once, and the provider is not asked for ever")
  func silent() async throws {
    let silent = try await probe(.dapit) { _, _ in .failure(.timeout) }
    // Two tries each, and given up after three requests.
    #expect(silent.targets.count == 6)
    #expect(silent.findings.filter { $0.level == .problem }.count == silent.findings.count)
  }

  @Test(
    "a 200 for an unknown reference is judged by what an import makes of it",
    arguments: [
      (#"{"referenceId":null,"amount":null}"#, ProbeFinding.Level.notice, "which becomes a reject"),
      (#"{"referenceId":"x","amount":1,"currencyCode":"EUR","status":"none"}"#, .problem, "another record"),
      (#"{"detail":"not found"}"#, .problem, "{detail: not found}, which is no record"),
      ("[]", .problem, "a list, which is no record"), ("oops", .problem, "a body that is no JSON"),
      (
        #"{"referenceId":"ID","amount":1,"currencyCode":"EUR","status":"none"}"#, .notice,
        "pending (\"none\")"
      ),
      (#"{"referenceId":"ID","amount":1,"currencyCode":"EUR","status":"huh"}"#, .notice, "unknown (\"huh\")"),
      (#"{"referenceId":"ID","amount":1,"currencyCode":"EUR","status":"paid"}"#, .problem, "succeeded"),
      (#"{"referenceId":"ID","amount":1,"currencyCode":"EUR","status":"failed"}"#, .good, "failed"),
    ])
  func found(body: String, level: ProbeFinding.Level, words: String) async throws {
    let reply = body.replacing("ID", with: unknown)
    let finding = try #require(try await probe(.gate) { _, _ in ok(reply) }.findings.first)
    #expect(finding.level == level && finding.what.contains(words), "\(finding)")
    #expect((finding.remedy == nil) == (level == .good))
  }

  @Test("a body is outlined without personal data and without the key, and is not long")
  func outline() async throws {
    let members = (1...20).map { ",\"field\($0)\":{\"deep\":1}" }.joined()
    let body = #"{"error":"no","email":"eve@example.com","echo":"test-key-0123456789""# + members + "}"
    let what = try #require(try await probe(.gate) { _, _ in ok(body) }.findings.first?.what)
    #expect(what.contains("error: no") && what.contains("{…}") && what.contains(", …}"))
    #expect(!what.contains("eve@") && !what.contains("test-key") && what.utf8.count < 600)
  }

  @Test("a difference of the clocks is told in seconds, and what an answer's way explains is none")
  func clocks() async throws {
    func last(_ lead: Int64, latency: Double) async throws -> ProbeFinding {
      let found = try await probe(.maxfi, latency: latency) { _, _ in dated(lead) }.findings
      return try #require(found.last)
    }
    #expect(try await last(0, latency: 0).what.contains("agree to the second"))
    #expect(try await last(-8, latency: 9).what.contains("agree to the second"))
    let small = try await last(30, latency: 1)
    #expect(small.level == .good && small.what.contains("is 30 seconds ahead of the provider's"))
    #expect(try await last(50, latency: 20).level == .good)
    let large = try await last(-600, latency: 0)
    #expect(large.level == .notice && large.what.contains("is 601 seconds behind"), "\(large)")
    let none = try await probe(.maxfi) { _, _ in ok("[]") }.findings.last
    #expect(none?.what.contains("carries a Date") == true)
  }
}
