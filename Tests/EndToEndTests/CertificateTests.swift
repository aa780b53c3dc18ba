import Foundation
import Testing

@Suite("Certificates")
struct CertificateTests {
  /// An HTTPS server whose certificate nobody vouches for. Whatever is asked, it answers with a web page.
  private final class Server: Sendable {
    let port: Int
    private let child: Child

    init(_ trial: Trial) async throws {
      let request = try Child(
        "/usr/bin/openssl",
        [
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "own.pem", "-days",
          "2",
          "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
        ], environment: [:], directory: trial.folder, output: .file("/dev/null"),
        errors: .file(trial.path("openssl.err")))
      guard await request.end() == 0 else { throw Trouble(try text(of: trial.path("openssl.err"))) }
      let pipe = try Child.pipe()
      defer { close(pipe.read) }
      child = try Child(
        "/usr/bin/openssl",
        ["s_server", "-accept", "127.0.0.1:0", "-cert", "own.pem", "-key", "key.pem", "-www"],
        environment: [:], directory: trial.folder,
        output: .descriptor(pipe.write), errors: .file("/dev/null"))
      close(pipe.write)
      var said = ""
      var byte: UInt8 = 0
      while !(said.contains("ACCEPT 127.0.0.1:") && said.hasSuffix("\n")), read(pipe.read, &byte, 1) == 1 {
        said.unicodeScalars.append(Unicode.Scalar(byte))
      }
      guard let port = said.dropLast().split(separator: ":").last.flatMap({ Int($0) }) else {
        throw Trouble("openssl does not listen: \(said)")
      }
      self.port = port
    }

    deinit {
      child.send(SIGKILL)
      child.reap()
    }
  }

  private func configure(_ trial: Trial, _ port: Int, _ more: String = "") throws {
    try trial.configure(extra: [:])
    try trial.edit(
      "reconcile.toml", "directory = \"saved/maxfi\"",
      "base_url = \"https://127.0.0.1:\(port)\"\napi_key_env = \"MAXFI_KEY\"\n\(more)")
  }

  @Test("a certificate that does not verify is 69 with its own message, and is not tried again")
  func unknown() async throws {
    let trial = try Trial()
    let server = try await Server(trial)
    try configure(trial, server.port)
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "maxfi")
    #expect(ending.errors.contains("certificate") && !ending.errors.contains("6 times"), "\(ending.errors)")
  }

  @Test("with ca_file it verifies")
  func known() async throws {
    let trial = try Trial()
    let server = try await Server(trial)
    try configure(trial, server.port, "ca_file = \"own.pem\"\ndeadline = \"2s\"")
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "maxfi")
    #expect(!ending.errors.contains("certificate"), "\(ending.errors)")
  }
}
