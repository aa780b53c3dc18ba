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
