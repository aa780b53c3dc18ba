import Foundation
import GRDB
import Testing

@Suite("Crashes")
struct CrashTests {
  static let seeds = Soak.seeds(usual: 5)

  @Test("killed at any request of an import, the next run gives the calm result", arguments: Self.seeds)
  func atRequests(seed: UInt64) async throws {
    try await Soak.slots.use { try await self.killAtRequests(Seeded(seed), seed) }
  }

  private func killAtRequests(_ chance: Seeded, _ seed: UInt64) async throws {
    var chance = chance
    let trial = try Trial()
    let rows = Int.random(in: 2...9, using: &chance)
    for _ in 0..<Int.random(in: 1...3, using: &chance) {
      let server = try trial.sandbox(["--page-size", "\(rows)"])
      let child = try trial.start()
      let pause = UInt32.random(in: 0...20_000, using: &chance)
      try await server.whenThere(are: Int.random(in: 1...15, using: &chance)) {
        usleep(pause)
        child.send(SIGKILL)
      }
      _ = await child.end()
      try expectSound(trial)
    }
    try trial.sandbox(["--page-size", "\(rows)"])
    let ending = try await trial.run()
    #expect(ending.status == 0, "seed \(seed): \(ending.errors)")
    #expect(try await trial.run(["warehouse", "check", "--deep"], name: "check").status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, "seed \(seed)")
    try expectNoHiddenFiles(trial.path("reports/2025-03-01_2025-03-31"))
  }

  @Test(
    "killed at any moment, from reading files to writing reports, the next run gives the calm result",
    arguments: Self.seeds)
  func anywhere(seed: UInt64) async throws {
    try await Soak.slots.use { try await self.killAnywhere(Seeded(seed &* 7_919), seed) }
  }

  private func killAnywhere(_ chance: Seeded, _ seed: UInt64) async throws {
    var chance = chance
    let trial = try Trial()
    let began = Date()
    #expect(try await trial.run(Trial.month + ["--warehouse", "measure.sqlite"]).status == 0)
    let microseconds = Int(max(1_000, min(Date().timeIntervalSince(began), 5) * 1_000_000))
    for _ in 0..<3 {
      let child = try trial.start()
      try await Task.sleep(for: .microseconds(Int.random(in: 0...microseconds, using: &chance)))
      child.send(SIGKILL)
      _ = await child.end()
      try expectSound(trial)
    }
    let ending = try await trial.run()
    #expect(ending.status == 0, "seed \(seed): \(ending.errors)")
    #expect(try await trial.run(["warehouse", "check", "--deep"], name: "check").status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords, "seed \(seed)")
    try expectNoHiddenFiles(trial.path("reports/2025-03-01_2025-03-31"))
  }

  /// A warehouse that a killed run left opens and passes SQLite's own check; reports are whole or not there.
  private func expectSound(_ trial: Trial) throws {
    if trial.exists("reconcile.sqlite"), try !bytes(of: trial.path("reconcile.sqlite")).isEmpty {
      // Looked at in a copy, so that it is the program that has to put things right.
      let copy = try TemporaryFolder()
      for name in ["reconcile.sqlite", "reconcile.sqlite-journal"] where trial.exists(name) {
        try FileManager.default.copyItem(atPath: trial.path(name), toPath: copy.path + "/" + name)
      }
      let verdict = try DatabaseQueue(path: copy.path + "/reconcile.sqlite").read {
        try String.fetchOne($0, sql: "PRAGMA integrity_check")
      }
      #expect(verdict == "ok")
    }
    let folder = "reports/2025-03-01_2025-03-31/"
    for name in Report.csvNames where trial.exists(folder + name) {
      #expect(try bytes(of: trial.path(folder + name)).last == 10, "\(name)")
    }
  }
}
