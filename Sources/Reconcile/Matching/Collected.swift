import ReconcileCore

/// The money a provider says it received on a payment.
public enum Collected {
  /// Works out the collected amount of a payment; nil means that it is unknown, which is not zero.
  ///
  /// - Parameters:
  ///   - received: the amount received as the record gives it.
  ///   - eventReceived: the amount received that a webhook told of, used where the record gives none.
  ///   - amountIsNet: Inflow with `amount_basis = "net"`: fees were taken off, what the payer paid is not known.
  public static func minorUnits(
    kind: ProviderKind, status: PaymentStatus, amount: Int64, received: Int64?, eventReceived: Int64?,
    amountIsNet: Bool
  ) -> Int64? {
    switch status {
    case .succeeded, .overpaid, .refunded, .partiallyRefunded:
      if amountIsNet { return nil }
      let takesEvents = kind == .dapit
      // A confirmed payment of nothing cannot be: such a zero is a field that was not filled in.
      let zeroIsMissing = takesEvents && (status == .succeeded || status == .overpaid)
      let candidates = takesEvents ? [received, eventReceived] : [received]
      for candidate in candidates {
        if let candidate, candidate > 0 || !zeroIsMissing { return candidate }
      }
      return takesEvents && status == .overpaid ? nil : amount
    case .partial:
      return received ?? (kind == .dapit ? eventReceived : nil)
    case .failed, .cancelled, .expired:
      guard kind == .dapit else { return 0 }
      return received ?? eventReceived ?? 0
    case .pending, .authorized, .unknown:
      return 0
    }
  }
}
