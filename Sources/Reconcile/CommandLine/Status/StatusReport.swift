import Foundation
import ReconcileCore
import ReconcileWarehouse

/// What `status` tells, gathered but not yet worded.
struct StatusReport {
  /// A provider of the configuration or of the warehouse.
  struct Provider {
    var name: String
    var kind: String
    /// Nil when it was never read.
    var reading: ProviderReadingState?
    /// Read once, and no longer in the configuration.
    var isGone: Bool
  }

  /// What became of a merchant file since it was read.
  enum FileChange: String { case unchanged, changed, missing }

  /// Where it lies or will lie.
  let warehouse: String
  /// Nil when there is no warehouse yet.
  private(set) var contents: Contents?
  let now: Instant
  /// The zone of business dates.
  let zone: Zone

  /// What an existing warehouse says.
  struct Contents {
    var lastRun: RunRecord?
    var providers: [Provider]
    var files: [(file: ReadFile, change: FileChange)]
    var rejectedRows: Int64
    var findings: [OpenFindings]
  }

  /// Asks the warehouse of the settings. Ages count from the business date of `now`.
  init(_ settings: Settings, now: Instant) throws {
    warehouse = settings.warehousePath
    self.now = now
    zone = settings.zone
    guard Warehouse.exists(at: settings.warehousePath) else { return }
    let warehouse = try Warehouse(path: settings.warehousePath, access: .read)
    let readings = try warehouse.providerReadings()
    let configured = settings.providers.map { provider in
      Provider(
        name: provider.name, kind: provider.kind.rawValue,
        reading: readings.first { $0.name == provider.name }, isGone: false)
    }
    let others = readings.filter { settings.provider(named: $0.name) == nil }
    contents = Contents(
      lastRun: try warehouse.latestRun(),
      providers: configured
        + others.map { Provider(name: $0.name, kind: $0.kind, reading: $0, isGone: true) },
      files: try warehouse.readFiles().map { ($0, Self.change(of: $0)) },
      rejectedRows: try warehouse.rejectedFileRows(),
      findings: try warehouse.openFindings(today: settings.zone.day(of: now)))
  }

  private static func change(of file: ReadFile) -> FileChange {
    var facts = stat()
    guard stat(file.path, &facts) == 0 else { return .missing }
    return Int64(facts.st_mtim.tv_sec) > file.readAt.seconds ? .changed : .unchanged
  }
}

extension ExitStatus {
  /// How a run ended, in a few words.
  var words: String {
    switch self {
    case .finished: "finished"
    case .discrepanciesOpen: "finished, discrepancies were open"
    case .usage: "wrong usage"
    case .inputRejected: "finished, some input was rejected"
    case .inputMissing: "an input file was missing"
    case .providerIncomplete: "finished, a provider was not read completely"
    case .defect: "a defect in this program"
    case .outputNotWritten: "an output could not be written"
    case .warehouseFailed: "the warehouse could not be read or written"
    case .warehouseBusy: "another run held the warehouse"
    case .warehouseNewer: "the warehouse is newer than the program was"
    case .credentialsRefused: "finished, a provider refused the credentials"
    case .configurationWrong: "the configuration was wrong"
    case .interrupted, .terminated: "interrupted"
    }
  }
}
