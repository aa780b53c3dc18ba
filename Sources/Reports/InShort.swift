import ReconcileCore

/// The answer of a report in sentences, the same in the workbook and on the page.
struct InShort {
  /// Whether the figures may be booked, and why not.
  let verdict: String
  /// How many findings wait for somebody.
  let findings: String
  /// Whether a finding of the period is open.
  let isOpen: Bool
  /// What could not be read, without a full stop; nil when there is nothing of the kind.
  let rejects: String?
  /// What has changed in sealed periods, without a full stop; nil when nothing has.
  let adjustments: String?
  /// One sentence for each currency, and one about those that are left out.
  let currencies: [String]

  private static let currencyLimit = 6

  /// Nil for a report without anything in it.
  init?(_ totals: SummaryTotals, _ figures: ReportFigures, _ verdict: Verdict) {
    guard figures.dataRows > 0 else { return nil }
    self.verdict =
      verdict.isReady
      ? "Ready to book: every source was read completely and every control holds."
      : "Not ready to book: \(verdict.reasons.joined(separator: "; "))."
    let open = figures.findingCount(.open)
    isOpen = open > 0
    let opening =
      open == 0
      ? "No discrepancy of this period is open"
      : open == 1
        ? "1 discrepancy of this period needs a look"
        : "\(grouped(Int128(open))) discrepancies of this period need a look"
    let older = figures.openItems.rows
    findings =
      opening
      + (older == 0
        ? "." : "; \(grouped(Int128(older))) older one\(older == 1 ? " is" : "s are") still open.")
    let rejected = figures.rejects.rows
    let these = rejected == 1 ? "1 row or record" : "\(grouped(Int128(rejected))) rows or records"
    rejects =
      rejected == 0 ? nil : "\(these) could not be read and \(rejected == 1 ? "is" : "are") in no figure"
    let changed = figures.adjustments.rows
    let facts =
      changed == 1
      ? "1 fact of a sealed period has" : "\(grouped(Int128(changed))) facts of sealed periods have"
    adjustments = changed == 0 ? nil : "\(facts) changed since"
    let others = figures.currencies.count - Self.currencyLimit
    currencies =
      figures.currencies.prefix(Self.currencyLimit).map { Self.sentence($0, totals, figures) }
      + (others > 0 ? ["The other \(others) currencies are below."] : [])
  }

  private static func sentence(
    _ currency: Currency, _ totals: SummaryTotals, _ figures: ReportFigures
  ) -> String {
    func text(_ amount: Int128) -> String { grouped(amount, exponent: currency.exponent) }
    let orders = totals.orders[currency]
    let count = Int128(orders?.count ?? 0)
    var parts = [
      "\(currency): \(text(orders?.collected ?? 0)) collected for \(grouped(count)) "
        + "order\(count == 1 ? "" : "s") of \(text(orders?.amount ?? 0))"
    ]
    if let refunded = orders?.refunded, refunded != 0 { parts.append("\(text(refunded)) refunded") }
    if let unlinked = totals.payments[currency]?.unlinked, unlinked != 0 {
      parts.append("\(text(unlinked)) received without an order")
    }
    if let unexplained = figures.unexplained[currency], unexplained != 0 {
      parts.append("\(text(unexplained)) unexplained")
    }
    let open = figures.openFindings(in: currency)
    parts.append(open == 0 ? "nothing open" : "\(grouped(Int128(open))) open")
    return parts.joined(separator: " · ")
  }
}

extension ReportFigures {
  /// Open findings of the period in one currency.
  func openFindings(in currency: Currency) -> Int {
    findings.reduce(0) { $1.key.currency == currency ? $0 + $1.value.count(.open) : $0 }
  }
}
