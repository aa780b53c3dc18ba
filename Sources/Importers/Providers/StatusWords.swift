import ReconcileCore

/// Provider words to ours, compared without case.
struct StatusWords: Sendable {
  private let payments: [String: PaymentStatus]

  /// The built-in words of a provider and the operator's, which are stronger.
  init(_ builtIn: [PaymentStatus: [String]], overriding settings: [String: PaymentStatus]) {
    var words: [String: PaymentStatus] = [:]
    for (status, names) in builtIn {
      for name in names { words[name] = status }
    }
    for (name, status) in settings { words[name.lowercased()] = status }
    payments = words
  }

  /// Our word; unknown for a word that no map holds, so that it is looked at and never taken for paid or
  /// unpaid.
  func payment(_ word: String) -> PaymentStatus { payments[word] ?? payments[word.lowercased()] ?? .unknown }

  /// Refund words are the same everywhere and not configurable.
  static func refund(_ word: String) -> RefundStatus {
    switch word.lowercased() {
    case "pending", "processing": .pending
    case "completed", "sent", "processed", "succeeded", "refunded", "success", "paid": .completed
    case "failed", "rejected", "cancelled", "canceled": .failed
    default: .unknown
    }
  }
}
