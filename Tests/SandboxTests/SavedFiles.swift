/// A small shop's saved responses.
enum SavedFiles {
  /// Seven payments in two saved pages, in a style that no page of the sandbox has.
  static let payments = (1...7).map {
    "{ \"id\" : \"pay_\($0)\", \"amount\":\($0)00.0, \"currency\":\"EUR\", \"note\":\"a \\\"]}\\u00e9\","
      + " \"status\":\"succeeded\", \"checkout_session_id\":\"cs_\($0)\","
      + " \"created_at\":\"2026-03-0\(8 - $0)T10:00:00Z\" }"
  }
  static let paymentIDs = (1...7).map { "pay_\($0)" }

  static let transactions = (1...5).map {
    "{\"reference_number\":\"DP-26030\($0)-AAAAAA\",\"amount\":\($0).10,\"status\":\"confirmed\","
      + "\"session_token\":\"token\($0)\"}"
  }

  /// Sorted neither way.
  static let refunds = [3, 1, 4, 2].map {
    "{\"id\":\"RF\($0)\",\"transaction_id\":\"TX\($0)\",\"amount\":\"\($0)0.00\","
      + "\"created_at\":\"2026-03-0\($0)T12:00:00Z\"}"
  }

  static let march = "{\"success\":true,\"date_from\":\"2026-03-01\",\"date_to\":\"2026-03-31\"}"
  static let threeDays =
    "{\"success\":true,\"daily_breakdown\":[{\"date\":\"2026-03-04\"},{\"date\":\"2026-03-06\"}]}"

  static let all = [
    "maxfi/payments-1.json": "{\"data\":[\(list(payments[..<4]))],\"has_more\":true,\"next_cursor\":\"x\"}",
    "maxfi/payments-2.json": "\u{FEFF}{\"data\":[\(list(payments[4...]))],\"has_more\":false}",
    "dapit/list_transactions.json":
      "{\"success\":true,\"transactions\":[\(list(transactions[...]))],\"total\":5,\"limit\":50,\"offset\":0}",
    "dapit/list_refunds.json": "{\"success\":true,\"refunds\":[{\"refund_id\":42,\"amount\":25.00}]}",
    "dapit/settlement_report.jsonl": march + "\n" + threeDays + "\n",
    "gate/payments.jsonl":
      "{\"referenceId\":\"a/b\",\"amount\":100}\n\n{\"referenceId\":\"R2\",\"amount\":7}\n",
    "inflow/refunds.json": "[\(list(refunds[...]))]",
    "inflow/transactions-1.json": "{\"id\":\"TX1\",\"amount\":\"10.00\"}",
    "notes/readme.txt": "not a provider",
  ]

  private static func list(_ rows: ArraySlice<String>) -> String { rows.joined(separator: " ,\n") }
}
