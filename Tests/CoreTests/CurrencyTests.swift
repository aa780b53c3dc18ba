import ReconcileCore
import Testing

@Suite("Currencies are those of ISO 4217")
struct CurrencyTests {
  @Test("the decimals are the currency's own")
  func exponents() throws {
    let known: [(String, Int)] = [
      ("EUR", 2), ("USD", 2), ("AZN", 2), ("NPR", 2), ("MGA", 2), ("JPY", 0), ("KRW", 0), ("ISK", 0),
      ("VND", 0),
      ("UGX", 0), ("KWD", 3), ("TND", 3), ("BHD", 3), ("CLF", 4), ("UYW", 4), ("HRK", 2), ("ZWG", 2),
    ]
    for (code, exponent) in known { #expect(try #require(Currency(code)).exponent == exponent, "\(code)") }
  }

  @Test("either case is read, upper case is kept")
  func cases() throws {
    let currency = try #require(Currency("eUr"))
    #expect(currency.code == "EUR")
    #expect("\(currency)" == "EUR")
    #expect(currency == Currency("EUR"))
    #expect(Set([currency, try #require(Currency("EUR"))]).count == 1)
  }

  @Test(
    "metals, test codes and what is no code are not known",
    arguments: ["", "EU", "EURO", "XXX", "XTS", "XAU", "978", "E R", "€", "ЕUR", "EUR ", " EUR", "ÄÖÜ"])
  func unknown(code: String) { #expect(Currency(code) == nil) }

  @Test("currencies sort by their code")
  func order() throws {
    let sorted = ["USD", "EUR", "JPY"].compactMap { Currency($0) }.sorted()
    #expect(sorted.map(\.code) == ["EUR", "JPY", "USD"])
  }
}
