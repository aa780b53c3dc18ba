import ReconcileCore

/// The programs that a journal can be written for.
public enum JournalLayout: String, Sendable, CaseIterable {
  case hledger, beancount, xero, quickbooks, datev, csv

  /// The name of a part of the journal; the first one has no number.
  ///
  /// DATEV takes only names that begin with `EXTF_`, and a file for each month.
  func fileName(part: Int, month: (year: Int, month: Int)) -> String {
    let number = part > 1 ? "-\(part)" : ""
    switch self {
    case .hledger: return "journal.hledger"
    case .beancount: return "journal.beancount"
    case .xero, .quickbooks: return "journal-\(rawValue)\(number).csv"
    case .datev:
      let name = "\(month.year)-\(month.month < 10 ? "0" : "")\(month.month)"
      return "EXTF_journal_\(name)\(number).csv"
    case .csv: return "journal.csv"
    }
  }

  /// The name of the list of records that are not booked.
  var unbookedName: String { "journal-\(rawValue)-unbooked.csv" }

  /// Whether a file of this name can only be a part of a journal in this layout.
  func owns(_ name: String) -> Bool {
    switch self {
    case .hledger, .beancount: name == "journal.\(rawValue)"
    case .csv: name == "journal.csv"
    case .xero, .quickbooks: name.wholeMatch(of: /journal-(\w+?)(-\d+)?\.csv/)?.1 == Substring(rawValue)
    case .datev: name.wholeMatch(of: /EXTF_journal_\d{4}-\d\d(-\d+)?\.csv/) != nil
    }
  }

  /// Whether a file of this name is a part of any journal, or its list of what is not booked.
  static func isJournal(_ name: String) -> Bool {
    allCases.contains { $0.owns(name) || $0.unbookedName == name }
  }

  /// Whether accounts have names with `:` between levels and therefore sensible defaults.
  var namesAccounts: Bool { self == .hledger || self == .beancount || self == .csv }

  /// Whether every amount is in the currency of the books.
  var hasOneCurrency: Bool { self == .xero || self == .datev }

  /// The largest amount in hundredths that a line may hold; nil where the layout sets no such limits. Layouts with
  /// a limit have two decimals.
  var largestHundredths: Int128? {
    switch self {
    case .hledger, .beancount, .csv: nil
    // Twelve digits, ten of them before the comma.
    case .datev: 999_999_999_999
    // 99,999,999,999 is what a line of a QuickBooks journal may hold; Xero names no limit.
    case .quickbooks, .xero: 9_999_999_999_900
    }
  }

  /// The most lines of entries in one file; nil where there is no limit.
  var largestFile: Int? {
    switch self {
    case .hledger, .beancount, .csv: nil
    // 300 and 1,000 with the heading line.
    case .xero: 299
    case .quickbooks: 999
    case .datev: 99_999
    }
  }
}
