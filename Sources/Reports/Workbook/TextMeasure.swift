/// How wide a text is in the house font, and how many lines it takes: programs that show a workbook do not all work out
/// the height of a row, so the file says it.
enum TextMeasure {
  /// Pixels of one em: 9 points at 96 to the inch.
  private static let em = 12
  /// Advance widths of the printable ASCII characters in thousandths of an em; Arial, Helvetica and Liberation Sans
  /// agree on them.
  private static let widths: [UInt16] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ]
  /// What a cell keeps free on both sides together.
  static let padding = 8

  /// The width of a text in one line, in pixels, rounded up.
  static func pixels(_ text: String) -> Int {
    (text.utf8.reduce(0) { $0 + width($1) } * em + 999) / 1_000
  }

  /// The width of a heading, which is bold.
  static func bold(_ text: String) -> Int { pixels(text) * 27 / 25 + 1 }

  /// Whether a text without line ends needs more than one line in a column of so many pixels.
  static func isLong(_ text: String, in column: Int) -> Bool {
    let room = column - padding
    // Most texts are short: no character is wider than one em and a bit.
    if text.utf8.count * (em + 1) <= room { return false }
    return pixels(text) > room
  }

  /// The lines of a text in a column of so many pixels: broken at blanks and behind hyphens, and inside a word where
  /// that alone is too long.
  static func lines(_ text: String, in column: Int) -> Int {
    let room = max(1, column - padding) * 1_000 / em
    var lines = 1
    var used = 0
    var word = 0
    func endWord(_ blank: Int) {
      if used + word > room, used > 0 {
        lines += 1
        used = 0
      }
      if word > room {
        lines += (word - 1) / room
        word = (word - 1) % room + 1
      }
      used += word + blank
      word = 0
    }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: " "): endWord(width(byte))
      case UInt8(ascii: "-"):
        word += width(byte)
        endWord(0)
      case UInt8(ascii: "\n"):
        endWord(0)
        lines += 1
        used = 0
      default: word += width(byte)
      }
    }
    endWord(0)
    return lines
  }

  /// In thousandths of an em. Of characters beyond ASCII the first byte counts: two bytes are a letter about as wide as
  /// our own, three and four are mostly full-width.
  private static func width(_ byte: UInt8) -> Int {
    switch byte {
    case 0x20..<0x7F: Int(widths[Int(byte) - 0x20])
    case 0xC0..<0xE0: 600
    case 0xE0...: 1_000
    default: 0
    }
  }
}
