import Foundation
import Synchronization

/// How a run ended.
struct Ending: Sendable {
  var status: Int32
  var output: String
  var errors: String
}

/// One shop in a folder of its own: its files, its configuration, its warehouse and its reports.
final class Trial: Sendable {
  private let home: TemporaryFolder
  /// The sandbox of the last `sandbox()`, kept running.
  private let server = Mutex<SandboxServer?>(nil)
  static let providers = ["dapit", "gate", "inflow", "maxfi"]
  /// The usual arguments; `formats` is added where a workbook is wanted too.
  static let month = ["--from", "2025-03-01", "--to", "2025-03-31", "--as-of", "2025-04-01T06:00:00Z"]

  static let allFormats = ["--format", "csv,xlsx"]

  /// Writes the shop and a configuration that reads its saved responses; lists begin with the newest row
  /// unless they are to stay as they are.
  init(_ shop: Shop = .march, sorted: Bool = true) throws {
    home = try TemporaryFolder()
    for (name, text) in (sorted ? shop.newestFirst() : shop).files {
      try write(text, to: folder + "/" + name)
    }
    try configure()
  }

  /// Where everything lies.
  var folder: String { home.path }

  /// A path inside the folder.
  func path(_ name: String) -> String { folder + "/" + name }

  /// Whether a file or folder is there.
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Changes a file's text; the old text must be in it.
  func edit(_ name: String, _ old: String, _ new: String) throws {
    let before = try text(of: path(name))
    guard before.contains(old) else { throw Trouble("\(name) has no \(old)") }
    try write(before.replacing(old, with: new), to: path(name))
  }

  /// Adds to the end of a file.
  func append(_ text: String, to name: String) throws {
    try write(try EndToEndTests.text(of: path(name)) + text, to: path(name))
  }

  /// Writes `reconcile.toml`: from the saved responses, or from a sandbox on this port.
  ///
  /// `extra` is added to sections by their names, as in `["maxfi": "rate_limit = \"5/2s\""]`.
  func configure(port: Int? = nil, extra: [String: String] = [:]) throws {
    func more(_ section: String) -> String { extra[section].map { $0 + "\n" } ?? "" }
    var toml = """
      [reporting]
      time_zone = "Europe/Vilnius"
      output = "reports"
      formats = ["csv"]
      \(more("reporting"))
      [warehouse]
      path = "reconcile.sqlite"

      [orders]
      files = ["orders.csv"]
      \(more("orders"))
      [refunds]
      files = ["refunds.csv"]

      [events]
      files = ["events.jsonl"]

      [matching]
      grace = "48h"
      refund_grace = "5d"
      \(more("matching"))

      """
    for name in Self.providers {
      let path = name == "dapit" ? "/dapit/gateway.php" : "/" + name
      let source =
        port.map {
          "base_url = \"http://127.0.0.1:\($0)\(path)\"\napi_key_env = \"\(name.uppercased())_KEY\""
        }
        ?? "directory = \"saved/\(name)\""
      toml += "[providers.\(name)]\nkind = \"\(name)\"\n\(source)\ntime_zone = \"UTC\"\n\(more(name))\n"
    }
    try write(toml, to: path("reconcile.toml"))
  }

  /// An environment as cron's, with the keys.
  static let environment: [String: String] = {
    var environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
    for (name, key) in Canary.keys { environment["\(name.uppercased())_KEY"] = key }
    return environment
  }()

  /// Starts the program in the folder; what it says goes to `out` and `err`.
  func start(
    _ arguments: [String] = Trial.month, environment: [String: String] = Trial.environment,
    directory: String? = nil, output: StreamEnd? = nil, errors: StreamEnd? = nil, name: String = "run"
  ) throws -> Child {
    try Child(
      Binary.reconcile, arguments, environment: environment, directory: directory ?? folder,
      output: output ?? .file(path(name + ".out")), errors: errors ?? .file(path(name + ".err")))
  }

  /// Runs the program to its end.
  @discardableResult
  func run(
    _ arguments: [String] = Trial.month, environment: [String: String] = Trial.environment,
    directory: String? = nil, output: StreamEnd? = nil, errors: StreamEnd? = nil, name: String = "run"
  ) async throws -> Ending {
    try await Slots.shared.use {
      let child = try self.start(
        arguments, environment: environment, directory: directory, output: output, errors: errors, name: name)
      return self.ending(await child.end(), name: name)
    }
  }

  /// What a started program said until its end.
  func ending(_ status: Int32, name: String = "run") -> Ending {
    Ending(
      status: status, output: (try? text(of: path(name + ".out"))) ?? "",
      errors: (try? text(of: path(name + ".err"))) ?? "")
  }

  /// A sandbox that serves the shop's saved responses; the configuration is pointed at it.
  @discardableResult
  func sandbox(_ options: [String] = [], extra: [String: String] = [:]) throws -> SandboxServer {
    let started = try SandboxServer(home, options)
    server.withLock { $0 = started }
    try configure(port: started.port, extra: extra)
    return started
  }

  /// The reports of a period.
  func report(_ period: String = "2025-03-01_2025-03-31") throws -> Report {
    try Report(folder: path("reports/" + period), trial: folder)
  }
}

/// Runs that wait for a provider take no processor: some may go on beside each other, but not all.
actor Slots {
  static let shared = Slots(8)
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  /// Does something once there is a free slot.
  func use<Result: Sendable>(_ body: @Sendable () async throws -> Result) async rethrows -> Result {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
    defer {
      if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
    return try await body()
  }
}
