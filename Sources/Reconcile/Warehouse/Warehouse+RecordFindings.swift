import Foundation
import GRDB
import ReconcileCore
import ReconcileMatching

extension Warehouse {
  /// Findings about single payments, refunds and merchant refunds.
  func findRecords(_ settings: Settings, _ reading: ReadingState, _ db: Database) throws {
    try findPayments(settings, db)
    try findRefunds(settings, reading, db)
    try findMerchantRefunds(settings, db)
  }

  private func findPayments(_ settings: Settings, _ db: Database) throws {
    let doubted = try DoubtedAmounts(db)
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT p.provider, p.payment_id, NULL AS refund_id, p.currency, p.amount_minor, p.collected_minor, p.status, p.provider_status,
          p.paid_on, p.overpaid_minor, p.announced_fee_minor, p.withdrawn_in_run, p.amount_is_net, o.order_id, p.sales_order
        FROM payment p LEFT JOIN sales_order o ON o.id = p.sales_order
        WHERE p.is_test = 0 AND (
          (p.sales_order IS NULL AND (p.collected_minor > 0 OR p.collected_minor IS NULL)) OR p.status = 'unknown'
          OR (p.status IN ('failed', 'cancelled', 'expired') AND p.collected_minor > 0)
          OR p.announced_fee_minor IS NOT NULL OR p.withdrawn_in_run IS NOT NULL)
        """)
    while let row = try rows.next() {
      guard let currency = Currency(row["currency"] as String) else { continue }
      let collected: Int64? = row["collected_minor"]
      let amount: Int64 = row["amount_minor"]
      let status: String = row["status"]
      let record = FoundRecord(row: row, currency: currency, dayColumn: "paid_on", db: db)
      let isDoubted = doubted.contains(row["provider"], row["currency"])
      if row["sales_order"] == nil, collected ?? 1 > 0, !isDoubted {
        try record.put(
          .orphanPayment, 0, collected,
          "A payment of \(record.words(collected)) came in where \(record.words(0)) was expected: no order claims it."
        )
      }
      if status == "unknown" {
        try record.put(
          .unknownStatus, nil, nil,
          "The provider calls the status of a payment of \(record.words(amount)) "
            + "\"\(row["provider_status"] as String)\", a word that no status map holds; add it to status_map."
        )
      }
      if ["failed", "cancelled", "expired"].contains(status), let collected, collected > 0 {
        try record.put(
          .latePayment, 0, collected,
          "The payment is \(status), so \(record.words(0)) was expected on it, and yet \(record.words(collected)) came in."
        )
      }
      if row["withdrawn_in_run"] != nil {
        try record.put(
          .recordWithdrawn, amount, 0,
          "An earlier run read this payment of \(record.words(amount)); the provider's list no longer holds it "
            + "and gives \(record.words(0))."
        )
      }
      if let fee: Int64 = row["announced_fee_minor"], !isDoubted,
        let policy = settings.provider(named: row["provider"])?.refundFee, policy.currency == currency,
        let excess = (row["overpaid_minor"] as Int64?) ?? collected.map({ max(0, $0 - amount) })
      {
        let expected = min(policy.minorUnits, max(0, excess))
        if fee != expected {
          try record.put(
            .refundFeeMismatch, expected, fee,
            "The provider announces a refund fee of \(record.words(fee)) where \(record.words(expected)) was agreed."
          )
        }
      }
    }
  }

  private func findRefunds(_ settings: Settings, _ reading: ReadingState, _ db: Database) throws {
    let doubted = try DoubtedAmounts(db)
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT r.provider, r.refund_id, coalesce(p.payment_id, r.payment_id) AS payment_id, r.currency, r.amount_minor,
          r.fee_minor, r.status, r.provider_status, r.refunded_on, r.withdrawn_in_run, r.payment, o.order_id, p.sales_order
        FROM refund r LEFT JOIN payment p ON p.id = r.payment LEFT JOIN sales_order o ON o.id = p.sales_order
        WHERE r.is_test = 0 AND (r.payment IS NULL OR r.status = 'unknown' OR r.fee_minor IS NOT NULL
          OR r.withdrawn_in_run IS NOT NULL)
        """)
    while let row = try rows.next() {
      guard let currency = Currency(row["currency"] as String) else { continue }
      let amount: Int64? = row["amount_minor"]
      let provider: String = row["provider"]
      let status: String = row["status"]
      let record = FoundRecord(row: row, currency: currency, dayColumn: "refunded_on", db: db)
      if row["payment"] == nil, status != "failed", reading.complete.contains(provider) {
        try record.put(
          .orphanRefund, 0, amount,
          "A refund of \(record.words(amount)) went out where \(record.words(0)) was expected: the payment it belongs to is "
            + "not known.")
      }
      if status == "unknown" {
        try record.put(
          .unknownStatus, nil, nil,
          "The provider calls the status of a refund of \(record.words(amount)) "
            + "\"\(row["provider_status"] as String)\", a word that no refund status map holds."
        )
      }
      if row["withdrawn_in_run"] != nil {
        try record.put(
          .recordWithdrawn, amount, 0,
          "An earlier run read this refund of \(record.words(amount)); the provider's list no longer holds it "
            + "and gives \(record.words(0))."
        )
      }
      if status != "failed", !doubted.contains(provider, row["currency"]), let fee: Int64 = row["fee_minor"],
        let amount,
        let policy = settings.provider(named: provider)?.refundFee, policy.currency == currency
      {
        let expected = min(policy.minorUnits, amount)
        if fee != expected {
          try record.put(
            .refundFeeMismatch, expected, fee,
            "The provider took a refund fee of \(record.words(fee)) where \(record.words(expected)) was agreed."
          )
        }
      }
    }
  }

  private func findMerchantRefunds(_ settings: Settings, _ db: Database) throws {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT m.refund_id, m.order_id, m.created_at, m.currency, m.amount_minor, o.currency AS order_currency, o.id AS sales_order
        FROM merchant_refund m LEFT JOIN sales_order o ON o.order_id = m.order_id
        WHERE o.id IS NULL OR o.currency <> m.currency
        """)
    while let row = try rows.next() {
      var finding = Finding(.refundWithoutOrder)
      finding.currency = Currency(row["currency"] as String)
      finding.orderID = row["order_id"]
      finding.refundID = row["refund_id"]
      finding.businessDay = settings.zone.day(of: Instant(microseconds: row["created_at"]))
      finding.expected = row["amount_minor"]
      let other: String? = row["order_currency"]
      finding.explanation =
        "The merchant asked for a refund of \(finding.words(finding.expected)) of "
        + (other.map { "an order in another currency, \($0)." } ?? "an order that no orders file holds.")
      try Self.put(finding, scope: "record", salesOrder: row["sales_order"], db)
    }
  }
}

/// A payment or refund that something is found about; its row names the columns of both kinds alike.
private struct FoundRecord {
  let row: Row
  let currency: Currency
  /// The column of the record's own business date.
  let dayColumn: String
  let db: Database

  func put(_ code: DiscrepancyCode, _ expected: Int64?, _ actual: Int64?, _ text: String) throws {
    var finding = Finding(code)
    finding.provider = row["provider"]
    finding.currency = currency
    finding.orderID = row["order_id"]
    finding.paymentID = row["payment_id"]
    finding.refundID = row["refund_id"]
    finding.businessDay = (row[dayColumn] as Int?).map(BusinessDay.init(dayNumber:))
    finding.expected = expected
    finding.actual = actual
    finding.explanation = text
    try Warehouse.put(finding, scope: "record", salesOrder: row["sales_order"], db)
  }

  func words(_ minor: Int64?) -> String {
    minor.map { "\(Money(minorUnits: $0, currency: currency).decimalText) \(currency)" }
      ?? "an unknown amount"
  }
}
