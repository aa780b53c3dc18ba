import Testing

@Suite("Configuration mistakes")
struct ConfigurationMistakeTests {
  /// A change to `reconcile.toml`, and what the message must name: the key and the way out.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var words: [String]
    var testDescription: String { new.split(separator: "\n").first.map(String.init) ?? new }

    init(_ old: String, _ new: String, _ words: String...) {
      self.old = old
      self.new = new
      self.words = words
    }
  }

  private static let maxfi = "directory = \"saved/maxfi\""

  static let mistakes: [Mistake] = [
    Mistake("grace = \"48h\"", "gracee = \"48h\"", "matching.gracee", "`grace`"),
    Mistake("[matching]", "[matchin]", "matchin", "`matching`"),
    Mistake("[matching]", "[matching", "TOML"), Mistake("grace = \"48h\"", "grace = 48h", "TOML"),
    Mistake("grace = \"48h\"", "grace = 48", "matching.grace", "\"48h\""),
    Mistake("grace = \"48h\"", "grace = \"soon\"", "matching.grace", "48h"),
    Mistake("Europe/Vilnius", "Europe/Vilnus", "reporting.time_zone", "Europe/Vilnius"),
    Mistake("output = \"reports\"", "output = \"\"", "reporting.output"),
    Mistake("formats = [\"csv\"]", "formats = [\"pdf\"]", "reporting.formats", "xlsx"),
    Mistake("[matching]", "[matching]\ntolerance = { EUR = 0.05 }", "matching.tolerance.EUR", "\"0.0"),
    Mistake("[matching]", "[matching]\ntolerance = { EUR = \"0.005\" }", "matching.tolerance.EUR"),
    Mistake("[matching]", "[matching]\ntolerance = { EURO = \"0.05\" }", "matching.tolerance.EURO", "4217"),
    Mistake("kind = \"maxfi\"", "kind = \"maxfy\"", "providers.maxfi.kind", "\"maxfi\""),
    Mistake("kind = \"maxfi\"\n", "", "providers.maxfi.kind", "inflow"),
    Mistake(maxfi, "", "providers.maxfi", "base_url"),
    Mistake(
      maxfi, maxfi + "\nbase_url = \"https://a.example\"", "providers.maxfi.directory", "one of the two"),
    Mistake(maxfi, "base_url = \"http://a.example\"", "providers.maxfi.base_url", "https"),
    Mistake(maxfi, "base_url = \"https://u:geheim@a.example\"", "providers.maxfi.base_url", "api_key_env"),
    Mistake(maxfi, "base_url = \"https://a.example\"", "providers.maxfi", "api_key_env"),
    Mistake(maxfi, maxfi + "\napi_key = \"geheim\"", "providers.maxfi.api_key", "api_key_env"),
    Mistake(
      maxfi, "base_url = \"https://a.example\"\napi_key_env = \"NO_SUCH_KEY\"",
      "providers.maxfi.api_key_env", "NO_SUCH_KEY"),
    Mistake(
      maxfi, "base_url = \"https://a.example\"\napi_key_file = \"no/such/file\"",
      "providers.maxfi.api_key_file", "no/such/file"),
    Mistake(maxfi, maxfi + "\nrate_limit = \"90\"", "providers.maxfi.rate_limit", "90/60s"),
    Mistake(maxfi, maxfi + "\nlookback_days = \"30\"", "providers.maxfi.lookback_days", "30"),
    Mistake(maxfi, maxfi + "\nstatus_map = { paid = \"done\" }", "providers.maxfi.status_map", "succeeded"),
    Mistake(maxfi, maxfi + "\namount_unit = \"minor\"", "providers.maxfi.amount_unit", "gate"),
    Mistake(maxfi, maxfi + "\ntimeout = \"0s\"", "providers.maxfi.timeout", "1s to 1h"),
    Mistake("files = [\"orders.csv\"]", "files = \"orders.csv\"", "orders.files", "list"),
    Mistake("[orders]", "[orders]\ndecimal = \";\"", "orders.decimal"),
    Mistake("[orders]", "[orders]\ncolumns = { order = \"No\" }", "orders.columns.order", "order_id"),
  ]

  @Test("a mistake is 78 and names file, key and remedy, before anything is begun", arguments: Self.mistakes)
  func refused(mistake: Mistake) async throws {
    let trial = try Trial()
    try trial.edit("reconcile.toml", mistake.old, mistake.new)
    let ending = try await trial.run()
    #expect(ending.status == 78, "\(ending.errors)")
    for word in mistake.words + [trial.path("reconcile.toml")] {
      #expect(ending.errors.contains(word), "\(word) in \(ending.errors)")
    }
    #expect(!ending.errors.contains("geheim"))
    // What happened, where, and what to do next.
    #expect(ending.errors.split(separator: "\n").count >= 3 && ending.errors.hasPrefix("error: "))
    #expect(ending.output.isEmpty && !trial.exists("reconcile.sqlite") && !trial.exists("reports"))
  }

  @Test(
    "a missing, empty or test key is 78 before any request", arguments: ["missing", "", "sk_test_abcdef"])
  func keys(key: String) async throws {
    let trial = try Trial()
    let server = try trial.sandbox()
    var environment = Trial.environment
    environment["MAXFI_KEY"] = key == "missing" ? nil : key
    let ending = try await trial.run(environment: environment)
    #expect(ending.status == 78 && ending.errors.contains("providers.maxfi.api_key_env"), "\(ending.errors)")
    #expect(ending.errors.contains(key == "sk_test_abcdef" ? "--allow-test" : "MAXFI_KEY"))
    #expect(try server.requests().isEmpty)
    #expect(!trial.exists("reconcile.sqlite"))
  }

  @Test("with --allow-test a test key is used and the reports say TEST DATA")
  func testKey() async throws {
    let trial = try Trial()
    try trial.sandbox()
    let ending = try await trial.run(
      Trial.month + ["--allow-test"],
      environment: Trial.environment.merging(["MAXFI_KEY": "sk_test_abcdef"]) { $1 })
    #expect(ending.status == 0 && ending.output.contains("TEST DATA"))
    #expect(try trial.report().summary()["test_data"] as? Bool == true)
  }

  @Test("no configuration at all is 78 and says how to get one")
  func none() async throws {
    let trial = try Trial()
    let ending = try await trial.run(directory: trial.path("saved"))
    #expect(ending.status == 78 && ending.errors.contains("reconcile init"), "\(ending.errors)")
  }
}
