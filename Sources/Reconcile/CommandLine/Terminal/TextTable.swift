/// Plain aligned columns for summaries: words to the left, numbers to the right.
struct TextTable: Sendable {
  /// Where a column's cells stand.
  enum Alignment: Sendable { case left, right }

  private let header: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []
  /// Blanks before each line.
  var indent = 2

  /// A table with these columns; an empty header text leaves the column without a heading.
  init(_ columns: [(header: String, alignment: Alignment)]) {
    header = columns.map(\.header)
    alignments = columns.map(\.alignment)
  }

  /// Adds a row; missing cells are blank, surplus ones are left out.
  mutating func add(_ cells: [String]) { rows.append(cells.map(\.withControlCharactersEscaped)) }

  /// The lines, each with its line end; without rows nothing.
  var text: String {
    guard !rows.isEmpty else { return "" }
    let all = header.allSatisfy(\.isEmpty) ? rows : [header] + rows
    let widths = alignments.indices.map { column in
      all.map { column < $0.count ? displayWidth($0[column]) : 0 }.max() ?? 0
    }
    return all.map { row in
      var line = String(repeating: " ", count: indent)
      for (column, alignment) in alignments.enumerated() {
        let cell = column < row.count ? row[column] : ""
        let padding = String(repeating: " ", count: widths[column] - displayWidth(cell))
        line += (column > 0 ? "  " : "") + (alignment == .right ? padding + cell : cell + padding)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

/// Columns that a text takes on a terminal, near enough: wide East Asian and emoji characters take two,
/// marks that combine with the character before them none.
func displayWidth(_ text: String) -> Int {
  text.reduce(0) { width, character in
    guard let first = character.unicodeScalars.first else { return width }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return width
    default: break
    }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return width + 2
    default: return width + 1
    }
  }
}

/// The beginning of a text that fits into this many columns.
func truncated(_ text: String, toWidth limit: Int) -> String {
  guard displayWidth(text) > limit else { return text }
  var result = ""
  var width = 0
  for character in text {
    let next = displayWidth(String(character))
    if width + next > limit { break }
    result.append(character)
    width += next
  }
  return result
}
