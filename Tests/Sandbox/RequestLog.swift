import Foundation
import Synchronization

/// One request as the log tells of it. No key is ever in it.
struct LogEntry: Sendable {
  var method: String
  var path: String
  var query: String
  /// Which of the places that a key can stand in were filled.
  var credentials: [String]
  var provider: String?
  var status = 0
  var bytes = 0
  var isAllowed = false
  /// Parameters that this endpoint does not have.
  var unexpected: [String] = []
  var faults: [String] = []

  init(_ request: HTTPRequest) {
    method = request.method
    path = request.path
    let parameters = request.parameters
    query = parameters.map { name, value in
      name == "api_key" ? "api_key=REDACTED" : "\(percentEncoded(name))=\(percentEncoded(value))"
    }.joined(separator: "&")
    credentials = ["authorization", "x-gateway-key", "x-api-key"].filter { request.header($0) != nil }
    if parameters.contains(where: { $0.name == "api_key" }) { credentials.append("api_key") }
  }

  /// One line of JSON.
  var line: String {
    func list(_ words: [String]) -> String { "[" + words.map(jsonString).joined(separator: ",") + "]" }
    return "{\"time\":\(jsonString(Moment.now().written(milliseconds: true)))"
      + ",\"method\":\(jsonString(method)),\"path\":\(jsonString(path)),\"query\":\(jsonString(query))"
      + ",\"provider\":\(provider.map(jsonString) ?? "null"),\"status\":\(status),\"bytes\":\(bytes)"
      + ",\"allowed\":\(isAllowed),\"credentials\":\(list(credentials))"
      + ",\"unexpected\":\(list(unexpected)),\"faults\":\(list(faults))}\n"
  }
}

/// A file of JSON lines.
final class RequestLog: Sendable {
  private let file: Mutex<FileHandle>

  init(path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw WrongOption("\(path): cannot be written") }
    file = Mutex(handle)
  }

  func write(_ entry: LogEntry) {
    // A full disk must not take the server down; the test that reads the log will miss the line.
    file.withLock { try? $0.write(contentsOf: Data(entry.line.utf8)) }
  }
}
