import ReconcileCore

/// Beancount's format, version 2.
struct BeancountJournal: JournalFormat {
  func begin(_ heading: JournalHeading, to file: OutputFile) throws {
    for line in heading.comments { try file.write("; \(line)\n") }
    // Directives that open the accounts would clash when several periods are included in one ledger.
    try file.write("\nplugin \"beancount.plugins.auto_accounts\"\n")
  }

  func write(_ named: NamedEntry, to file: OutputFile) throws {
    let entry = named.entry
    try file.write(
      "\n\(entry.day) * \(BeancountText.quoted(entry.provider)) "
        + "\(BeancountText.quoted(entry.description)) #\(entry.kind.rawValue)\n")
    for (name, value) in entry.references { try file.write("  \(name): \(BeancountText.quoted(value))\n") }
    for line in named.lines {
      try file.write("  \(line.account)  \(named.decimal(line.amount)) \(entry.currency)\n")
    }
  }

  func reader() -> any JournalReader { EntryTextReader(indent: "  ", hasMetadata: true) }
}

/// Texts as Beancount writes them.
enum BeancountText {
  /// A text in quotes.
  static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// A provider's name as a part of an account, which begins with a capital or digit and has letters, digits and
  /// hyphens. Different names give different parts: a name in small letters gets its first one capital, and any
  /// other character becomes `X` with its two hexadecimal digits, so `my_shop` is `MyX5fshop`.
  static func component(_ provider: String) -> String {
    var result = ""
    for (index, byte) in provider.utf8.enumerated() {
      switch byte {
      // A capital X would look like the beginning of an escaped character, and so would a small one at the start.
      case UInt8(ascii: "x") where index == 0: result += "X78"
      case UInt8(ascii: "a")...UInt8(ascii: "z"):
        result.unicodeScalars.append(Unicode.Scalar(index == 0 ? byte - 32 : byte))
      case UInt8(ascii: "0")...UInt8(ascii: "9"): result.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "-") where index > 0: result += "-"
      default: result += "X" + Digest.hex([byte])
      }
    }
    return result
  }
}
