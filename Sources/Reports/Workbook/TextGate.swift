/// Lets only text through that a spreadsheet can hold, and counts what it had to change.
///
/// The writer library takes anything and then produces XML that no program opens, so the gate stands before
/// it.
struct TextGate {
  /// A cell holds this many UTF-16 units and not one more.
  static let limit = 32_767
  /// The end of a text that was too long.
  static let mark = "… [cut]"

  /// Texts with characters that XML forbids, each replaced by U+FFFD.
  private(set) var replaced = 0
  /// Texts longer than a cell holds.
  private(set) var cut = 0

  /// The text as a cell may hold it; nearly always the very same text.
  mutating func pass(_ text: String) -> String {
    var text = text
    let clean = text.withUTF8 { Self.isClean($0) }
    return clean ? text : repair(text)
  }

  /// One look at the bytes: enough for all but a handful of the millions of texts of a report.
  private static func isClean(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count <= limit else { return false }
    var previous: UInt8 = 0
    for byte in bytes {
      if byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D { return false }
      // `_x` may begin an escape; 0xEF may begin U+FFFE or U+FFFF.
      if byte == 0xEF || (byte == 0x78 && previous == 0x5F) { return false }
      previous = byte
    }
    return true
  }

  private mutating func repair(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var units = 0
    var isReplaced = false
    var isCut = false
    // The mark must still fit behind the last character kept, hence two limits.
    let room = Self.limit - Self.mark.utf16.count
    var fitting = result
    for (index, scalar) in scalars.enumerated() {
      var piece = String.UnicodeScalarView()
      if Self.isEscape(scalars, at: index) {
        // A literal `_x0041_` would be shown as "A": the underscore itself is escaped.
        piece.append(contentsOf: "_x005F_".unicodeScalars)
      } else if Self.isLegal(scalar.value) {
        piece.append(scalar)
      } else {
        piece.append("\u{FFFD}")
        isReplaced = true
      }
      for scalar in piece { units += scalar.value > 0xFFFF ? 2 : 1 }
      if units > Self.limit {
        isCut = true
        break
      }
      result.append(contentsOf: piece)
      if units <= room { fitting.append(contentsOf: piece) }
    }
    if isReplaced { replaced += 1 }
    guard isCut else { return String(result) }
    cut += 1
    return String(fitting) + Self.mark
  }

  private static func isLegal(_ value: UInt32) -> Bool {
    switch value {
    case 0x09, 0x0A, 0x0D: true
    case 0..<0x20, 0xFFFE, 0xFFFF: false
    default: true
    }
  }

  /// Whether `_xHHHH_` begins here.
  private static func isEscape(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
    guard scalars[index] == "_", index + 6 < scalars.count, scalars[index + 1] == "x",
      scalars[index + 6] == "_"
    else { return false }
    return scalars[(index + 2)...(index + 5)].allSatisfy { $0.properties.isASCIIHexDigit }
  }
}
