import Foundation
import Testing

@Suite("Certificates")
struct CertificateTests {
  @Test("with its issuer in ca_file a provider is read over HTTPS as any other")
  func known() async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--fault", "tls", "--page-size", "5"])
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
    try expectOnlyAllowed(try server.requests())
  }

  @Test("a certificate that changes while a list is read ends the import; what came is kept")
  func changes() async throws {
    let trial = try Trial()
    let server = try trial.sandbox([
      "--fault", "tls-changes:provider=maxfi,connections=2", "--page-size", "5",
    ])
    let ending = try await trial.run()
    try expectIncomplete(trial, ending, "maxfi")
    #expect(ending.errors.contains("unable to get local issuer certificate"), "\(ending.errors)")
    #expect(try server.requests().filter { $0.provider == "maxfi" }.count == 2)
    #expect(try trial.report().rows("payments.csv").filter { $0["provider"] == "maxfi" }.count >= 9)
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("neither configuration nor environment can turn the check off")
  func noSwitch() async throws {
    let trial = try Trial()
    try trial.sandbox(["--fault", "tls-unknown-issuer:provider=maxfi"])
    try write("insecure\nignore-content-length\n", to: trial.path(".curlrc"))
    let environment = Trial.environment.merging([
      "HOME": trial.folder, "CURL_HOME": trial.folder, "CURL_INSECURE": "1", "SSL_VERIFY": "0",
      "GIT_SSL_NO_VERIFY": "1", "NODE_TLS_REJECT_UNAUTHORIZED": "0",
    ]) { $1 }
    try expectIncomplete(trial, try await trial.run(environment: environment), "maxfi")
    for key in ["verify", "insecure", "verify_tls"] {
      try trial.edit("reconcile.toml", "[providers.maxfi]", "[providers.maxfi]\n\(key) = false")
      #expect(try await trial.run().status == 78)
      try trial.edit("reconcile.toml", "\n\(key) = false", "")
    }
  }
}
