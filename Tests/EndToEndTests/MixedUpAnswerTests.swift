import Testing

@Suite("Answers that belong to another request")
struct MixedUpAnswerTests {
  static let styles = ["cursor", "starting_after", "pages", "offset", "link", "none", "bare"]

  @Test(
    "an earlier answer on a list is not believed, however it is paged", arguments: Self.styles,
    ["earlier-answer:after=1", "earlier-answer:after=3", "late-answers:after=1"])
  func lists(style: String, fault: String) async throws {
    let trial = try Trial()
    let server = try trial.sandbox([
      "--page-size", "5", "--paging", "maxfi=\(style)", "--fault", "\(fault),provider=maxfi",
    ])
    let ending = try await trial.run()
    #expect(ending.status == 0, "\(ending.errors)")
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, style)
    let requests = try server.requests()
    try expectOnlyAllowed(requests)
    #expect(requests.contains { !$0.faults.isEmpty }, "the fault never struck")
    // What is asked for again is not asked for at once.
    let own = requests.filter { $0.provider == "maxfi" }
    for (first, second) in zip(own, own.dropFirst()) where first.target == second.target {
      #expect(second.seconds - first.seconds >= 0.199, "\(second.target)")
    }
  }

  @Test("answers that are one late mix up neither two lists nor two look-ups", arguments: Trial.providers)
  func providers(provider: String) async throws {
    let trial = try Trial()
    try trial.sandbox(["--page-size", "5", "--fault", "late-answers:after=2,provider=\(provider)"])
    let ending = try await trial.run()
    #expect(ending.status == 0, "\(ending.errors)")
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("a list without hints that answers with the transactions is no list of refunds")
  func otherList() async throws {
    let trial = try Trial()
    let server = try trial.sandbox([
      "--paging", "dapit=none", "--fault", "earlier-answer:provider=dapit,match=list_refunds,count=always",
    ])
    let ending = try await trial.run()
    #expect([0, 69].contains(ending.status), "\(ending.errors)")
    let refunds = try trial.report().rows("refunds.csv").filter { $0["provider"] == "dapit" }
    #expect(!refunds.contains { $0["refund_id"]?.hasPrefix("DP-") == true })
    let calm = try await Calm.report().rows("refunds.csv").filter { $0["provider"] == "dapit" }
    #expect(refunds.count == (ending.status == 0 ? calm.count : 0))
    #expect(try server.requests().filter { $0.query.contains("list_refunds") }.count > 1)
  }

  @Test(
    "a page full of new rows between two requests is no sign that the list ends there",
    arguments: ["none", "bare", "pages", "offset"])
  func pushedDown(style: String) async throws {
    let trial = try Trial()
    try trial.sandbox([
      "--page-size", "1", "--paging", "maxfi=\(style)", "--fault",
      "insert-while-walking:provider=maxfi,count=1",
    ])
    let ending = try await trial.run()
    #expect(ending.status == 0, "\(ending.errors)")
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, style)
  }

  @Test("rows that push the list down by a page with every request leave it incomplete, not short")
  func pushedDownForEver() async throws {
    let trial = try Trial()
    let server = try trial.sandbox([
      "--page-size", "1", "--paging", "maxfi=none", "--fault", "insert-while-walking:provider=maxfi",
    ])
    try expectIncomplete(trial, try await trial.run(), "maxfi")
    #expect(try server.requests().filter { $0.provider == "maxfi" }.count < 30)
  }

  @Test("a list that ignores page numbers is whole, also while it grows")
  func growing() async throws {
    let trial = try Trial()
    let server = try trial.sandbox([
      "--paging", "maxfi=none", "--fault", "ignore-paging:provider=maxfi", "--fault",
      "insert-while-walking:provider=maxfi",
    ])
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
    #expect(try server.requests().filter { $0.provider == "maxfi" }.count <= 4)
  }
}
