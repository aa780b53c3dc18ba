import ReconcileCore

/// The pure half of a provider: one masked body in, records out. No clock, no network, no warehouse.
public protocol ProviderReader: Sendable {
  /// Reads one body. `request` names it in rejects. Throws when the body as a whole cannot be read.
  func read(_ stream: ProviderStream, body: [UInt8], request: String, isRefundLookup: Bool)
    throws(UnreadableBody) -> BodyContents
}
