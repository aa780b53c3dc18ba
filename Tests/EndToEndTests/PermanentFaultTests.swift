import Foundation
import Testing

@Suite("Faults that stay")
struct PermanentFaultTests {
  /// A fault at one provider, and a word that the operator needs to see.
  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var word: String
    var testDescription: String { name }

    init(_ name: String, _ word: String) {
      self.name = name
      self.word = word
    }
  }

  static let faults: [Fault] = [
    Fault("http-500:provider=maxfi", "500"), Fault("http-404:provider=maxfi", "404"),
    Fault("http-status:provider=maxfi,code=400", "400"), Fault("http-status:provider=maxfi,code=402", "402"),
    Fault("http-status:provider=maxfi,code=405", "405"), Fault("http-status:provider=maxfi,code=410", "410"),
    Fault("http-status:provider=maxfi,code=422", "422"), Fault("http-status:provider=maxfi,code=407", "407"),
    Fault("http-status:provider=maxfi,code=204", "204"), Fault("http-status:provider=maxfi,code=206", "206"),
    Fault("html:provider=maxfi", "JSON"), Fault("empty-body:provider=maxfi", "empty"),
    Fault("invalid-json:provider=maxfi", "JSON"), Fault("bad-utf8:provider=maxfi", "UTF-8"),
    Fault("deep-json:provider=maxfi", "64"), Fault("huge-body:provider=maxfi", "16 MiB"),
    Fault("gzip-encoding:provider=maxfi", "gzip"), Fault("cut-body:provider=maxfi", "6 times"),
    Fault("drop:provider=maxfi", "6 times"), Fault("redirect:provider=maxfi", "redirect"),
    Fault("http-500:provider=dapit,match=list_transactions", "500"),
    Fault("success-false:provider=dapit,match=list_transactions", "try again later"),
    Fault("http-500:provider=gate", "500"), Fault("http-500:provider=inflow,match=transactions", "500"),
    Fault("http-status:provider=gate,code=410", "410"),
    Fault("trailing-bytes:provider=maxfi", "JSON"), Fault("utf-16:provider=maxfi", "JSON"),
    Fault("error-object:provider=maxfi", "the ledger is closed"),
    Fault("endless-body:provider=maxfi", "16 MiB"), Fault("huge-head:provider=maxfi", "large"),
    Fault("many-headers:provider=maxfi", "large"), Fault("reset:provider=maxfi", "6 times"),
    Fault("cut-chunked:provider=maxfi", "6 times"), Fault("cut-close:provider=maxfi", "JSON"),
    Fault("http-429:provider=maxfi,count=always,retry=1000000000", "120 seconds"),
    Fault("http-429:provider=maxfi,count=always", "429"),
    Fault("http-429-retry-after:provider=maxfi,seconds=121", "120 seconds"),
    Fault("http-429-date:provider=maxfi,seconds=600", "120 seconds"),
  ]

  @Test(
    "a provider is incomplete, its unpaid orders are unverified, and the next calm run catches up",
    arguments: Self.faults)
  func stays(fault: Fault) async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--fault", fault.name])
    let ending = try await trial.run()
    let name = String(fault.name.split(separator: "=")[1].prefix { $0 != "," })
    try expectIncomplete(trial, ending, name)
    #expect(ending.errors.contains(fault.word), "\(ending.errors)")
    try expectOnlyAllowed(try server.requests())
    // Six tries each; look-ups go out four at a time until three in a row are spent.
    #expect(try server.requests().filter { $0.provider == name }.count <= 36)

    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, "after \(fault.name)")
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

  @Test("nothing listens where a provider should be")
  func refused() async throws {
    let trial = try Trial()
    try trial.configure(port: 9)
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

  @Test(
    "a provider that sends a byte now and then is given up at its deadline",
    arguments: ["trickle", "trickle-head"])
  func deadline(fault: String) async throws {
    let trial = try Trial()
    try trial.sandbox(["--fault", "\(fault):provider=maxfi,ms=200"], extra: ["maxfi": "deadline = \"3s\""])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "maxfi")
    #expect(ending.errors.contains("deadline of 3 seconds"), "\(ending.errors)")
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
