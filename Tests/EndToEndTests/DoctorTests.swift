import Foundation
import Testing

@Suite("What doctor finds at the providers")
struct DoctorTests {
  /// A finding as `doctor --json` prints it.
  private struct Finding: Decodable {
    var level: String
    var topic: String
    var what: String
    var remedy: String?
  }

  /// What doctor says about one provider, with its exit status and the requests that it made.
  private func look(
    _ provider: String, _ options: [String] = [], extra: [String: String] = [:]
  ) async throws -> (findings: [Finding], status: Int32, requests: [LoggedRequest]) {
    let trial = try Trial()
    let server = try trial.sandbox(options, extra: extra)
    let ending = try await trial.run(["doctor", "--json"])
    let all = try JSONDecoder().decode([Finding].self, from: Data(ending.output.utf8))
    #expect(Leaks(Array(Canary.keys.values)).found(in: Array(ending.output.utf8), "doctor").isEmpty)
    return (
      all.filter { $0.topic == "provider \(provider)" }, ending.status,
      try server.requests().filter { $0.provider == provider }
    )
  }

  private func expect(
    _ level: String, _ words: String, in findings: [Finding], remedy: String? = nil,
    location: SourceLocation = #_sourceLocation
  ) {
    let found = findings.filter {
      $0.level == level && $0.what.contains(words) && (remedy.map($0.remedy.orEmpty.contains) ?? true)
    }
    #expect(
      found.count == 1, "\(level) \(words) \(remedy ?? "") in \(findings.map { "\($0)" })",
      sourceLocation: location)
  }

  @Test("every provider is asked a handful of allow-listed requests, with its key in its place")
  func requests() async throws {
    let trial = try Trial()
    let keys = Canary.keys.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    let server = try trial.sandbox(["--keys", keys])
    #expect(try await trial.run(["doctor"]).status == 0)
    let requests = try server.requests()
    try expectOnlyAllowed(requests)
    func asked(_ provider: String) -> [String] {
      requests.filter { $0.provider == provider }.map { String($0.target.dropFirst(provider.count + 1)) }
    }
    #expect(asked("maxfi") == ["/v2/health", "/v2/payments?limit=1"])
    let actions = asked("dapit").compactMap { $0.split(separator: "=")[1].split(separator: "&").first }
    #expect(
      actions == ["list_transactions", "list_refunds", "settlement_report", "payment_status", "get_session"])
    #expect(asked("gate").count == 1 && asked("inflow").count == 3)
    #expect(!trial.exists("reconcile.sqlite"))
  }

  @Test(
    "the paging shape of a list is told by what its page says",
    arguments: [
      ("cursor", "is paged by its `next_cursor`"),
      ("starting_after", "the last id is sent as starting_after"),
      ("pages", "is paged by number: `page` of `total_pages`, 28 in all"),
      ("offset", "is paged by `offset`: a `total` of 28, at most 1 a page"),
      ("link", "is paged by links in its member `next`"),
      ("none", "it is paged by number, and page 2 holds other rows"), ("whole", "page 2 is page 1 again"),
    ])
  func paging(style: String, words: String) async throws {
    let (findings, status, _) = try await look("maxfi", ["--paging", "maxfi=\(style)"])
    #expect(status == 0)
    let count = Shop.march.payments.count
    expect("ok", words.replacing("28", with: "\(count)"), in: findings)
  }

  @Test("which actions answer at Dapit, and which do not")
  func actions() async throws {
    let (well, _, _) = try await look("dapit")
    expect("ok", "action=list_transactions&limit=200&offset=0 answered 200 with", in: well)
    expect("ok", "list_refunds does not say how it goes on: it is taken as whole", in: well)
    // The shop's report is of another time than yesterday.
    expect("ok", "answered 404: no report for that day", in: well)
    expect("ok", "action=payment_status", in: well)
    let (ill, status, requests) = try await look(
      "dapit", ["--fault", "http-404:match=list_refunds", "--fault", "http-404:match=settlement_report"])
    expect("fail", "action=list_refunds", in: ill, remedy: "base_url")
    expect("ok", "answered 404: no report for that day", in: ill)
    #expect(status == 69 && requests.count == 5)
  }

  @Test("an unknown reference that is answered 400 or 404 is not found", arguments: ["400", "404"])
  func unknown(status: String) async throws {
    let (findings, ending, _) = try await look("gate", ["--gate-unknown", status])
    #expect(ending == 0)
    expect("ok", "is answered with \(status), which means \"not found\"", in: findings)
    expect("ok", "the key was not refused in the header `Authorization: Bearer {key}`", in: findings)
    expect("ok", "is answered with 404", in: try await look("inflow").findings)
  }

  @Test("an unknown reference that is answered 200 is told with its body and what an import makes of it")
  func unknownIsFound() async throws {
    let (gate, status, _) = try await look("gate", ["--gate-unknown", "200"])
    #expect(status == 0)
    expect("warn", "amount: 0, currencyCode: EUR, status: none}", in: gate, remedy: "status_map")
    let mapped = try await look(
      "gate", ["--gate-unknown", "200"], extra: ["gate": "status_map = { none = \"failed\" }"])
    expect("ok", "counts as a payment with the status failed", in: mapped.findings)
    let (inflow, failed, _) = try await look(
      "inflow", ["--fault", "error-object:provider=inflow,match=transactions"])
    #expect(failed == 69)
    expect("fail", "{error: {…}}", in: inflow, remedy: "ask the provider to answer 400 or 404")
  }

  @Test("the header in which the key was accepted is named, and for a refused one what to try")
  func header() async throws {
    let key = "inflow=\(Canary.keys["inflow"] ?? "")"
    let other = ["--keys", key, "--auth-header", "inflow=X-Api-Key: {key}"]
    let (refused, status, requests) = try await look("inflow", other)
    #expect(status == 77 && requests.count == 1)
    expect(
      "fail", "the key was refused in the header `Authorization: Api-Key {key}`", in: refused,
      remedy: "\"Authorization: Bearer {key}\" or \"X-Api-Key: {key}\"")
    let accepted = try await look("inflow", other, extra: ["inflow": "auth_header = \"X-Api-Key: {key}\""])
    #expect(accepted.status == 0)
    expect("ok", "the key was accepted in the header `X-Api-Key: {key}`", in: accepted.findings)
    let (dapit, partly, _) = try await look("dapit", ["--fault", "http-401:match=settlement_report"])
    #expect(partly == 77)
    expect("fail", "action=settlement_report", in: dapit, remedy: "what it may read")
    expect("ok", "the key was accepted in the header `X-Gateway-Key: {key}`", in: dapit)
  }

  @Test("the provider's clock is compared with this machine's, in seconds", arguments: [-500, 500])
  func clock(seconds: Int) async throws {
    let (findings, status, _) = try await look(
      "maxfi", ["--fault", "skewed-clock:provider=maxfi,seconds=\(seconds)"])
    #expect(status == 0)
    let clock = try #require(findings.first { $0.what.contains("clock") })
    let words = clock.what.split(separator: " ")
    let told = try #require(words.firstIndex(of: "is").flatMap { Int(words[$0 + 1]) })
    #expect(
      clock.level == "warn" && abs(told - 500) < 60 && clock.remedy.orEmpty.contains("set this machine's"))
    #expect(clock.what.contains(seconds > 0 ? "behind" : "ahead of"))
  }

  @Test("a health request that fails is no failure of the account; a list that fails is")
  func health() async throws {
    let (well, status, _) = try await look("maxfi", ["--fault", "http-500:match=health"])
    #expect(status == 0)
    expect("warn", "/v2/health", in: well)
    let (ill, failed, _) = try await look("maxfi", ["--fault", "html:match=payments"])
    #expect(failed == 69)
    expect("fail", "the body cannot be read", in: ill, remedy: "base_url")
  }
}

extension String? {
  fileprivate var orEmpty: String { self ?? "" }
}
