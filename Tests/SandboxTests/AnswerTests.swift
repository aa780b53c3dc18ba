import Foundation
import Testing

@Suite struct AnswerTests {
  private let bearer = "Authorization: Bearer SECRET"

  @Test func keysAreInsistedOn() throws {
    let keys = "maxfi=SECRET,dapit=SECRET,gate=SECRET,inflow=SECRET"
    let sandbox = try SandboxProcess(SavedFiles.all, ["--keys", keys])
    let gateway = "/dapit/gateway.php?action="
    let cases: [(target: String, header: String?, status: Int)] = [
      ("/maxfi/v2/payments", bearer, 200), ("/maxfi/v2/payments", nil, 401),
      ("/maxfi/v2/payments", "Authorization: Bearer OTHER", 401), ("/maxfi/v2/health", nil, 200),
      ("/maxfi/v2/payments", "X-API-Key: SECRET", 401),
      (gateway + "list_transactions", "X-Gateway-Key: SECRET", 200),
      (gateway + "list_transactions", bearer, 401),
      (gateway + "list_refunds", "X-Gateway-Key: SECRET", 401),
      (gateway + "list_refunds&api_key=SECRET", nil, 401),
      (gateway + "list_refunds&api_key=SECRET", "X-Gateway-Key: SECRET", 200),
      ("/gate/api/v1/api/payments/R2", bearer, 200), ("/gate/api/v1/api/payments/R2", nil, 401),
      ("/inflow/refunds/", "Authorization: Api-Key SECRET", 200), ("/inflow/refunds/", bearer, 401),
    ]
    for one in cases {
      let status = try sandbox.get(one.target, one.header).status
      #expect(status == one.status, "\(one.target) with \(one.header ?? "no key")")
    }
    #expect(try !sandbox.logText().contains("SECRET"))
    let last = try #require(try sandbox.log().last { ($0["query"] as? String)?.contains("api_key") == true })
    #expect(last["credentials"] as? [String] == ["x-gateway-key", "api_key"])
  }

  @Test func theKeyCanStandInAnotherHeader() throws {
    let sandbox = try SandboxProcess(
      SavedFiles.all, ["--keys", "inflow=K", "--auth-header", "inflow=X-Api-Key: {key}"])
    #expect(try sandbox.get("/inflow/refunds/", "X-Api-Key: K").status == 200)
    #expect(try sandbox.get("/inflow/refunds/", "Authorization: Api-Key K").status == 401)
  }

  @Test func recordsAreFoundByTheirIDs() throws {
    let sandbox = try SandboxProcess()
    #expect(try sandbox.get("/maxfi/v2/payments/pay_3").text == SavedFiles.payments[2])
    #expect(try sandbox.get("/maxfi/v2/payments/pay_9").status == 404)
    let session = try sandbox.get("/maxfi/v2/payments/checkout/cs_3").text
    #expect(session == "{\"id\":\"cs_3\",\"amount\":300.0,\"currency\":\"EUR\",\"status\":\"succeeded\"}")
    #expect(
      try sandbox.get("/gate/api/v1/api/payments/a%2Fb").text == "{\"referenceId\":\"a/b\",\"amount\":100}")
    #expect(try sandbox.get("/gate/api/v1/api/payments/zzz").status == 400)
    let inflow = "Authorization: Api-Key k"
    #expect(try sandbox.get("/inflow/transactions/TX1/", inflow).object["amount"] as? String == "10.00")
    #expect(try sandbox.get("/inflow/transactions/TX9/", inflow).status == 404)
    #expect(try sandbox.get("/inflow/refunds/RF4/", inflow).object["id"] as? String == "RF4")
    let gateway = "/dapit/gateway.php?action="
    let found = try sandbox.get(gateway + "payment_status&reference=DP-260302-AAAAAA", "X-Gateway-Key: k")
    #expect(
      found.text.hasPrefix("{\"success\":true,\"reference_number\":\"DP-260302-AAAAAA\",\"amount\":2.10,"))
    #expect(try sandbox.get(gateway + "get_session&token=token4", "X-Gateway-Key: k").status == 200)
    #expect(try sandbox.get(gateway + "payment_status", "X-Gateway-Key: k").status == 400)
  }

  @Test func theSettlementReportThatFitsIsServed() throws {
    let sandbox = try SandboxProcess()
    func report(_ from: String, _ to: String) throws -> Answer {
      let days = "date_from=2026-\(from)&date_to=2026-\(to)"
      return try sandbox.get(
        "/dapit/gateway.php?action=settlement_report&\(days)&api_key=k", "X-Gateway-Key: k")
    }
    #expect(try report("03-01", "03-31").text == SavedFiles.march)
    #expect(try report("03-04", "03-06").text == SavedFiles.threeDays)
    #expect(try report("03-05", "03-20").text == SavedFiles.threeDays)
    #expect(try report("03-10", "03-12").text == SavedFiles.march)
    #expect(try report("04-01", "04-30").status == 404)
    #expect(try report("04-01", "x").status == 400)
  }

  @Test func whatMayNotBeReadIsRefusedAndLogged() throws {
    let sandbox = try SandboxProcess()
    #expect(try sandbox.request("POST", "/maxfi/v2/payments", "Content-Length: 0").status == 405)
    #expect(try sandbox.request("DELETE", "/inflow/refunds/RF1/").status == 405)
    for target in [
      "/dapit/gateway.php?action=check_payment", "/dapit/gateway.php?action=confirm_paid",
      "/maxfi/v2/payouts",
      "/inflow/refunds", "/nobody/v2/payments", "/notes/readme.txt", "/",
    ] { #expect(try sandbox.get(target).status == 404, "\(target)") }
    let log = try sandbox.log()
    #expect(log.count == 9 && log.allSatisfy { $0["allowed"] as? Bool == false })
    _ = try sandbox.get("/maxfi/v2/payments?limit=2&secret=1")
    let entry = try #require(try sandbox.log().last)
    #expect(entry["allowed"] as? Bool == true && entry["unexpected"] as? [String] == ["secret"])
    #expect(entry["provider"] as? String == "maxfi" && entry["status"] as? Int == 200)
  }

  @Test func moreRequestsThanAllowedAreTurnedAway() throws {
    let sandbox = try SandboxProcess(SavedFiles.all, ["--rate-limit", "maxfi=2/30s"])
    #expect(try sandbox.get("/maxfi/v2/payments").status == 200)
    #expect(try sandbox.get("/maxfi/v2/payments").status == 200)
    let refused = try sandbox.get("/maxfi/v2/payments")
    let seconds = try #require(refused.headers["retry-after"].flatMap { Int($0) })
    #expect(refused.status == 429 && (25...30).contains(seconds))
    #expect(try sandbox.get("/gate/api/v1/api/payments/R2").status == 200)
  }

  @Test func aProviderCanHaveAnyName() throws {
    let files = ["shop-two/payments.json": "[{\"id\":\"p1\"}]"]
    let sandbox = try SandboxProcess(files, ["--kind", "shop-two=maxfi"])
    #expect(try sandbox.get("/shop-two/v2/payments").ids == ["p1"])
  }

  @Test func aConfigurationPointsAtIt() throws {
    let path = FileManager.default.temporaryDirectory.path + "/sandbox-\(UUID().uuidString).toml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let sandbox = try SandboxProcess(SavedFiles.all, ["--write-config", path])
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let address = "http://127.0.0.1:\(sandbox.port)"
    #expect(text.contains("base_url = \"\(address)/dapit/gateway.php\"\napi_key_env = \"SANDBOX_DAPIT_KEY\""))
    #expect(text.contains("[providers.inflow]\nkind = \"inflow\"\nbase_url = \"\(address)/inflow\""))
  }

  @Test func itStopsWhenToldAndByItself() throws {
    #expect(try SandboxProcess().terminate() == 0)
    #expect(try SandboxProcess(SavedFiles.all, ["--for", "1"]).waitForEnd() == 0)
  }

  @Test(arguments: [
    (["--fault", "http-555"], "http-555"), (["--fault", "slow:sec=2"], "it takes provider"),
    (["--fault", "slow:ms=soon"], "ms=soon"), (["--fault", "slow:provider=nobody"], "nobody"),
    (["--paging", "maxfi=spiral"], "spiral"), (["--rate-limit", "maxfi=lots"], "lots"),
    (["--keys", "nobody=1"], "nobody"), (["--page-size", "0"], "--page-size"),
  ])
  func wrongOptionsAreNamed(arguments: [String], word: String) throws {
    let folder = try SandboxProcess.makeFolder(SavedFiles.all)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let refusal = try SandboxProcess.refusal(["--directory", folder, "--for", "1"] + arguments)
    #expect(refusal.status == 64 && refusal.text.contains(word))
  }
}
