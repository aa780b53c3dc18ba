import Foundation
import Importers
import ReconcileCore
import ReconcileWarehouse

/// Reads kept evidence again, in a copy of the warehouse, and matches as the newest run did.
struct EvidenceReplay {
  /// What a replay brought.
  struct Result {
    var bodies: Int64 = 0
    var purged: Int64 = 0
    /// Providers of which evidence is kept, but which the configuration does not have; their records stay as they were.
    var unknownProviders: Set<String> = []
    /// Rows that the warehouse and its copy do not both hold.
    var differences: [String] = []
  }

  let settings: Settings
  let progress: ProgressReporter
  /// Whether responses are read by the settings in force now instead of those that they were first read by.
  var readsByCurrentSettings = false

  /// Builds a copy beside the warehouse again and compares it; `use` may then take the copy, which is removed after it.
  func run(on warehouse: Warehouse, use: (String) throws -> Void = { _ in }) throws -> Result {
    if readsByCurrentSettings, let seal = try warehouse.seals().first {
      throw Failure(
        .usage, "\(seal.period) is sealed, and reading earlier responses anew would change its figures",
        at: warehouse.path, remedy: "`reconcile unseal \(seal.period) --reason …` first")
    }
    let path = warehouse.path + ".rebuilt"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try warehouse.copy(to: path)
    let copy = try Warehouse(path: path, access: .scratch)
    var result = try rebuild(copy)
    try copy.takeNumbers(from: warehouse.path)
    result.differences = try warehouse.differences(fromRebuilt: path)
    if !result.differences.isEmpty, try warehouse.isMatchingDue(settings) {
      result.differences = try differencesOnceMatched(warehouse, rebuilt: path)
    }
    try use(path)
    return result
  }

  /// What differs once a matching that is due was made, in a copy of its own: rows that wait for it are not damaged.
  private func differencesOnceMatched(_ warehouse: Warehouse, rebuilt: String) throws -> [String] {
    let path = warehouse.path + ".matched"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try warehouse.copy(to: path)
    let copy = try Warehouse(path: path, access: .scratch)
    try match(copy)
    return try copy.differences(fromRebuilt: rebuilt)
  }

  private func match(_ copy: Warehouse) throws {
    guard let latest = try copy.latestMatching() else { return }
    try copy.match(
      settings: settings, run: latest.handle, period: latest.handle.period, asOf: latest.asOf,
      onProgress: { _, _, _ in try Interruption.check() })
  }

  private func rebuild(_ copy: Warehouse) throws -> Result {
    var result = Result()
    try copy.forgetRecords(of: settings.providers.map(\.name))
    for past in try copy.pastRuns() {
      try Interruption.check()
      try repeatImports(of: past, in: copy, &result)
    }
    try match(copy)
    return result
  }

  /// Reads what one run read, walk ends included, in the order in which it came.
  private func repeatImports(of past: PastRun, in copy: Warehouse, _ result: inout Result) throws {
    var readers: [String: (reader: any ProviderReader, writer: ProviderWriter)] = [:]
    let purged = try copy.providersWithPurgedEvidence(in: past.handle)
    for (name, rules) in past.providers {
      guard let configured = settings.provider(named: name),
        let provider = readsByCurrentSettings ? configured : configured.reading(by: rules)
      else {
        result.unknownProviders.insert(name)
        continue
      }
      if readsByCurrentSettings {
        try copy.note(readingRules: provider.readingRules, of: name, in: past.handle)
      }
      let writer = try ProviderWriter(
        copy, run: past.handle, settings: provider, zone: settings.zone, keepsRejects: purged.contains(name))
      readers[name] = (ProviderRegistry.reader(for: provider), writer)
    }
    var walks = try copy.completeWalks(of: past.handle)[...]
    // Bodies of one provider in a row are stored together: each commit waits for the disk.
    var pending: (provider: String, bodies: [BodyRecords]) = ("", [])
    func storePending() throws {
      if !pending.bodies.isEmpty { try readers[pending.provider]?.writer.store(pending.bodies) }
      pending = ("", [])
    }
    func endWalks(before evidence: Int64) throws {
      while let walk = walks.first, walk.afterEvidence < evidence {
        try storePending()
        walks.removeFirst()
        // What a walk held cannot be told any more where bytes of it were purged; its marks are still there.
        if let listed = ProviderStream(rawValue: walk.stream)?.listed, !purged.contains(walk.provider) {
          try readers[walk.provider]?.writer.repeatWalk(listOf: listed, since: walk.since)
        }
      }
    }
    var last: Int64 = 0
    while true {
      let bodies = try copy.keptBodies(of: past.handle, after: last, limit: 256)
      guard let newest = bodies.last else { break }
      last = newest.evidence
      for body in bodies {
        try endWalks(before: body.evidence)
        guard let reader = readers[body.provider]?.reader else { continue }
        guard let bytes = body.bytes else {
          result.purged += 1
          continue
        }
        result.bodies += 1
        guard let records = Self.records(of: body, bytes, reader) else { continue }
        if pending.provider != body.provider { try storePending() }
        pending.provider = body.provider
        pending.bodies.append(records)
      }
      try storePending()
      progress.update("warehouse", step: "reading evidence again", done: result.bodies)
      try Interruption.check()
    }
    try endWalks(before: .max)
  }

  /// A body that could not be read when it came cannot be read now either; it brought nothing.
  private static func records(
    of body: KeptBody, _ bytes: [UInt8], _ reader: any ProviderReader
  ) -> BodyRecords? {
    guard let stream = ProviderStream(rawValue: body.stream),
      let contents = try? reader.read(
        stream, body: bytes, request: body.request, isRefundLookup: body.isRefundLookup)
    else { return nil }
    return BodyRecords(contents, evidence: body.evidence)
  }
}

extension ProviderStream {
  /// What the stream lists; nil when it lists no records.
  var listed: ProviderWriter.ListedKind? {
    switch self {
    case .refunds, .listRefunds: .refunds
    case .payments, .listTransactions: .payments
    case .settlementReport, .transactions: nil
    }
  }
}
