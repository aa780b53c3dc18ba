import Foundation

/// One request as the sandbox's log tells of it.
struct LoggedRequest: Decodable, Sendable {
  let time: String
  let method: String
  let path: String
  let query: String
  let provider: String?
  let status: Int
  let allowed: Bool
  let credentials: [String]
  let unexpected: [String]
  let faults: [String]

  /// Seconds since 1970.
  var seconds: Double {
    let day = time.prefix(10).split(separator: "-").compactMap { Int($0) }
    let clock = time.dropFirst(11).dropLast().split(separator: ":").compactMap { Double($0) }
    var parts = tm()
    parts.tm_year = Int32(day[0] - 1_900)
    parts.tm_mon = Int32(day[1] - 1)
    parts.tm_mday = Int32(day[2])
    return Double(timegm(&parts)) + clock[0] * 3_600 + clock[1] * 60 + clock[2]
  }

  /// Path and query.
  var target: String { query.isEmpty ? path : path + "?" + query }
}

/// A running `reconcile-sandbox`; stopped when the test lets go of it, and by itself after an hour.
final class SandboxServer: Sendable {
  let port: Int
  let logPath: String
  /// The lines of the configuration it wrote that say where a provider is.
  private let addresses: [String: String]
  private let child: Child
  private let folder: TemporaryFolder

  /// Serves the saved responses of a trial's folder and returns once it listens.
  init(_ folder: TemporaryFolder, _ options: [String]) throws {
    self.folder = folder
    let log = folder.path + "/requests-\(UUID().uuidString).jsonl"
    logPath = log
    let configuration = folder.path + "/sandbox-\(UUID().uuidString).toml"
    let pipe = try Child.pipe()
    defer { close(pipe.read) }
    child = try Child(
      Binary.sandbox,
      ["--directory", folder.path + "/saved", "--log", log, "--write-config", configuration]
        + ["--for", "3600"] + options,
      environment: [:], directory: "/", output: .descriptor(pipe.write), errors: .file(log + ".errors"))
    close(pipe.write)
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.last != 10, read(pipe.read, &byte, 1) == 1 { line.append(byte) }
    let words = String(decoding: line.dropLast(), as: UTF8.self)
    guard words.hasPrefix("listening on "), let port = words.split(separator: ":").last.flatMap({ Int($0) })
    else { throw Trouble("the sandbox does not listen: \(words) \((try? text(of: log + ".errors")) ?? "")") }
    self.port = port
    var addresses: [String: String] = [:]
    var name = ""
    for line in try text(of: configuration).split(separator: "\n") {
      if line.hasPrefix("[providers.") { name = String(line.dropFirst(11).dropLast()) }
      if line.hasPrefix("base_url") || line.hasPrefix("ca_file") {
        addresses[name, default: ""] += line + "\n"
      }
    }
    self.addresses = addresses
  }

  /// Where a provider is to be found, as lines of its section.
  func address(of provider: String) -> String { addresses[provider] ?? "" }

  deinit {
    child.send(SIGTERM)
    child.reap()
  }

  /// What was asked so far.
  func requests() throws -> [LoggedRequest] {
    let decoder = JSONDecoder()
    let whole = try text(of: logPath)
    // A line that is just being written has no end yet.
    let lines = whole.prefix(upTo: whole.lastIndex(of: "\n") ?? whole.startIndex)
    return try lines.split(separator: "\n").map {
      try decoder.decode(LoggedRequest.self, from: Data($0.utf8))
    }
  }

  /// Does something as soon as the log holds such a request; the sandbox writes the line before it answers.
  func when(
    _ isWanted: @escaping @Sendable (LoggedRequest) -> Bool, _ action: @escaping @Sendable () -> Void
  ) async throws {
    try await FileWatch.wait(
      logPath, until: { _ in try self.requests().contains(where: isWanted) }, then: action)
  }

  /// Does something as soon as so many requests were made.
  func whenThere(are count: Int, _ action: @escaping @Sendable () -> Void) async throws {
    try await FileWatch.wait(logPath, until: { $0.utf8.count { $0 == 10 } >= count }, then: action)
  }
}
