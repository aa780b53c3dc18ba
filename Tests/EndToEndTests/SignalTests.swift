import Foundation
import GRDB
import Testing

@Suite("Signals")
struct SignalTests {
  @Test(
    "a signal in the middle of a slow import ends it with its status; what came is kept, and nothing is half",
    arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 143)] as [(Int32, Int32)])
  func interrupted(signal: Int32, status: Int32) async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--page-size", "5", "--fault", "stall:provider=maxfi,after=2"])
    let child = try trial.start()
    try await server.when({ $0.faults == ["stall"] }, { child.send(signal) })
    let ending = trial.ending(await child.end())
    #expect(ending.status == status, "\(ending.errors)")
    #expect(ending.errors.contains("stopped on request") && ending.output.isEmpty)
    #expect(!trial.exists("reports"))
    let kept = try await DatabaseQueue(path: trial.path("reconcile.sqlite")).read { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM payment WHERE provider = 'maxfi'")
    }
    #expect(kept ?? 0 >= 9, "two pages of five, a test payment among them perhaps")
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("a signal during look-ups and their retries ends the run, and earlier reports stay as they were")
  func duringRetries() async throws {
    let trial = try Trial()
    #expect(try await trial.run().status == 0)
    let summary = trial.path("reports/2025-03-01_2025-03-31/summary.json")
    let before = try bytes(of: summary)
    let server = try trial.sandbox(["--fault", "http-503-then-ok:provider=gate,count=always"])
    let child = try trial.start()
    try await server.when({ $0.provider == "gate" && $0.status == 503 }, { child.send(SIGTERM) })
    #expect(await child.end() == 143)
    #expect(try bytes(of: summary) == before)
    try expectNoHiddenFiles(trial.path("reports/2025-03-01_2025-03-31"))
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("a signal while a provider asks to wait ends the run at once")
  func duringRetryAfter() async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--fault", "http-429-retry-after:provider=dapit,seconds=100"])
    let child = try trial.start()
    try await server.when({ $0.status == 429 }, { child.send(SIGINT) })
    #expect(await child.end() == 130)
    #expect(try server.requests().filter { $0.provider == "dapit" }.count == 1)
  }

  @Test("a second signal ends the program there and then")
  func twice() async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--fault", "stall:provider=maxfi"])
    let child = try trial.start()
    try await server.when({ $0.faults == ["stall"] }) {
      child.send(SIGINT)
      child.send(SIGINT)
    }
    #expect(await child.end() == 130)
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }
}
