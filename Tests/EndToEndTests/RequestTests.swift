import Foundation
import Testing

/// Records every request that the program had no business to make.
func expectOnlyAllowed(_ requests: [LoggedRequest], location: SourceLocation = #_sourceLocation) throws {
  #expect(!requests.isEmpty, sourceLocation: location)
  for request in requests {
    #expect(
      request.allowed && request.method == "GET" && request.unexpected.isEmpty,
      "\(request.method) \(request.target) \(request.unexpected)", sourceLocation: location)
    let isNamedTwice =
      request.query.contains("action=list_refunds") || request.query.contains("action=settlement_report")
    let places =
      request.provider == "dapit"
      ? ["x-gateway-key"] + (isNamedTwice ? ["api_key"] : []) : ["authorization"]
    #expect(request.credentials == places, "\(request.target)", sourceLocation: location)
  }
}

@Suite("Requests")
struct RequestTests {
  @Test("keys stand where the providers want them, and nowhere else")
  func keys() async throws {
    let trial = try Trial()
    let keys = Canary.keys.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    let server = try trial.sandbox(["--keys", keys])
    #expect(try await trial.run().status == 0)
    let requests = try server.requests()
    try expectOnlyAllowed(requests)
    #expect(requests.allSatisfy { [200, 400, 404].contains($0.status) })
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("another header for Inflow's key is used when the configuration says so")
  func header() async throws {
    let trial = try Trial()
    let server = try trial.sandbox(
      ["--keys", "inflow=\(Canary.keys["inflow"] ?? "")", "--auth-header", "inflow=X-Api-Key: {key}"],
      extra: ["inflow": "auth_header = \"X-Api-Key: {key}\""])
    #expect(try await trial.run().status == 0)
    let requests = try server.requests().filter { $0.provider == "inflow" }
    #expect(!requests.isEmpty && requests.allSatisfy { $0.credentials == ["x-api-key"] })
  }

  @Test("only orders in the window and its look-back are looked up, each once, ids as one path segment")
  func lookups() async throws {
    let trial = try Trial()
    let server = try trial.sandbox()
    #expect(try await trial.run().status == 0)
    let paths = try server.requests().map(\.path)
    let gate = paths.filter { $0.hasPrefix("/gate/") }.sorted()
    let base = "/gate/api/v1/api/payments/"
    let wanted = ["GR%2F3", "GRF-5", "g1", "g2", "g4", "g5", "g6", "g7", "g8"]
    #expect(gate == wanted.map { base + $0 }.sorted())
    let inflow = paths.filter { $0.hasPrefix("/inflow/transactions/") }.sorted()
    #expect(inflow == [1, 2, 4, 5, 7, 8, 9].map { "/inflow/transactions/TX\($0)/" })
  }

  @Test("the settlement report is asked for the period's days, in one request")
  func settlement() async throws {
    let trial = try Trial()
    let server = try trial.sandbox()
    #expect(try await trial.run().status == 0)
    let queries = try server.requests().map(\.query).filter { $0.contains("settlement_report") }
    #expect(queries.count == 1)
    #expect(queries.first?.contains("date_from=2025-03-01&date_to=2025-03-31") == true)
  }

  @Test("a second run filters Inflow's refunds by time and asks for open ones by id")
  func filtered() async throws {
    let trial = try Trial()
    var server = try trial.sandbox()
    #expect(try await trial.run().status == 0)
    #expect(try !server.requests().contains { $0.query.contains("created_at__gte") })
    server = try trial.sandbox()
    #expect(try await trial.run().status == 0)
    let requests = try server.requests()
    try expectOnlyAllowed(requests)
    let list = try #require(requests.first { $0.path == "/inflow/refunds/" })
    #expect(list.query.contains("created_at__gte=2025-01-30") && !list.query.contains("created_at__lte"))
    #expect(requests.contains { $0.path == "/inflow/refunds/IR-8/" })
    #expect(!requests.contains { $0.path == "/inflow/refunds/IR-4/" })
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("no window holds more requests than the rate limit allows, retries included")
  func rateLimit() async throws {
    let trial = try Trial()
    let server = try trial.sandbox(
      ["--page-size", "3", "--rate-limit", "maxfi=3/2s", "--fault", "http-503-then-ok:provider=maxfi"],
      extra: ["maxfi": "rate_limit = \"3/2s\""])
    #expect(try await trial.run().status == 0)
    let times = try server.requests().filter { $0.provider == "maxfi" }.map(\.seconds)
    #expect(times.count >= 10)
    for (first, fourth) in zip(times, times.dropFirst(3)) { #expect(fourth - first > 1.99) }
    #expect(try !server.requests().contains { $0.faults == ["rate-limit"] })
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("a limit holds for look-ups made side by side too, and for each key by itself")
  func rateLimitOfEach() async throws {
    let trial = try Trial()
    let limited = ["dapit", "gate", "inflow"]
    let server = try trial.sandbox(
      ["--page-size", "4", "--rate-limit", limited.map { "\($0)=4/1s" }.joined(separator: ",")],
      extra: Dictionary(uniqueKeysWithValues: limited.map { ($0, "rate_limit = \"4/1s\"") }))
    #expect(try await trial.run().status == 0)
    for provider in limited {
      let times = try server.requests().filter { $0.provider == provider }.map(\.seconds)
      #expect(times.count > 4)
      for (first, fifth) in zip(times, times.dropFirst(4)) { #expect(fifth - first > 0.99) }
    }
    #expect(try !server.requests().contains { $0.faults == ["rate-limit"] })
  }

  @Test("never more than four requests of a provider are under way at once")
  func atOnce() async throws {
    let trial = try Trial()
    let server = try trial.sandbox(
      ["--fault", "stall:provider=gate,count=always"], extra: ["gate": "timeout = \"10m\""])
    let child = try trial.start()
    try await server.when({ $0.provider == "gate" }, { child.send(SIGTERM) })
    #expect(await child.end() == 143)
    #expect(try server.requests().filter { $0.provider == "gate" }.count <= 4)
  }
}
