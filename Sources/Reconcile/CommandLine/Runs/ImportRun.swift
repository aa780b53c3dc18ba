import Foundation
import Importers
import ReconcileCore
import ReconcileWarehouse

/// What an import brought, as far as the exit status is concerned.
struct ImportResult: Sendable {
  var hasRejects = false
  var isIncomplete = false
  var isRefused = false
}

/// Imports merchant files, events and providers into the warehouse.
struct ImportRun {
  let session: Session
  let warehouse: Warehouse
  let run: RunHandle

  /// Reads everything. Provider trouble ends up in the result; trouble with files, configuration or the warehouse throws.
  func execute() async throws -> ImportResult {
    var result = ImportResult()
    result.hasRejects = try readMerchantFiles() > 0
    try Interruption.check()
    // What changed about orders is worked out before payments come that are tied to them at once.
    try warehouse.link(settings: session.settings)
    // What comes over a network is committed answer by answer; files can be read again.
    let areSaved = session.providersToRead.allSatisfy {
      if case .directory = $0.source { true } else { false }
    }
    if areSaved {
      result = try await warehouse.groupingCommits { try await readProviders(result) }
    } else {
      result = try await readProviders(result)
    }
    try Interruption.check()
    return result
  }

  /// Reads the providers; returns what was known so far with what they bring.
  private func readProviders(_ before: ImportResult) async throws -> ImportResult {
    var result = before
    let sink = WarehouseSink(
      warehouse: warehouse, run: run, settings: session.settings, period: session.period,
      progress: session.console.progress)
    let providers = session.providersToRead
    let network = try Self.network()
    var readings: [String: ProviderReading] = [:]
    for provider in providers {
      try sink.begin(provider)
      readings[provider.name] = ProviderReading(
        provider, period: session.period, sink: sink, network: network)
    }
    var outcomes = try await sideBySide(providers, readings) { reading in try await reading.readPayments() }
    try Interruption.check()
    let gates = providers.filter { $0.kind == .gate }
    if !gates.isEmpty {
      // Where a Gate refund is to be asked for follows from where its order was paid.
      try warehouse.link(settings: session.settings)
      let first = outcomes
      outcomes.merge(
        try await sideBySide(gates, readings) { [first] reading in
          try await reading.readRefunds(after: first[reading.name] ?? ProviderOutcome(ending: .complete))
        }, uniquingKeysWith: { $1 })
    }
    for provider in providers {
      guard let outcome = outcomes[provider.name] else { continue }
      try finish(provider, outcome, sink, &result)
    }
    return result
  }

  /// One line to the outside for all providers, so that two that share a key share its limit.
  private static func network() throws -> NetworkEnvironment {
    do throws(TransportError) {
      return NetworkEnvironment(sender: try HTTPClient(version: toolVersion))
    } catch {
      throw Failure(.defect, "libcurl cannot be started", remedy: "check the installed libcurl: \(error)")
    }
  }

  private func sideBySide(
    _ providers: [ProviderSettings], _ readings: [String: ProviderReading],
    _ read: @escaping @Sendable (ProviderReading) async throws -> ProviderOutcome
  ) async throws -> [String: ProviderOutcome] {
    try await withThrowingTaskGroup(of: (String, ProviderOutcome).self) { group in
      for provider in providers {
        guard let reading = readings[provider.name] else { continue }
        group.addTask {
          do {
            return (provider.name, try await read(reading))
          } catch is CancellationError {
            return (provider.name, ProviderOutcome(ending: .incomplete("the run was interrupted")))
          }
        }
      }
      var outcomes: [String: ProviderOutcome] = [:]
      for try await (name, outcome) in group { outcomes[name] = outcome }
      return outcomes
    }
  }

  private func finish(
    _ provider: ProviderSettings, _ outcome: ProviderOutcome, _ sink: WarehouseSink,
    _ result: inout ImportResult
  ) throws {
    let status: String
    var message: String?
    switch outcome.ending {
    case .complete: status = "complete"
    case .incomplete(let reason):
      status = "incomplete"
      message = reason
      result.isIncomplete = true
    case .refused(let reason):
      status = "refused"
      message = reason
      result.isRefused = true
    }
    for news in try sink.newDrift(of: provider) {
      session.console.log.warning(
        "provider.drift", metadata: ["provider": "\(provider.name)", "first seen": "\(news)"])
    }
    let rejected = try sink.finish(provider, status: status, message: message, outcome)
    if rejected > 0 {
      result.hasRejects = true
      sayRejected(rejected, source: provider.name)
    }
    session.console.progress.finish(
      provider.name, step: "import",
      "\(outcome.records) records, \(status)" + (message.map { ": \($0)" } ?? ""),
      isGood: status == "complete")
    if let message {
      session.console.log.error(
        "provider.\(status)", metadata: ["provider": "\(provider.name)", "reason": "\(message)"])
    }
  }

  /// Reads orders, merchant refunds and events; returns the number of rejected rows.
  private func readMerchantFiles() throws -> Int64 {
    let (rejected, testEvents) = try warehouse.readMerchantFiles(in: run, read)
    try warehouse.noteTestEvents(testEvents)
    return rejected
  }

  private func read(_ writer: MerchantWriter) throws -> (rejected: Int64, testEvents: Int64) {
    let settings = session.settings
    let log = session.console.log
    var files: [(kind: String, file: InputFile)] = []
    var rows: Int64 = 0
    func expand(_ patterns: [String]) throws -> [String] {
      let expanded = try MerchantFiles.expandPatterns(patterns)
      for warning in expanded.warnings { log.warning("files.none", metadata: ["reason": "\(warning)"]) }
      return expanded.files
    }
    func count(_ step: String) throws {
      rows += 1
      if rows % 4_096 == 0 {
        try Interruption.check()
        session.console.progress.update("files", step: step, done: rows)
      }
    }
    let note: (String) -> Void = { log.notice("files.note", metadata: ["text": "\($0)"]) }
    func known(_ kind: MerchantFiles.Kind) -> [InputFile] {
      writer.known.filter { $0.kind == kind.rawValue }.map(\.file)
    }
    let orderFiles = try expand(settings.orders.patterns)
    let refundFiles = try expand(settings.refunds.patterns)
    var notes: [String] = []
    func isUnchanged(_ kind: MerchantFiles.Kind, _ files: [String], _ settings: MerchantFileSettings) throws
      -> Bool
    {
      try MerchantFiles.areUnchanged(
        files, since: known(kind), kind, settings: settings, log: { notes.append($0) },
        checkCancelled: Interruption.check)
    }
    if !writer.known.isEmpty, try isUnchanged(.orders, orderFiles, settings.orders),
      try isUnchanged(.refunds, refundFiles, settings.refunds)
    {
      notes.forEach(note)
      files = writer.known.filter { MerchantFiles.Kind(rawValue: $0.kind) != nil }
    } else {
      let orders = try MerchantFiles.readOrders(
        files: orderFiles, settings: settings.orders,
        onOrder: { order, place in
          try count("orders")
          try writer.add(order, file: place.file, line: place.line)
        }, onReject: writer.reject, log: note)
      files += orders.map { (MerchantFiles.Kind.orders.rawValue, $0) }
      let refunds = try MerchantFiles.readRefunds(
        files: refundFiles, settings: settings.refunds,
        onRefund: { refund, place in
          try count("refunds")
          try writer.add(refund, file: place.file, line: place.line)
        }, onReject: writer.reject, log: note)
      files += refunds.map { (MerchantFiles.Kind.refunds.rawValue, $0) }
    }
    var tests: Set<TestEvent> = []
    let events = try EventFiles.readEvents(
      files: expand(settings.eventPatterns), providers: settings.providers,
      onEvent: { event, _ in
        try count("events")
        try writer.add(event)
      }, onReject: writer.reject, onTest: { tests.insert($0) })
    files += events.map { ("events", $0) }
    try writer.finish(files: files)
    if !files.isEmpty {
      session.console.progress.finish(
        "files", step: "import",
        "\(files.reduce(0) { $0 + $1.file.rows }) rows of \(files.count) files, "
          + "\(writer.rejectedCount) rejected", isGood: writer.rejectedCount == 0)
    }
    if writer.rejectedCount > 0 { sayRejected(writer.rejectedCount, source: "files") }
    return (writer.rejectedCount, Int64(tests.count))
  }

  /// Rejected rows are told even where only what is wrong is wanted.
  private func sayRejected(_ count: Int64, source: String) {
    session.console.log.error(
      "input.rejected", metadata: ["source": "\(source)", "records": "\(count)", "see": "rejects.csv"])
  }
}
