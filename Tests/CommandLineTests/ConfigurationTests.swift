import Foundation
import ReconcileCore
import Testing

@testable import reconcile

@Suite("What the configuration says is what is in force")
struct ConfigurationTests {
  @Test("every key of the file arrives in the settings")
  func everything() throws {
    let loaded = try load(
      """
      [reporting]
      time_zone = "Europe/Vilnius"
      output = "out"
      formats = ["csv"]
      csv_dialect = "excel-eu"
      [warehouse]
      path = "data/w.sqlite"
      [orders]
      files = ["orders/*.csv", "/abs/[ab].csv"]
      time_zone = "Europe/Riga"
      decimal = ","
      [orders.columns]
      order_id = "Order Number"
      [refunds]
      files = ["refunds/*.csv"]
      [events]
      files = ["./hooks/*.jsonl"]
      [matching]
      grace = "30m"
      refund_grace = "2d"
      tolerance = { EUR = "0.05", jpy = "3" }
      [providers.b_1]
      kind = "dapit"
      directory = "saved"
      [providers.a-1]
      kind = "gate"
      base_url = "http://127.0.0.1:8080/x/"
      api_key_file = "key"
      rate_limit = "10/1m"
      timeout = "5s"
      deadline = "1h"
      ca_file = "ca.pem"
      lookback_days = 0
      status_map = { Hold = "authorized" }
      """)
    let s = loaded.settings
    #expect(s.zone.name == "Europe/Vilnius")
    #expect(s.output == "/srv/shop/out")
    #expect(s.formats == [.csv])
    #expect(s.csvDialect == .excelEU)
    #expect(s.warehousePath == "/srv/shop/data/w.sqlite")
    #expect(s.orders.patterns == ["/srv/shop/orders/*.csv", "/abs/[ab].csv"])
    #expect(s.orders.zone.name == "Europe/Riga")
    #expect(s.orders.decimalMark == UInt8(ascii: ","))
    #expect(s.orders.columns == ["order_id": "Order Number"])
    #expect(s.refunds.patterns == ["/srv/shop/refunds/*.csv"])
    #expect(s.eventPatterns == ["/srv/shop/hooks/*.jsonl"])
    #expect(s.graceSeconds == 1_800)
    #expect(s.refundGraceSeconds == 172_800)
    let (euro, yen) = (try #require(Currency("EUR")), try #require(Currency("JPY")))
    #expect(s.tolerance[euro]?.minorUnits == 5)
    #expect(s.tolerance[yen]?.minorUnits == 3)
    #expect(s.providers.map(\.name) == ["a-1", "b_1"])
    let gate = s.providers[0]
    guard case .network(let url, _) = gate.source else { throw Failure(.defect, "not network", remedy: "") }
    #expect(url == "http://127.0.0.1:8080/x")
    #expect(gate.rateLimit == RateLimit(requests: 10, seconds: 60))
    #expect(gate.timeoutSeconds == 5)
    #expect(gate.deadlineSeconds == 3_600)
    #expect(gate.caFile == "/srv/shop/ca.pem")
    #expect(gate.lookbackDays == 0)
    #expect(gate.statusMap == ["hold": .authorized])
    guard case .directory(let path) = s.providers[1].source else {
      throw Failure(.defect, "no folder", remedy: "")
    }
    #expect(path == "/srv/shop/saved")
  }

  @Test("an empty file gives the documented defaults")
  func defaults() throws {
    let s = try load("").settings
    #expect(s.zone.name == "UTC")
    #expect(s.output == "/srv/shop/reports")
    #expect(s.warehousePath == "/srv/shop/reconcile.sqlite")
    #expect(s.formats == [.csv, .xlsx])
    #expect(s.graceSeconds == 48 * 3_600)
    #expect(s.refundGraceSeconds == 5 * 86_400)
    #expect(try settings("maxfi").rateLimit == RateLimit(requests: 90, seconds: 60))
    #expect(try settings("gate").rateLimit == nil)
    #expect(try settings("dapit").refundFee?.decimalText == "1.00")
    #expect(try settings("dapit").currency.code == "EUR")
    #expect(try settings("gate").refundFee == nil)
  }

  @Test("the keys of one kind are read in its own currency and zone")
  func kinds() throws {
    let dapit = try settings(
      "dapit",
      """
      currency = "usd"
      refund_fee = "0.00"
      settlement_refunds = "gross"
      live_since = "2026-01-15"
      time_zone = "Europe/Vilnius"
      """)
    #expect(dapit.refundFee == Money.zero(dapit.currency))
    #expect(dapit.currency.code == "USD")
    #expect(dapit.settlementRefundsAreGross)
    #expect(dapit.liveSince?.description == "2026-01-14T22:00:00Z")
    #expect(try settings("gate", "amount_unit = \"major\"").amountsAreMajor)
    #expect(try settings("inflow", "amount_basis = \"net\"").amountIsNet)
    #expect(try settings("inflow", "auth_header = \"X-Key: {key}\"").authHeader == "X-Key: {key}")
  }

  @Test("the command line outranks the environment, which outranks the file")
  func precedence() throws {
    let environment = [
      "RECONCILE_WAREHOUSE": "env.sqlite", "RECONCILE_OUTPUT": "/env/out", "RECONCILE_FORMAT": "xlsx",
    ]
    let text =
      "[warehouse]\npath = \"w\"\n[orders]\nfiles = [\"a.csv\"]\n" + provider("dapit")
    let byEnvironment = try load(text, environment: environment).settings
    #expect(byEnvironment.warehousePath == "/work dir/env.sqlite")
    #expect(byEnvironment.output == "/env/out")
    #expect(byEnvironment.formats == [.xlsx])
    #expect(byEnvironment.orders.patterns == ["/srv/shop/a.csv"])
    var overrides = Overrides()
    overrides.warehouse = "cli.sqlite"
    overrides.output = "./cli"
    overrides.formats = ["csv,xlsx", "html"]
    overrides.csvDialect = "Excel"
    overrides.orders = ["x*.csv", "/y.csv"]
    overrides.providers = ["p"]
    let loaded = try load(text, overrides: overrides, environment: environment)
    #expect(loaded.settings.warehousePath == "/work dir/cli.sqlite")
    #expect(loaded.settings.output == "/work dir/cli")
    #expect(loaded.settings.formats == [.csv, .xlsx, .html])
    #expect(byEnvironment.csvDialect == .standard && loaded.settings.csvDialect == .excel)
    #expect(loaded.settings.orders.patterns == ["/work dir/x*.csv", "/y.csv"])
    #expect(loaded.selectedProviders == ["p"])
  }

  @Test("a wildcard in the name of the folder, or of a file that exists, is no wildcard")
  func literalWildcards() throws {
    let folder = try ScratchFolder()
    try folder.write("a[1].csv", "")
    #expect(Folder(folder.path).pattern("a[1].csv") == folder.path + "/a\\[1\\].csv")
    #expect(Folder("/shop [old]").pattern("*.csv") == "/shop \\[old\\]/*.csv")
  }

  @Test("each default that changes numbers is an assumption, and setting it takes the sentence away")
  func assumptions() throws {
    let bare = try load(provider("dapit")).settings.assumptions
    for key in [
      "reporting.time_zone", "orders.time_zone", "providers.p.time_zone", "providers.p.refund_fee",
      "providers.p.settlement_refunds", "providers.p.currency",
    ] {
      #expect(bare.contains { $0.hasPrefix(key) }, "\(key)")
    }
    #expect(bare.contains { $0.contains("built-in dapit map") })
    #expect(try load(provider("gate")).settings.assumptions.contains { $0.contains("amount_unit") })
    let inflow = try load(provider("inflow")).settings.assumptions
    #expect(inflow.contains { $0.contains("amount_basis") } && inflow.contains { $0.contains("auth_header") })
    let unknown = try load(provider("inflow", "amount_basis = \"unknown\"")).settings.assumptions
    #expect(unknown.contains { $0.contains("amount_basis is unknown") })
    let said = try load(
      "[reporting]\ntime_zone = \"UTC\"\n" + provider("dapit", "time_zone = \"UTC\"\nrefund_fee = \"1.00\"")
    ).settings.assumptions
    for key in ["reporting.time_zone", "providers.p.time_zone", "refund_fee"] {
      #expect(!said.contains { $0.contains(key) }, "\(key)")
    }
  }

  @Test("the digest follows every setting but the places of files, and knows no secret")
  func digest() throws {
    let a = try load(provider("dapit"))
    #expect(a.digest.count == 64)
    #expect(
      try load(provider("dapit"), environment: ["P_KEY": "abc", "RECONCILE_OUTPUT": "/x"]).digest == a.digest)
    #expect(
      try load("[reporting]\nformats = [\"html\"]\ncsv_dialect = \"excel\"\n" + provider("dapit")).digest
        == a.digest)
    #expect(try load(provider("dapit", "refund_fee = \"0.50\"")).digest != a.digest)
    #expect(try load("[matching]\ngrace = \"1h\"\n" + provider("dapit")).digest != a.digest)
    let elsewhere = ConfigurationLoader(environment: [:], workingDirectory: "/")
    let text = Array("[orders]\nfiles = [\"o/*.csv\"]".utf8)
    #expect(
      try elsewhere.load(bytes: text, file: "/a [1]/reconcile.toml").digest
        == elsewhere.load(bytes: text, file: "/b/reconcile.toml").digest)
  }

  @Test("the file is found by option, then variable, then working directory, then XDG folder")
  func finding() throws {
    let folder = try ScratchFolder()
    let here = try ScratchFolder()
    let xdg = try folder.write("reconcile/reconcile.toml", "")
    let other = try folder.write("other.toml", "")
    let loader = ConfigurationLoader(
      environment: ["XDG_CONFIG_HOME": folder.path], workingDirectory: here.path)
    #expect(try loader.find() == xdg)
    let local = try here.write("reconcile.toml", "")
    #expect(try loader.find() == local)
    let withVariable = ConfigurationLoader(
      environment: ["RECONCILE_CONFIG": other], workingDirectory: here.path)
    #expect(try withVariable.find() == other)
    #expect(try withVariable.find(named: "reconcile.toml") == local)
    #expect(throws: Failure.self) { try withVariable.find(named: "missing.toml") }
    let missing = try #require(throws: Failure.self) { try withVariable.load(config: "missing.toml") }
    #expect(missing.status == .inputMissing)
    let isFolder = try #require(throws: Failure.self) { try withVariable.load(config: folder.path) }
    #expect(isFolder.status == .inputMissing)
    let nothing = ConfigurationLoader(environment: [:], workingDirectory: folder.path)
    let none = try #require(throws: Failure.self) { try nothing.load() }
    #expect(none.status == .configurationWrong)
    #expect(none.remedy.contains("reconcile init"))
  }
}
