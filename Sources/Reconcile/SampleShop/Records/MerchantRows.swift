import ReconcileCore

/// A line of an orders file.
struct OrderRow {
  var id: String
  var createdAt: String
  var amount: Money
  var provider: String?
  var reference: String?
  var status: String?
  var items: String

  static let header = [
    "order_id", "created_at", "currency", "amount", "provider", "provider_reference", "status",
  ]

  /// The cells in the order of `header`.
  var cells: [String] {
    [
      id, createdAt, amount.currency.code, amount.decimalText, provider ?? "", reference ?? "", status ?? "",
    ]
  }
}

/// A line of a merchant refunds file.
struct MerchantRefundRow {
  var id: String
  var orderID: String
  var createdAt: String
  var amount: Money
  var reference: String?

  static let header = ["refund_id", "order_id", "created_at", "currency", "amount", "provider_reference"]

  /// The cells in the order of `header`.
  var cells: [String] {
    [id, orderID, createdAt, amount.currency.code, amount.decimalText, reference ?? ""]
  }
}

/// Lines of comma-separated values (RFC 4180).
enum CSVLine {
  /// The cells as a line with its line feed; a cell is quoted where it must be.
  static func text(_ cells: [String], separator: Character = ",") -> String {
    cells.map { cell in
      let mustQuote = cell.contains { $0 == separator || $0 == "\"" || $0.isNewline }
      return mustQuote ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
    }.joined(separator: String(separator)) + "\n"
  }
}
