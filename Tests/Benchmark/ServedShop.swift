import Foundation
import SampleShop

/// One request as the sandbox's log tells of it.
struct ServedRequest: Decodable {
  let time: String
  let path: String
  let query: String
  let provider: String
  let status: Int

  /// Milliseconds since the midnight before; logs of a day are compared with each other only.
  var milliseconds: Int {
    let parts = time.dropFirst(11).dropLast().split { $0 == ":" || $0 == "." }.compactMap { Int($0) }
    return parts.count == 4 ? ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1_000 + parts[3] : 0
  }
}

/// A `reconcile-sandbox` that serves a shop's saved responses over loopback HTTP until `stop()`, and at most a day.
final class ServedShop {
  /// `http://127.0.0.1:PORT`
  let origin: String
  private let process = Process()
  private let log: URL

  /// Starts it and returns once it listens.
  init(_ program: String, saved: URL, log: URL, options: [String]) throws {
    self.log = log
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["--directory", saved.path, "--log", log.path, "--for", "86400"] + options
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    var line: [UInt8] = []
    while line.last != UInt8(ascii: "\n") {
      let next = output.fileHandleForReading.readData(ofLength: 1)
      guard !next.isEmpty else { throw BenchmarkProblem(description: "the sandbox does not listen") }
      line += next
    }
    origin = String(decoding: line.dropLast(), as: UTF8.self).replacing("listening on ", with: "")
  }

  deinit { stop() }

  /// Ends it; the log stays.
  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    process.waitUntilExit()
  }

  /// What was asked so far, in the order of its arrival.
  func requests() throws -> [ServedRequest] {
    let decoder = JSONDecoder()
    return try Data(contentsOf: log).split(separator: UInt8(ascii: "\n")).map {
      try decoder.decode(ServedRequest.self, from: $0)
    }
  }
}

extension Stages {
  /// Writes a configuration beside the shop's own that reads the same providers from an address.
  ///
  /// - Parameter more: further lines of every provider's section.
  /// - Returns: its path.
  func configuration(servedAt origin: String, _ more: String) throws -> String {
    let own = shop.appendingPathComponent(SampleShop.configurationName)
    var text = try String(contentsOf: own, encoding: .utf8)
    for name in Self.providers {
      // A key of its own for each: providers that share a key share its limit. The sandbox takes any.
      let variable = "RECONCILE_BENCH_\(name.uppercased())_KEY"
      setenv(variable, "sk_live_\(name)_benchmark", 1)
      let path = name == "dapit" ? "/dapit/gateway.php" : "/" + name
      text = text.replacing(
        "directory = \"saved/\(name)\"",
        with: "base_url = \"\(origin)\(path)\"\napi_key_env = \"\(variable)\"\n\(more)")
    }
    let served = shop.appendingPathComponent("served.toml")
    try text.write(to: served, atomically: true, encoding: .utf8)
    return served.path
  }

  /// The providers of an invented shop.
  static let providers = ["maxfi", "dapit", "gate", "inflow"]
}
