/// What a report depends on besides the warehouse, the period and the clock: kept with a sealed period, so that its
/// files can be made again after the configuration has changed.
public struct ReportBasis: Sendable, Codable, Equatable {
  /// A configured provider, as far as a report is concerned.
  public struct Provider: Sendable, Codable, Equatable {
    public var name: String
    /// The word of a `ProviderKind`.
    public var kind: String
  }

  /// Name of the zone of business dates.
  public var zone: String
  /// In alphabetical order of their names.
  public var providers: [Provider]
  public var assumptions: [String]
  /// Minor units by currency code.
  public var tolerance: [String: Int64]
  /// Program and version.
  public var tool: String
  /// SHA-256 of the configuration in force.
  public var configurationDigest: String
  /// Whether a test key was let through.
  public var isTestData: Bool
  /// Words of `ReportFormat`.
  public var formats: [String]
  /// The word of a `CSVDialect`.
  public var csvDialect: String

  /// The basis that a configuration gives.
  public init(_ settings: Settings, tool: String, configurationDigest: String, isTestData: Bool) {
    zone = settings.zone.name
    providers = settings.providers.map { Provider(name: $0.name, kind: $0.kind.rawValue) }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    assumptions = settings.assumptions
    tolerance = Dictionary(
      uniqueKeysWithValues: settings.tolerance.map { ($0.key.code, $0.value.minorUnits) })
    self.tool = tool
    self.configurationDigest = configurationDigest
    self.isTestData = isTestData
    formats = settings.formats.map(\.rawValue).sorted()
    csvDialect = settings.csvDialect.rawValue
  }

  /// The formats that this version of the program can write.
  public var reportFormats: Set<ReportFormat> { Set(formats.compactMap(ReportFormat.init(rawValue:))) }

  /// The dialect of the CSV files.
  public var reportDialect: CSVDialect { CSVDialect(rawValue: csvDialect) ?? .standard }
}
