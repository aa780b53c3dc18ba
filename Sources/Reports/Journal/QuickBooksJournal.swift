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

  func reader() -> any JournalReader {
    DebitCreditReader(account: 2, debit: 3, credit: 4, currency: 7) { line throws(JournalProblem) in
      try CommaLine.cells(line, count: Self.columns.count)
    }
  }
}
