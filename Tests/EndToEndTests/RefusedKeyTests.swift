import Testing

@Suite("Refused keys")
struct RefusedKeyTests {
  @Test("a refused key is 77, and no further request goes to that provider", arguments: Trial.providers)
  func refused(provider: String) async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--keys", "\(provider)=another-key-than-ours"])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, provider, status: 77)
    let requests = try server.requests().filter { $0.provider == provider }
    // Look-ups go out side by side: those under way when the first refusal comes cannot be called back.
    #expect(!requests.isEmpty && requests.count <= (provider == "gate" ? 4 : 1), "\(requests.map(\.target))")
    #expect(ending.errors.contains("the key was refused"))
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("403 is a refused key too")
  func forbidden() async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--fault", "http-status:code=403,provider=dapit"])
    try expectIncomplete(trial, try await trial.run(), "dapit", status: 77)
    #expect(try server.requests().filter { $0.provider == "dapit" }.count == 1)
  }

  @Test("a key that is refused half way keeps the pages that came before", arguments: [1, 3])
  func halfWay(pages: Int) async throws {
    let trial = try Trial()
    let server = try trial.sandbox(
      ["--page-size", "5", "--fault", "http-401-after-page-\(pages):provider=maxfi"])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "maxfi", status: 77)
    #expect(try server.requests().filter { $0.provider == "maxfi" }.count == pages + 1)
    let kept = try trial.report().rows("payments.csv").filter { $0["provider"] == "maxfi" }
    #expect(kept.count >= pages * 5 - 1 && kept.count <= pages * 5)
  }

  @Test("one provider refuses the key and another is down: 77, and both are told")
  func both() async throws {
    let trial = try Trial()
    try trial.sandbox(["--fault", "http-401:provider=maxfi", "--fault", "http-404:provider=inflow"])
    let ending = try await trial.run()
    #expect(ending.status == 77)
    #expect(ending.output.contains("INCOMPLETE: inflow, maxfi"))
  }
}
