import ReconcileCore

/// Every key that the configuration file may hold. The loader refuses all others, and a test compares the
/// list with docs/reference/configuration.md.
enum ConfigurationKeys {
  /// The tables at the top of the file.
  static let tables = [
    "reporting", "warehouse", "orders", "refunds", "events", "matching", "providers", "journal",
  ]
  static let reporting = ["time_zone", "output", "formats", "csv_dialect"]
  static let warehouse = ["path"]
  static let merchantFiles = ["files", "time_zone", "decimal", "columns"]
  static let orderColumns = [
    "order_id", "created_at", "currency", "amount", "provider", "provider_reference", "status",
  ]
  static let refundColumns = [
    "refund_id", "order_id", "created_at", "currency", "amount", "provider_reference",
  ]
  static let events = ["files"]
  static let matching = ["grace", "refund_grace", "tolerance"]
  static let anyProvider = [
    "kind", "base_url", "directory", "api_key_env", "api_key_file", "time_zone", "lookback_days",
    "rate_limit", "status_map", "amount_check", "timeout", "deadline", "ca_file",
  ]

  static let journal = ["currency", "accounts", "clearing", "xero", "quickbooks", "datev"]
  static let journalXero = ["tax_rate"]
  static let journalQuickBooks = ["customer"]
  static let journalDatev = ["consultant", "client", "account_length", "fiscal_year_month"]

  /// The keys that only providers of this kind have.
  static func own(_ kind: ProviderKind) -> [String] {
    switch kind {
    case .maxfi: ["webhook_secret_env"]
    case .dapit: ["currency", "refund_fee", "settlement_refunds", "live_since"]
    case .gate: ["amount_unit"]
    case .inflow: ["auth_header", "amount_basis"]
    }
  }

  /// All keys of a provider of this kind.
  static func provider(_ kind: ProviderKind) -> [String] { anyProvider + own(kind) }

  /// All keys with the names of their tables; NAME stands for a provider's name, CUR for a currency.
  static var all: [String] {
    var keys: [String] = []
    func add(_ table: String, _ names: [String]) { keys += names.map { "\(table).\($0)" } }
    add("reporting", reporting)
    add("warehouse", warehouse)
    add("orders", merchantFiles)
    add("orders.columns", orderColumns)
    add("refunds", merchantFiles)
    add("refunds.columns", refundColumns)
    add("events", events)
    add("matching", matching)
    add("matching.tolerance", ["CUR"])
    add("providers.NAME", anyProvider + ProviderKind.allCases.flatMap(own))
    add("journal", ["currency"])
    add("journal.accounts", JournalRole.allCases.map(\.rawValue))
    add("journal.clearing", ["NAME"])
    add("journal.xero", journalXero)
    add("journal.quickbooks", journalQuickBooks)
    add("journal.datev", journalDatev)
    return keys
  }

  /// Whether a lower-case key is the name of something that must never stand in the file.
  static func looksLikeSecret(_ name: String) -> Bool {
    let harmless = ["api_key_env", "api_key_file", "webhook_secret_env"]
    if harmless.contains(name) { return false }
    if ["key", "bearer", "authorization", "credential", "credentials", "pass"].contains(name) { return true }
    return [
      "secret", "token", "password", "passwd", "api_key", "apikey", "api-key", "access_key", "private_key",
    ]
    .contains { name.contains($0) }
  }
}
