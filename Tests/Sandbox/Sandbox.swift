import ArgumentParser
import Foundation

/// Serves saved responses as the four provider APIs on a loopback port.
@main
struct Sandbox: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile-sandbox",
    abstract: "Serves a folder of saved responses as the four provider APIs on a loopback port.",
    discussion: """
      The folder holds one folder a provider (maxfi, dapit, gate, inflow, or any name with --kind), with \
      NAME.json, NAME-*.json or NAME.jsonl in it. Once the line 'listening on http://127.0.0.1:PORT' is \
      printed, requests are answered.

      \(FaultGuide.help)
      """)

  @Option(help: "The folder of saved responses.") var directory: String
  @Option(help: "The port on 127.0.0.1; 0 takes any free one.") var port: UInt16 = 0
  @Option(help: "Another kind than the folder's name says: NAME=KIND,…") var kind: [String] = []
  @Option(help: "Keys to insist on: NAME=KEY,…; any other provider takes every key.") var keys: [String] = []
  @Option(help: "Where the key stands: NAME='Header: {key}'.") var authHeader: [String] = []
  @Option(
    help: "NAME=\(PagingStyle.allCases.map(\.rawValue).joined(separator: "|")),…; NAME.STREAM for one list.")
  var paging: [String] = []
  @Option(help: "Rows a page at most.") var pageSize: Int?
  @Option(help: "What a page past the end answers: empty or 404.") var pastEnd = "empty"
  @Option(help: "What Gate answers for an unknown reference: 400, 404, or 200 and a record without money.")
  var gateUnknown = 400
  @Option(help: "NAME=N/Ss,…: more requests than that are answered with 429.") var rateLimit: [String] = []
  @Option(help: "NAME[:key=value,…]: something that goes wrong.") var fault: [String] = []
  @Option(help: "A file for one JSON line a request.") var log: String?
  @Option(name: .customLong("for"), help: "Stops by itself after so many seconds.") var seconds = 600
  @Option(help: "Writes a configuration that points here.") var writeConfig: String?

  mutating func run() throws {
    // A client that is gone is told by the call that writes to it.
    signal(SIGPIPE, SIG_IGN)
    // Blocked before there are threads, so that the signals wait for `waitForEnd`.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_BLOCK, &signals, nil)

    let providers: [SandboxProvider]
    let server: HTTPServer
    let addresses: Addresses
    let router: Router
    do {
      providers = try loadProviders()
      let names = providers.map { (name: $0.name, kind: $0.kind) }
      let rules = try fault.map { try FaultRule($0) }
      for rule in rules {
        if let wanted = rule.provider, !names.contains(where: { $0.name == wanted }) {
          throw WrongOption("--fault: \(directory) has no provider '\(wanted)'")
        }
      }
      server = try HTTPServer(port: port)
      addresses = try Addresses(names.map(\.name), rules, main: server)
      router = Router(
        providers: providers, rules: rules, origins: addresses.origins,
        log: try log.map { try RequestLog(path: $0) })
      if let writeConfig {
        var authority: String?
        if let pem = addresses.authority {
          authority = writeConfig + ".ca.pem"
          try pem.write(toFile: writeConfig + ".ca.pem", atomically: true, encoding: .utf8)
        }
        let writer = ConfigurationWriter(
          providers: names, origins: addresses.origins, authority: authority, directory: directory)
        try writer.text().write(toFile: writeConfig, atomically: true, encoding: .utf8)
      }
    } catch let problem as WrongOption {
      throw ValidationError(problem.description)
    }
    for server in [server] + addresses.servers { server.start { router.answer($0) } }
    // In one piece: whoever has read the first line may have closed the pipe already.
    var text = "listening on http://127.0.0.1:\(server.port)\n"
    for (name, origin) in addresses.origins.sorted(by: { $0.key < $1.key })
    where origin != "http://127.0.0.1:\(server.port)" {
      text += "\(name) is at \(origin)\n"
    }
    try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    waitForEnd(&signals)
    Foundation.exit(0)
  }

  /// Returns when somebody asks for it, or when the time is up.
  private func waitForEnd(_ signals: inout sigset_t) {
    let end = Moment.now().seconds + Int64(seconds)
    while true {
      var left = timespec(tv_sec: Int(max(0, end - Moment.now().seconds)), tv_nsec: 0)
      if sigtimedwait(&signals, nil, &left) >= 0 || Moment.now().seconds >= end { return }
    }
  }

  private func loadProviders() throws -> [SandboxProvider] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder), isFolder.boolValue else {
      throw WrongOption("--directory \(directory): no such folder")
    }
    let kinds = try pairs(kind)
    let settings = ProviderArguments(
      keys: try pairs(keys), headers: try pairs(authHeader), paging: try pairs(paging),
      rates: try pairs(rateLimit), pageSize: pageSize, pastEnd: pastEnd, gateUnknown: gateUnknown)
    var providers: [SandboxProvider] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: directory).sorted() {
      guard let kind = try Self.kind(of: name, kinds),
        FileManager.default.fileExists(atPath: "\(directory)/\(name)", isDirectory: &isFolder),
        isFolder.boolValue
      else { continue }
      let saved = try SavedResponses(folder: "\(directory)/\(name)", kind: kind)
      for warning in saved.warnings { FileHandle.standardError.write(Data("warning: \(warning)\n".utf8)) }
      providers.append(
        SandboxProvider(name: name, kind: kind, options: try settings.options(name, kind), saved: saved))
    }
    guard !providers.isEmpty else {
      throw WrongOption("\(directory) holds no folder called maxfi, dapit, gate or inflow; see --kind")
    }
    try settings.checkNames(providers.map(\.name) + Array(kinds.keys))
    return providers
  }

  private static func kind(of name: String, _ kinds: [String: String]) throws -> ProviderKind? {
    guard let wanted = kinds[name] else { return ProviderKind(rawValue: name) }
    guard let kind = ProviderKind(rawValue: wanted) else {
      throw WrongOption("--kind \(name)=\(wanted): there are maxfi, dapit, gate and inflow")
    }
    return kind
  }
}
