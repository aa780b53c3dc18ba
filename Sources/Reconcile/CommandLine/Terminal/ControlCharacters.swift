extension Unicode.Scalar {
  /// Whether a terminal or a log reader could take this scalar for a command: C0, DEL, C1, the Unicode line
  /// and paragraph separators, and the marks that turn the direction of text.
  var isControlForTerminals: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true
    default: false
    }
  }
}

extension String {
  /// The text with every control character written out (`\n`, `\t`, `\u{1B}`), so that what a provider or a
  /// file sent can neither move the cursor nor forge a log line.
  var withControlCharactersEscaped: String {
    guard unicodeScalars.contains(where: \.isControlForTerminals) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default:
        if scalar.isControlForTerminals {
          text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    return text
  }
}
