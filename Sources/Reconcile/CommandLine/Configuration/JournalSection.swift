import ReconcileCore

/// The `[journal]` table, read and checked as far as no layout is asked for. Which accounts a layout needs, and how
/// it writes them, is checked when a journal is written.
enum JournalSection {
  static func read(_ table: ConfigurationTable) throws(Failure) -> JournalSettings {
    try table.allowOnly(ConfigurationKeys.journal)
    var settings = JournalSettings()
    settings.currency = try table.currency("currency")
    let accounts = try table.table("accounts", example: "{ refunds = \"Income:Refunds\" }")
    try accounts.allowOnly(JournalRole.allCases.map(\.rawValue))
    for role in JournalRole.allCases {
      settings.accounts[role] = try accounts.text(role.rawValue, example: "\"Assets:Receivable\"")
    }
    // Providers that are no longer configured still have payments to be booked, so any name will do.
    let clearing = try table.table("clearing", example: "{ dapit = \"1361\" }")
    for provider in clearing.members.keys.sorted() {
      settings.clearing[provider] = try clearing.text(provider, example: "\"1361\"")
    }
    let xero = try table.table("xero", example: "{ tax_rate = \"Tax Exempt\" }")
    try xero.allowOnly(ConfigurationKeys.journalXero)
    settings.xeroTaxRate = try xero.text("tax_rate", example: "\"Tax Exempt\"")
    let quickBooks = try table.table("quickbooks", example: "{ customer = \"Web shop\" }")
    try quickBooks.allowOnly(ConfigurationKeys.journalQuickBooks)
    settings.quickBooksCustomer = try quickBooks.text("customer", example: "\"Web shop\"")
    try readDatev(table.table("datev", example: "{ consultant = 29098, client = 55003 }"), into: &settings)
    return settings
  }

  private static func readDatev(
    _ table: ConfigurationTable, into settings: inout JournalSettings
  ) throws(Failure) {
    try table.allowOnly(ConfigurationKeys.journalDatev)
    settings.datevConsultant = try table.integer("consultant", in: 1_001...9_999_999, example: "29098")
    settings.datevClient = try table.integer("client", in: 1...99_999, example: "55003")
    settings.datevAccountLength =
      try table.integer("account_length", in: 4...8, example: "4") ?? settings.datevAccountLength
    settings.datevFiscalYearMonth =
      try table.integer("fiscal_year_month", in: 1...12, example: "1") ?? settings.datevFiscalYearMonth
  }
}
