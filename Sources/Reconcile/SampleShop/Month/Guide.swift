import ReconcileCore

/// The README of the sample month.
struct Guide {
  let planted: [PlantedFinding]

  var text: String {
    """
    # Amber Lane, March 2026

    Amber Lane is an invented shop in Vilnius that sells linen, pottery and tea in EUR, USD, GBP, PLN, JPY
    and KWD. Buyers, payments and e-mail addresses do not exist. The folder holds everything that a month
    needs. `reconcile demo DIR` writes the same files into a folder of your own; in the repository they are
    `sample-data/`, which `make record` writes again and a test compares byte by byte.

    | file | what it is |
    |---|---|
    | `reconcile.toml` | the configuration: the month as it stands on 1 April 2026 |
    | `reconcile-earlier.toml` | the same with the providers' answers of 23 March |
    | `orders/` | the shop's orders: February, March, and corrections that came later |
    | `refunds/` | the refunds that the shop asked for |
    | `webhooks/` | archived webhook deliveries |
    | `saved/`, `saved-earlier/` | what MAXFI, two Dapit accounts, Gate and Inflow answered |
    | `planted.csv` | every difference that was put in on purpose |

    ## Reconcile it

    `reconcile demo` does it by itself. By hand, in this folder:

        reconcile --config reconcile-earlier.toml --period 2026-03 --as-of \(SampleShop.earlierAsOf)
        reconcile --config reconcile.toml --period 2026-03 --as-of \(SampleShop.asOf)

    The first command is the night of 24 March, so that the second notices which records are gone and tells
    what changed since. Both end with status 65, because a few rows cannot be read on purpose. Business dates are days in Vilnius,
    where the clocks went forward on 29 March.

    ## What was planted

    \(planted.count) findings. Those dated before March stand in open_items.csv, all others in
    discrepancies.csv; one without a date stands in every period. Amounts are `expected → actual`.

    \(DiscrepancyCode.allCases.map(section).joined(separator: "\n\n"))

    ## What must not be found

    - Test money: two MAXFI payments that are not live, a webhook about each of them, and what Dapit lists
      from before 9 February.
    - Rejected rows: three orders without a readable date, currency or amount, one order and one refund
      with a decimal comma, a torn webhook and one of a provider that is not configured, a MAXFI payment
      without an amount, an Inflow refund with two different amounts, and a Dapit payment with money and no
      reference. Only the order with the decimal comma has a consequence, which is listed above.
    - A duplicate payment of February that was settled in February.
    - A difference of 0.01 USD, which the configured tolerance of 0.02 covers.
    - Orders 7 and 007, fair-a1 and fair-A1 are four orders. ŠILAS-7 is written with a combining character
      in the orders file and without in MAXFI's list, and is one order.
    - Orders that wait for their money for less than 48 hours, refunds asked for less than 5 days ago, one
      held card payment, and what cannot be verified: an order that names a provider which is not
      configured, an Inflow order without a reference, and a Gate refund without one.

    """
  }

  private func section(_ code: DiscrepancyCode) -> String {
    let rows = planted.filter { $0.code == code }.map { finding in
      let ids = [
        finding.orderID.isEmpty ? nil : "order \(finding.orderID)",
        finding.paymentID.isEmpty ? nil : "payment \(finding.paymentID)",
        finding.refundID.isEmpty ? nil : "refund \(finding.refundID)",
      ].compactMap { $0 }.joined(separator: ", ")
      let amounts = finding.expected + " → " + finding.actual
      return "| \(finding.businessDate) | \(finding.provider) | \(ids) | \(finding.currency) | "
        + "\(finding.expected.isEmpty && finding.actual.isEmpty ? "" : amounts) | "
        + "\(finding.status == .settled ? "Settled. " : "")\(finding.story) |"
    }
    return "### \(code.rawValue)\n\n| date | provider | ids | currency | amounts | how it came about |\n"
      + "|---|---|---|---|---|---|\n" + rows.joined(separator: "\n")
  }
}
