import ReconcileCore

/// QuickBooks Online's journal entry import. Lines with the same number are one entry.
struct QuickBooksJournal: JournalFormat {
  /// The name of the receivable account, whose lines must name a customer.
  let receivable: String
  let customer: String?

  private static let columns = [
    "JournalNo", "JournalDate", "AccountName", "Debits", "Credits", "Description", "Name", "Currency",
  ]

  func begin(_ heading: JournalHeading, to file: OutputFile) throws {
    try CommaLine.write(Self.columns, to: file)
  }

  func write(_ named: NamedEntry, to file: OutputFile) throws {
    let entry = named.entry
    let (year, month, day) = entry.day.parts
    let date = "\(twoDigits(month))/\(twoDigits(day))/\(year)"
    for line in named.lines {
      let isDebit = line.amount > 0
      let amount = named.hundredths(isDebit ? line.amount : 0 - line.amount)
      try CommaLine.write(
        [
          entry.stableNumber, date, line.account, isDebit ? amount : "", isDebit ? "" : amount,
          entry.description, line.account == receivable ? customer ?? "" : "", entry.currency.code,
        ], to: file)
    }
  }

  func reader() -> any JournalReader { Reader() }

  private struct Reader: JournalReader {
    var tally = JournalTally()
    private var isHeader = true
    private var number = ""

    mutating func read(_ line: ArraySlice<UInt8>) throws(JournalProblem) {
      let cells = try CommaLine.cells(line, count: QuickBooksJournal.columns.count)
      if isHeader {
        isHeader = false
        return
      }
      if cells[0] != number { try finish() }
      number = cells[0]
      let unit = try currency(cells[7])
      guard cells[3].isEmpty != cells[4].isEmpty else {
        throw JournalProblem("a line is not either a debit or a credit")
      }
      let amount = try minorUnits(cells[3].isEmpty ? cells[4] : cells[3], unit)
      tally.add(cells[2], cells[3].isEmpty ? 0 - amount : amount, unit)
    }

    mutating func finish() throws(JournalProblem) {
      if tally.isOpen { try tally.endEntry() }
    }
  }
}
