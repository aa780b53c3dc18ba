import ReconcileCore
import TestSupport
import Testing

@Suite("Money is counted exactly or refused")
struct MoneyTests {
  private let euro = Currency("EUR")
  private let yen = Currency("JPY")
  private let dinar = Currency("KWD")

  private func money(_ minorUnits: Int64, _ code: String = "EUR") throws -> Money {
    Money(minorUnits: minorUnits, currency: try #require(Currency(code)))
  }

  @Test("amounts print with the decimals of their currency")
  func prints() throws {
    let texts: [(Int64, String, String)] = [
      (4990, "EUR", "49.90"), (-5, "EUR", "-0.05"), (0, "EUR", "0.00"), (7, "EUR", "0.07"),
      (100, "EUR", "1.00"),
      (1200, "JPY", "1200"), (0, "JPY", "0"), (-1, "JPY", "-1"), (1, "KWD", "0.001"),
      (-12_345, "KWD", "-12.345"),
      (12_345, "CLF", "1.2345"), (.max, "EUR", "92233720368547758.07"),
      (.min, "EUR", "-92233720368547758.08"),
      (.max, "JPY", "9223372036854775807"), (.min, "KWD", "-9223372036854775.808"),
    ]
    for (minorUnits, code, text) in texts { #expect(try money(minorUnits, code).decimalText == text) }
  }

  @Test("totals beyond Int64 print too")
  func widePrints() {
    #expect(Money.decimalText(Int128(Int64.max) * 2, exponent: 2) == "184467440737095516.14")
    #expect(Money.decimalText(Int128(Int64.min) * 3, exponent: 0) == "-27670116110564327424")
  }

  @Test("sums and differences are exact")
  func arithmetic() throws {
    #expect(try money(4990).adding(money(10)) == money(5000))
    #expect(try money(10).subtracting(money(4990)) == money(-4980))
    #expect(try money(.max).adding(money(0)) == money(.max))
    #expect(try money(.max).adding(money(.min)) == money(-1))
    #expect(try money(-1).subtracting(money(.max)) == money(.min))
    #expect(Money.zero(try #require(euro)) == (try money(0)))
  }

  @Test("an overflow is an error, never a wrong amount")
  func overflow() throws {
    let euro = try #require(euro)
    #expect(throws: MoneyError.overflow(euro)) { try money(.max).adding(money(1)) }
    #expect(throws: MoneyError.overflow(euro)) { try money(.min).adding(money(-1)) }
    #expect(throws: MoneyError.overflow(euro)) { try money(.min).subtracting(money(1)) }
    #expect(throws: MoneyError.overflow(euro)) { try money(0).subtracting(money(.min)) }
  }

  @Test("two currencies never meet in one sum")
  func mixedCurrencies() throws {
    let (euro, yen) = (try #require(euro), try #require(yen))
    #expect(throws: MoneyError.mixedCurrencies(euro, yen)) { try money(1).adding(money(1, "JPY")) }
    #expect(throws: MoneyError.mixedCurrencies(euro, yen)) { try money(1).subtracting(money(1, "JPY")) }
  }

  @Test("totals keep currencies apart and hold more than Int64")
  func totals() throws {
    var totals = CurrencyTotals()
    #expect(totals == CurrencyTotals())
    totals.add(try money(.max))
    totals.add(try money(.max))
    totals.add(try money(-7, "KWD"))
    #expect(totals.minorUnits[try #require(euro)] == Int128(Int64.max) * 2)
    #expect(totals.minorUnits[try #require(dinar)] == -7)
    #expect(totals.minorUnits[try #require(yen)] == nil)
  }

  @Test("text to money to text gives the text back", arguments: Seeds.some(8))
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let code = random.pick(["EUR", "JPY", "KWD", "CLF"])
      let exponent = try #require(Currency(code)).exponent
      let size = Int.random(in: 0..<63, using: &random)
      let minorUnits = Int64.random(in: 0...(Int64.max >> Int64(size)), using: &random)
      let text = try money(minorUnits, code).decimalText
      #expect(try AmountText.merchant(text, exponent: exponent) == minorUnits)
      #expect(try AmountText.json(Array(text.utf8), exponent: exponent) == minorUnits)
      #expect(try AmountText.json(Array("-\(text)".utf8), exponent: exponent) == -minorUnits)
      let comma = text.replacing(".", with: ",")
      #expect(try AmountText.merchant(comma, exponent: exponent, mark: UInt8(ascii: ",")) == minorUnits)
      let zeros = (exponent == 0 ? text + "." : text) + String(repeating: "0", count: .random(in: 1...9))
      #expect(try AmountText.merchant("000" + zeros, exponent: exponent) == minorUnits)
    }
  }
}
