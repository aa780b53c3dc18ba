/// The configuration that lies beside an invented shop.
enum SampleConfiguration {
  /// - Parameters:
  ///   - saved: the folder with the providers' saved answers.
  ///   - hasWholesale: whether the shop has a second Dapit account.
  static func text(saved: String, note: String, hasWholesale: Bool) -> String {
    let wholesale =
      hasWholesale
      ? """

      # The restaurants' account; no settlement report was saved for it.
      [providers.dapit-wholesale]
      kind = "dapit"
      directory = "\(saved)/dapit-wholesale"
      time_zone = "Europe/Vilnius"
      currency = "EUR"
      refund_fee = "1.00"

      """ : ""
    return main(saved: saved, note: note) + wholesale
  }

  private static func main(saved: String, note: String) -> String {
    """
    # \(note)
    # Paths are relative to this file. Every key is explained in docs/reference/configuration.md.

    [reporting]
    time_zone = "Europe/Vilnius"
    output = "reports"
    formats = ["csv", "xlsx", "html"]

    [warehouse]
    path = "reconcile.sqlite"

    [orders]
    files = ["orders/*.csv"]
    time_zone = "UTC"

    [refunds]
    files = ["refunds/*.csv"]
    time_zone = "UTC"

    [events]
    files = ["webhooks/*.jsonl"]

    [matching]
    grace = "48h"
    refund_grace = "5d"
    tolerance = { USD = "0.02" }

    [providers.maxfi]
    kind = "maxfi"
    directory = "\(saved)/maxfi"
    time_zone = "UTC"

    [providers.dapit]
    kind = "dapit"
    directory = "\(saved)/dapit"
    time_zone = "Europe/Vilnius"
    currency = "EUR"
    refund_fee = "1.00"
    settlement_refunds = "net"
    # What happened before was a trial with money that is not real.
    live_since = "2026-02-09"

    [providers.gate]
    kind = "gate"
    directory = "\(saved)/gate"
    time_zone = "UTC"
    amount_unit = "minor"
    lookback_days = 30

    [providers.inflow]
    kind = "inflow"
    directory = "\(saved)/inflow"
    time_zone = "UTC"
    amount_basis = "gross"
    lookback_days = 30

    """
  }
}
