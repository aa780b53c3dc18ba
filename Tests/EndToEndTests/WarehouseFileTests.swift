import Foundation
import Testing

@Suite("The warehouse file")
struct WarehouseFileTests {
  @Test("a text file in its place is 74 and is not changed")
  func textFile() async throws {
    let trial = try Trial()
    let text = String(repeating: "Dear diary, no SQLite here.\n", count: 200)
    try write(text, to: trial.path("reconcile.sqlite"))
    let ending = try await trial.run()
    #expect(ending.status == 74 && ending.errors.contains(trial.path("reconcile.sqlite")), "\(ending.errors)")
    #expect(try EndToEndTests.text(of: trial.path("reconcile.sqlite")) == text)
    #expect(!trial.exists("reports"))
  }

  @Test("a database of another program is 74 and is not changed")
  func foreign() async throws {
    let trial = try Trial()
    #expect(try await trial.run().status == 0)
    // SQLite keeps the application's mark at byte 68 of the header.
    try patch(trial, at: 68, [0, 0, 0, 1])
    try await expectUntouched(trial, 74, "database of another program")
  }

  @Test("a warehouse of a newer version is 76 and is not changed")
  func newer() async throws {
    let trial = try Trial()
    #expect(try await trial.run().status == 0)
    // The schema's version is kept at byte 60.
    try patch(trial, at: 60, [0, 0, 0, 99])
    try await expectUntouched(trial, 76, "newer version")
  }

  @Test("a folder that does not exist is 74 and is named")
  func noFolder() async throws {
    let trial = try Trial()
    let ending = try await trial.run(Trial.month + ["--warehouse", "no/where.sqlite"])
    #expect(ending.status == 74 && ending.errors.contains(trial.path("no/where.sqlite")), "\(ending.errors)")
  }

  @Test("a stage that needs a warehouse says that there is none yet", arguments: ["match", "report"])
  func stage(command: String) async throws {
    let trial = try Trial()
    let ending = try await trial.run([command] + Trial.month)
    #expect(ending.status == 74 && ending.errors.contains("no warehouse yet"), "\(ending.errors)")
    #expect(!trial.exists("reconcile.sqlite"))
  }

  @Test("a second run while one holds the warehouse is 75 and changes nothing")
  func busy() async throws {
    let trial = try Trial()
    let server = try trial.sandbox(["--fault", "stall:provider=maxfi,count=always"], extra: patient)
    let first = try trial.start(name: "first")
    try await server.when({ $0.faults == ["stall"] }, {})
    let second = try await trial.run(name: "second")
    #expect(second.status == 75 && second.errors.contains("process \(first.pid)"), "\(second.errors)")
    #expect(second.errors.contains("wait until it is done"))
    first.send(SIGTERM)
    #expect(await first.end() == 143)
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("a warehouse without a run on record is no obstacle, nor is an empty file")
  func empty() async throws {
    let trial = try Trial()
    try write("", to: trial.path("reconcile.sqlite"))
    #expect(try await trial.run().status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  private let patient = ["maxfi": "timeout = \"10m\"\ndeadline = \"7d\""]

  private func patch(_ trial: Trial, at offset: Int, _ new: [UInt8]) throws {
    var content = try bytes(of: trial.path("reconcile.sqlite"))
    content.replaceSubrange(offset..<offset + new.count, with: new)
    try Data(content).write(to: URL(fileURLWithPath: trial.path("reconcile.sqlite")))
  }

  private func expectUntouched(_ trial: Trial, _ status: Int32, _ word: String) async throws {
    let before = try bytes(of: trial.path("reconcile.sqlite"))
    let summary = try bytes(of: trial.path("reports/2025-03-01_2025-03-31/summary.json"))
    let ending = try await trial.run()
    #expect(ending.status == status && ending.errors.contains(word), "\(ending.errors)")
    #expect(try bytes(of: trial.path("reconcile.sqlite")) == before)
    #expect(try bytes(of: trial.path("reports/2025-03-01_2025-03-31/summary.json")) == summary)
  }
}
