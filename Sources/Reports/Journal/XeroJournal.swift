import ReconcileCore

/// Xero's manual journal import. Lines with the same narration and date are one journal, so the narration names the
/// record.
struct XeroJournal: JournalFormat {
  let taxRate: String
  /// Xero's manual journals have no currency of their own.
  let currency: Currency

  /// A star marks what Xero must have.
  private static let columns = [
    "*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount", "TrackingName1",
    "TrackingOption1", "TrackingName2", "TrackingOption2",
  ]

  func begin(_ heading: JournalHeading, to file: OutputFile) throws {
    try CommaLine.write(Self.columns, to: file)
  }

  func write(_ named: NamedEntry, to file: OutputFile) throws {
    let entry = named.entry
    let date = Self.date(entry.day)
    for line in named.lines {
      try CommaLine.write(
        [
          entry.description, date, entry.note, line.account, taxRate, named.hundredths(line.amount), "", "",
          "", "",
        ], to: file)
    }
  }

  /// `05 Mar 2026`, which means the same day in every region.
  private static func date(_ day: BusinessDay) -> String {
    let (year, month, number) = day.parts
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return "\(twoDigits(number)) \(names[month - 1]) \(year)"
  }

  func reader() -> any JournalReader { Reader(currency: currency) }

  private struct Reader: JournalReader {
    let currency: Currency
    var tally = JournalTally()
    private var isHeader = true
    private var journal: [String] = []

    init(currency: Currency) { self.currency = currency }

    mutating func read(_ line: ArraySlice<UInt8>) throws(JournalProblem) {
      let cells = try CommaLine.cells(line, count: XeroJournal.columns.count)
      if isHeader {
        isHeader = false
        return
      }
      let name = Array(cells[0...1])
      if name != journal { try finish() }
      journal = name
      tally.add(cells[3], try minorUnits(cells[5], currency), currency)
    }

    mutating func finish() throws(JournalProblem) {
      if tally.isOpen { try tally.endEntry() }
    }
  }
}

/// A line of a CSV with commas and CR LF, as programs of bookkeeping exchange it.
enum CommaLine {
  static func write(_ cells: [String], to file: OutputFile) throws {
    for (index, cell) in cells.enumerated() {
      if index > 0 { try file.write(byte: CSVByte.comma) }
      // Negative amounts are numbers; no text of these files begins with the sign of a formula.
      if cell.utf8.first == UInt8(ascii: "-") {
        try file.write(cell)
      } else {
        try CSVText.write(cell, to: file)
      }
    }
    try file.write("\r\n")
  }

  /// The cells of a line that ends with CR.
  static func cells(_ line: ArraySlice<UInt8>, count: Int) throws(JournalProblem) -> [String] {
    guard line.last == CSVByte.carriageReturn else { throw JournalProblem("a line does not end with CR LF") }
    let cells = try Reports.cells(of: line.dropLast(), separator: CSVByte.comma)
    guard cells.count == count else {
      throw JournalProblem("a line has \(cells.count) cells of \(count)")
    }
    return cells
  }
}

/// A number below 100 with two digits.
func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }

extension JournalEntry {
  /// What the description leaves out: the payment of a refund.
  var note: String {
    switch kind {
    case .payment: return "Payment"
    case .refund: return "Refund" + (paymentID.map { " of payment \($0)" } ?? "")
    }
  }

  /// A number of 18 characters that is the same whenever the record is exported, so that a program that warns of
  /// repeated numbers notices a second import.
  var stableNumber: String {
    let name = [kind.rawValue, provider, recordID].joined(separator: "\u{0}")
    return (kind == .payment ? "P-" : "R-") + Digest.hex(Digest.sha256(name.utf8).prefix(8)).uppercased()
  }
}
