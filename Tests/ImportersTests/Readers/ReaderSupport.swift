import Foundation
import Importers
import ReconcileCore
import Testing

/// Settings of one provider; `change` makes the odd ones.
func provider(_ kind: ProviderKind, change: (inout ProviderSettings) -> Void = { _ in }) throws
  -> ProviderSettings
{
  var settings = ProviderSettings(
    name: "my-\(kind.rawValue)", kind: kind, source: .directory("."), currency: try #require(Currency("EUR")))
  change(&settings)
  return settings
}

/// Masks and reads one body, as an import does.
func read(
  _ settings: ProviderSettings, _ stream: ProviderStream, _ body: String, isRefundLookup: Bool = false
) throws -> BodyContents {
  try ProviderRegistry.reader(for: settings).read(
    stream, body: PersonalData.mask(Array(body.utf8)), request: "GET /x", isRefundLookup: isRefundLookup)
}

/// An instant from ISO 8601 text.
func time(_ text: String) throws -> Instant { try #require(TimeText.instant(text, in: .utc)) }

/// Ids from texts.
func ids(_ texts: String...) -> [Identifier] { texts.map { Identifier(stored: $0) } }

/// A folder that goes away with the test.
final class TemporaryFolder {
  let path: String

  init(_ files: [String: String]) throws {
    path = NSTemporaryDirectory() + "readers-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name)) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
