import ReconcileCore

/// The answer of a report in sentences, the same in the workbook and on the page.
struct InShort {
  /// How many findings wait for somebody.
  let headline: String
  /// Whether a finding of the period is open.
  let isOpen: Bool
  /// One sentence for each currency, and one about those that are left out.
  let sentences: [String]

  private static let currencyLimit = 6

  init(totals: SummaryTotals, figures: ReportFigures) {
    let open = figures.findingCount(.open)
    isOpen = open > 0
    guard figures.dataRows > 0 else {
      headline = "Nothing to report: the period has no orders, payments, refunds or findings."
      sentences = []
      return
    }
    let older = figures.openItems.rows
    let opening =
      open == 0
      ? "No discrepancy of this period is open"
      : open == 1
        ? "1 discrepancy of this period needs a look"
        : "\(grouped(Int128(open))) discrepancies of this period need a look"
    headline =
      opening
      + (older == 0
        ? "." : "; \(grouped(Int128(older))) older one\(older == 1 ? " is" : "s are") still open.")
    let currencies = figures.currencies(with: totals)
    let others = currencies.count - Self.currencyLimit
    sentences =
      currencies.prefix(Self.currencyLimit).map { Self.sentence($0, totals, figures) }
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
    let findings = figures.findings.filter { $0.key.currency == currency }.values
    let open = findings.reduce(0) { $0 + ($1.byStatus[.open] ?? 0) }
    parts.append(open == 0 ? "nothing open" : "\(grouped(Int128(open))) open")
    return parts.joined(separator: " · ")
  }
}

extension ReportFigures {
  /// What must be read before any figure.
  func warnings(_ facts: ReportFacts) -> [String] {
    var warnings: [String] = []
    if facts.isTestData {
      warnings.append("TEST DATA: a test key was let through; nothing here is real money")
    }
    for provider in facts.providers where !provider.complete {
      let why = provider.message.map { ": \($0)" } ?? ""
      warnings.append("INCOMPLETE: \(provider.name) is \(provider.status)\(why)")
    }
    if mismatchedDays > 0 {
      let many = mismatchedDays == 1 ? "1 settlement day differs" : "\(mismatchedDays) settlement days differ"
      warnings.append("NOT TIED OUT: \(many) from the provider's own report, see Settlement")
    }
    return warnings
  }

  /// Every currency of the report, in alphabetical order.
  func currencies(with totals: SummaryTotals) -> [Currency] {
    Set(totals.currencies).union(settlementDays.keys).union(discrepancies.currencies).sorted()
  }
}
