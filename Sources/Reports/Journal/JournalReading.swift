import ReconcileCore

/// Reads a journal line by line and adds up what it says.
protocol JournalReader {
  /// Reads the next line, without its line feed.
  mutating func read(_ line: ArraySlice<UInt8>) throws(JournalProblem)
  /// Ends the file.
  mutating func finish() throws(JournalProblem)
  var tally: JournalTally { get }
}

/// What makes a journal unfit to be booked.
struct JournalProblem: Error, Equatable {
  let text: String
  init(_ text: String) { self.text = text }
}

/// Balances of the accounts of a journal, and whether each entry balances by itself.
struct JournalTally: Equatable {
  /// An account and one of its currencies.
  struct Key: Hashable {
    let account: String
    let currency: Currency
  }

  private(set) var balances: [Key: Int128] = [:]
  private(set) var entries: Int64 = 0
  private var open: [Currency: Int128] = [:]
  private var openLines = 0

  /// Adds a line to the entry at hand.
  mutating func add(_ account: String, _ amount: Int64, _ currency: Currency) {
    balances[Key(account: account, currency: currency), default: 0] += Int128(amount)
    open[currency, default: 0] += Int128(amount)
    openLines += 1
  }

  /// Ends the entry at hand; one without lines, in two currencies or with a sum other than zero is a problem.
  mutating func endEntry() throws(JournalProblem) {
    guard openLines > 0 else { throw JournalProblem("an entry has no lines") }
    guard open.count == 1 else { throw JournalProblem("an entry has more than one currency") }
    guard open.values.allSatisfy({ $0 == 0 }) else { throw JournalProblem("an entry does not balance") }
    open = [:]
    openLines = 0
    entries += 1
  }

  /// Whether lines were added since the last entry ended.
  var isOpen: Bool { openLines > 0 }

  /// Adds another file's balances.
  mutating func add(_ other: JournalTally) {
    balances.merge(other.balances) { $0 + $1 }
    entries += other.entries
  }
}

/// Cuts bytes that come in pieces into lines.
struct LineCutter {
  private var rest: [UInt8] = []

  /// Hands out every line that ends in this piece.
  mutating func read(
    _ piece: UnsafeRawBufferPointer, _ body: (ArraySlice<UInt8>) throws(JournalProblem) -> Void
  ) throws(JournalProblem) {
    var start = piece.startIndex
    for index in piece.indices where piece[index] == CSVByte.lineFeed {
      rest.append(contentsOf: piece[start..<index])
      try body(rest[...])
      rest.removeAll(keepingCapacity: true)
      start = index + 1
    }
    rest.append(contentsOf: piece[start...])
  }

  /// Whether the last line had its end.
  var isComplete: Bool { rest.isEmpty }
}

/// The cells of a line of a CSV; quotes may hold the separator and doubled quotes, and no cell holds a line end.
func cells(of line: ArraySlice<UInt8>, separator: UInt8) throws(JournalProblem) -> [String] {
  var cells: [String] = []
  var cell: [UInt8] = []
  var isQuoted = false
  var bytes = line
  while let byte = bytes.popFirst() {
    if isQuoted {
      if byte != CSVByte.quote {
        cell.append(byte)
      } else if bytes.first == CSVByte.quote {
        bytes.removeFirst()
        cell.append(byte)
      } else {
        isQuoted = false
        guard bytes.isEmpty || bytes.first == separator else {
          throw JournalProblem("a quote stands in a cell")
        }
      }
    } else if byte == separator {
      cells.append(String(decoding: cell, as: UTF8.self))
      cell = []
    } else if byte == CSVByte.quote, cell.isEmpty {
      isQuoted = true
    } else {
      cell.append(byte)
    }
  }
  guard !isQuoted else { throw JournalProblem("a quoted cell has no end") }
  cells.append(String(decoding: cell, as: UTF8.self))
  return cells
}

/// The minor units of a plain decimal.
func minorUnits(_ text: some StringProtocol, _ currency: Currency) throws(JournalProblem) -> Int64 {
  do throws(AmountError) {
    return try AmountText.json(Array(text.utf8), exponent: currency.exponent)
  } catch {
    throw JournalProblem("\"\(text)\" is no amount in \(currency)")
  }
}

/// A currency by its code.
func currency(_ code: some StringProtocol) throws(JournalProblem) -> Currency {
  guard let currency = Currency(String(code)) else { throw JournalProblem("\"\(code)\" is no currency") }
  return currency
}

/// Reads entries as hledger and Beancount write them: a line that begins with a date, and indented lines below it.
struct EntryTextReader: JournalReader {
  /// What stands before an account.
  let indent: String
  /// Whether indented lines that begin with a small letter are facts about the entry.
  var hasMetadata = false
  var tally = JournalTally()
  private var isInEntry = false

  init(indent: String, hasMetadata: Bool = false) {
    self.indent = indent
    self.hasMetadata = hasMetadata
  }

  mutating func read(_ line: ArraySlice<UInt8>) throws(JournalProblem) {
    let text = String(decoding: line, as: UTF8.self)
    if text.hasPrefix(indent) {
      guard isInEntry else { throw JournalProblem("a line stands outside of an entry") }
      let posting = text.dropFirst(indent.count)
      if hasMetadata, posting.first?.isLowercase == true { return }
      let (account, amount, code) = try postingParts(posting)
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

/// Account, amount and currency of a line such as `Assets:Receivable  -49.90 EUR`.
private func postingParts(
  _ line: Substring
) throws(JournalProblem) -> (account: Substring, amount: Substring, currency: Substring) {
  guard let gap = line.firstRange(of: "  ") else { throw JournalProblem("a line has no amount") }
  let parts = line[gap.upperBound...].split(separator: " ", omittingEmptySubsequences: false)
  guard parts.count == 2 else { throw JournalProblem("a line has no amount and currency") }
  return (line[..<gap.lowerBound], parts[0], parts[1])
}

/// Reads a CSV with a heading line, the number of the entry first, and columns for debits and credits.
struct DebitCreditReader: JournalReader {
  /// Places of columns.
  let account: Int
  let debit: Int
  let credit: Int
  let currency: Int
  private let cells: (ArraySlice<UInt8>) throws(JournalProblem) -> [String]
  var tally = JournalTally()
  private var isHeading = true
  private var number = ""

  init(
    account: Int, debit: Int, credit: Int, currency: Int,
    cells: @escaping (ArraySlice<UInt8>) throws(JournalProblem) -> [String]
  ) {
    (self.account, self.debit, self.credit, self.currency, self.cells) = (
      account, debit, credit, currency, cells
    )
  }

  mutating func read(_ line: ArraySlice<UInt8>) throws(JournalProblem) {
    let cells = try cells(line)
    if isHeading {
      isHeading = false
      return
    }
    if cells[0] != number { try finish() }
    number = cells[0]
    let unit = try Reports.currency(cells[currency])
    let isDebit = !cells[debit].isEmpty
    guard isDebit != !cells[credit].isEmpty else {
      throw JournalProblem("a line is not either a debit or a credit")
    }
    let amount = try minorUnits(cells[isDebit ? debit : credit], unit)
    tally.add(cells[account], isDebit ? amount : 0 - amount, unit)
  }

  mutating func finish() throws(JournalProblem) {
    if tally.isOpen { try tally.endEntry() }
  }
}
