/// Text on the page: escaped, and with every character visible that could hide or reorder others.
enum HTMLText {
  /// Texts from outside are cut behind this many scalars, so that one record cannot fill the page.
  static let limit = 2_000
  /// The end of a text that was too long.
  static let mark = "… [cut]"

  /// The text as it may stand between tags and in quoted attributes.
  static func escaped(_ text: String) -> String {
    var text = text
    let needsNothing = text.withUTF8 { $0.count <= limit && $0.allSatisfy(isPlain) }
    if needsNothing { return text }
    var result = String.UnicodeScalarView()
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if index == limit {
        result.append(contentsOf: mark.unicodeScalars)
        break
      }
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      default:
        if isVisible(scalar) {
          result.append(scalar)
        } else {
          result.append(contentsOf: "⟨U+\(code(scalar))⟩".unicodeScalars)
        }
      }
    }
    return String(result)
  }

  /// A byte of ASCII that stands for itself in HTML.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
    default: (0x20...0x7E).contains(byte)
    }
  }

  /// False for characters that HTML forbids, that nobody sees, or that turn the direction of those around them.
  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060, 0x2066...0x2069,
      0xFEFF,
      0xFDD0...0xFDEF:
      false
    default: scalar.value & 0xFFFE != 0xFFFE
    }
  }

  private static func code(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
