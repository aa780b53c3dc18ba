import Testing

@Suite("Lists that move while they are read")
struct MovingListTests {
  static let styles: [String] = ["cursor", "starting_after", "pages", "offset", "link", "none"]

  /// Dapit's sessions without a reference cannot be a place to go on after.
  private func paging(_ style: String) -> [String] {
    ["--page-size", "5", "--paging", "maxfi=\(style)" + (style == "starting_after" ? "" : ",dapit=\(style)")]
  }

  /// Lines that must stand in a file, each once.
  private func expectEveryLine(of calm: Report, in report: Report, _ name: String, but: Set<String> = []) {
    let lines = (report.texts[name] ?? "").split(separator: "\n")
    for line in (calm.texts[name] ?? "").split(separator: "\n") where !but.contains(where: line.contains) {
      #expect(lines.count { $0 == line } == 1, "\(name): \(line)")
    }
    #expect(Set(lines).count == lines.count)
  }

  @Test(
    "new records that arrive all the time leave no list incomplete, and none is missed",
    arguments: Self.styles)
  func arrivals(style: String) async throws {
    let trial = try Trial()
    try trial.sandbox(paging(style) + ["--fault", "insert-while-walking"])
    let ending = try await trial.run()
    #expect(ending.status == 0, "\(ending.errors)")
    // They are of today, and so in no report of the month.
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, style)
  }

  @Test("a record that disappears hides no other", arguments: Self.styles)
  func deletion(style: String) async throws {
    let trial = try Trial()
    try trial.sandbox(paging(style) + ["--fault", "delete-while-walking:count=2,after=1"])
    let ending = try await trial.run()
    #expect(ending.status == 0, "\(ending.errors)")
    let report = try trial.report()
    let calm = try await Calm.report()
    expectEveryLine(of: calm, in: report, "payments.csv")
  }

  @Test("a list that loses records all the time is incomplete, or held nothing back", arguments: Self.styles)
  func deletions(style: String) async throws {
    let trial = try Trial()
    try trial.sandbox(paging(style) + ["--fault", "delete-while-walking:provider=maxfi"])
    let ending = try await trial.run()
    #expect([0, 69].contains(ending.status), "\(ending.errors)")
    let report = try trial.report()
    guard ending.status == 69 else { return }
    #expect(ending.errors.contains("provider=maxfi"))
    #expect(!report.rows("orders.csv").contains { $0["order_id"] == "m13" && $0["match_status"] == "unpaid" })
  }

  @Test("a list that is turned round once is read again", arguments: Self.styles)
  func reorder(style: String) async throws {
    let trial = try Trial()
    try trial.sandbox(paging(style) + ["--fault", "reorder:count=1,after=1,provider=maxfi"])
    let ending = try await trial.run()
    #expect(ending.status == 0, "\(ending.errors)")
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, style)
  }

  @Test(
    "a record that moves to the head because it changed is neither missed nor counted twice",
    arguments: Self.styles)
  func touched(style: String) async throws {
    let trial = try Trial()
    try trial.sandbox(paging(style) + ["--fault", "touch-while-walking:count=2,after=1"])
    let ending = try await trial.run()
    #expect(ending.status == 0, "\(ending.errors)")
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, style)
  }

  @Test(
    "records that change places as equal times let them are not missed where there is a total",
    arguments: [1, 2])
  func ties(count: Int) async throws {
    let trial = try Trial()
    let paging = ["--page-size", "5", "--paging", "maxfi=offset"]
    try trial.sandbox(paging + ["--fault", "swap-while-walking:provider=maxfi,count=\(count),after=1"])
    let ending = try await trial.run()
    #expect(ending.status == 0, "\(ending.errors)")
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
    try trial.sandbox(paging + ["--fault", "swap-while-walking:provider=maxfi"])
    try expectIncomplete(trial, try await trial.run(Trial.month + ["--warehouse", "second.sqlite"]), "maxfi")
  }

  @Test(
    "a status that changes while the list is read is the one that counts",
    arguments: ["cursor", "none", "link"])
  func changed(style: String) async throws {
    let trial = try Trial()
    try trial.sandbox([
      "--page-size", "5", "--paging", "maxfi=\(style)", "--fault",
      "change-while-walking:provider=maxfi,count=1,after=1,member=status,value=failed",
    ])
    let ending = try await trial.run()
    #expect(ending.status == 0, "\(ending.errors)")
    let before = try await Calm.report().column("provider_status", by: "payment_id", of: "payments.csv")
    let after = try trial.report().column("provider_status", by: "payment_id", of: "payments.csv")
    let changed = after.filter { before[$0.key] != $0.value }
    #expect(changed.count == 1 && changed.values.first == "failed", "\(changed)")
  }

  @Test("a record with an old date that comes in at the head is stored once, and disturbs no other")
  func late() async throws {
    let trial = try Trial()
    try trial.sandbox([
      "--page-size", "5", "--fault", "insert-while-walking:provider=maxfi,count=1,age=9000",
    ])
    for _ in 1...2 {
      #expect(try await trial.run().status == 0)
      let (report, calm) = (try trial.report(), try await Calm.report())
      for name in ["orders.csv", "payments.csv", "refunds.csv", "discrepancies.csv"] {
        expectEqual(report.texts[name] ?? "", calm.texts[name] ?? "", name)
      }
      // Its own day is before the period.
      let orphans = report.rows("open_items.csv").filter { $0["code"] == "orphan_payment" }
      #expect(orphans.count { $0["payment_id"]?.hasSuffix("-new1") == true } == 1)
    }
    #expect(try trial.query("SELECT count(*) FROM payment WHERE payment_id LIKE '%-new1'") == ["1"])
  }

  @Test(
    "pages that come for ever end the walk as incomplete", arguments: Self.styles,
    ["repeat-page", "cycle-pages"])
  func repeats(style: String, fault: String) async throws {
    let trial = try Trial()
    let server = try trial.sandbox(paging(style) + ["--fault", "\(fault):provider=maxfi"])
    let ending = try await trial.run()
    if style == "none", fault == "repeat-page" {
      // A second page that equals the first says that the list is whole.
      #expect(ending.status == 0)
    } else {
      try expectIncomplete(trial, ending, "maxfi")
    }
    #expect(try server.requests().filter { $0.provider == "maxfi" }.count < 30)
  }

  @Test("a link to another host ends the walk as incomplete and is not followed")
  func otherHost() async throws {
    let trial = try Trial()
    let other = try Trial()
    let trap = try other.sandbox()
    try trial.sandbox([
      "--page-size", "5", "--fault", "next-other-host:provider=maxfi,host=127.0.0.1:\(trap.port)",
    ])
    try expectIncomplete(trial, try await trial.run(), "maxfi")
    #expect(try trap.requests().isEmpty)
  }

  @Test("a link to another path ends the walk as incomplete and is not followed")
  func otherPath() async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--page-size", "5", "--fault", "next-other-path:provider=maxfi"])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "maxfi")
    #expect(ending.errors.contains("leads to another path"), "\(ending.errors)")
    try expectOnlyAllowed(try server.requests())
  }

  @Test("more to come without saying where leaves out nothing, or ends the walk as incomplete")
  func withoutCursor() async throws {
    let trial = try Trial()
    let server = try trial.sandbox([
      "--page-size", "5", "--fault", "has-more-without-cursor:provider=maxfi",
    ])
    try expectIncomplete(trial, try await trial.run(), "maxfi")
    #expect(try server.requests().filter { $0.provider == "maxfi" }.count < 30)
    let rows = try trial.report().rows("payments.csv").filter { $0["provider"] == "maxfi" }
    #expect(rows.count == (try await Calm.report()).rows("payments.csv").count { $0["provider"] == "maxfi" })
  }
}
