import Foundation
import ReconcileCore
import Testing

@Suite("Secrets and personal data")
struct SecrecyTests {
  /// A month whose providers send our keys back, with records and rows that are rejected, signed deliveries,
  /// and customers in every body.
  private func trial() throws -> Trial {
    let trial = try Trial()
    for (name, file) in [
      ("maxfi", "saved/maxfi/payments.json"), ("dapit", "saved/dapit/list_transactions.json"),
      ("gate", "saved/gate/payments.jsonl"), ("inflow", "saved/inflow/refunds.json"),
    ] {
      let key = Canary.keys[name] ?? ""
      let encoded = key.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      let base64 = Data("Bearer \(key)".utf8).base64EncodedString()
      try trial.edit(
        file, "\"iban\":",
        "\"echo\":\"you sent \(key)\",\"link\":\"/?k=\(encoded)\",\"b\":\"\(base64)\",\"iban\":")
    }
    try trial.edit(
      "saved/maxfi/payments.json", "{\"data\":[",
      "{\"data\":[{\"id\":\"bad\",\"amount\":null,\"currency\":\"EUR\",\"status\":\"paid\",\(Canary.record)},"
    )
    try trial.append(
      "\(Canary.email),2025-03-05,EUR,x,maxfi,,\(Canary.phone)\n"
        + "x2,\(Canary.iban),EUR,\(Canary.card),maxfi,,\n",
      to: "orders.csv")
    var events = ""
    for line in Shop.march.events {
      let body = line.dropLast() + ",\(Canary.record)}"
      let signature = Digest.hex(Digest.hmacSHA256(key: Canary.webhookSecret, Array(body.utf8)))
      let text = String(decoding: try JSONEncoder().encode(String(body)), as: UTF8.self)
      let isMaxfi = line.contains("\"type\":")
      events +=
        "{\"provider\":\"\(isMaxfi ? "maxfi" : "dapit")\","
        + "\"headers\":{\"X-MAXFI-Signature\":\"sha256=\(signature)\"},\"body\":\(text)}\n"
    }
    try write(events, to: trial.path("events.jsonl"))
    return trial
  }

  private let extra = ["maxfi": "webhook_secret_env = \"WEBHOOK_SECRET\""]
  private let environment = Trial.environment.merging(["WEBHOOK_SECRET": Canary.webhookSecret]) { $1 }
  private let leaks = Leaks(Canary.people + Array(Canary.keys.values) + [Canary.webhookSecret])

  /// Everything that the program wrote in a trial's folder.
  private func found(_ trial: Trial, names: [String]) throws -> [String] {
    var found = try names.flatMap { try leaks.found(in: bytes(of: trial.path($0)), $0) }
    if trial.exists("reports") {
      let folder = trial.path("reports/2025-03-01_2025-03-31")
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
        found += leaks.found(in: try bytes(of: folder + "/" + name), name)
      }
      let parts = try workbookParts(folder + "/reconciliation.xlsx")
      #expect(parts.count > 11)
      for (name, content) in parts { found += leaks.found(in: content, name) }
    }
    return found + (try leaks.found(inWarehouse: trial.path("reconcile.sqlite")))
  }

  @Test(
    "no secret and no person is in any output, log, report or the warehouse", arguments: ["text", "json"])
  func calm(format: String) async throws {
    let trial = try trial()
    let keys = Canary.keys.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    try trial.sandbox(["--keys", keys, "--page-size", "5"], extra: extra)
    let ending = try await trial.run(
      Trial.month + Trial.allFormats + ["--verbose", "--log-format", format], environment: environment)
    #expect(ending.status == 65, "\(ending.errors)")
    let report = try trial.report()
    #expect(report.rows("rejects.csv").count == 3)
    // The signed deliveries were read.
    #expect(report.column("refund_status", by: "order_id", of: "orders.csv")["m10"] == "exact")
    #expect(report.column("match_status", by: "order_id", of: "orders.csv")["d7"] == "partial")
    #expect(try found(trial, names: ["run.out", "run.err"]) == [])
  }

  @Test(
    "nor when a provider fails, redirects, refuses the key or sends what cannot be read",
    arguments: [
      "http-401", "http-404", "http-500:count=3", "invalid-json:count=always,match=payments",
      "bad-utf8:count=1",
      "redirect:to=https://\(Canary.keys["gate"] ?? "").example/", "html", "huge-body:count=1",
    ])
  func faults(fault: String) async throws {
    let trial = try trial()
    let provider = fault.hasPrefix("redirect") ? "gate" : "maxfi"
    let rule = fault + (fault.contains(":") ? "," : ":") + "provider=\(provider)"
    try trial.sandbox(["--fault", rule], extra: extra)
    let ending = try await trial.run(Trial.month + Trial.allFormats + ["--verbose"], environment: environment)
    #expect([65, 69, 77].contains(ending.status), "\(ending.errors)")
    #expect(try found(trial, names: ["run.out", "run.err"]) == [])
  }

  @Test("nor in the process list while the program runs, nor in a wrong configuration's message")
  func processList() async throws {
    let trial = try trial()
    let server = try trial.sandbox(["--fault", "stall:provider=maxfi"], extra: extra)
    let child = try trial.start(environment: environment)
    try await server.when({ $0.faults == ["stall"] }) {
      child.look()
      child.send(SIGTERM)
    }
    #expect(await child.end() == 143)
    let seen = child.processList.joined(separator: "\n")
    #expect(seen.contains("reconcile"))
    #expect(leaks.found(in: Array(seen.utf8), "the process list") == [])
    #expect(try found(trial, names: ["run.out", "run.err"]) == [])

    let key = Canary.keys["maxfi"] ?? ""
    for line in ["api_key = \"\(key)\"", "api_key_env = \"\(key)\"", "api_key = \(key)"] {
      try trial.configure(server)
      try trial.edit("reconcile.toml", "api_key_env = \"MAXFI_KEY\"", line)
      let ending = try await trial.run(environment: environment)
      #expect(ending.status == 78)
      #expect(leaks.found(in: Array((ending.output + ending.errors).utf8), line) == [])
    }
  }

  @Test("every run is looked over: what it must not leave or ask for is found wherever it is")
  func inspection() throws {
    let trial = try Trial()
    let key = Canary.keys["maxfi"] ?? ""
    let before = Inspection(trial.folder)
    #expect(try before.problems(processList: ["reconcile --from 2025-03-01"], requests: []) == [])
    #expect(try !before.problems(processList: ["reconcile --key \(key)"], requests: []).isEmpty)
    for form in Leaks.forms(of: key) {
      try Data([1] + form + [2]).write(to: URL(fileURLWithPath: trial.path("left-behind")))
      #expect(try before.problems(processList: [], requests: []).count >= 1)
    }
    // What was there before is the test's own.
    #expect(try Inspection(trial.folder).problems(processList: [], requests: []) == [])
    let line = """
      {"time":"2025-03-01T00:00:00Z","method":"POST","path":"/x","query":"","status":200,"allowed":false,\
      "credentials":[],"unexpected":[],"faults":[]}
      """
    let request = try JSONDecoder().decode(LoggedRequest.self, from: Data(line.utf8))
    #expect(try Inspection(trial.folder).problems(processList: [], requests: [request]).count == 1)
  }

  @Test("the process list is looked at while a program runs")
  func watched() async throws {
    let trial = try Trial()
    let child = try trial.start(["-c", "sleep 0.2"], program: "/bin/sh")
    #expect(await child.end() == 0)
    #expect(child.processList.contains { $0.contains("sleep") }, "\(child.processList)")
  }

  @Test("what is looked for can be found, and is in what the providers send")
  func sanity() throws {
    let trial = try trial()
    let sent = try bytes(of: trial.path("saved/maxfi/payments.json"))
    for canary in Canary.people + [Canary.keys["maxfi"] ?? ""] {
      #expect(leaks.found(in: sent, "").contains { $0.hasPrefix(canary) }, "\(canary)")
      for form in Leaks.forms(of: canary) {
        #expect(leaks.found(in: [1, 2] + form + [3], "").contains { $0.hasPrefix(canary) })
      }
    }
  }
}
