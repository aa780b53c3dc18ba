/// Everything `reconcile.toml`, the environment and the command line decide, checked and with paths made absolute.
public struct Settings: Sendable {
  /// Zone of business dates.
  public var zone: Zone = .utc
  /// The folder that holds one folder a period.
  public var output = "reports"
  public var formats: Set<ReportFormat> = [.csv, .xlsx]
  /// How the CSV files are written.
  public var csvDialect = CSVDialect.standard
  public var warehousePath = "reconcile.sqlite"
  public var orders = MerchantFileSettings()
  public var refunds = MerchantFileSettings()
  /// Glob patterns of webhook archives, in the order of the configuration.
  public var eventPatterns: [String] = []
  /// Seconds during which an unpaid order is pending.
  public var graceSeconds: Int64 = 48 * 3600
  /// Seconds during which a refund that was asked for is pending.
  public var refundGraceSeconds: Int64 = 5 * 86_400
  /// |collected − amount| up to this still counts as exact.
  public var tolerance: [Currency: Money] = [:]
  /// In alphabetical order of their names.
  public var providers: [ProviderSettings] = []
  /// Where `reconcile journal` books to.
  public var journal = JournalSettings()
  /// What was assumed because the configuration does not say it; printed on About and in summary.json.
  public var assumptions: [String] = []

  public init() {}

  /// The provider with this name, nil when none is configured.
  public func provider(named name: String) -> ProviderSettings? { providers.first { $0.name == name } }
}

/// The formats of `--format`.
public enum ReportFormat: String, Sendable, CaseIterable { case csv, xlsx, html }

/// How the CSV files of a report are written, for the programs that open them.
public enum CSVDialect: String, Sendable, CaseIterable {
  /// RFC 4180 with LF: commas and decimal points.
  case standard
  /// With a byte-order mark and CR LF, by which Excel knows UTF-8.
  case excel
  /// As `excel`, with semicolons and decimal commas, as spreadsheets of most of Europe expect.
  case excelEU = "excel-eu"
}

/// Where merchant rows lie and how they are written.
public struct MerchantFileSettings: Sendable {
  /// Glob patterns in the order of the configuration.
  public var patterns: [String] = []
  /// Zone of times without an offset.
  public var zone: Zone = .utc
  /// `.` or `,`.
  public var decimalMark: UInt8 = UInt8(ascii: ".")
  /// Our column name to the name in the file, where they differ.
  public var columns: [String: String] = [:]

  public init() {}
}

/// One `[providers.NAME]` section.
public struct ProviderSettings: Sendable {
  public var name: String
  public var kind: ProviderKind
  public var source: ProviderSource
  /// Zone of the provider's times and days without an offset.
  public var zone: Zone = .utc
  public var lookbackDays = 30
  /// At most this many requests in any window of `seconds`.
  public var rateLimit: RateLimit?
  /// Lower-case provider word to our word; added to the built-in map and stronger than it.
  public var statusMap: [String: PaymentStatus] = [:]
  /// Dapit: the currency of records that name none.
  public var currency: Currency
  /// Dapit: the fee taken from every refund; nil means no fee rule.
  public var refundFee: Money?
  /// Dapit: whether reported refunds are net of the fee (the default) or gross.
  public var settlementRefundsAreGross = false
  /// Dapit: earlier records are test money.
  public var liveSince: Instant?
  /// Gate: true when amounts are decimals of the major unit.
  public var amountsAreMajor = false
  /// Inflow: header line with `{key}` in place of the key.
  public var authHeader = "Authorization: Api-Key {key}"
  /// Inflow: true when amounts are net of the provider's fees.
  public var amountIsNet = false
  /// Whether matching stops where the amounts look like another unit than those of the orders, or net of a fee.
  public var checksAmounts = true
  /// MAXFI: the secret that signs webhook deliveries.
  public var webhookSecret: Secret?
  /// Seconds for connecting and for any time without a byte.
  public var timeoutSeconds: Double = 30
  /// Seconds for the provider's whole import.
  public var deadlineSeconds: Double = 1_800
  /// Certificates to trust instead of the system's.
  public var caFile: String?

  public init(name: String, kind: ProviderKind, source: ProviderSource, currency: Currency) {
    self.name = name
    self.kind = kind
    self.source = source
    self.currency = currency
  }
}

extension ProviderSettings {
  /// What decides how a response is read, as one text: kept beside an import, so that its evidence can be read again
  /// in the same way after the configuration changed.
  public var readingRules: String {
    let words = statusMap.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.rawValue)" }
    return [
      kind.rawValue, zone.name, currency.code, liveSince.map { "\($0.microseconds)" } ?? "",
      amountsAreMajor ? "major" : "minor", amountIsNet ? "net" : "gross", words.joined(separator: "\u{1E}"),
    ].joined(separator: "\u{1F}")
  }

  /// The same provider with the reading rules of an earlier import; nil when they cannot be understood.
  public func reading(by rules: String) -> ProviderSettings? {
    let parts = rules.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 7, let kind = ProviderKind(rawValue: parts[0]), let zone = Zone(parts[1]),
      let currency = Currency(parts[2])
    else { return nil }
    var settings = self
    settings.kind = kind
    settings.zone = zone
    settings.currency = currency
    settings.liveSince = Int64(parts[3]).map(Instant.init(microseconds:))
    settings.amountsAreMajor = parts[4] == "major"
    settings.amountIsNet = parts[5] == "net"
    settings.statusMap = [:]
    for word in parts[6].split(separator: "\u{1E}") {
      guard let equals = word.lastIndex(of: "="),
        let status = PaymentStatus(rawValue: String(word[word.index(after: equals)...]))
      else { return nil }
      settings.statusMap[String(word[..<equals])] = status
    }
    return settings
  }
}

/// Where a provider's responses come from.
public enum ProviderSource: Sendable {
  /// The API: `baseURL` without a trailing slash.
  case network(baseURL: String, key: Secret)
  /// Saved responses in a folder.
  case directory(String)
}

/// `N/Ss`: no window of `seconds` holds more than `requests`.
public struct RateLimit: Sendable, Equatable {
  public var requests: Int
  public var seconds: Double

  public init(requests: Int, seconds: Double) {
    self.requests = requests
    self.seconds = seconds
  }
}
