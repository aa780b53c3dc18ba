import Foundation

/// A saved body that is not JSON, or not the JSON that its place asks for.
struct UnreadableSavedBody: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Finds where values begin and end in JSON text, so that they can be served byte for byte: no number is
/// ever decoded, hence none can change.
///
/// Structure is checked (a cut or unbalanced body throws), scalars are not.
struct JSONSlices {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The whole document without blanks and byte-order mark around it.
  func document() throws -> Range<Int> {
    let start = skipBlanks(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    let end = try endOfValue(at: start)
    guard skipBlanks(end) == bytes.count else {
      throw UnreadableSavedBody("more text after the JSON value, at byte \(end)")
    }
    return start..<end
  }

  /// The members of the object that `range` holds, in their order; nil when it holds something else.
  func members(of range: Range<Int>) throws -> [(key: String, value: Range<Int>)]? {
    guard bytes[range.lowerBound] == UInt8(ascii: "{") else { return nil }
    var found: [(key: String, value: Range<Int>)] = []
    var position = skipBlanks(range.lowerBound + 1)
    while byte(position) != UInt8(ascii: "}") {
      let keyEnd = try endOfValue(at: position)
      guard let key = string(position..<keyEnd) else { throw damage(position) }
      position = skipBlanks(keyEnd)
      guard byte(position) == UInt8(ascii: ":") else { throw damage(position) }
      let start = skipBlanks(position + 1)
      let end = try endOfValue(at: start)
      found.append((key, start..<end))
      position = try skipSeparator(end, closing: UInt8(ascii: "}"))
    }
    return found
  }

  /// The elements of the array that `range` holds; nil when it holds something else.
  func elements(of range: Range<Int>) throws -> [Range<Int>]? {
    guard bytes[range.lowerBound] == UInt8(ascii: "[") else { return nil }
    var found: [Range<Int>] = []
    var position = skipBlanks(range.lowerBound + 1)
    while byte(position) != UInt8(ascii: "]") {
      let end = try endOfValue(at: position)
      found.append(position..<end)
      position = try skipSeparator(end, closing: UInt8(ascii: "]"))
    }
    return found
  }

  /// The text of a JSON string; nil when `range` holds something else.
  func string(_ range: Range<Int>) -> String? {
    guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
    let inner = bytes[(range.lowerBound + 1)..<(range.upperBound - 1)]
    guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
    return try? JSONDecoder().decode(String.self, from: Data(bytes[range]))
  }

  /// The text of a string or the token of a number, as ids are compared; nil for anything else.
  func scalar(_ range: Range<Int>) -> String? {
    switch bytes[range.lowerBound] {
    case UInt8(ascii: "\""): return string(range)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      return String(decoding: bytes[range], as: UTF8.self)
    default: return nil
    }
  }

  private func byte(_ position: Int) -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private func damage(_ position: Int) -> UnreadableSavedBody {
    UnreadableSavedBody("not JSON at byte \(position)")
  }

  private func skipBlanks(_ start: Int) -> Int {
    var position = start
    while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
    return position
  }

  private func skipSeparator(_ end: Int, closing: UInt8) throws -> Int {
    let position = skipBlanks(end)
    if byte(position) == closing { return position }
    guard byte(position) == UInt8(ascii: ",") else { throw damage(position) }
    let next = skipBlanks(position + 1)
    guard byte(next) != closing else { throw damage(next) }
    return next
  }

  /// Where the value that starts at `start` ends. Iterative, so that no depth of nesting exhausts the stack.
  private func endOfValue(at start: Int) throws -> Int {
    var closings: [UInt8] = []
    var position = start
    repeat {
      guard let first = byte(position) else { throw UnreadableSavedBody("the JSON ends too early") }
      switch first {
      case UInt8(ascii: "\""): position = try endOfString(at: position)
      case UInt8(ascii: "{"):
        closings.append(UInt8(ascii: "}"))
        position += 1
      case UInt8(ascii: "["):
        closings.append(UInt8(ascii: "]"))
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard closings.popLast() == first else { throw damage(position) }
        position += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"), 0x09, 0x0A, 0x0D, 0x20:
        guard !closings.isEmpty else { throw damage(position) }
        position += 1
      default: position = endOfScalar(at: position)
      }
    } while !closings.isEmpty
    return position
  }

  private func endOfString(at start: Int) throws -> Int {
    var position = start + 1
    while let next = byte(position) {
      if next == UInt8(ascii: "\"") { return position + 1 }
      position += next == UInt8(ascii: "\\") ? 2 : 1
    }
    throw UnreadableSavedBody("the JSON ends within a string")
  }

  private func endOfScalar(at start: Int) -> Int {
    var position = start
    while let next = byte(position), !Self.isBlank(next), !Self.endsScalar(next) { position += 1 }
    return position
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private static func endsScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "{"),
      UInt8(ascii: "["), UInt8(ascii: "\""):
      true
    default: false
    }
  }
}

/// Writes text as a JSON string.
func jsonString(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    case "\u{0}"..."\u{1F}": out += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}
