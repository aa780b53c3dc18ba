import Testing

@Suite("Faults that pass")
struct TemporaryFaultTests {
  /// Each fault strikes once or a few times; what is asked again comes as if nothing had been.
  static let faults: [String] = [
    "http-500:count=1", "http-503-then-ok", "http-503-then-ok:provider=dapit",
    "http-429-retry-after:seconds=0", "http-status:code=408,count=1", "http-status:code=425,count=1",
    "http-status:code=502,count=2", "http-status:code=504,count=1", "success-false:count=2", "html:count=1",
    "empty-body:count=2", "drop:count=2", "invalid-json:count=1", "bad-utf8:count=1", "cut-body:count=2",
    "cut-body:at=0,count=1", "cut-body:at=1,count=1", "http-500:after=3,count=2", "slow:ms=50",
    "trickle:ms=1,count=2", "byte-order-mark", "http-500:provider=gate,after=2,count=3",
    "drop:provider=inflow,after=1,count=2", "invalid-json:match=settlement_report,count=1",
    "stall:count=1,provider=maxfi", "clamp-limit:size=2", "clamp-limit:size=2,says=asked",
    "reset:count=2", "reset:at=0,count=1", "cut-chunked:count=1", "cut-close:count=1", "close-idle",
    "double-answer", "informational", "wrong-type", "total-text", "trailing-bytes:count=1", "utf-16:count=1",
    "empty-page:provider=maxfi,after=1", "empty-page:provider=dapit,after=1", "trickle-head:ms=1,count=2",
    "http-500:every=2,provider=maxfi", "http-429:every=2,retry=0,provider=dapit,count=20", "http-429",
    "http-429:retry=0",
    "http-429:retry=-5", "http-429:retry=soon", "http-429:retry=0|1",
    "http-429:retry=Sat Jan  1 00:00:00 2000",
    "ignore-paging:provider=maxfi", "http2:count=2", "silent:count=1,provider=maxfi",
    "gzip:says=no,count=2,provider=maxfi", "http-status:code=500,count=4,provider=maxfi",
    "http-status:code=504,count=4,provider=dapit", "reset-head:count=2", "reset-head:at=100,count=1",
    "clamp-limit:size=2,count=1,after=1,provider=maxfi", "clamp-limit:size=2,count=1,after=1,provider=dapit",
    "total-drifts:provider=dapit",
  ]

  @Test("the reports are those of a calm day, and the run ends with 0", arguments: Self.faults)
  func passes(fault: String) async throws {
    let trial = try Trial()
    let server = try trial.sandbox(
      ["--page-size", "5", "--fault", fault],
      extra: ["stall", "silent"].contains { fault.hasPrefix($0) } ? ["maxfi": "timeout = \"1s\""] : [:])
    let ending = try await trial.run()
    #expect(ending.status == 0, "\(ending.errors)")
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, fault)
    let requests = try server.requests()
    try expectOnlyAllowed(requests)
    #expect(requests.contains { !$0.faults.isEmpty }, "the fault never struck")
  }

  @Test(
    "Retry-After is a minimum, in seconds and as a date",
    arguments: ["http-429-retry-after", "http-429-date"])
  func retryAfter(fault: String) async throws {
    let trial = try Trial()
    let server = try trial.sandbox([
      "--page-size", "5", "--fault", "\(fault):seconds=3,provider=maxfi,after=1",
    ])
    #expect(try await trial.run().status == 0)
    let requests = try server.requests().filter { $0.provider == "maxfi" }
    let refused = try #require(requests.firstIndex { $0.status == 429 })
    #expect(requests[refused + 1].seconds - requests[refused].seconds > 2.9)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test(
    "wherever in an answer the connection is reset, the next try brings it whole",
    arguments: ["reset-head:step=9", "reset:step=131"])
  func resets(fault: String) async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--page-size", "1", "--fault", fault + ",every=2,provider=maxfi"])
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, fault)
    #expect(try server.requests().filter { !$0.faults.isEmpty }.count >= 20)
  }

  @Test("several providers stumble at once and none holds up another")
  func several() async throws {
    let trial = try Trial()
    let faults = [
      "http-503-then-ok:provider=maxfi", "drop:provider=dapit,count=2", "html:provider=inflow,count=1",
    ]
    try trial.sandbox(["--page-size", "5"] + faults.flatMap { ["--fault", $0] })
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }
}
