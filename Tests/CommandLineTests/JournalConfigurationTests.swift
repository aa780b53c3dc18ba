import ReconcileCore
import Testing

@testable import reconcile

@Suite("The [journal] table is read strictly")
struct JournalConfigurationTests {
  @Test("every key arrives in the settings")
  func everything() throws {
    let journal = try load(
      """
      [journal]
      currency = "eur"
      [journal.accounts]
      clearing = "Assets:PSP"
      receivable = "1400"
      recovered_fees = "8840"
      [journal.clearing]
      dapit = "1361"
      retired-2019 = "1362"
      [journal.xero]
      tax_rate = "BAS Excluded"
      [journal.quickbooks]
      customer = "Web shop"
      [journal.datev]
      consultant = 1001
      client = 99999
      account_length = 8
      fiscal_year_month = 7
      """
    ).settings.journal
    #expect(journal.currency?.code == "EUR")
    #expect(journal.accounts == [.clearing: "Assets:PSP", .receivable: "1400", .recoveredFees: "8840"])
    #expect(journal.clearing == ["dapit": "1361", "retired-2019": "1362"])
    #expect(journal.xeroTaxRate == "BAS Excluded")
    #expect(journal.quickBooksCustomer == "Web shop")
    #expect(journal.datevConsultant == 1_001 && journal.datevClient == 99_999)
    #expect(journal.datevAccountLength == 8 && journal.datevFiscalYearMonth == 7)
  }

  @Test("without the table everything has its default")
  func defaults() throws {
    #expect(try load("").settings.journal == JournalSettings())
  }

  @Test("a mistake is named with its key and the nearest right one")
  func mistakes() throws {
    let cases = [
      ("[journal]\ncurency = \"EUR\"", "journal.curency", "`currency`"),
      ("[journal.accounts]\nrefund_fee = \"x\"", "journal.accounts.refund_fee", "refund_fees"),
      ("[journal.datev]\nconsultants = 1", "journal.datev.consultants", "`consultant`"),
      ("[journal.datev]\nconsultant = \"29098\"", "journal.datev.consultant", "29098"),
      ("[journal.datev]\nconsultant = 1000", "journal.datev.consultant", "29098"),
      ("[journal.datev]\naccount_length = 9", "journal.datev.account_length", "4"),
      ("[journal.datev]\nfiscal_year_month = 0", "journal.datev.fiscal_year_month", "1"),
      ("[journal.accounts]\nrefunds = 8720", "journal.accounts.refunds", "quote it"),
      ("[journal.clearing]\ndapit = 1361", "journal.clearing.dapit", "quote it"),
      ("[journal]\ncurrency = \"EURO\"", "journal.currency", "EUR"),
      ("[journal]\nxero = \"x\"", "journal.xero", "tax_rate"),
    ]
    for (text, key, remedy) in cases {
      let failure = try failure(of: text)
      #expect(failure.status == .configurationWrong)
      #expect(failure.place?.hasSuffix("key \(key)") == true, "\(failure)")
      #expect(failure.remedy.contains(remedy), "\(failure)")
    }
  }

  @Test("the accounts of a journal change no report, and so not the digest")
  func digest() throws {
    #expect(try load("[journal.accounts]\nrefunds = \"x\"").digest == load("").digest)
  }
}
