import Foundation
import Testing

@Suite("Faults that stay")
struct PermanentFaultTests {
  /// A fault at one provider, a word that the operator needs to see, and how often that provider is asked.
  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var word: String
    /// At maxfi, which has one list: 1 for what is not tried again, 6 for what is, 0 where no request gets through.
    var requests: Int?
    var extra: String?
    var testDescription: String { name }

    init(_ name: String, _ word: String, _ requests: Int? = nil, extra: String? = nil) {
      self.name = name
      self.word = word
      self.requests = requests
      self.extra = extra
    }

    var provider: String { String(name.split(separator: "=")[1].prefix { $0 != "," }) }
  }

  static let faults: [Fault] = statuses + bodies + connections + addresses

  private static let statuses: [Fault] = [
    Fault("http-500:provider=maxfi", "500", 6), Fault("http-404:provider=maxfi", "404", 1),
    Fault("http-status:provider=maxfi,code=400", "400", 1),
    Fault("http-status:provider=maxfi,code=402", "402", 1),
    Fault("http-status:provider=maxfi,code=405", "405", 1),
    Fault("http-status:provider=maxfi,code=409", "409", 1),
    Fault("http-status:provider=maxfi,code=410", "410", 1),
    Fault("http-status:provider=maxfi,code=422", "422", 1),
    Fault("http-status:provider=maxfi,code=407", "407", 1),
    Fault("http-status:provider=maxfi,code=204", "204", 1),
    Fault("http-status:provider=maxfi,code=206", "206", 1),
    Fault("http-status:provider=maxfi,code=502", "502", 6),
    Fault("http-status:provider=maxfi,code=503", "503", 6),
    Fault("http-status:provider=maxfi,code=504", "504", 6),
    Fault("html:provider=maxfi,code=511", "511", 1), Fault("redirect:provider=maxfi", "redirect", 1),
    Fault("redirect:provider=maxfi,to=file:///etc/passwd", "redirect", 1),
    Fault("redirect:provider=maxfi,to=/maxfi/v2/payments?limit=100", "redirect", 1),
    Fault("http-500:provider=dapit,match=list_transactions", "500"),
    Fault("http-500:provider=gate", "500"), Fault("http-500:provider=inflow,match=transactions", "500"),
    Fault("http-status:provider=gate,code=410", "410"),
    Fault("http-429:provider=maxfi,count=always,retry=1000000000", "120 seconds", 1),
    Fault("http-429:provider=maxfi,count=always", "429", 6),
    Fault("http-429-retry-after:provider=maxfi,seconds=121", "120 seconds", 1),
    Fault("http-429-date:provider=maxfi,seconds=600", "120 seconds", 1),
  ]

  private static let bodies: [Fault] = [
    Fault("html:provider=maxfi", "JSON", 6), Fault("empty-body:provider=maxfi", "empty", 6),
    Fault("invalid-json:provider=maxfi", "JSON", 6), Fault("bad-utf8:provider=maxfi", "UTF-8", 6),
    Fault("trailing-bytes:provider=maxfi", "JSON", 6), Fault("utf-16:provider=maxfi", "JSON", 6),
    Fault("cut-close:provider=maxfi", "JSON", 6),
    Fault("error-object:provider=maxfi", "the ledger is closed", 1),
    Fault("success-false:provider=dapit,match=list_transactions", "try again later"),
    Fault("deep-json:provider=maxfi", "64", 1), Fault("huge-body:provider=maxfi", "16 MiB", 1),
    Fault("endless-body:provider=maxfi", "16 MiB", 1), Fault("huge-head:provider=maxfi", "large", 1),
    Fault("many-headers:provider=maxfi", "large", 1), Fault("gzip-encoding:provider=maxfi", "gzip", 1),
    Fault("gzip:provider=maxfi", "gzip", 1), Fault("gzip:provider=maxfi,trailer=none", "gzip", 1),
    Fault("gzip:provider=maxfi,trailer=wrong", "gzip", 1), Fault("gzip-bomb:provider=maxfi", "gzip", 1),
    // Without its header it is a body that is not UTF-8, like any other.
    Fault("gzip:provider=maxfi,says=no", "JSON", 6), Fault("gzip-bomb:provider=maxfi,says=no", "JSON", 6),
  ]

  private static let connections: [Fault] = [
    Fault("cut-body:provider=maxfi", "6 times", 6), Fault("cut-chunked:provider=maxfi", "6 times", 6),
    Fault("drop:provider=maxfi", "6 times", 6), Fault("reset:provider=maxfi", "6 times", 6),
    Fault("reset-head:provider=maxfi,at=40", "6 times", 6),
    Fault("http2:provider=maxfi", "not HTTP", 6),
    Fault("silent:provider=maxfi", "no answer in time", 6, extra: "timeout = \"1s\""),
    Fault("endless-trickle:provider=maxfi,ms=100", "deadline of 3 seconds", 1, extra: "deadline = \"3s\""),
    Fault("trickle:provider=maxfi,ms=200", "deadline of 3 seconds", 1, extra: "deadline = \"3s\""),
    Fault("trickle-head:provider=maxfi,ms=200", "deadline of 3 seconds", 1, extra: "deadline = \"3s\""),
  ]

  private static let addresses: [Fault] = [
    Fault("unknown-host:provider=maxfi", "resolve host", 0, extra: "timeout = \"2s\"\ndeadline = \"20s\""),
    Fault("refused:provider=maxfi", "connect to server), 6 times", 0),
    Fault("unreachable:provider=maxfi", "connect to server), 6 times", 0),
    Fault("never-accepts:provider=maxfi", "no answer in time", 0, extra: "timeout = \"1s\""),
    Fault("tls-self-signed:provider=maxfi", "self-signed certificate", 0),
    Fault("tls-unknown-issuer:provider=maxfi", "unable to get local issuer certificate", 0),
    Fault("tls-expired:provider=maxfi", "certificate has expired", 0),
    Fault("tls-not-yet-valid:provider=maxfi", "certificate is not yet valid", 0),
    Fault("tls-wrong-host:provider=maxfi", "does not verify (SSL: no alternative certificate", 0),
    Fault("tls-old-version:provider=maxfi", "SSL connect error), 6 times", 0),
    Fault("tls-http2-only:provider=maxfi", "SSL connect error), 6 times", 0),
    Fault("tls-cut:provider=maxfi", "SSL connect error), 6 times", 0),
  ]

  @Test(
    "a provider is incomplete, its unpaid orders are unverified, and the next calm run catches up",
    arguments: Self.faults)
  func stays(fault: Fault) async throws {
    let trial = try Trial()
    let server = try trial.sandbox(
      ["--fault", fault.name], extra: fault.extra.map { [fault.provider: $0] } ?? [:])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, fault.provider)
    #expect(ending.errors.contains(fault.word), "\(ending.errors)")
    try expectOnlyAllowed(try server.requests())
    let requests = try server.requests().filter { $0.provider == fault.provider }.count
    if let wanted = fault.requests { #expect(requests == wanted, "\(ending.errors)") }
    // Six tries each; look-ups go out four at a time until three in a row are spent.
    #expect(requests <= 36)
    // Where a certificate does not verify nobody looks whether it does now.
    #expect(!(ending.errors.contains("certificate") && ending.errors.contains("6 times")))

    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, "after \(fault.name)")
  }

  @Test(
    "however much a provider sends, memory stays bounded",
    arguments: [
      "gzip-bomb", "gzip-bomb:says=no", "endless-body", "huge-body:mib=40", "huge-head:kib=20000",
      "many-headers",
      "deep-json:levels=4000000",
    ])
  func memory(fault: String) async throws {
    let trial = try Trial()
    try trial.sandbox(["--fault", fault + (fault.contains(":") ? "," : ":") + "provider=maxfi"])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "maxfi")
    #expect(1 << 10..<160 << 10 ~= ending.peakMemory, "\(ending.peakMemory) KiB")
  }

  @Test("what an earlier run read stays as it was", arguments: ["http-500", "cut-body", "http-404", "html"])
  func keeps(fault: String) async throws {
    let trial = try Trial()
    #expect(try await trial.run().status == 0)
    try trial.sandbox(["--page-size", "5", "--fault", "\(fault):provider=maxfi,after=2"])
    let ending = try await trial.run()
    #expect(ending.status == 69)
    let (report, calm) = (try trial.report(), try await Calm.report())
    for name in ["payments.csv", "refunds.csv", "settlement.csv"] {
      expectEqual(report.texts[name] ?? "", calm.texts[name] ?? "", name)
    }
    #expect(report.column("match_status", by: "order_id", of: "orders.csv")["m13"] == "unverified")
    #expect(!report.rows("discrepancies.csv").contains { $0["code"] == "record_withdrawn" })
  }

  @Test("nothing listens where any provider should be")
  func refused() async throws {
    let trial = try Trial()
    try trial.sandbox(["--fault", "refused"])
    let ending = try await trial.run()
    #expect(ending.status == 69)
    for name in Trial.providers { #expect(ending.errors.contains("provider=\(name)")) }
    let report = try trial.report()
    #expect(report.rows("payments.csv").isEmpty)
    #expect(!report.rows("orders.csv").contains { $0["match_status"] == "unpaid" })
    try trial.configure()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("a proxy that refuses to pass a request on leaves the provider incomplete, and loopback needs none")
  func proxy() async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--fault", "unknown-host:provider=maxfi"])
    let environment = Trial.environment.merging(["HTTPS_PROXY": "http://127.0.0.1:\(server.port)"]) { $1 }
    let ending = try await trial.run(environment: environment)
    try expectIncomplete(trial, ending, "maxfi")
    // The host's name is the proxy's business, and the proxy said no.
    #expect(ending.errors.contains("6 times") && !ending.errors.contains("resolve"), "\(ending.errors)")
  }

  @Test("a provider that is down for nights is told every night, and one run catches up")
  func nights() async throws {
    let trial = try Trial()
    for _ in 1...3 {
      try trial.sandbox(["--fault", "http-404:provider=maxfi", "--fault", "http-404:provider=dapit"])
      let ending = try await trial.run()
      #expect(ending.status == 69 && ending.output.contains("INCOMPLETE: dapit, maxfi"))
    }
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("a provider that falls silent is given up, and the others are complete")
  func silence() async throws {
    let trial = try Trial()
    try trial.sandbox(
      ["--fault", "stall:provider=maxfi"], extra: ["maxfi": "timeout = \"1s\"\ndeadline = \"4s\""])
    try expectIncomplete(trial, try await trial.run(), "maxfi")
  }

  @Test("a redirect is not followed, wherever it points", arguments: [301, 302, 303, 307, 308])
  func redirects(code: Int) async throws {
    let trial = try Trial()
    let other = try Trial()
    let trap = try other.sandbox()
    try trial.sandbox(
      ["--fault", "redirect:code=\(code),provider=dapit,to=http://127.0.0.1:\(trap.port)/dapit/gateway.php"])
    try expectIncomplete(trial, try await trial.run(), "dapit")
    #expect(try trap.requests().isEmpty)
  }

  @Test("a redirect to the same host is not followed either")
  func redirectsHome() async throws {
    let trial = try Trial()
    let server = try trial.sandbox([
      "--fault", "redirect:provider=dapit,count=3,to=/dapit/gateway.php?action=list_transactions",
    ])
    try expectIncomplete(trial, try await trial.run(), "dapit")
    // Two lists and the settlement report, each asked for once.
    #expect(try server.requests().filter { $0.provider == "dapit" }.map(\.status) == [302, 302, 302])
  }
}

/// What holds of every run in which one provider could not be read completely.
func expectIncomplete(
  _ trial: Trial, _ ending: Ending, _ provider: String, status: Int32 = 69,
  location: SourceLocation = #_sourceLocation
) throws {
  #expect(ending.status == status, "\(ending.errors)", sourceLocation: location)
  let report = try trial.report()
  #expect(try report.status() == "incomplete", sourceLocation: location)
  #expect(ending.output.contains("INCOMPLETE: \(provider)\n"), "\(ending.output)", sourceLocation: location)
  #expect(ending.errors.contains("provider=\(provider)"), "\(ending.errors)", sourceLocation: location)
  for name in Trial.providers {
    #expect(
      try report.fact("complete", of: name) as? Bool == (name != provider), "\(name)",
      sourceLocation: location)
  }
  let initial = String(provider.prefix(1))
  for row in report.rows("orders.csv") {
    let (id, match) = (row["order_id"] ?? "", row["match_status"] ?? "")
    let couldBePaidThere =
      id.hasPrefix(initial) || (id.hasPrefix("n") && ["maxfi", "dapit"].contains(provider))
    if couldBePaidThere {
      #expect(match != "unpaid", "\(id)", sourceLocation: location)
    } else if !id.hasPrefix("n") {
      #expect(match == Shop.march.verdicts[id]?.match, "\(id)", sourceLocation: location)
    }
  }
}
