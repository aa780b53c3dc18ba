import ReconcileCore

/// What was written, and how it ties to the report of the same period.
public struct JournalResult: Sendable {
  /// The period's folder.
  public let folder: String
  /// The parts of the journal, then the list of records that are not booked.
  public let files: [ReportFile]
  /// By currency.
  public let figures: [Currency: JournalFigures]
  /// Records that are not booked, by reason.
  public let unbooked: [UnbookedReason: Int64]
  /// Lines such as `INCOMPLETE: …` that a reader must know before booking anything.
  public let warnings: [String]
}

/// Sums of one currency in minor units.
public struct JournalFigures: Sendable, Equatable {
  /// Entries written.
  public internal(set) var entries: Int64 = 0
  public internal(set) var payments = Split()
  public internal(set) var refunds = Split()
  public internal(set) var fees = Split()

  /// What the report says, and the two parts that it falls into.
  public struct Split: Sendable, Equatable {
    /// The figure of summary.json.
    public internal(set) var reported: Int128 = 0
    public internal(set) var booked: Int128 = 0
    public internal(set) var unbooked: Int128 = 0

    /// Whether every minor unit is in one of the two parts.
    public var ties: Bool { reported == booked + unbooked }
  }
}

/// Writes the journal of one period into `<outputRoot>/<from>_<to>/`: all its files, checked, or none.
///
/// Every file is read back: each entry must balance, and the balances must be those that were written. What is
/// booked and what is not must add up to the figures of the report. Throws 78 for accounts that are missing or not
/// legal, 73 when a file cannot be written, and what `checkCancelled` throws; earlier files then stay as they were.
///
/// - Parameter configuration: the path of the configuration file, for errors.
public func writeJournal(
  source: any JournalSource, layout: JournalLayout, settings: JournalSettings,
  configuration: String, outputRoot: String, checkCancelled: () throws -> Void
) throws -> JournalResult {
  let accounts = try JournalAccounts(
    settings, layout: layout, providers: try source.journalProviders(), configuration: configuration)
  let format = try layout.format(settings, accounts, configuration: configuration)
  var figures = JournalFigureList(layout: layout, settings: settings)
  figures.take(try source.journalTotals())

  let facts = source.facts
  let folder = try ReportFolder(root: outputRoot, period: facts.period)
  defer { folder.discard() }
  let first = facts.period.from.parts
  let parts = JournalParts(
    folder: folder, layout: layout, format: format,
    heading: JournalHeading(
      tool: facts.tool, period: facts.period, asOf: facts.asOf, zoneName: facts.zoneName,
      warnings: facts.journalWarnings, accounts: accounts.all, currencies: figures.currencies,
      unbookedName: layout.unbookedName, month: (first.year, first.month), part: 0))
  var rows = 0
  let unbookedFile = try folder.stageCSV(layout.unbookedName, UnbookedRecord.columns) { unbooked in
    try source.forEachJournalRecord { record in
      rows += 1
      if rows % 4_096 == 0 { try checkCancelled() }
      switch try figures.book(record, accounts) {
      case .entry(let entry)?: try parts.write(entry)
      case .unbooked(let row)?: try unbooked.write(row)
      case nil: break
      }
    }
  }
  try parts.finish()
  try figures.check()
  try checkCancelled()
  try folder.stageRemoval(where: layout.owns)
  try folder.commit()
  return JournalResult(
    folder: folder.path, files: parts.files + [unbookedFile], figures: figures.byCurrency,
    unbooked: figures.unbooked, warnings: facts.journalWarnings)
}

extension ReportFacts {
  /// What must be known before anything is booked.
  fileprivate var journalWarnings: [String] {
    var warnings: [String] = []
    let incomplete = providers.filter { !$0.complete }.map(\.name)
    if !incomplete.isEmpty {
      warnings.append(
        "INCOMPLETE: \(incomplete.joined(separator: ", ")) not read to the end; entries may be missing.")
    }
    if isTestData { warnings.append("TEST DATA: a test key was used.") }
    return warnings
  }
}

extension JournalLayout {
  /// The writer of this layout; throws 78 for a setting that it cannot do without.
  fileprivate func format(
    _ settings: JournalSettings, _ accounts: JournalAccounts, configuration: String
  ) throws(Failure) -> any JournalFormat {
    func needed<Value>(_ value: Value?, _ key: String, _ example: String) throws(Failure) -> Value {
      guard let value else {
        throw Failure(
          .configurationWrong, "the layout \(rawValue) needs `\(key)`, which is not set",
          at: "\(configuration), key \(key)", remedy: "add it, for example: \(example)")
      }
      return value
    }
    switch self {
    case .hledger: return HledgerJournal()
    case .beancount: return BeancountJournal()
    case .csv: return PlainJournal()
    case .xero:
      return XeroJournal(
        taxRate: try needed(settings.xeroTaxRate, "journal.xero.tax_rate", "tax_rate = \"Tax Exempt\""),
        currency: try needed(settings.currency, "journal.currency", "currency = \"EUR\""))
    case .quickbooks:
      return QuickBooksJournal(
        receivable: try accounts.name(.role(.receivable)), customer: settings.quickBooksCustomer)
    case .datev:
      return DatevJournal(
        consultant: try needed(settings.datevConsultant, "journal.datev.consultant", "consultant = 29098"),
        client: try needed(settings.datevClient, "journal.datev.client", "client = 55003"),
        accountLength: settings.datevAccountLength, fiscalYearMonth: settings.datevFiscalYearMonth,
        currency: try needed(settings.currency, "journal.currency", "currency = \"EUR\""))
    }
  }
}
