import ReconcileCore
import Testing

@testable import reconcile

@Suite("A mistake in the configuration is named with file, key and remedy")
struct ConfigurationErrorTests {
  @Test(
    "an unknown key is named with its line and the nearest known one",
    arguments: [
      ("[matching]\n\n  gracee = \"1h\"", "matching.gracee", 3, "`grace`"),
      ("[reportng]\ntime_zone = \"UTC\"", "reportng", 1, "`reporting`"),
      ("[provider.p]\nkind = \"gate\"", "provider", 1, "`providers`"),
      ("orders.filess = []", "orders.filess", 1, "`files`"),
      ("# one\norders = { files = [], tme_zone = \"UTC\" }", "orders.tme_zone", 2, "`time_zone`"),
      ("[orders.columns]\norderid = \"x\"", "orders.columns.orderid", 2, "`order_id`"),
      (
        "# [providers.p]\n" + provider("gate", "amont_unit = \"minor\""), "providers.p.amont_unit", 6,
        "`amount_unit`"
      ),
      ("[warehouse]\nnote = \"\"\"\nx = 1\n[y]\n\"\"\"", "warehouse.note", 2, "`path`"),
    ])
  func unknownKeys(text: String, key: String, line: Int, near: String) throws {
    let error = try failure(of: text)
    #expect(error.status == .configurationWrong)
    #expect(error.what.contains(key))
    #expect(error.place == "/srv/shop/reconcile.toml, line \(line), key \(key)")
    #expect(error.remedy.contains(near))
  }

  @Test("a key in the wrong table is sent to its own")
  func misplaced() throws {
    #expect(try failure(of: "[reporting]\ngrace = \"1h\"").remedy.contains("[matching]"))
  }

  @Test("a key of another kind of provider is refused")
  func otherKind() throws {
    for (kind, line) in [
      ("maxfi", "refund_fee = \"1.00\""), ("gate", "webhook_secret_env = \"X\""),
      ("dapit", "amount_unit = \"minor\""),
      ("inflow", "currency = \"EUR\""), ("maxfi", "auth_header = \"A: {key}\""),
    ] {
      let error = try failure(of: provider(kind, line))
      #expect(error.status == .configurationWrong)
      #expect(error.what.contains("kind is \(kind)"))
    }
  }

  @Test("a secret in the file is refused without being repeated")
  func secrets() throws {
    for key in ["api_key", "key", "secret", "token", "webhook_secret", "password", "Api-Key"] {
      let error = try failure(of: provider("maxfi", "\(key) = \"sk_live_hidden\""))
      #expect(error.status == .configurationWrong)
      #expect(error.what.contains("secret"))
      #expect(error.remedy.contains("api_key_env"))
      #expect(!error.text.contains("hidden"))
    }
    for line in [
      "api_key_env = \"sk_live_hidden\"", "api_key_env = \"hidden key\"", "api_key = sk_live_hidden",
      "base_url = \"https://u:hidden@x.example\"", "auth_header = \"Authorization: hidden\"",
    ] {
      let text = "[providers.p]\nkind = \"inflow\"\n" + line
      #expect(!(try failure(of: text).text.contains("hidden")), "\(line)")
    }
  }

  @Test("TOML that does not parse is named with line and column")
  func syntax() throws {
    let error = try failure(of: "[reporting]\ntime_zone = UTC\n")
    #expect(error.status == .configurationWrong)
    #expect(error.place?.hasPrefix("/srv/shop/reconcile.toml, line 2, column ") == true)
    #expect(try failure(of: "[a]\n[a]").status == .configurationWrong)
    #expect(try failure(of: "a = \"x\\u0000y\"").what.contains("NUL"))
    let loader = ConfigurationLoader(environment: [:], workingDirectory: "/")
    #expect(throws: Failure.self) { try loader.load(bytes: [0x61, 0xFF], file: "/x.toml") }
  }

  @Test(
    "a value of the wrong type or out of range is refused with an example",
    arguments: [
      "[reporting]\ntime_zone = 3", "[reporting]\ntime_zone = \"Europe/Vilnus\"",
      "[reporting]\nformats = \"csv\"",
      "[reporting]\nformats = []", "[reporting]\nformats = [\"pdf\"]",
      "[reporting]\ncsv_dialect = \"excel_eu\"", "[reporting]\noutput = \"~/x\"",
      "reporting = 1", "providers = 1", "[providers]\nkind = \"gate\"",
      "[providers.\"a b\"]\nkind = \"gate\"",
      "[providers.p]\nbase_url = \"https://x\"", "[providers.p]\nkind = \"stripe\"",
      "[providers.p]\nkind = \"gate\"",
      "[providers.p]\nkind = \"gate\"\nbase_url = \"https://x.example\"\ndirectory = \"d\"",
      "[matching]\ngrace = \"2 days\"", "[matching]\ngrace = \"-1h\"",
      "[matching]\ngrace = \"99999999999999999999d\"",
      "[matching]\ntolerance = { EUR = 0.05 }", "[matching]\ntolerance = { EUR = \"0.001\" }",
      "[matching]\ntolerance = { EUR = \"-1\" }", "[matching]\ntolerance = { EURO = \"1\" }",
      "[matching]\ntolerance = { EUR = \"1\", eur = \"1\" }", "[matching]\ntolerance = \"1\"",
      "[orders]\nfiles = \"a.csv\"", "[orders]\nfiles = [1]", "[orders]\ndecimal = \";\"",
      "[orders.columns]\namount = \"\"",
    ]
      + [
        "refund_fee = 1.00", "refund_fee = 1", "refund_fee = \"1,00\"", "live_since = 2026-01-15",
        "live_since = \"2026-02-30\"", "currency = \"XXX\"", "settlement_refunds = \"Net\"",
        "lookback_days = -1",
        "lookback_days = 3651", "lookback_days = \"30\"", "rate_limit = \"90\"", "rate_limit = \"0/60s\"",
        "rate_limit = \"90/0s\"", "rate_limit = \"90/60\"", "status_map = { done = \"success\" }",
        "status_map = { done = \"failed\", DONE = \"succeeded\" }", "timeout = \"0s\"", "deadline = \"30\"",
        "api_key_file = \"k\"",
      ].map { provider("dapit", $0) })
  func wrongValues(text: String) throws {
    let error = try failure(of: text)
    #expect(error.status == .configurationWrong)
    #expect(error.place?.contains("line ") == true)
    #expect(!error.remedy.isEmpty)
  }

  @Test("an amount without quotes is told to be quoted")
  func quoting() throws {
    #expect(try failure(of: provider("dapit", "refund_fee = 1.00")).remedy.hasPrefix("quote it"))
    #expect(try failure(of: "[matching]\ntolerance = { EUR = 0.05 }").remedy.hasPrefix("quote it"))
  }

  @Test(
    "a base URL must be https or this machine, and nothing but scheme, host, port and path",
    arguments: [
      "http://api.example.com", "http://127.0.0.1.example.com", "http://127.1", "http://0177.0.0.1",
      "ftp://x.example",
      "https://", "https://u:p@x.example", "https://x.example/?a=1", "https://x.example/#a",
      "https://x.example:0",
      "https://x.example:99999", "https://x.example:", "https://exämple.com", "https://x example.com",
      "https://x.example\\@y.example", "https://x.example/../y", "//x.example", "x.example", "http://[::2]",
      "http://128.0.0.1", "http://127.0.0.256", "http://localhost.example",
    ])
  func badURLs(url: String) {
    #expect(throws: BaseURL.Problem.self) { try BaseURL.read(url) }
  }

  @Test("good base URLs lose their trailing slashes")
  func goodURLs() throws {
    #expect(try BaseURL.read("HTTPS://Api.Example.com/v1//") == "https://api.example.com/v1")
    #expect(try BaseURL.read("http://127.9.8.7:81") == "http://127.9.8.7:81")
    #expect(try BaseURL.read("http://[::1]:8080/") == "http://[::1]:8080")
    #expect(try BaseURL.read("http://localhost") == "http://localhost")
  }

  @Test("a header must be a name, a colon and a value with {key}")
  func headers() throws {
    for header in ["{key}", "Authorization {key}", "A{key}: x", ": {key}", "A B: {key}", "A:{key}", "A: x"] {
      #expect(
        try failure(of: provider("inflow", "auth_header = \"\(header)\"")).status == .configurationWrong)
    }
  }

  @Test("wrong names on the command line are 64, wrong variables 78")
  func overrides() throws {
    var overrides = Overrides()
    overrides.providers = ["q"]
    let error = try failure(of: provider("gate"), overrides: overrides)
    #expect(error.status == .usage)
    #expect(error.remedy.contains("`p`"))
    overrides = Overrides()
    overrides.formats = ["xslx"]
    #expect(try failure(of: "", overrides: overrides).status == .usage)
    overrides = Overrides()
    overrides.csvDialect = "excel-us"
    let dialect = try failure(of: "", overrides: overrides)
    #expect(dialect.status == .usage && dialect.remedy.contains("excel-eu"), "\(dialect.remedy)")
    #expect(try failure(of: "", environment: ["RECONCILE_FORMAT": "pdf"]).status == .configurationWrong)
    let variable = ["RECONCILE_LOG_FORMAT": "json"]
    #expect(try LogFormat.choose(option: nil, environment: variable) == .json)
    #expect(try LogFormat.choose(option: "text", environment: variable) == .text)
    #expect(throws: Failure.self) { try LogFormat.choose(option: "xml", environment: [:]) }
  }
}
