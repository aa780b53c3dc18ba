import Testing

@Suite("Wrong usage and missing input")
struct UsageTests {
  /// Arguments, and what the message must name.
  struct Case: Sendable, CustomTestStringConvertible {
    var arguments: [String]
    var words: [String]
    var testDescription: String { arguments.joined(separator: " ") }

    init(_ arguments: String, _ words: String...) {
      self.arguments = arguments.split(separator: " ").map(String.init)
      self.words = words
    }
  }

  static let mistakes: [Case] = [
    Case("--form 2025-03-01 --to 2025-03-31", "--form", "--from"),
    Case("improt --period 2025-03", "improt", "import"),
    Case("--from 2025-03-31 --to 2025-03-01", "ends (2025-03-01) before it begins (2025-03-31)", "swap"),
    Case("--from 2025-02-30 --to 2025-03-31", "2025-02-30", "YYYY-MM-DD"),
    Case("--from 2025-03-01 --to 2025-04-31", "2025-04-31"),
    Case("--from 2025-3-1 --to 2025-03-31", "2025-3-1"), Case("--from 2025-03-01", "--to"),
    Case("--period lastmonth", "lastmonth", "last-month"), Case("--period 2025-13", "2025-13"),
    Case("--period 2025-03 --from 2025-03-01 --to 2025-03-31", "--period"),
    Case("--period 2025-03 --provider maxfy", "maxfy", "maxfi"),
    Case("--period 2025-03 --format pdf", "pdf", "csv"),
    Case("--period 2025-03 --as-of noon", "noon", "ISO 8601"),
    Case("--period 2025-03 --log-format xml", "xml", "json"), Case("import", "period"),
    Case("match", "period"), Case("report", "period"),
  ]

  @Test("wrong usage is 64, is told in words that help, and begins nothing", arguments: Self.mistakes)
  func usage(mistake: Case) async throws {
    let trial = try Trial()
    let ending = try await trial.run(mistake.arguments)
    #expect(ending.status == 64, "\(ending.errors)")
    for word in mistake.words { #expect(ending.errors.contains(word), "\(ending.errors)") }
    #expect(ending.output.isEmpty)
    #expect(!trial.exists("reconcile.sqlite") && !trial.exists("reports"))
  }

  @Test("help, and bare reconcile, end with 0 and begin nothing")
  func help() async throws {
    let trial = try Trial()
    let ending = try await trial.run(["run", "--help"])
    #expect(ending.status == 0 && ending.output.contains("--fail-on-discrepancies") && ending.errors.isEmpty)
    let bare = try await trial.run([])
    #expect(bare.status == 0 && bare.output.contains("reconcile --from 2026-03-01 --to 2026-03-31"))
    #expect(bare.output.contains("No run is on record yet."))
    #expect(!trial.exists("reconcile.sqlite"))
    #expect(try await trial.run().status == 0)
    #expect(try await trial.run([]).output.contains("ended with status 0"))
  }

  @Test("a missing orders file is 66 and is named", arguments: ["orders.csv", "refunds.csv", "events.jsonl"])
  func missingFile(name: String) async throws {
    let trial = try Trial()
    let option = "--" + name.prefix { $0 != "." }
    let ending = try await trial.run(Trial.month + [option, "elsewhere/" + name])
    #expect(ending.status == 66, "\(ending.errors)")
    #expect(ending.errors.contains(trial.path("elsewhere/" + name)))
    #expect(!trial.exists("reports"))
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("a file without a column that is needed is 66 and names the column")
  func missingColumn() async throws {
    let trial = try Trial()
    try trial.edit("orders.csv", "order_id,created_at", "number,created_at")
    let ending = try await trial.run()
    #expect(ending.status == 66 && ending.errors.contains("order_id"), "\(ending.errors)")
    #expect(ending.errors.contains(trial.path("orders.csv")))
  }

  @Test("a configuration that is named and missing is 66")
  func missingConfiguration() async throws {
    let trial = try Trial()
    var ending = try await trial.run(Trial.month + ["--config", "other.toml"])
    #expect(ending.status == 66 && ending.errors.contains(trial.path("other.toml")), "\(ending.errors)")
    ending = try await trial.run(
      environment: Trial.environment.merging(["RECONCILE_CONFIG": "none.toml"]) { $1 })
    #expect(ending.status == 66 && ending.errors.contains("RECONCILE_CONFIG"), "\(ending.errors)")
    ending = try await trial.run(Trial.month + ["--config", "saved"])
    #expect(ending.status == 66, "\(ending.errors)")
    #expect(!trial.exists("reconcile.sqlite"))
  }

  @Test("a rejected row is 65, is named with file and line, and the other rows go in")
  func rejectedRow() async throws {
    let trial = try Trial()
    try trial.append("x1,2025-03-05T10:00:00Z,EUR,12.345,maxfi,,\n", to: "orders.csv")
    let ending = try await trial.run()
    #expect(ending.status == 65, "\(ending.errors)")
    let report = try trial.report()
    let rejects = report.rows("rejects.csv")
    #expect(rejects.count == 1 && rejects[0]["source"] == "SHOP/orders.csv")
    #expect(rejects[0]["location"] == "line \(Shop.march.orders.count + 2)")
    #expect(rejects[0]["reason"]?.contains("decimals") == true, "\(rejects)")
    let calm = try await Calm.report()
    for name in ["orders.csv", "payments.csv", "discrepancies.csv"] {
      expectEqual(report.texts[name] ?? "", calm.texts[name] ?? "", name)
    }
    #expect(try report.status() == "complete")
  }

  @Test("a provider's record that cannot be read is 65 and is listed with its request")
  func rejectedRecord() async throws {
    let trial = try Trial()
    try trial.edit(
      "saved/maxfi/payments.json", "{\"data\":[",
      "{\"data\":[{\"id\":\"bad\",\"amount\":null,\"currency\":\"EUR\",\"status\":\"paid\"},")
    try trial.sandbox()
    #expect(try await trial.run().status == 65)
    let rejects = try trial.report().rows("rejects.csv")
    #expect(rejects.count == 1 && rejects[0]["source"] == "maxfi")
    #expect(rejects[0]["location"]?.contains("/maxfi/v2/payments") == true)
    #expect(try trial.report().fact("rejected", of: "maxfi") as? Int == 1)
  }

  @Test("of several statuses the largest counts")
  func largest() async throws {
    let trial = try Trial()
    let strict = Trial.month + ["--fail-on-discrepancies"]
    #expect(try await trial.run(strict).status == 1)
    try trial.append("x1,never,EUR,1.00,maxfi,,\n", to: "orders.csv")
    #expect(try await trial.run(strict).status == 65)
    try trial.sandbox(["--fault", "http-404:provider=maxfi"])
    #expect(try await trial.run(strict).status == 69)
    try trial.sandbox(["--fault", "http-404:provider=maxfi", "--fault", "http-401:provider=dapit"])
    #expect(try await trial.run(strict).status == 77)
    #expect(try await trial.run(strict, output: .file("/dev/full")).status == 73)
  }

  @Test("without an open discrepancy --fail-on-discrepancies ends with 0")
  func noDiscrepancy() async throws {
    let trial = try Trial()
    let day = ["--from", "2025-03-01", "--to", "2025-03-01", "--as-of", "2025-04-01T06:00:00Z"]
    #expect(try await trial.run(day + ["--fail-on-discrepancies"]).status == 0)
  }
}
