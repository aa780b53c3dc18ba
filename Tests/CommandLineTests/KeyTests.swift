import ReconcileCore
import Testing

@testable import reconcile

@Suite("Keys are looked up late, checked, and never shown")
struct KeyTests {
  private func key(_ resolved: LoadedConfiguration.Resolved) -> String? {
    guard case .network(_, let key)? = resolved.settings.provider(named: "p")?.source else { return nil }
    return key.revealed()
  }

  private func problem(_ text: String, _ environment: [String: String]) throws -> Failure {
    let loaded = try load(text, environment: environment)
    return try #require(throws: Failure.self) { try loaded.resolveKeys(allowTest: false) }
  }

  @Test("loading needs no key, resolving does")
  func phases() throws {
    let missing = try problem(provider("gate"), [:])
    #expect(missing.status == .configurationWrong)
    #expect(missing.place?.contains("providers.p.api_key_env") == true)
    #expect(missing.remedy.contains("P_KEY"))
    let loaded = try load(provider("gate"), environment: ["P_KEY": "abc"])
    #expect(key(try loaded.resolveKeys(allowTest: false)) == "abc")
    #expect(!"\(try loaded.resolveKeys(allowTest: false))".contains("abc"))
  }

  @Test("a key that is empty, has control characters or blanks around it is refused unseen")
  func badKeys() throws {
    for value in ["", "a\nhidden", "hidden\u{7F}", " hidden", "hidden ", "hiddén"] {
      let error = try problem(provider("gate"), ["P_KEY": value])
      #expect(error.status == .configurationWrong)
      #expect(!error.text.contains("hidd"))
    }
  }

  @Test("a key file loses its line end, and one that others may read gives a warning")
  func files() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("key", "from-file\r\n")
    let text = "[providers.p]\nkind = \"gate\"\nbase_url = \"https://x.example\"\napi_key_file = \"\(path)\""
    let resolved = try load(text).resolveKeys(allowTest: false)
    #expect(key(resolved) == "from-file")
    #expect(resolved.warnings.isEmpty)
    let open = try folder.write("open", "k", mode: 0o644)
    let other = text.replacing(path, with: open)
    #expect(try load(other).resolveKeys(allowTest: false).warnings.count == 1)
    for wrong in [folder.path + "/none", folder.path, try folder.write("empty", "\n")] {
      let error = try problem(text.replacing(path, with: wrong), [:])
      #expect(error.status == .configurationWrong)
      #expect(error.place?.contains("api_key_file") == true)
    }
  }

  @Test("a test key is refused unless test data is allowed")
  func testKeys() throws {
    let environment = ["P_KEY": "sk_test_hidden"]
    let error = try problem(provider("maxfi"), environment)
    #expect(error.status == .configurationWrong)
    #expect(error.remedy.contains("--allow-test"))
    #expect(!error.text.contains("hidden"))
    #expect(try load(provider("maxfi"), environment: environment).resolveKeys(allowTest: true).isTestData)
    #expect(try !load(provider("gate"), environment: environment).resolveKeys(allowTest: false).isTestData)
  }

  @Test("saved responses and providers that are not read need no key")
  func notNeeded() throws {
    let saved = "[providers.s]\nkind = \"dapit\"\ndirectory = \"d\"\n"
    #expect(throws: Never.self) { try load(saved).resolveKeys(allowTest: false) }
    var overrides = Overrides()
    overrides.providers = ["s"]
    #expect(throws: Never.self) {
      try load(saved + provider("gate"), overrides: overrides).resolveKeys(allowTest: false)
    }
    #expect(throws: Failure.self) {
      try load("[providers.p]\nkind=\"gate\"\nbase_url=\"https://x.example\"").resolveKeys(allowTest: false)
    }
  }

  @Test("a webhook secret that is named must be set, for saved responses too")
  func webhooks() throws {
    let text = "[providers.s]\nkind = \"maxfi\"\ndirectory = \"d\"\nwebhook_secret_env = \"HOOK\""
    let error = try problem(text, [:])
    #expect(error.status == .configurationWrong)
    #expect(error.place?.contains("webhook_secret_env") == true)
    let resolved = try load(text, environment: ["HOOK": "whsec"]).resolveKeys(allowTest: false)
    #expect(resolved.settings.provider(named: "s")?.webhookSecret?.revealed() == "whsec")
  }
}
