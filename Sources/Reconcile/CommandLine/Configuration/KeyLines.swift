/// Finds the line of every key in a TOML text, because the parser keeps no positions. The text is known to
/// be valid, so the scanner only has to know what a value looks like well enough to step over it.
struct KeyLines {
  private var bytes: [UInt8]
  private var index = 0
  private var line = 1
  private var lines: [[String]: Int] = [:]

  /// The line (from 1) of each key and table by its path; of several the first.
  static func scan(_ text: String) -> [[String]: Int] {
    var scanner = KeyLines(bytes: Array(text.utf8))
    scanner.document()
    return scanner.lines
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func advance() {
    guard let byte = current else { return }
    if byte == UInt8(ascii: "\n") { line += 1 }
    index += 1
  }

  private mutating func skip(while condition: (UInt8) -> Bool) {
    while let byte = current, condition(byte) { advance() }
  }

  /// Steps over blanks, line ends and comments.
  private mutating func skipSpace() {
    while let byte = current {
      if byte == UInt8(ascii: "#") {
        skip { $0 != UInt8(ascii: "\n") }
      } else if Self.isBlank(byte) || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        advance()
      } else {
        return
      }
    }
  }

  private static let keyEnd = Set(".=]\r\n#".utf8)
  private static let valueEnd = Set(",]}\n#".utf8)

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }

  private mutating func document() {
    var table: [String] = []
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    while true {
      skipSpace()
      guard let byte = current else { return }
      let start = index
      if byte == UInt8(ascii: "[") {
        skip { $0 == UInt8(ascii: "[") || Self.isBlank($0) }
        table = keyPath()
        note(table)
        skip { $0 == UInt8(ascii: "]") || Self.isBlank($0) }
      } else {
        entry(in: table)
      }
      if index == start { advance() }
    }
  }

  /// Remembers where a key first stands; `[a.b]` and `a.b = 1` also begin the table `a`.
  private mutating func note(_ path: [String]) {
    for count in 1...max(1, path.count) where lines[Array(path.prefix(count))] == nil {
      lines[Array(path.prefix(count))] = line
    }
  }

  /// `key = value`
  private mutating func entry(in table: [String]) {
    let path = table + keyPath()
    note(path)
    skip { Self.isBlank($0) }
    if current == UInt8(ascii: "=") { advance() }
    value(of: path)
  }

  /// `a.b."c d"`
  private mutating func keyPath() -> [String] {
    var path: [String] = []
    while true {
      skip { Self.isBlank($0) }
      let start = index
      if let quote = current, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        text()
        path.append(String(decoding: bytes[min(start + 1, index)..<max(start + 1, index - 1)], as: UTF8.self))
      } else {
        skip { !Self.isBlank($0) && !Self.keyEnd.contains($0) }
        path.append(String(decoding: bytes[start..<index], as: UTF8.self))
      }
      skip { Self.isBlank($0) }
      guard current == UInt8(ascii: ".") else { return path }
      advance()
    }
  }

  private mutating func value(of path: [String]) {
    skip { Self.isBlank($0) }
    switch current {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): text()
    case UInt8(ascii: "["): members(until: UInt8(ascii: "]")) { $0.value(of: path) }
    case UInt8(ascii: "{"): members(until: UInt8(ascii: "}")) { $0.entry(in: path) }
    default:
      skip { !Self.valueEnd.contains($0) }
    }
  }

  private mutating func members(until end: UInt8, _ member: (inout KeyLines) -> Void) {
    advance()
    while true {
      skipSpace()
      guard let byte = current else { return }
      if byte == end { return advance() }
      if byte == UInt8(ascii: ",") {
        advance()
        continue
      }
      let start = index
      member(&self)
      if index == start { advance() }
    }
  }

  /// Steps over a quoted text of any of the four kinds.
  private mutating func text() {
    guard let quote = current else { return }
    let triple = [quote, quote, quote]
    let isLong = bytes[index...].starts(with: triple)
    for _ in 0..<(isLong ? 3 : 1) { advance() }
    while let byte = current {
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        advance()
        advance()
      } else if isLong, bytes[index...].starts(with: triple) {
        // Up to two quotes may stand right before the closing three.
        skip { $0 == quote }
        return
      } else if !isLong, byte == quote {
        return advance()
      } else {
        advance()
      }
    }
  }
}
