import ReconcileCore

/// The settlement days of one provider and currency.
struct SettlementKey: Hashable, Comparable {
  let provider: String
  let currency: Currency

  static func < (a: SettlementKey, b: SettlementKey) -> Bool {
    (a.provider, a.currency) < (b.provider, b.currency)
  }
}

/// What a settlement report says and what our records say; the column of our side, that of the report behind
/// `reported_`.
enum SettlementMeasure: String, CaseIterable {
  case gross, refunds, fees, net, transactions

  var isCount: Bool { self == .transactions }

  func ours(_ row: SettlementRow) -> Int64? {
    switch self {
    case .gross: row.gross
    case .refunds: row.refunds
    case .fees: row.fees
    case .net: row.net
    case .transactions: row.transactions
    }
  }

  func reported(_ row: SettlementRow) -> Int64? {
    switch self {
    case .gross: row.reported.gross
    case .refunds: row.reported.refunds
    case .fees: row.reported.fees
    case .net: row.reported.net
    case .transactions: row.reported.count
    }
  }
}

/// Days by status, and both sides of the days that were compared.
struct SettlementTotal {
  private var byStatus: [SettlementStatus: Int] = [:]
  /// Sums over the days that tied out or differ, of the measures that both sides give.
  private(set) var ours: [SettlementMeasure: Int128] = [:]
  private(set) var reported: [SettlementMeasure: Int128] = [:]

  func days(_ status: SettlementStatus) -> Int { byStatus[status] ?? 0 }

  var days: Int { byStatus.values.reduce(0, +) }

  mutating func add(_ row: SettlementRow) {
    byStatus[row.status, default: 0] += 1
    guard row.status.isCompared else { return }
    for measure in SettlementMeasure.allCases {
      guard let ours = measure.ours(row), let reported = measure.reported(row) else { continue }
      self.ours[measure, default: 0] += Int128(ours)
      self.reported[measure, default: 0] += Int128(reported)
    }
  }
}

extension SettlementStatus {
  /// Whether our records and the provider's report were laid side by side.
  var isCompared: Bool { self == .tiedOut || self == .mismatch }
}
