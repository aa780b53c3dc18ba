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

  func reader() -> any JournalReader { Reader() }

  private struct Reader: JournalReader {
    var tally = JournalTally()
    private var isInEntry = false

    mutating func read(_ line: ArraySlice<UInt8>) throws(JournalProblem) {
      let text = String(decoding: line, as: UTF8.self)
      if text.hasPrefix("    ") {
        guard isInEntry else { throw JournalProblem("a line stands outside of an entry") }
        let (account, amount, code) = try postingParts(text.dropFirst(4))
        let unit = try currency(code)
        tally.add(String(account), try minorUnits(amount, unit), unit)
      } else {
        try finish()
        isInEntry = text.utf8.first.map { (48...57).contains($0) } ?? false
      }
    }

    mutating func finish() throws(JournalProblem) {
      if isInEntry { try tally.endEntry() }
      isInEntry = false
    }
  }
}

/// Account, amount and currency of a line such as `Assets:Receivable  -49.90 EUR`.
func postingParts(
  _ line: Substring
) throws(JournalProblem) -> (account: Substring, amount: Substring, currency: Substring) {
  guard let gap = line.firstRange(of: "  ") else { throw JournalProblem("a line has no amount") }
  let parts = line[gap.upperBound...].split(separator: " ", omittingEmptySubsequences: false)
  guard parts.count == 2 else { throw JournalProblem("a line has no amount and currency") }
  return (line[..<gap.lowerBound], parts[0], parts[1])
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
