import ReconcileCore

/// How a column of a detail sheet looks and whether it has a total.
struct ColumnLayout {
  enum Kind { case id, word, currency, money, count, day, instant, list, prose }

  let name: String
  let kind: Kind
  let isTotalled: Bool

  /// The layout of the column with this name; names mean the same in every table.
  init(_ name: String) {
    self.name = name
    switch name {
    case "currency": kind = .currency
    case "amount", "collected", "difference", "refund_due", "refunded", "refund_fees", "net", "expected",
      "actual",
      "fee", "customer_amount", "gross", "refunds", "fees", "reported_gross", "reported_refunds",
      "reported_fees",
      "reported_net", "net_difference":
      kind = .money
    case "transactions", "reported_transactions", "age_days": kind = .count
    case "order_date", "payment_date", "refund_date", "business_date", "date": kind = .day
    case "created_at": kind = .instant
    case "id", "order_id", "payment_id", "refund_id", "code", "source": kind = .id
    case "payment_ids", "refund_ids", "discrepancies", "location": kind = .list
    case "explanation", "note", "reason", "record": kind = .prose
    default: kind = .word
    }
    // Expected and actual amounts of different kinds of findings do not add up to anything.
    isTotalled = (kind == .money || kind == .count) && !["expected", "actual", "age_days"].contains(name)
  }

  /// Characters of the house font.
  var width: Double {
    let content: Double =
      switch kind {
      case .id: 24
      case .word: 15
      case .currency: 10
      case .money: 16
      case .count: 12
      case .day: 12
      case .instant: 19
      case .list: 28
      case .prose: 70
      }
    // The name and the button of the filter.
    return max(content, Double(name.utf8.count) + 4)
  }

  /// Numbers have their heading on the right, where they are.
  var isNumber: Bool { kind == .money || kind == .count }

  /// `A`, `B`, …; no table has more than 26 columns.
  static func letter(_ column: Int) -> String { String(UnicodeScalar(UInt8(65 + column))) }
}

/// A table of the report: its sheet's name, its columns, and where its rows come from.
struct Table<Row> {
  let name: String
  let columns: [Column<Row>]
  let layouts: [ColumnLayout]
  let currency: (Row) -> Currency?
  let forEach: ((Row) throws -> Void) throws -> Void

  init(
    _ name: String, _ columns: [Column<Row>], currency: @escaping (Row) -> Currency?,
    forEach: @escaping ((Row) throws -> Void) throws -> Void
  ) {
    self.name = name
    self.columns = columns
    self.layouts = columns.map { ColumnLayout($0.name) }
    self.currency = currency
    self.forEach = forEach
  }
}
