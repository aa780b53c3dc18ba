extension Shop {
  /// Every file of the shop by its path: the merchant's, and the providers' saved responses.
  var files: [String: String] {
    [
      "orders.csv": Self.ordersHeader + orders.map { $0 + "\n" }.joined(),
      "refunds.csv": Self.refundsHeader + refunds.map { $0 + "\n" }.joined(),
      "events.jsonl": events.map { $0 + "\n" }.joined(),
      "saved/maxfi/payments.json": "{\"data\":[\(Self.list(payments))],\"has_more\":false}",
      "saved/dapit/list_transactions.json":
        "{\"success\":true,\"transactions\":[\(Self.list(transactions))],\"total\":\(transactions.count),"
        + "\"limit\":200,\"offset\":0}",
      "saved/dapit/list_refunds.json": "{\"success\":true,\"refunds\":[\(Self.list(dapitRefunds))]}",
      "saved/dapit/settlement_report.json": settlement,
      "saved/gate/payments.jsonl": gate.map { $0 + "\n" }.joined(),
      "saved/inflow/refunds.json": "[\(Self.list(inflowRefunds))]",
      "saved/inflow/transactions.jsonl": inflowTransactions.map { $0 + "\n" }.joined(),
    ]
  }

  static let ordersHeader = "order_id,created_at,currency,amount,provider,provider_reference,status\n"
  static let refundsHeader = "refund_id,order_id,created_at,currency,amount,provider_reference\n"

  /// The same shop with every list, file and page in another order.
  func shuffled(seed: UInt64) -> Shop {
    var chance = Seeded(seed)
    var other = self
    other.orders.shuffle(using: &chance)
    other.refunds.shuffle(using: &chance)
    other.events.shuffle(using: &chance)
    other.payments.shuffle(using: &chance)
    other.transactions.shuffle(using: &chance)
    other.dapitRefunds.shuffle(using: &chance)
    other.gate.shuffle(using: &chance)
    other.inflowRefunds.shuffle(using: &chance)
    other.inflowTransactions.shuffle(using: &chance)
    return other
  }

  /// The rows of a list, the newest first as providers send them.
  func newestFirst() -> Shop {
    var other = self
    other.payments.sort { $0.time > $1.time }
    other.transactions.sort { $0.time > $1.time }
    other.dapitRefunds.sort { $0.time > $1.time }
    other.inflowRefunds.sort { $0.time > $1.time }
    return other
  }

  private static func list(_ rows: [Row]) -> String { rows.map(\.json).joined(separator: ",\n") }

  /// Dapit's own report of the month: a line for each day with money, and their sums.
  private var settlement: String {
    func figures(_ day: Day) -> String {
      "\"gross_volume\":\(Self.decimal(day.gross)),\"total_refunds\":\(Self.decimal(day.refunds)),"
        + "\"total_fees\":\(Self.decimal(day.fees)),\"transaction_count\":\(day.count),"
        + "\"net_settlement\":\(Self.signed(day.gross - day.refunds - day.fees))"
    }
    var total = Day()
    let lines = days.sorted { $0.key < $1.key }.map { number, day in
      total.gross += day.gross
      total.refunds += day.refunds
      total.fees += day.fees
      total.count += day.count
      return "{\"date\":\"2025-03-\(Self.two(number))\",\(figures(day))}"
    }
    return "{\"success\":true,\"date_from\":\"2025-03-01\",\"date_to\":\"2025-03-31\",\(figures(total)),"
      + "\"daily_breakdown\":[\(lines.joined(separator: ",\n"))]}"
  }

  private static func signed(_ minor: Int) -> String { minor < 0 ? "-" + decimal(-minor) : decimal(minor) }
}
