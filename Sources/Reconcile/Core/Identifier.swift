import Foundation

/// An id of an order, payment or refund: trimmed of ASCII blanks, Unicode NFC, compared byte by byte.
///
/// `007` and `7`, `a1` and `A1` differ; texts that Unicode calls equal are equal, because both were brought to NFC.
public struct Identifier: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The id as it is stored, compared and printed.
  public let text: String

  /// Why a text is not an id.
  public enum Problem: Error, Equatable, Sendable {
    case empty
    case controlCharacter

    /// The words for a reject.
    public var reason: String {
      switch self {
      case .empty: "is empty"
      case .controlCharacter: "contains a control character"
      }
    }
  }

  /// Reads an id from a cell or a JSON text.
  public init(_ raw: some StringProtocol) throws(Problem) {
    if let whole = raw as? String, Self.isPlain(whole) {
      text = whole
      return
    }
    let raw = Substring(raw)
    let utf8 = raw.utf8
    let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 }
    let start = utf8.firstIndex { !isBlank($0) }
    guard let start, let last = utf8.lastIndex(where: { !isBlank($0) }) else { throw .empty }
    let trimmed = raw[start...last]
    var ascii = true
    for byte in trimmed.utf8 {
      if byte < 32 || byte == 127 { throw .controlCharacter }
      if byte >= 128 { ascii = false }
    }
    if ascii {
      text = String(trimmed)
    } else {
      if trimmed.unicodeScalars.contains(where: { (0x80...0x9F).contains($0.value) }) {
        throw .controlCharacter
      }
      text = String(trimmed).precomposedStringWithCanonicalMapping
    }
  }

  /// Whether a text is an id as it stands: ASCII, nothing to trim, no control character.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, first > 32, text.utf8.last != 32 else { return false }
    return text.utf8.allSatisfy { $0 >= 32 && $0 < 127 }
  }

  /// An id that the warehouse already holds.
  public init(stored text: String) { self.text = text }

  public var description: String { text }
  // Both are NFC, where texts that Unicode calls equal have equal bytes.
  public static func == (a: Identifier, b: Identifier) -> Bool { a.text == b.text }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
  public static func < (a: Identifier, b: Identifier) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }
}
