/// Which payments and refunds a run has read, by the numbers of their rows: one bit each.
struct SeenRows {
  private var payments: [UInt64] = []
  private var refunds: [UInt64] = []

  /// Marks a row; false where it was marked before.
  @discardableResult
  mutating func insert(_ id: Int64, of kind: ProviderWriter.ListedKind) -> Bool {
    switch kind {
    case .payments: Self.insert(id, &payments)
    case .refunds: Self.insert(id, &refunds)
    }
  }

  func contains(_ id: Int64, of kind: ProviderWriter.ListedKind) -> Bool {
    let words = kind == .payments ? payments : refunds
    let place = Int(id >> 6)
    return place < words.count && words[place] & Self.bit(id) != 0
  }

  private static func insert(_ id: Int64, _ words: inout [UInt64]) -> Bool {
    let place = Int(id >> 6)
    if place >= words.count {
      words += [UInt64](repeating: 0, count: max(place + 1, words.count * 2) - words.count)
    }
    if words[place] & bit(id) != 0 { return false }
    words[place] |= bit(id)
    return true
  }

  private static func bit(_ id: Int64) -> UInt64 { 1 << UInt64(id & 63) }
}
