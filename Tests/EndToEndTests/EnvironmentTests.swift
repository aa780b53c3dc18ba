import Foundation
import Testing

@Suite("Environment")
struct EnvironmentTests {
  /// Runs the program with nothing in its environment, not even HOME.
  private func bare(_ trial: Trial, _ arguments: [String], in folder: String) async throws -> Ending {
    let child = try trial.start(
      ["-i", Binary.reconcile] + arguments, environment: [:], directory: folder, name: "bare",
      program: "/usr/bin/env")
    return trial.ending(await child.end(), name: "bare")
  }

  @Test("cron's empty environment, another working directory and a relative path")
  func cron() async throws {
    let trial = try Trial()
    let parent = URL(fileURLWithPath: trial.folder).deletingLastPathComponent().path
    let name = URL(fileURLWithPath: trial.folder).lastPathComponent
    let ending = try await bare(
      trial, Trial.month + ["--config", "\(name)/reconcile.toml", "--quiet"], in: parent)
    #expect(ending.status == 0 && ending.output.isEmpty && ending.errors.isEmpty, "\(ending)")
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("without HOME and without a configuration nothing worse happens than 78")
  func homeless() async throws {
    let trial = try Trial()
    let ending = try await bare(trial, Trial.month, in: "/")
    #expect(ending.status == 78 && ending.errors.contains("/reconcile.toml"), "\(ending.errors)")
    #expect(try await bare(trial, [], in: "/").status == 0)
  }

  @Test("--quiet says nothing when all is well, and only what is wrong when something is")
  func quiet() async throws {
    let trial = try Trial()
    try trial.sandbox()
    var ending = try await trial.run(Trial.month + ["--quiet"])
    #expect(ending.status == 0 && ending.output.isEmpty && ending.errors.isEmpty, "\(ending)")
    try trial.sandbox(["--fault", "http-404:provider=maxfi"])
    ending = try await trial.run(Trial.month + ["--quiet"])
    #expect(ending.status == 69 && ending.output.isEmpty)
    let lines = ending.errors.split(separator: "\n")
    #expect(lines.count == 1 && lines[0].contains("provider=maxfi") && lines[0].contains("404"), "\(lines)")
  }

  @Test("paths on the command line are relative to the working directory, those in the file to the file")
  func paths() async throws {
    let trial = try Trial()
    let other = trial.path("elsewhere")
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
    let arguments = [
      "--config", "../reconcile.toml", "--warehouse", "w.sqlite", "--output", "out", "--orders",
      "../orders.csv",
      "--refunds", "../refunds.csv", "--events", "../events.jsonl",
    ]
    #expect(try await trial.run(Trial.month + arguments, directory: other).status == 0)
    #expect(trial.exists("elsewhere/w.sqlite") && !trial.exists("reconcile.sqlite"))
    let report = try Report(folder: other + "/out/2025-03-01_2025-03-31", trial: trial.folder)
    for name in Report.csvNames {
      expectEqual(report.texts[name] ?? "", try await Calm.report().texts[name] ?? "", name)
    }
  }

  @Test("the command line outranks the environment, which outranks the file")
  func ranks() async throws {
    let trial = try Trial()
    let environment = [
      "RECONCILE_CONFIG": trial.path("reconcile.toml"), "RECONCILE_OUTPUT": trial.path("from-environment"),
      "RECONCILE_WAREHOUSE": trial.path("environment.sqlite"),
    ]
    #expect(try await trial.run(environment: environment, directory: "/").status == 0)
    #expect(
      trial.exists("from-environment") && trial.exists("environment.sqlite") && !trial.exists("reports"))
    let options = ["--output", trial.path("from-option")]
    #expect(try await trial.run(Trial.month + options, environment: environment, directory: "/").status == 0)
    #expect(trial.exists("from-option/2025-03-01_2025-03-31/orders.csv"))
  }

  @Test("the host's time zone, locale and user change nothing")
  func host() async throws {
    let trial = try Trial()
    let environment = [
      "TZ": "America/St_Johns", "LANG": "tr_TR.UTF-8", "LC_ALL": "de_DE.UTF-8", "USER": "somebody",
      "TERM": "xterm", "COLUMNS": "20",
    ]
    #expect(try await trial.run(environment: environment).status == 0)
    try expectEqual(try trial.report(), try await Calm.report(), .sameRecords)
  }

  @Test("standard output carries the result, standard error the progress, and neither a control character")
  func streams() async throws {
    let trial = try Trial()
    try trial.sandbox()
    let ending = try await trial.run(Trial.month + ["--verbose", "--log-format", "json"])
    #expect(ending.output.hasPrefix("Reconciliation 2025-03-01 to 2025-03-31, Europe/Vilnius, run "))
    for line in ending.errors.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["ts"] != nil && object?["level"] != nil && object?["event"] != nil, "\(line)")
    }
    #expect(!(ending.output + ending.errors).unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
  }
}
