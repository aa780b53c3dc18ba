import Importers
import ReconcileCore

/// One provider's import in its two steps, from the network or from saved responses.
struct ProviderReading: Sendable {
  private enum Source: Sendable {
    case network(NetworkImport)
    case directory(String)
  }

  private let provider: ProviderSettings
  private let period: Period
  private let sink: WarehouseSink
  private let source: Source

  /// The provider's name.
  var name: String { provider.name }

  /// Prepares the import; nothing is read or sent yet.
  init(_ provider: ProviderSettings, period: Period, sink: WarehouseSink, network: NetworkEnvironment) {
    self.provider = provider
    self.period = period
    self.sink = sink
    switch provider.source {
    case .directory(let path): source = .directory(path)
    case .network:
      source = .network(
        NetworkImport(
          provider, period: period, reader: ProviderRegistry.reader(for: provider),
          mask: { PersonalData.mask($0) }, sink: sink, environment: network))
    }
  }

  /// Lists and payment look-ups.
  func readPayments() async throws -> ProviderOutcome {
    switch source {
    case .directory(let path):
      try await importSavedResponses(provider, directory: path, from: period.from, to: period.to, sink: sink)
    case .network(let network): try await network.run()
    }
  }

  /// Gate refund look-ups, once it is known where orders were paid; the outcome covers both steps.
  func readRefunds(after payments: ProviderOutcome) async throws -> ProviderOutcome {
    switch source {
    case .directory(let path):
      payments.joined(with: try await importSavedGateRefunds(provider, directory: path, sink: sink))
    case .network(let network): try await network.refundLookups()
    }
  }
}
