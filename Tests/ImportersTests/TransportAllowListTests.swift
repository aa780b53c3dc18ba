import ReconcileCore
import Testing

@testable import Importers

@Suite("Only requests that change nothing can be made")
struct TransportAllowListTests {
  private func target(_ call: ReadCall, _ position: PagePosition = .first, base: String) throws -> String {
    try call.target(at: position, base: try BaseURL(base))
  }

  @Test("each call is the documented request")
  func targets() throws {
    let host = "https://api.example.com"
    let script = "https://pay.example.com/api/gateway/gateway.php"
    let day = try #require(BusinessDay("2026-03-01"))
    #expect(try target(.maxfiPayments(limit: 100), base: host) == "/v2/payments?limit=100")
    #expect(try target(.maxfiHealth, base: host + "/prefix/") == "/prefix/v2/health")
    #expect(
      try target(.dapitTransactions, .offset(200), base: script)
        == "/api/gateway/gateway.php?action=list_transactions&limit=200&offset=200")
    #expect(try target(.dapitRefunds, base: script) == "/api/gateway/gateway.php?action=list_refunds")
    #expect(
      try target(.dapitSettlement(from: day, to: day), base: script)
        == "/api/gateway/gateway.php?action=settlement_report&date_from=2026-03-01&date_to=2026-03-01")
    #expect(
      try target(.inflowRefunds(pageSize: 100, createdSince: nil), .page(2), base: host)
        == "/refunds/?page_size=100&ordering=created_at&page=2")
    #expect(try target(.inflowRefund(Identifier("RF1")), base: host) == "/refunds/RF1/")
  }

  @Test("an id is one path segment, whatever it holds")
  func segments() throws {
    let host = "https://api.example.com"
    #expect(
      try target(.gatePayment(Identifier("a/../b?c#d%é")), base: host)
        == "/api/v1/api/payments/a%2F..%2Fb%3Fc%23d%25%C3%A9")
    #expect(try target(.inflowTransaction(Identifier("..")), base: host) == "/transactions/%2E%2E/")
  }

  @Test(
    "a next link is followed to the same list",
    arguments: [
      "https://api.example.com/v2/payments?cursor=x", "https://API.example.com:443/v2/payments?cursor=x",
      "/v2/payments?cursor=x", "?cursor=x", "payments?cursor=x", "//api.example.com/v2/payments?cursor=x",
      "/v2/./payments?cursor=x", "?cursor=x&api_key=secret",
    ])
  func goodLinks(link: String) throws {
    let target = try target(.maxfiPayments(limit: 100), .link(link), base: "https://api.example.com")
    #expect(target == "/v2/payments?cursor=x")
  }

  @Test(
    "a next link to anywhere else is refused",
    arguments: [
      "http://api.example.com/v2/payments?cursor=x", "https://evil.example/v2/payments",
      "https://api.example.com:8443/v2/payments", "https://u:p@api.example.com/v2/payments",
      "https://api.example.com@evil.example/v2/payments", "/v2/payments/capture", "/v2/payments/../refunds",
      "/V2/payments", "/v2/%70ayments", "//evil.example/v2/payments", "https:/v2/payments", "\\\\evil\\x",
      "/v2/payments?a=\r\nX: y", "javascript:alert(1)",
    ])
  func badLinks(link: String) {
    #expect(throws: RefusedRequest.self) {
      try target(.maxfiPayments(limit: 100), .link(link), base: "https://api.example.com")
    }
  }

  @Test("a Dapit link keeps its action, and cannot smuggle in another")
  func actions() throws {
    let script = "https://pay.example.com/gateway.php"
    #expect(
      try target(.dapitRefunds, .link("?action=list_refunds&page=2"), base: script)
        == "/gateway.php?action=list_refunds&page=2")
    #expect(
      try target(.dapitRefunds, .link("?page=2"), base: script) == "/gateway.php?action=list_refunds&page=2")
    for link in [
      "?action=send_refund", "?action=list_refunds&action=send_refund",
      "?action=list_refunds&%61ction=send_refund",
      "?action=list_refunds&action[]=send_refund", "?action=list_refunds&+action=send_refund",
      "?action=list_refunds&action%00=send_refund",
    ] {
      #expect(throws: RefusedRequest.self) { try target(.dapitRefunds, .link(link), base: script) }
    }
  }

  @Test("a look-up has no pages")
  func lookupPages() {
    #expect(throws: RefusedRequest.self) {
      try target(.gatePayment(Identifier("a")), .link("?x"), base: "https://api.example.com")
    }
  }

  @Test(
    "an address without https, with user information or a query is refused",
    arguments: [
      "http://api.example.com", "http://127.0.0.1.evil.example", "http://localhost.evil.example",
      "ftp://127.0.0.1", "https://u@h", "https://h?x=1", "https://h/#x", "https://", "h", "https://h:99999",
      "http://127.0.0.256",
    ])
  func badBase(text: String) {
    #expect(throws: BaseURL.Problem.self) { try BaseURL(text) }
  }

  @Test(
    "http is for this machine only",
    arguments: ["http://127.0.0.1:80", "http://localhost:1", "http://[::1]:9/x"])
  func loopback(text: String) throws { #expect(try BaseURL(text).isLoopback) }

  @Test("a key with a line break never becomes a header")
  func headerInjection() {
    for key in ["a\r\nX: y", "a\nb", "a\0b", ""] {
      #expect(throws: RefusedRequest.self) {
        try Credential(template: "Authorization: Bearer {key}", key: Secret(key))
      }
    }
    for template in [
      "Authorization Bearer {key}", "X-Key: none", "X-Key: {key}{key}", "X Key: {key}", ": {key}",
    ] {
      #expect(throws: RefusedRequest.self) { try Credential(template: template, key: Secret("k")) }
    }
  }

  @Test("the key is removed from what comes back, in every form")
  func scrubbing() {
    let scrubber = SecretScrubber(Secret("sk_live/é+42"))
    let forms = [
      "sk_live/é+42", "sk_live%2F%C3%A9%2B42", "sk_live%2f%c3%a9%2b42", #"sk_live\/é+42"#,
      "c2tfbGl2ZS/DqSs0Mg", "736b5f6c6976652fc3a92b3432",
    ]
    for form in forms {
      let text = scrubber.scrubbed("before \(form) after")
      #expect(!text.contains(form), "\(form)")
      #expect(text.hasPrefix("before ") && text.hasSuffix(" after"))
    }
  }
}
