/// What a request asks of a provider. Anything else is refused: this is the whole of what may be read.
enum Endpoint {
  case health
  case list(SavedStream)
  case lookup(SavedStream, id: String)
  case checkoutSession(id: String)
  case settlementReport
  case paymentStatus
  case session

  var isList: Bool { if case .list = self { true } else { false } }

  /// - Parameter path: what follows the provider's name, still percent-encoded.
  init?(_ kind: ProviderKind, path: String, action: String?) {
    // Ids are one encoded segment, so the path is taken apart before it is decoded.
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    let id = segments.dropLast(kind == .inflow ? 1 : 0).last.map { percentDecoded($0) } ?? ""
    switch (kind, segments.count) {
    case (.maxfi, 2) where path == "/v2/payments": self = .list(.payments)
    case (.maxfi, 2) where path == "/v2/health": self = .health
    case (.maxfi, 3) where path.hasPrefix("/v2/payments/") && !id.isEmpty: self = .lookup(.payments, id: id)
    case (.maxfi, 4) where path.hasPrefix("/v2/payments/checkout/") && !id.isEmpty:
      self = .checkoutSession(id: id)
    case (.dapit, 1) where path == "/gateway.php":
      switch action {
      case "list_transactions": self = .list(.listTransactions)
      case "list_refunds": self = .list(.listRefunds)
      case "settlement_report": self = .settlementReport
      case "payment_status": self = .paymentStatus
      case "get_session": self = .session
      default: return nil
      }
    case (.gate, 5) where path.hasPrefix("/api/v1/api/payments/") && !id.isEmpty:
      self = .lookup(.payments, id: id)
    case (.inflow, 2) where path == "/refunds/": self = .list(.refunds)
    case (.inflow, 3) where path.hasPrefix("/refunds/") && path.hasSuffix("/") && !id.isEmpty:
      self = .lookup(.refunds, id: id)
    case (.inflow, 3) where path.hasPrefix("/transactions/") && path.hasSuffix("/") && !id.isEmpty:
      self = .lookup(.transactions, id: id)
    default: return nil
    }
  }

  /// Parameters that the tool may send here; others are noted in the log.
  var parameters: Set<String> {
    switch self {
    case .list(.listTransactions), .list(.listRefunds):
      ["action", "limit", "offset", "page", "cursor", "starting_after", "api_key"]
    case .list(.refunds):
      [
        "page_size", "ordering", "created_at__gte", "created_at__lte", "page", "offset", "cursor",
        "starting_after",
      ]
    case .list: ["limit", "page", "offset", "cursor", "starting_after"]
    case .settlementReport: ["action", "date_from", "date_to", "api_key"]
    case .paymentStatus: ["action", "reference"]
    case .session: ["action", "token"]
    case .health, .lookup, .checkoutSession: []
    }
  }
}
