/// The four provider interfaces that can be served.
enum ProviderKind: String, CaseIterable, Sendable {
  case maxfi, dapit, gate, inflow

  /// The saved files that this kind reads, by name.
  var streams: [SavedStream] {
    switch self {
    case .maxfi, .gate: [.payments]
    case .dapit: [.listTransactions, .listRefunds, .settlementReport]
    case .inflow: [.refunds, .transactions]
    }
  }

  /// What follows the provider's name in its base URL.
  var basePath: String { self == .dapit ? "/gateway.php" : "" }

  /// Rows a page holds at most, and when the request does not say.
  var largestPage: Int { self == .dapit ? 200 : 100 }
  var usualPage: Int { self == .maxfi ? 100 : self == .dapit ? 50 : 20 }

  /// How lists are paged when `--paging` says nothing: what the provider's document shows, where it shows it.
  func usualPaging(of stream: SavedStream) -> PagingStyle {
    switch (self, stream) {
    case (.dapit, .listRefunds): .whole
    case (.dapit, _): .offset
    case (.inflow, _): .bare
    default: .cursor
    }
  }
}

/// A kind of saved response; the raw value is the name of its files.
enum SavedStream: String, CaseIterable, Sendable {
  case payments
  case listTransactions = "list_transactions"
  case listRefunds = "list_refunds"
  case settlementReport = "settlement_report"
  case refunds
  case transactions

  /// Members that can hold a row's id, the first present counts.
  func idMembers(_ kind: ProviderKind) -> [String] {
    switch self {
    case .payments: kind == .gate ? ["referenceId"] : ["id", "payment_id"]
    case .listTransactions: ["reference_number"]
    case .listRefunds: ["refund_id", "id", "reference_number"]
    case .settlementReport: []
    case .refunds, .transactions: ["id"]
    }
  }

  /// The member of a list body that holds the rows.
  var listMember: String {
    switch self {
    case .payments: "data"
    case .listTransactions: "transactions"
    case .listRefunds: "refunds"
    case .refunds: "results"
    case .transactions, .settlementReport: "data"
    }
  }

  /// Whether a body stands for one record, which only a look-up serves.
  func isLookup(_ kind: ProviderKind) -> Bool {
    self == .transactions || (self == .payments && kind == .gate)
  }
}
