import ReconcileCore

/// What the command line says in place of the configuration file. Nil and empty mean: not given.
/// Paths are relative to the working directory.
struct Overrides: Sendable {
  /// `--warehouse`
  var warehouse: String?
  /// `--output`
  var output: String?
  /// `--format`, each one format or several joined by commas.
  var formats: [String] = []
  /// `--csv-dialect`
  var csvDialect: String?
  /// `--orders`, `--refunds`, `--events`: files or glob patterns; they replace the configuration's.
  var orders: [String] = []
  var refunds: [String] = []
  var events: [String] = []
  /// `--provider`: the only providers to read.
  var providers: [String] = []

  init() {}
}

extension Overrides {
  /// Applies environment variables, then the command line. Throws 78 for a wrong variable, 64 for a wrong
  /// option.
  func apply(
    to settings: inout Settings, environment: [String: String], workingDirectory: Folder
  ) throws(Failure) {
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let path = variable("RECONCILE_WAREHOUSE") { settings.warehousePath = workingDirectory.absolute(path) }
    if let path = variable("RECONCILE_OUTPUT") { settings.output = workingDirectory.absolute(path) }
    if let text = variable("RECONCILE_FORMAT") {
      settings.formats = try Self.formats(
        [text], .configurationWrong, at: "environment variable RECONCILE_FORMAT")
    }
    if let warehouse { settings.warehousePath = try given(warehouse, "--warehouse", workingDirectory) }
    if let output { settings.output = try given(output, "--output", workingDirectory) }
    if !formats.isEmpty { settings.formats = try Self.formats(formats, .usage, at: "--format") }
    if let csvDialect {
      guard let dialect = CSVDialect(rawValue: csvDialect.lowercased()) else {
        throw Failure(
          .usage, "no CSV dialect is named `\(csvDialect)`", at: "--csv-dialect",
          remedy: ConfigurationTable.choice(csvDialect, of: CSVDialect.allCases.map(\.rawValue)))
      }
      settings.csvDialect = dialect
    }
    if !orders.isEmpty { settings.orders.patterns = try patterns(orders, "--orders", workingDirectory) }
    if !refunds.isEmpty { settings.refunds.patterns = try patterns(refunds, "--refunds", workingDirectory) }
    if !events.isEmpty { settings.eventPatterns = try patterns(events, "--events", workingDirectory) }
    let names = settings.providers.map(\.name)
    for name in providers where !names.contains(name) {
      let near = nearest(to: name, in: names)
      throw Failure(
        .usage, "no provider is named `\(name)`", at: "--provider \(name)",
        remedy: near.map { "the nearest is `\($0)`; configured: \(names.joined(separator: ", "))" }
          ?? "the configuration names no provider; add a [providers.NAME] section")
    }
  }

  private func given(_ path: String, _ option: String, _ folder: Folder) throws(Failure) -> String {
    guard !path.isEmpty else {
      throw Failure(.usage, "\(option) is empty", at: option, remedy: "give a path, or leave the option out")
    }
    return folder.absolute(path)
  }

  private func patterns(_ texts: [String], _ option: String, _ folder: Folder) throws(Failure) -> [String] {
    var patterns: [String] = []
    for text in texts {
      _ = try given(text, option, folder)
      patterns.append(folder.pattern(text))
    }
    return patterns
  }

  private static func formats(
    _ texts: [String], _ status: ExitStatus, at place: String
  ) throws(Failure) -> Set<ReportFormat> {
    var formats: Set<ReportFormat> = []
    for word in texts.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
      let name = word.filter { $0 != " " }.lowercased()
      guard let format = ReportFormat(rawValue: name) else {
        throw Failure(
          status, "no report format is named `\(word)`", at: place,
          remedy: ConfigurationTable.choice(name, of: ReportFormat.allCases.map(\.rawValue)))
      }
      formats.insert(format)
    }
    return formats
  }
}

extension LogFormat {
  /// The form of log lines: the option, else `RECONCILE_LOG_FORMAT`, else text. Throws 64 or 78 for another
  /// word.
  static func choose(option: String?, environment: [String: String]) throws(Failure) -> LogFormat {
    let variable = environment["RECONCILE_LOG_FORMAT"].flatMap { $0.isEmpty ? nil : $0 }
    guard let word = option ?? variable else { return .text }
    guard let format = LogFormat(rawValue: word.lowercased()) else {
      throw Failure(
        option != nil ? .usage : .configurationWrong, "no log format is named `\(word)`",
        at: option != nil ? "--log-format" : "environment variable RECONCILE_LOG_FORMAT",
        remedy: ConfigurationTable.choice(word, of: LogFormat.allCases.map(\.rawValue)))
    }
    return format
  }
}
