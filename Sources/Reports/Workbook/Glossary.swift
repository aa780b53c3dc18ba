import ReconcileCore

/// The words of the workbook, explained for somebody who did not configure the tool.
enum Glossary {
  /// What a kind of finding means, in one line.
  static func meaning(of code: DiscrepancyCode) -> String {
    switch code {
    case .unpaidOrder: "The order is due and no money for it was received"
    case .partialPayment: "Less was collected than the order's amount"
    case .overpayment: "More was collected than the order's amount"
    case .duplicatePayment: "The order was paid more than once"
    case .currencyMismatch: "The order was paid in another currency"
    case .amountUnknown: "A provider does not say an amount that is needed"
    case .paidCancelledOrder: "A cancelled order was paid"
    case .orphanPayment: "Money was received that belongs to no known order"
    case .latePayment: "Money arrived on a payment that had failed, expired or been cancelled"
    case .recordWithdrawn: "A record that an earlier run read is no longer listed by the provider"
    case .unknownStatus: "The provider uses a status word that is not known here"
    case .refundMissing: "A refund was asked for and none was made"
    case .refundShort: "Less was refunded than was asked for"
    case .refundExcess: "More was refunded than was due"
    case .refundExceedsPayment: "More was refunded than was ever collected"
    case .refundFailed: "A refund failed at the provider"
    case .refundFeeMismatch: "A refund's fee differs from the agreed fee"
    case .orphanRefund: "A refund belongs to no known payment"
    case .refundWithoutOrder: "A merchant refund names an order that is unknown or in another currency"
    case .settlementGrossMismatch: "The settlement report's gross of a day differs from our records"
    case .settlementRefundsMismatch: "The settlement report's refunds of a day differ from our records"
    case .settlementFeesMismatch: "The settlement report's fees of a day differ from our records"
    case .settlementCountMismatch: "The settlement report counts other payments on a day than we do"
    case .settlementNetMismatch: "The settlement report's net of a day differs from our records"
    case .settlementArithmetic: "The settlement report does not add up in itself"
    case .settlementMissing: "No settlement report was given for the period"
    }
  }

  /// Terms in alphabetical order.
  static let terms: [(term: String, meaning: String)] = [
    (
      "age", "Days from the business date to the report's clock; a bucket is 0-7, 8-30, 31-60, 61-90, over 90"
    ),
    ("accepted", "Somebody looked at the finding and decided that nothing more is to be done"),
    ("business date", "The day of a moment in the reporting time zone"),
    ("collected", "Money the provider says it received on a payment"),
    ("difference", "Actual − expected on findings; collected − amount on orders"),
    ("discrepancy", "A difference that somebody must look at: open, settled or accepted"),
    ("linked", "A payment that was matched with an order; matched_by says by which rule"),
    ("net", "Of an order: collected − refunded. Of a settlement day: gross − refunds − fees"),
    ("open item", "A finding dated before the period that is still open"),
    ("refund_due", "What the order must give back"),
    ("reject", "A row or record that could not be read; it is in no figure"),
    ("settled", "The money has been given back in full: nothing to do"),
    ("tied_out", "The provider's settlement report agrees with our records on that day"),
    (
      "unexplained",
      "The differences of open findings about orders' money: unpaid, short, over, twice, in another currency, "
        + "although cancelled, or without an order"
    ),
    ("unknown", "The source does not say it; the cell is blank. Zero is always written as 0"),
  ]

  /// How the workbook is meant to be read.
  static let reading: [(term: String, meaning: String)] = [
    (
      "Where to begin",
      "Summary: red lines come before any figure. Then Discrepancies, high severity first, and Open items"
    ),
    ("Controls", "Proof that the sheets agree with one another and with totals summed apart from them"),
    ("Detail sheets", "One row for each record; the header stays in view and every column can be filtered"),
    ("Totals", "Above the header, one line for each currency. \"In view\": they follow the filter"),
    (
      "Columns",
      "The name and the values of the CSV file of the same table, then columns of the workbook alone"
    ),
    (
      "Yellow columns",
      "For you: resolution, note and owner of a finding, and the sign-off. `reconcile resolve --file` reads the first two"
    ),
    ("Blank cells", "Unknown, or not applicable. Zero is written as 0"),
    ("Ids", "Text, also where they consist of digits; leading zeros count"),
    ("Links", "A finding's order, payment and refund lead to their rows, in the first rows of a long list"),
    (
      "Days and times",
      "Times are UTC. Days are business days in the reporting time zone, on Settlement in the provider's zone"
    ),
  ]

  /// Which way the signs point.
  static let signs: [(term: String, meaning: String)] = [
    (
      "Amounts",
      "Never negative on orders, payments and refunds; the column says which way the money went"
    ),
    ("Difference", "Actual − expected. Negative: money is missing, or less was reported than expected"),
    ("Settlement", "Refunds and fees are positive where money left; net may be negative"),
    ("Unexplained", "Positive: came in without a reason. Negative: did not come in"),
  ]

  /// What the severities ask for.
  static let severities: [(term: String, meaning: String)] = [
    ("high", "Money is or may be missing, or was paid without a reason: look at it now"),
    ("medium", "Something is owed, late or not known: look at it this week"),
    ("low", "A small difference in a condition, such as a fee: look at it when there are many"),
  ]
}
