import ReconcileCore

/// hledger's journal format, plain enough for Ledger too.
struct HledgerJournal: JournalFormat {
  func begin(_ heading: JournalHeading, to file: OutputFile) throws {
    for line in heading.comments { try file.write("; \(line)\n") }
    try file.write("\ndecimal-mark .\n")
    for currency in heading.currencies {
      // A commodity directive must show its decimal mark, also where there are no decimals.
      let zeros = String(repeating: "0", count: currency.exponent)
      try file.write("commodity 1000.\(zeros) \(currency)\n")
    }
    for account in heading.accounts { try file.write("account \(account)\n") }
  }

  func write(_ named: NamedEntry, to file: OutputFile) throws {
    let entry = named.entry
    try file.write("\n\(entry.day) * \(entry.description(Self.id))  ; kind: \(entry.kind.rawValue)")
    for (name, value) in entry.references { try file.write(", \(name): \(Self.id(value))") }
    try file.write("\n")
    for line in named.lines {
      try file.write("    \(line.account)  \(named.decimal(line.amount)) \(entry.currency)\n")
    }
  }

  /// A semicolon begins a comment, a comma ends a tag, a bar divides payee and note, brackets hold dates.
  private static func id(_ text: String) -> String {
    escapedID(text) { !";,|[]".unicodeScalars.contains($0) }
  }

  func reader() -> any JournalReader { EntryTextReader(indent: "    ") }
}

extension JournalHeading {
  /// The first lines of a journal that has comments.
  var comments: [String] {
    [
      "Payments and refunds from \(period.from) to \(period.to), business dates in \(zoneName).",
      "Written by \(tool) as of \(asOf). Not booked: see \(unbookedName).",
    ] + warnings
  }
}

extension JournalEntry {
  /// The ids of the entry by the names that reports give them.
  var references: [(name: String, value: String)] {
    var references = [("provider", provider)]
    switch kind {
    case .payment: references.append(("payment_id", recordID))
    case .refund:
      references.append(("refund_id", recordID))
      if let paymentID { references.append(("payment_id", paymentID)) }
    }
    if let orderID { references.append(("order_id", orderID)) }
    return references
  }
}
