import ReconcileCore

/// Which reader understands which provider. A provider kind is one folder in Providers and one line here.
public enum ProviderRegistry {
  /// The reader of a provider's bodies.
  public static func reader(for provider: ProviderSettings) -> any ProviderReader {
    switch provider.kind {
    case .maxfi: MaxfiReader(provider)
    case .dapit: DapitReader(provider)
    case .gate: GateReader(provider)
    case .inflow: InflowReader(provider)
    }
  }
}
