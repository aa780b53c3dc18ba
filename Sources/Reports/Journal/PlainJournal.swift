import ReconcileCore

/// A CSV for everything else: one row for each line of an entry, with all ids.
struct PlainJournal: JournalFormat {
  private static let columns = [
    "entry", "date", "account", "debit", "credit", "currency", "record", "provider", "record_id",
    "payment_id",
    "order_id", "description",
  ]

  func begin(_ heading: JournalHeading, to file: OutputFile) throws {
    try Self.write(Self.columns, to: file)
  }

  func write(_ named: NamedEntry, to file: OutputFile) throws {
    let entry = named.entry
    for line in named.lines {
      let isDebit = line.amount > 0
      let amount = named.decimal(isDebit ? line.amount : 0 - line.amount)
      try Self.write(
        [
          entry.stableNumber, entry.day.description, line.account, isDebit ? amount : "",
          isDebit ? "" : amount,
          entry.currency.code, entry.kind.rawValue, entry.provider, entry.recordID,
          entry.kind == .payment ? entry.recordID : entry.paymentID ?? "",
          entry.orderID ?? "", entry.description,
        ], to: file)
    }
  }

  /// As the reports' CSV files: LF, and a text that a spreadsheet would run defused.
  private static func write(_ cells: [String], to file: OutputFile) throws {
    for (index, cell) in cells.enumerated() {
      if index > 0 { try file.write(byte: CSVByte.comma) }
      try CSVText.write(cell, to: file)
    }
    try file.write(byte: CSVByte.lineFeed)
  }

  func reader() -> any JournalReader {
    DebitCreditReader(account: 2, debit: 3, credit: 4, currency: 5) { line throws(JournalProblem) in
      let cells = try cells(of: line, separator: CSVByte.comma)
      guard cells.count == Self.columns.count else {
        throw JournalProblem("a line has \(cells.count) cells of \(Self.columns.count)")
      }
      return cells
    }
  }
}
