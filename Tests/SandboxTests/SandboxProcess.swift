import Foundation

/// Something that a test of the sandbox could not do.
struct SandboxProblem: Error { let text: String }

/// A running `reconcile-sandbox` on a folder of its own; stopped when the test lets go of it.
final class SandboxProcess {
  let port: UInt16
  let folder: String
  private let process: Process

  /// Starts the built binary and waits until it listens.
  init(_ files: [String: String] = SavedFiles.all, _ arguments: [String] = []) throws {
    folder = try Self.makeFolder(files)
    process = Process()
    process.executableURL = try Self.binary()
    process.arguments =
      ["--directory", folder, "--log", folder + "/log.jsonl", "--for", "120"] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    var line: [UInt8] = []
    while line.last != 0x0A {
      let next = output.fileHandleForReading.readData(ofLength: 1)
      guard !next.isEmpty else { throw SandboxProblem(text: "the sandbox ended before it listened") }
      line += next
    }
    let text = String(decoding: line, as: UTF8.self)
    guard text.hasPrefix("listening on http://127.0.0.1:"),
      let port = text.split(separator: ":").last.flatMap({ UInt16($0.dropLast()) })
    else { throw SandboxProblem(text: "an unexpected first line: \(text)") }
    self.port = port
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Sends TERM and returns the exit status.
  func terminate() -> Int32 {
    process.terminate()
    return waitForEnd()
  }

  func waitForEnd() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Asks for a path with a key of the provider's kind.
  func get(_ target: String, _ header: String? = "Authorization: Bearer key", wait seconds: Int = 10)
    throws -> Answer
  {
    try request("GET", target, header, wait: seconds)
  }

  func request(_ method: String, _ target: String, _ header: String? = nil, wait seconds: Int = 10)
    throws -> Answer
  {
    let line = header.map { $0 + "\r\n" } ?? ""
    let text = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(line)Connection: close\r\n\r\n"
    return try Answer(bytes: exchange(port: port, Array(text.utf8), wait: seconds))
  }

  /// The lines of the request log.
  func log() throws -> [[String: Any]] {
    try String(contentsOfFile: folder + "/log.jsonl", encoding: .utf8).split(separator: "\n").compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  func logText() throws -> String { try String(contentsOfFile: folder + "/log.jsonl", encoding: .utf8) }

  /// Runs the binary where it should refuse: exit status and what it says.
  static func refusal(_ arguments: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = try binary()
    process.arguments = arguments
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }

  static func makeFolder(_ files: [String: String]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.path + "/sandbox-" + UUID().uuidString
    for (name, text) in files {
      let path = URL(fileURLWithPath: folder + "/" + name)
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: path)
    }
    return folder
  }

  /// The binary lies beside the test bundle.
  private static func binary() throws -> URL {
    let here = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let besides = [here, URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
    for folder in besides {
      let path = folder.appendingPathComponent("reconcile-sandbox")
      if FileManager.default.isExecutableFile(atPath: path.path) { return path }
    }
    throw SandboxProblem(text: "no reconcile-sandbox in \(besides.map(\.path))")
  }
}

/// An answer as it came over the wire.
struct Answer {
  var status = 0
  var headers: [String: String] = [:]
  var body: [UInt8] = []

  /// No bytes at all give status 0.
  init(bytes: [UInt8]) {
    guard let end = bytes.firstRange(of: [13, 10, 13, 10]) else { return }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    for line in lines.dropFirst() {
      let sides = line.split(separator: ":", maxSplits: 1).map(String.init)
      if sides.count == 2 { headers[sides[0].lowercased()] = sides[1].trimmingCharacters(in: .whitespaces) }
    }
    body = Array(bytes[end.upperBound...])
  }

  var text: String { String(decoding: body, as: UTF8.self) }
  var isComplete: Bool { headers["content-length"] == String(body.count) }
  var json: Any? { try? JSONSerialization.jsonObject(with: Data(body)) }
  var object: [String: Any] { json as? [String: Any] ?? [:] }

  /// The ids of the rows of a list, wherever it stands.
  var ids: [String] {
    let lists = ["data", "transactions", "refunds", "results"].compactMap { object[$0] as? [[String: Any]] }
    let rows = json as? [[String: Any]] ?? lists.first ?? []
    return rows.compactMap { ($0["id"] ?? $0["reference_number"]) as? String }
  }
}

/// Sends bytes to a loopback port and returns what comes until the other side closes or stays silent.
private func exchange(port: UInt16, _ bytes: [UInt8], wait seconds: Int) throws -> [UInt8] {
  let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  guard file >= 0 else { throw SandboxProblem(text: "no socket") }
  defer { close(file) }
  var patience = timeval(tv_sec: seconds, tv_usec: 0)
  setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  let isConnected = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
  guard isConnected, send(file, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
    throw SandboxProblem(text: "nobody listens on \(port)")
  }
  var received: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = recv(file, &chunk, chunk.count, 0)
    guard count > 0 else { return received }
    received += chunk[..<count]
  }
}
