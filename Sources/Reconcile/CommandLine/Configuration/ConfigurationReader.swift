import ReconcileCore

/// Turns the parsed file into settings, table by table.
struct ConfigurationReader {
  private let root: ConfigurationTable
  private let folder: Folder
  private(set) var keys: [String: ProviderKeys] = [:]
  private var isGiven: Set<String> = []
  private var providerAssumptions: [String] = []
  /// What has been read so far.
  var settings = Settings()

  /// A reader of one file; relative paths start at `folder`.
  init(document: ConfigurationDocument, folder: Folder) {
    root = ConfigurationTable(document: document, path: [], members: document.root)
    self.folder = folder
  }

  /// Reads and checks everything.
  mutating func read() throws(Failure) {
    try root.allowOnly(ConfigurationKeys.tables)
    settings.output = folder.absolute(settings.output)
    settings.warehousePath = folder.absolute(settings.warehousePath)
    try readReporting()
    try readWarehouse()
    settings.orders = try merchantFiles("orders", columns: ConfigurationKeys.orderColumns)
    settings.refunds = try merchantFiles("refunds", columns: ConfigurationKeys.refundColumns)
    try readEvents()
    try readMatching()
    try readProviders()
    settings.journal = try JournalSection.read(root.table("journal", example: "[journal]"))
  }

  /// One sentence for each default in force that can change a number, for the report.
  func assumptions() -> [String] {
    var sentences: [String] = []
    func unless(_ key: String, _ sentence: String) {
      if !isGiven.contains(key) { sentences.append("\(key) is not set: \(sentence)") }
    }
    unless("reporting.time_zone", "business dates are days in UTC")
    unless("orders.time_zone", "order times without an offset are read as UTC")
    if !settings.refunds.patterns.isEmpty {
      unless("refunds.time_zone", "refund times without an offset are read as UTC")
    }
    unless("matching.grace", "an unpaid order is pending for \(DurationText.words(settings.graceSeconds))")
    unless(
      "matching.refund_grace", "a refund is pending for \(DurationText.words(settings.refundGraceSeconds))")
    if settings.providers.isEmpty { sentences.append("no provider is configured: no payment is read") }
    return sentences + providerAssumptions
  }

  private mutating func note(_ table: ConfigurationTable, _ names: [String]) {
    for key in names where table.has(key) { isGiven.insert(table.dotted(key)) }
  }

  private mutating func readReporting() throws(Failure) {
    let table = try root.table("reporting", example: "[reporting]")
    try table.allowOnly(ConfigurationKeys.reporting)
    note(table, ["time_zone"])
    settings.zone = try table.zone("time_zone") ?? settings.zone
    if let output = try table.text("output", example: "\"reports\"") {
      settings.output = try folder.path(output, key: "output", of: table)
    }
    settings.csvDialect = try table.word("csv_dialect", as: CSVDialect.self) ?? .standard
    guard let words = try table.texts("formats", example: "[\"csv\", \"xlsx\"]") else { return }
    settings.formats = []
    for word in words {
      guard let format = ReportFormat(rawValue: word) else {
        throw table.wrong(
          "formats", "names \"\(word)\", which is no format",
          remedy: ConfigurationTable.choice(word, of: ReportFormat.allCases.map(\.rawValue)))
      }
      settings.formats.insert(format)
    }
    guard !settings.formats.isEmpty else {
      throw table.wrong("formats", "is empty", remedy: "for example: formats = [\"csv\", \"xlsx\"]")
    }
  }

  private mutating func readWarehouse() throws(Failure) {
    let table = try root.table("warehouse", example: "[warehouse]")
    try table.allowOnly(ConfigurationKeys.warehouse)
    if let path = try table.text("path", example: "\"reconcile.sqlite\"") {
      settings.warehousePath = try folder.path(path, key: "path", of: table)
    }
  }

  private mutating func merchantFiles(
    _ name: String, columns known: [String]
  ) throws(Failure) -> MerchantFileSettings {
    let table = try root.table(name, example: "[\(name)]")
    try table.allowOnly(ConfigurationKeys.merchantFiles)
    note(table, ["time_zone"])
    var files = MerchantFileSettings()
    files.patterns = try patterns(table, example: "[\"\(name)/*.csv\"]")
    files.zone = try table.zone("time_zone") ?? files.zone
    if let mark = try table.word("decimal", as: DecimalMark.self) {
      files.decimalMark = mark == .comma ? UInt8(ascii: ",") : UInt8(ascii: ".")
    }
    let columns = try table.table("columns", example: "{ \(known[0]) = \"Number\" }")
    try columns.allowOnly(known)
    for column in known {
      files.columns[column] = try columns.text(column, example: "\"the column in your file\"")
    }
    return files
  }

  private mutating func readEvents() throws(Failure) {
    let table = try root.table("events", example: "[events]")
    try table.allowOnly(ConfigurationKeys.events)
    settings.eventPatterns = try patterns(table, example: "[\"webhooks/*.jsonl\"]")
  }

  private func patterns(_ table: ConfigurationTable, example: String) throws(Failure) -> [String] {
    var patterns: [String] = []
    for text in try table.texts("files", example: example) ?? [] {
      _ = try folder.path(text, key: "files", of: table)
      patterns.append(folder.pattern(text))
    }
    return patterns
  }

  private mutating func readMatching() throws(Failure) {
    let table = try root.table("matching", example: "[matching]")
    try table.allowOnly(ConfigurationKeys.matching)
    note(table, ["grace", "refund_grace"])
    let range: ClosedRange<Int64> = 0...3_650 * 86_400
    settings.graceSeconds =
      try table.duration("grace", in: range, example: "\"48h\"") ?? settings.graceSeconds
    settings.refundGraceSeconds =
      try table.duration("refund_grace", in: range, example: "\"5d\"") ?? settings.refundGraceSeconds
    let tolerance = try table.table("tolerance", example: "{ EUR = \"0.05\" }")
    for code in tolerance.members.keys.sorted() {
      guard let currency = Currency(code) else {
        throw tolerance.wrong(
          code, "is no ISO 4217 currency", remedy: "for example: tolerance = { EUR = \"0.05\" }")
      }
      guard settings.tolerance[currency] == nil else {
        throw tolerance.wrong(code, "is given twice", remedy: "keep one of them")
      }
      settings.tolerance[currency] = try tolerance.money(
        code, in: currency, example: "\"\(Money(minorUnits: 5, currency: currency).decimalText)\"")
    }
  }

  private mutating func readProviders() throws(Failure) {
    let table = try root.table("providers", example: "[providers.NAME]")
    for name in table.members.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      if ConfigurationKeys.anyProvider.contains(name) || !Self.isName(name) {
        throw table.wrong(
          name, "is not a provider's name",
          remedy: "name the section [providers.NAME]; a name has letters, digits, - and _, at most 64")
      }
      let section = try ProviderSection(
        name: name, table: table.table(name, example: "[providers.\(name)]"), folder: folder)
      settings.providers.append(section.settings)
      providerAssumptions += section.assumptions
      keys[name] = ProviderKeys(
        key: section.keySource, webhookVariable: section.webhookVariable,
        place: root.document.place(["providers", name]),
        keyPlace: root.document.place(
          [
            "providers", name,
            { if case .file = section.keySource { "api_key_file" } else { "api_key_env" } }(),
          ]),
        webhookPlace: root.document.place(["providers", name, "webhook_secret_env"]))
    }
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy {
        $0 == 45 || $0 == 95 || (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
      }
  }
}
