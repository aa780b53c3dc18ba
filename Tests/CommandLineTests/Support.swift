import Foundation
import ReconcileCore
import Synchronization
import Testing

@testable import reconcile

/// Loads a configuration text as if it were /srv/shop/reconcile.toml.
func load(
  _ text: String, overrides: Overrides = Overrides(), environment: [String: String] = [:]
) throws(Failure) -> LoadedConfiguration {
  try ConfigurationLoader(environment: environment, workingDirectory: "/work dir")
    .load(bytes: Array(text.utf8), file: "/srv/shop/reconcile.toml", overrides: overrides)
}

/// The error that loading ends with.
func failure(
  of text: String, overrides: Overrides = Overrides(), environment: [String: String] = [:]
) throws -> Failure {
  try #require(throws: Failure.self) { try load(text, overrides: overrides, environment: environment) }
}

/// A `[providers.p]` section of this kind over the network, with more lines.
func provider(_ kind: String, _ more: String = "") -> String {
  """
  [providers.p]
  kind = "\(kind)"
  base_url = "https://api.example.com"
  api_key_env = "P_KEY"
  \(more)
  """
}

/// Its settings.
func settings(_ kind: String, _ more: String = "") throws -> ProviderSettings {
  try #require(try load(provider(kind, more)).settings.provider(named: "p"))
}

/// A folder that is removed at the end.
final class ScratchFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("reconcile-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, making its folders; returns its path.
  @discardableResult
  func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    #expect(
      FileManager.default.createFile(
        atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: mode]))
    return file
  }
}

/// Collects what is written to standard error.
final class Collected: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
  var output: ErrorOutput { ErrorOutput { new in self.bytes.withLock { $0 += new } } }
}

/// A clock that stands until it is moved.
final class StandingClock: Sendable {
  private let now = Mutex(Instant(microseconds: 1_774_999_999_201_000))
  var read: @Sendable () -> Instant { { self.now.withLock { $0 } } }
  func move(milliseconds: Int64) {
    now.withLock { $0 = Instant(microseconds: $0.microseconds + milliseconds * 1_000) }
  }
}

/// The root of the repository.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path
