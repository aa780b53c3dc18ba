import ReconcileCore
import Testing

@Suite("A secret cannot be printed")
struct SecretTests {
  private struct Holder {
    var name = "p"
    var secret: Secret
    var source: ProviderSource
  }

  @Test("no way to print a value shows it, alone or inside another value")
  func neverPrinted() throws {
    let secret = Secret("sk_live_9f8e7d")
    let euro = try #require(Currency("EUR"))
    let source = ProviderSource.network(baseURL: "https://api.example.com", key: secret)
    var provider = ProviderSettings(name: "p", kind: .maxfi, source: source, currency: euro)
    provider.webhookSecret = secret
    var settings = Settings()
    settings.providers = [provider]
    let holder = Holder(secret: secret, source: source)
    for value in [
      secret, [secret], ["k": secret], Optional(secret) as Any, source, provider, settings, holder,
    ] {
      var dumped = ""
      dump(value, to: &dumped)
      for text in ["\(value)", String(reflecting: value), String(describing: value), dumped] {
        #expect(!text.contains("sk_live") && !text.contains("9f8e7d"))
      }
    }
  }

  @Test("its mirror is empty")
  func mirror() {
    #expect(Mirror(reflecting: Secret("abc")).children.isEmpty)
    #expect(Secret("abc").customMirror.children.isEmpty)
  }

  @Test("it can be compared and revealed")
  func revealed() {
    #expect(Secret("abc").revealed() == "abc")
    #expect(Secret("abc") == Secret("abc"))
    #expect(Secret("abc") != Secret("abd"))
    #expect("\(Secret(""))" == "\(Secret("abc"))")
  }
}
