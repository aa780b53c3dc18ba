/// What `reconcile init` writes: a configuration that explains itself, and an orders file to start from.
enum InitTemplate {
  /// The name of the configuration file.
  static let configurationName = "reconcile.toml"
  /// Where the example orders go, relative to the configuration.
  static let ordersName = "orders/example.csv"

  /// An example of the merchant's orders; the columns are those of docs/reference/configuration.md.
  static let orders = """
    order_id,created_at,currency,amount,provider,provider_reference,status
    1001,2026-03-01T09:30:00Z,EUR,49.90,dapit,DP-260301-0001,
    1002,2026-03-02,EUR,120.00,maxfi,,
    1003,2026-03-02T18:05:00+02:00,EUR,15.00,,,cancelled

    """

  /// The configuration. Lines that begin with `#` and a letter or bracket are settings that are switched off.
  static let configuration = """
    # Configuration of `reconcile`. Every key is explained in docs/reference/configuration.md.
    # Lines that begin with # are switched off: those with a blank after it explain, the others are settings.
    # Paths are relative to this file. Amounts, times and dates stand in quotes.
    # No key or password belongs in here: name an environment variable or a file that holds it.

    [reporting]
    # The zone whose days are the business dates of all reports.
    time_zone = "UTC"
    # Reports land in <output>/<from>_<to>/.
    output = "reports"
    # "csv", "xlsx", and "html" for one page that any browser opens and prints.
    formats = ["csv", "xlsx"]
    # CSV files as "standard" (RFC 4180), "excel", or "excel-eu" (semicolons and decimal commas).
    csv_dialect = "standard"

    [warehouse]
    # One SQLite file that keeps everything read so far.
    path = "reconcile.sqlite"

    [orders]
    # What you sold. `*` stands for any characters; later files outrank earlier ones.
    files = ["orders/*.csv"]
    # The zone of times in these files that carry no offset.
    time_zone = "UTC"
    # "." or "," in amounts.
    decimal = "."

    # Our name = the column in your file; needed only where they differ.
    [orders.columns]
    #order_id = "Order Number"
    #created_at = "Created"
    #currency = "Currency"
    #amount = "Total"
    #provider = "Payment Provider"
    #provider_reference = "Transaction"
    #status = "Status"

    # Refunds that you asked for.
    #[refunds]
    #files = ["refunds/*.csv"]
    #time_zone = "UTC"
    #decimal = "."
    #[refunds.columns]
    #refund_id = "Refund Number"
    #order_id = "Order Number"
    #created_at = "Created"
    #currency = "Currency"
    #amount = "Amount"
    #provider_reference = "Transaction"

    # Archived webhook deliveries, one JSON object a line.
    #[events]
    #files = ["webhooks/*.jsonl"]

    [matching]
    # A younger unpaid order is pending, and no discrepancy.
    grace = "48h"
    # The same for refunds that you asked for.
    refund_grace = "5d"
    # Differences up to this still count as exact, for each currency.
    tolerance = { EUR = "0.00" }

    # One section for each provider account. The name after the dot is yours, and orders refer to it.
    # Remove the # in front of the sections that you need.

    #[providers.maxfi]
    #kind = "maxfi"
    #base_url = "https://maxfi-api.exezine.az"
    #api_key_env = "MAXFI_API_KEY"
    # The secret that signs webhook deliveries; without it they are not verified.
    #webhook_secret_env = "MAXFI_WEBHOOK_SECRET"
    # The zone of times and days that carry no offset.
    #time_zone = "UTC"
    # At most 90 requests in any 60 seconds.
    #rate_limit = "90/60s"
    # A provider's word that we do not know yet = our word for it.
    #status_map = { settled = "succeeded" }

    #[providers.dapit]
    #kind = "dapit"
    #base_url = "https://www.maxafi.com/api/gateway/gateway.php"
    #api_key_env = "DAPIT_API_KEY"
    # Dapit's times carry no offset: ask them for the zone, or days may shift.
    #time_zone = "UTC"
    # The currency of records that name none.
    #currency = "EUR"
    # What Dapit keeps of every refund; "0.00" for nothing.
    #refund_fee = "1.00"
    # Whether refunds in settlement reports are "net" of that fee, or "gross".
    #settlement_refunds = "net"
    # Older records are test money: a day, or a time such as "2026-01-15T08:00:00Z".
    #live_since = "2026-01-15"

    #[providers.gate]
    #kind = "gate"
    #base_url = "https://api.gate.example"
    #api_key_env = "GATE_API_KEY"
    #time_zone = "UTC"
    # Whether amounts are in cents ("minor") or in whole units with decimals ("major").
    #amount_unit = "minor"
    # Orders so many days before the period are looked up as well.
    #lookback_days = 30

    #[providers.inflow]
    #kind = "inflow"
    #base_url = "https://api.inflow.example"
    # A file in place of an environment variable: systemd credentials, Docker secrets.
    #api_key_file = "/run/credentials/reconcile.service/inflow"
    #time_zone = "UTC"
    # The header that carries the key; {key} stands for it.
    #auth_header = "Authorization: Api-Key {key}"
    # Whether amounts are before ("gross") or after ("net") the provider's fees, or "unknown".
    #amount_basis = "gross"
    #lookback_days = 30
    # For any provider: "off" where its amounts look like another unit than the orders', or net of a fee, and are right.
    #amount_check = "on"
    # For any provider: the longest time without an answer, and for its whole import.
    #timeout = "30s"
    #deadline = "30m"
    # Certificates to trust in place of the system's.
    #ca_file = "/etc/ssl/certs/ca-certificates.crt"

    # Saved responses in place of the network: `directory` instead of `base_url`, no key needed.
    #[providers.saved]
    #kind = "dapit"
    #directory = "saved/dapit"

    # Where `reconcile journal` books to. hledger, beancount and csv have these accounts by default; for the others
    # write them as your books call them (Xero and DATEV: the number).
    #[journal]
    # The currency of the books: Xero and DATEV take no other.
    #currency = "EUR"
    #[journal.accounts]
    # What providers hold for you; each has an account of its own below this one.
    #clearing = "Assets:Clearing"
    # What customers owe.
    #receivable = "Assets:Receivable"
    # What customers paid too much and may have back.
    #overpayments = "Liabilities:Overpayments"
    # Money that belongs to no order yet.
    #suspense = "Liabilities:Suspense"
    # Money given back for sales.
    #refunds = "Income:Refunds"
    # What providers keep of refunds, and the part of it that customers bore.
    #refund_fees = "Expenses:RefundFees"
    #recovered_fees = "Income:RefundFees"
    # Differences within the tolerance.
    #differences = "Expenses:PaymentDifferences"
    # A provider's clearing account, where it is not below the one above.
    #[journal.clearing]
    #saved = "Assets:Clearing:Saved"
    # The name of your tax rate that means no tax.
    #[journal.xero]
    #tax_rate = "Tax Exempt"
    # The customer for lines of the receivable account.
    #[journal.quickbooks]
    #customer = "Web shop"
    # The numbers of your tax adviser and of yourself there, the digits of an account, and the first month of the
    # fiscal year.
    #[journal.datev]
    #consultant = 29098
    #client = 55003
    #account_length = 4
    #fiscal_year_month = 1

    """
}
