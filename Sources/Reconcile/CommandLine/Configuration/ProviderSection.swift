import ReconcileCore

/// Words of `amount_unit`, `amount_basis`, `amount_check`, `settlement_refunds`, `decimal`.
enum AmountUnit: String, CaseIterable { case minor, major }
enum AmountBasis: String, CaseIterable { case gross, net, unknown }
enum AmountCheck: String, CaseIterable { case on, off }
enum SettlementRefunds: String, CaseIterable { case net, gross }
enum DecimalMark: String, CaseIterable {
  case point = "."
  case comma = ","
}

/// Where a provider's key or secret is found; the place, never the value.
enum KeySource: Sendable, Equatable {
  case variable(String)
  case file(String)
}

/// One `[providers.NAME]` table, read and checked. Keys are looked up later, when something is to be sent.
struct ProviderSection {
  var settings: ProviderSettings
  /// Where the API key is; nil for saved responses and when nothing says it.
  var keySource: KeySource?
  /// Where the webhook secret is (MAXFI).
  var webhookVariable: String?
  var assumptions: [String] = []

  /// Reads the table; `folder` is the configuration file's.
  init(name: String, table: ConfigurationTable, folder: Folder) throws(Failure) {
    guard let kind = try table.word("kind", as: ProviderKind.self) else {
      let kinds = ProviderKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(
        .configurationWrong, "`\(table.dotted("kind"))` is missing", at: table.document.place(table.path),
        remedy: "add kind = \"…\" with one of: \(kinds)")
    }
    try Self.checkKeys(of: table, kind: kind)
    let source = try Self.source(table, folder)
    let currency = try table.currency("currency")
    settings = ProviderSettings(
      name: name, kind: kind, source: source, currency: currency ?? Self.defaultCurrency)
    try readCommon(table, folder)
    switch kind {
    case .maxfi:
      webhookVariable = try table.variable("webhook_secret_env", example: "\"MAXFI_WEBHOOK_SECRET\"")
    case .dapit: try readDapit(table, currencyIsGiven: currency != nil)
    case .gate: try readGate(table)
    case .inflow: try readInflow(table)
    }
  }

  private static let defaultCurrency: Currency = {
    guard let euro = Currency("EUR") else { preconditionFailure("the currency table has no EUR") }
    return euro
  }()

  /// A key of another kind is refused as loudly as a misspelt one: it would be without effect.
  private static func checkKeys(of table: ConfigurationTable, kind: ProviderKind) throws(Failure) {
    for other in ProviderKind.allCases where other != kind {
      for key in ConfigurationKeys.own(other) where table.has(key) {
        throw table.wrong(
          key, "is a key of \(other.rawValue) providers, and this one's kind is \(kind.rawValue)",
          remedy: "remove it; known here: \(ConfigurationKeys.provider(kind).joined(separator: ", "))")
      }
    }
    try table.allowOnly(ConfigurationKeys.provider(kind))
  }

  private static func source(_ table: ConfigurationTable, _ folder: Folder) throws(Failure) -> ProviderSource
  {
    let url = try table.text("base_url", example: "\"https://api.example.com\"")
    let directory = try table.text("directory", example: "\"saved/\(table.path.last ?? "provider")\"")
    switch (url, directory) {
    case (let url?, nil):
      do throws(BaseURL.Problem) {
        return .network(baseURL: try BaseURL.read(url), key: Secret(""))
      } catch {
        throw table.wrong("base_url", error.text, remedy: error.remedy)
      }
    case (nil, let directory?):
      return .directory(try folder.path(directory, key: "directory", of: table))
    case (nil, nil):
      throw Failure(
        .configurationWrong, "`\(table.path.joined(separator: "."))` has neither base_url nor directory",
        at: table.document.place(table.path),
        remedy: "add base_url = \"https://…\" for the API, or directory = \"…\" for saved responses")
    default:
      throw table.wrong("directory", "and base_url are both given", remedy: "keep one of the two")
    }
  }

  private mutating func readCommon(_ table: ConfigurationTable, _ folder: Folder) throws(Failure) {
    let title = "providers.\(settings.name)"
    if let zone = try table.zone("time_zone") {
      settings.zone = zone
    } else {
      assumptions.append("\(title).time_zone is not set: times and days without an offset are read as UTC")
    }
    let variable = try table.variable("api_key_env", example: "\"\(settings.name.uppercased())_API_KEY\"")
    let file = try table.text("api_key_file", example: "\"/run/credentials/\(settings.name)\"")
    if variable != nil, file != nil {
      throw table.wrong("api_key_file", "and api_key_env are both given", remedy: "keep one of the two")
    }
    if let variable { keySource = .variable(variable) }
    if let file { keySource = .file(try folder.path(file, key: "api_key_file", of: table)) }
    if let days = try table.integer("lookback_days", in: 0...3_650, example: "30") {
      settings.lookbackDays = days
    } else if !settings.kind.listsPayments {
      assumptions.append(
        "\(title).lookback_days is not set: orders up to 30 days before the period are looked up")
    }
    let usual = settings.kind == .maxfi ? RateLimit(requests: 90, seconds: 60) : nil
    settings.rateLimit = try table.rate("rate_limit") ?? usual
    settings.timeoutSeconds =
      try table.duration("timeout", in: 1...3_600, example: "\"30s\"").map { Double($0) }
      ?? settings.timeoutSeconds
    settings.deadlineSeconds =
      try table.duration("deadline", in: 1...7 * 86_400, example: "\"30m\"").map { Double($0) }
      ?? settings.deadlineSeconds
    if let bundle = try table.text("ca_file", example: "\"/etc/ssl/certs/ca-certificates.crt\"") {
      settings.caFile = try folder.path(bundle, key: "ca_file", of: table)
    }
    settings.checksAmounts = try table.word("amount_check", as: AmountCheck.self) != .off
    try readStatusMap(table.table("status_map", example: "{ captured = \"succeeded\" }"))
    let own = settings.statusMap.isEmpty ? "" : ", changed by \(settings.statusMap.count) of status_map"
    assumptions.append(
      "\(title): payment statuses are read with the built-in \(settings.kind.rawValue) map\(own)")
  }

  private mutating func readStatusMap(_ table: ConfigurationTable) throws(Failure) {
    for word in table.members.keys.sorted() {
      guard let status = try table.word(word, as: PaymentStatus.self) else { continue }
      guard settings.statusMap.updateValue(status, forKey: word.lowercased()) == nil else {
        throw table.wrong(
          word, "is given twice; status words are compared without case", remedy: "keep one of them")
      }
    }
  }

  private mutating func readDapit(_ table: ConfigurationTable, currencyIsGiven: Bool) throws(Failure) {
    let title = "providers.\(settings.name)"
    let currency = settings.currency
    if !currencyIsGiven {
      assumptions.append("\(title).currency is not set: records that name no currency are \(currency)")
    }
    if let fee = try table.money("refund_fee", in: currency, example: "\"1.00\"") {
      settings.refundFee = fee
    } else if let minor = try? AmountText.merchant("1.00", exponent: currency.exponent) {
      let fee = Money(minorUnits: minor, currency: currency)
      settings.refundFee = fee
      assumptions.append("\(title).refund_fee is not set: a refund costs \(fee.decimalText) \(currency)")
    }
    if let refunds = try table.word("settlement_refunds", as: SettlementRefunds.self) {
      settings.settlementRefundsAreGross = refunds == .gross
    } else {
      assumptions.append(
        "\(title).settlement_refunds is not set: refunds in settlement reports are net of the refund fee")
    }
    if let text = try table.text("live_since", example: "\"2026-01-15\"") {
      guard let instant = TimeText.instant(text, in: settings.zone) else {
        throw table.wrong(
          "live_since", "is \"\(text)\", which is neither a day nor an instant",
          remedy: "for example: live_since = \"2026-01-15\" or \"2026-01-15T08:00:00Z\"")
      }
      settings.liveSince = instant
    }
  }

  private mutating func readGate(_ table: ConfigurationTable) throws(Failure) {
    if let unit = try table.word("amount_unit", as: AmountUnit.self) {
      settings.amountsAreMajor = unit == .major
    } else {
      assumptions.append(
        "providers.\(settings.name).amount_unit is not set: amounts are whole minor units (cents)")
    }
  }

  private mutating func readInflow(_ table: ConfigurationTable) throws(Failure) {
    let title = "providers.\(settings.name)"
    switch try table.word("amount_basis", as: AmountBasis.self) {
    case .net: settings.amountIsNet = true
    case .gross: break
    case .unknown:
      assumptions.append(
        "\(title).amount_basis is unknown: amounts are taken as gross, before the provider's fees")
    case nil:
      assumptions.append(
        "\(title).amount_basis is not set: amounts are taken as gross, before the provider's fees")
    }
    if let header = try table.text("auth_header", example: "\"Authorization: Api-Key {key}\"") {
      guard Self.isHeader(header) else {
        throw table.wrong(
          "auth_header", "is no header line with {key} in place of the key",
          remedy: "for example: auth_header = \"Authorization: Api-Key {key}\"")
      }
      settings.authHeader = header
    } else {
      assumptions.append("\(title).auth_header is not set: the key is sent as \(settings.authHeader)")
    }
  }

  /// `Name: value` of printable ASCII with `{key}` in the value.
  private static func isHeader(_ line: String) -> Bool {
    guard line.utf8.allSatisfy({ (32...126).contains($0) }), let colon = line.firstIndex(of: ":") else {
      return false
    }
    let name = line[..<colon]
    let value = line[line.index(after: colon)...]
    let isName = name.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || "-_.!#$%&'*+^`|~".utf8.contains($0)
    }
    return !name.isEmpty && isName && value.first == " " && value.contains("{key}")
  }
}
