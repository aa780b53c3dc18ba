/// One JSON object on one line, members in the order in which they are added.
struct JSONLine {
  private var text = "{"

  /// A text.
  mutating func add(_ name: String, _ value: String) {
    key(name)
    Self.quote(value, into: &text)
  }

  /// A text, or null.
  mutating func add(_ name: String, orNull value: String?) {
    if let value { add(name, value) } else { add(name, raw: "null") }
  }

  /// A number, a literal or a whole value that is JSON already.
  mutating func add(_ name: String, raw value: String) {
    key(name)
    text += value
  }

  /// A whole number.
  mutating func add(_ name: String, _ value: Int64) { add(name, raw: String(value)) }

  /// The object, closed.
  var closed: String { text + "}" }

  private mutating func key(_ name: String) {
    if text.utf8.count > 1 { text += "," }
    Self.quote(name, into: &text)
    text += ":"
  }

  private static func quote(_ value: String, into text: inout String) {
    text += "\""
    if value.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) {
      for scalar in value.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        default: text.unicodeScalars.append(scalar)
        }
      }
    } else {
      text += value
    }
    text += "\""
  }
}
