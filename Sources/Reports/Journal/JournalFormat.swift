import ReconcileCore

/// One line of an entry as the books see it.
struct JournalLine: Equatable {
  /// The account's name or number.
  let account: String
  /// Minor units; a debit is positive, a credit negative.
  let amount: Int64
}

/// An entry with its accounts named. Lines of the same account are one.
struct NamedEntry {
  let entry: JournalEntry
  let lines: [JournalLine]

  /// Throws 78 for an account that the configuration does not name; nil when a sum exceeds 64 bits. No line is left
  /// where everything goes to one account.
  init?(_ entry: JournalEntry, _ accounts: JournalAccounts) throws {
    var lines: [JournalLine] = []
    for posting in entry.postings {
      let name = try accounts.name(posting.account)
      let index = lines.firstIndex { $0.account == name }
      let (sum, overflow) = (index.map { lines[$0].amount } ?? 0).addingReportingOverflow(posting.amount)
      guard !overflow else { return nil }
      let line = JournalLine(account: name, amount: sum)
      if let index { lines[index] = line } else { lines.append(line) }
    }
    self.entry = entry
    self.lines = lines.filter { $0.amount != 0 }
  }

  /// An amount of the entry's currency as plain digits.
  func decimal(_ amount: Int64) -> String { Money(minorUnits: amount, currency: entry.currency).decimalText }

  /// The same with at most two decimals, for layouts that take no more; the digits left out are zeros.
  func hundredths(_ amount: Int64) -> String {
    String(decimal(amount).dropLast(max(0, entry.currency.exponent - 2)))
  }

  /// The entry as transfers from one account to another, for a layout that has no more than two accounts a line.
  var transfers: [(debit: String, credit: String, amount: Int64)] {
    var debits = lines.filter { $0.amount > 0 }[...]
    var credits = lines.filter { $0.amount < 0 }[...]
    var transfers: [(debit: String, credit: String, amount: Int64)] = []
    while let debit = debits.popFirst(), let credit = credits.popFirst() {
      let amount = min(debit.amount, 0 - credit.amount)
      transfers.append((debit.account, credit.account, amount))
      if debit.amount > amount {
        debits.insert(
          JournalLine(account: debit.account, amount: debit.amount - amount), at: debits.startIndex)
      }
      if 0 - credit.amount > amount {
        credits.insert(
          JournalLine(account: credit.account, amount: credit.amount + amount), at: credits.startIndex)
      }
    }
    return transfers
  }
}

/// What the first lines of a journal say.
struct JournalHeading {
  var tool: String
  var period: Period
  var asOf: Instant
  var zoneName: String
  /// Warnings that come before any entry: INCOMPLETE, TEST DATA.
  var warnings: [String]
  var accounts: [String]
  /// The currencies of the period's payments and refunds.
  var currencies: [Currency]
  var unbookedName: String
  /// The month and the number of this part.
  var month: (year: Int, month: Int)
  var part: Int
}

/// How a layout is written and read back.
protocol JournalFormat {
  /// Lines of the file that an entry takes, for layouts that limit them.
  func lineCount(_ entry: NamedEntry) -> Int
  /// Writes what stands before the first entry.
  func begin(_ heading: JournalHeading, to file: OutputFile) throws
  /// Writes one entry.
  func write(_ entry: NamedEntry, to file: OutputFile) throws
  /// A reader of one file.
  func reader() -> any JournalReader
}

extension JournalFormat {
  func lineCount(_ entry: NamedEntry) -> Int { entry.lines.count }
}

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

/// An id with some bytes written as `%` and two hexadecimal digits, so that no layout takes them for its own marks
/// and the id can be had back. `%` itself is always written so.
func escapedID(_ id: String, _ isPlain: (Unicode.Scalar) -> Bool) -> String {
  if id.unicodeScalars.allSatisfy({ $0 != "%" && isPlain($0) }) { return id }
  var result = ""
  for scalar in id.unicodeScalars {
    if scalar != "%", isPlain(scalar) {
      result.unicodeScalars.append(scalar)
    } else {
      for byte in String(scalar).utf8 { result += "%" + Digest.hex([byte]).uppercased() }
    }
  }
  return result
}
