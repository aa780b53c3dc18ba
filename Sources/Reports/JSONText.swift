/// A JSON value whose members keep the order they were given in. Amounts go in as decimal text.
public enum JSONText: Sendable {
  case null
  case flag(Bool)
  case count(Int64)
  case text(String)
  case list([JSONText])
  case object([(String, JSONText)])

  /// A text, or null.
  public init(_ text: String?) { self = text.map(JSONText.text) ?? .null }

  /// The value over several lines, indented by two blanks a level, with a line end.
  public func rendered() -> String {
    var output = ""
    render(into: &output, indent: "")
    output += "\n"
    return output
  }

  private func render(into output: inout String, indent: String) {
    switch self {
    case .null: output += "null"
    case .flag(let flag): output += flag ? "true" : "false"
    case .count(let count): output += String(count)
    case .text(let text): Self.quote(text, into: &output)
    case .list(let items):
      Self.lines(items, "[", "]", indent, &output) { item, inner, output in
        item.render(into: &output, indent: inner)
      }
    case .object(let members):
      Self.lines(members, "{", "}", indent, &output) { member, inner, output in
        Self.quote(member.0, into: &output)
        output += ": "
        member.1.render(into: &output, indent: inner)
      }
    }
  }

  private static func lines<Item>(
    _ items: [Item], _ opening: String, _ closing: String, _ indent: String, _ output: inout String,
    _ render: (Item, String, inout String) -> Void
  ) {
    output += opening
    let inner = indent + "  "
    for (index, item) in items.enumerated() {
      output += index > 0 ? ",\n" : "\n"
      output += inner
      render(item, inner, &output)
    }
    if !items.isEmpty { output += "\n" + indent }
    output += closing
  }

  /// Escapes by scalars: a quote with a combining mark is one character to Swift and still ends a JSON text.
  private static func quote(_ text: String, into output: inout String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}
