import Foundation
import ReconcileCore
import Testing

@testable import Importers

@Suite("The client speaks plain HTTP and nothing more")
struct TransportClientTests {
  private let key = "test-key/0123+456"

  private func request(_ call: ReadCall, port: Int, timeout: Double = 5, keyAsParameter: Bool = false) throws
    -> HTTPRequest
  {
    let base = try BaseURL("http://127.0.0.1:\(port)")
    return HTTPRequest(
      base: base, target: try call.target(at: .first, base: base),
      credential: try Credential(template: "Authorization: Bearer {key}", key: Secret(key)),
      keyAsParameter: keyAsParameter, timeoutSeconds: timeout, caFile: nil, maximumSeconds: 60)
  }

  private func with(
    _ answer: @escaping @Sendable (String, Int) -> [TransportServer.Act],
    _ body: (HTTPClient, TransportServer) async throws -> Void
  ) async throws {
    let server = try TransportServer(answer)
    defer { server.stop() }
    try await body(HTTPClient(version: "1.2.3"), server)
  }

  private static func answer(_ body: String, _ headers: String = "") -> [TransportServer.Act] {
    [.bytes("HTTP/1.1 200 OK\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")]
  }

  @Test("a request carries one key header, no encoding, no redirects, and the body comes back whole")
  func plain() async throws {
    try await with({ _, _ in Self.answer("[1]", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: 7\r\n") }
    ) {
      client, server in
      let response = try await client.send(request(.maxfiPayments(limit: 100), port: server.port))
      #expect(response.status == 200)
      #expect(response.body == Array("[1]".utf8))
      #expect(response.date == Instant(seconds: 784_111_777))
      #expect(response.retryAfter == ["7"])
      let text = try #require(server.requests.first)
      #expect(text.hasPrefix("GET /v2/payments?limit=100 HTTP/1.1\r\n"))
      #expect(text.components(separatedBy: key).count == 2)
      #expect(text.contains("\r\nAuthorization: Bearer \(key)\r\n"))
      #expect(text.contains("\r\nUser-Agent: reconcile/1.2.3\r\n"))
      #expect(!text.lowercased().contains("accept-encoding"))
    }
  }

  @Test("the key parameter goes on the wire and into no description")
  func keyParameter() async throws {
    try await with({ _, _ in Self.answer("{}") }) { client, server in
      let request = try request(.maxfiHealth, port: server.port, keyAsParameter: true)
      _ = try await client.send(request)
      #expect(server.requests.first?.hasPrefix("GET /v2/health?api_key=test-key%2F0123%2B456 HTTP") == true)
      var dumped = ""
      dump(request, to: &dumped)
      #expect(!"\(request) \(String(reflecting: request)) \(dumped)".contains("0123"))
    }
  }

  @Test("an encoded path reaches the server as it was written")
  func pathAsIs() async throws {
    try await with({ _, _ in Self.answer("{}") }) { client, server in
      _ = try await client.send(request(.inflowTransaction(Identifier("../a b")), port: server.port))
      _ = try await client.send(request(.inflowTransaction(Identifier("..")), port: server.port))
      #expect(server.requests[0].hasPrefix("GET /transactions/..%2Fa%20b/ HTTP"))
      #expect(server.requests[1].hasPrefix("GET /transactions/%2E%2E/ HTTP"))
    }
  }

  @Test("a connection is kept for the next request")
  func keepAlive() async throws {
    try await with({ _, _ in Self.answer("{}") }) { client, server in
      for _ in 0..<10 { _ = try await client.send(request(.maxfiHealth, port: server.port)) }
      // On a busy machine a connection may be given up between two requests.
      #expect(server.connectionCount < 5)
    }
  }

  @Test("a redirect is an answer, and its target is not asked")
  func redirect() async throws {
    try await with({ _, _ in
      [.bytes("HTTP/1.1 302 Found\r\nLocation: http://Other.example/x\r\nContent-Length: 0\r\n\r\n")]
    }) { client, server in
      let response = try await client.send(request(.maxfiHealth, port: server.port))
      #expect(response.status == 302)
      #expect(response.locationHost == "other.example")
      #expect(server.requests.count == 1)
    }
  }

  @Test("a compressed body is named, not guessed at")
  func encoding() async throws {
    try await with({ _, _ in Self.answer("xx", "Content-Encoding: gzip\r\n") }) { client, server in
      let response = try await client.send(request(.maxfiHealth, port: server.port))
      #expect(response.contentEncoding == "gzip")
    }
  }

  @Test("a body above 16 MiB ends the transfer, known length or not", arguments: [true, false])
  func tooLarge(isChunked: Bool) async throws {
    let head = isChunked ? "" : "Content-Length: 20971520\r\n"
    try await with({ _, _ in [.bytes("HTTP/1.1 200 OK\r\n\(head)\r\n"), .zeros(20 << 20), .close] }) {
      client, server in
      await #expect(throws: TransportError.tooLarge) {
        try await client.send(request(.maxfiHealth, port: server.port))
      }
    }
  }

  @Test(
    "a connection that ends early is a failed connection",
    arguments: [
      "", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1", "HTTP/1.1 200 OK\r\nContent-", "hello",
    ])
  func cut(bytes: String) async throws {
    try await with({ _, _ in [.bytes(bytes), .close] }) { client, server in
      let request = try request(.maxfiHealth, port: server.port)
      let error = await #expect(throws: TransportError.self) { try await client.send(request) }
      guard case .connection = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("a kept connection that dies is never asked again behind the count's back")
  func deadKeptConnection() async throws {
    try await with({ _, number in number == 2 ? [.reset] : Self.answer("{}") }) { client, server in
      _ = try await client.send(request(.maxfiHealth, port: server.port))
      await #expect(throws: TransportError.self) {
        try await client.send(request(.maxfiHealth, port: server.port))
      }
      #expect(server.requests.count == 2)
      _ = try await client.send(request(.maxfiHealth, port: server.port))
      #expect(server.requests.count == 3)
    }
  }

  @Test("silence ends the transfer, slow bytes do not, headers included")
  func stall() async throws {
    let slowHeader: [TransportServer.Act] =
      [.bytes("HTTP/1.1 200 OK\r\nX-Slow: ")]
      + (0..<6).flatMap { _ in [TransportServer.Act.pause(0.3), .bytes("x")] }
      + [.bytes("\r\nContent-Length: 6\r\n\r\n")]
      + (0..<6).flatMap { _ in [TransportServer.Act.pause(0.3), .bytes("1")] }
    try await with({ _, number in number == 1 ? slowHeader : [.bytes("HTTP/1.1 200 OK\r\n"), .pause(2)] }) {
      client, server in
      let slow = try await client.send(request(.maxfiHealth, port: server.port, timeout: 0.7))
      #expect(slow.body == Array("111111".utf8))
      let began = MonotonicTime.now()
      await #expect(throws: TransportError.timeout) {
        try await client.send(request(.maxfiHealth, port: server.port, timeout: 0.7))
      }
      #expect(MonotonicTime.now() - began >= 0.6)
    }
  }

  @Test("a cancelled task ends its transfer")
  func cancelled() async throws {
    try await with({ _, _ in [.pause(3)] }) { client, server in
      let request = try request(.maxfiHealth, port: server.port)
      let task = Task { try await client.send(request) }
      try await Task.sleep(for: .milliseconds(100))
      task.cancel()
      await #expect(throws: TransportError.cancelled) { try await task.value }
    }
  }

  @Test("nobody listening is a failed connection, without the key in its words")
  func refused() async throws {
    let server = try TransportServer { _, _ in [] }
    server.stop()
    let client = try HTTPClient(version: "1")
    do {
      _ = try await client.send(request(.maxfiHealth, port: server.port))
      Issue.record("answered")
    } catch let error as TransportError {
      #expect(error.isTransient)
      #expect(!error.words.contains("0123"))
    }
  }
}
