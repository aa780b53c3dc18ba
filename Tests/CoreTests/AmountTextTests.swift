import ReconcileCore
import TestSupport
import Testing

@Suite("Amounts are read from their own text")
struct AmountTextTests {
  private static let comma = UInt8(ascii: ",")

  private func json(_ text: String, exponent: Int = 2) throws(AmountError) -> Int64 {
    try AmountText.json(Array(text.utf8), exponent: exponent)
  }

  @Test("a merchant's amount may have fewer decimals than the currency, or more if they are zeros")
  func merchantAmounts() throws {
    let amounts: [(String, Int, Int64)] = [
      ("0", 2, 0), ("0.00", 2, 0), ("49.9", 2, 4990), ("49.90", 2, 4990), ("49.9000000", 2, 4990),
      ("007", 2, 700),
      ("1200", 0, 1200), ("1200.00", 0, 1200), ("1.5", 3, 1500), ("0.001", 3, 1), ("0.0010", 3, 1),
      ("0000000000000000000000000.10", 2, 10),
    ]
    for (text, exponent, minorUnits) in amounts {
      #expect(try AmountText.merchant(text, exponent: exponent) == minorUnits, "\(text)")
    }
  }

  @Test("the largest amount is Int64.max minor units")
  func limits() throws {
    #expect(try AmountText.merchant("92233720368547758.07", exponent: 2) == .max)
    #expect(try AmountText.merchant("9223372036854775807", exponent: 0) == .max)
    #expect(try AmountText.merchant("9223372036854775.807", exponent: 3) == .max)
    for (text, exponent) in [
      ("92233720368547758.08", 2), ("9223372036854775808", 0), ("9223372036854775.808", 3),
      ("92233720368547759", 2),
      ("10000000000000000000", 0), ("99999999999999999999999999999999999999999", 2),
    ] {
      #expect(throws: AmountError.tooLarge, "\(text)") { try AmountText.merchant(text, exponent: exponent) }
      #expect(throws: AmountError.tooLarge, "\(text)") { try json(text, exponent: exponent) }
    }
  }

  @Test("decimals beyond the currency's that are not zero are refused")
  func tooManyDecimals() {
    for (text, exponent) in [("1.5", 0), ("0.005", 2), ("0.0001", 3), ("49.901", 2)] {
      #expect(throws: AmountError.tooManyDecimals(allowed: exponent), "\(text)") {
        try AmountText.merchant(text, exponent: exponent)
      }
      #expect(throws: AmountError.tooManyDecimals(allowed: exponent), "\(text)") {
        try json(text, exponent: exponent)
      }
    }
  }

  @Test(
    "what is not plain digits with one mark between them is no merchant's amount",
    arguments: [
      "", ".", "1.", ".5", "1..2", "1.2.3", "-1", "+1", "1,5", "1 000", "1'000", "1,000.00", "1e2", "0x10",
      " 1", "1 ",
      "1\u{A0}000", "１２", "٣", "1\u{0301}", "NaN", "inf", "1_000", "€5", "5€", "1\n",
    ])
  func malformedMerchant(text: String) {
    #expect(throws: AmountError.notANumber) { try AmountText.merchant(text, exponent: 2) }
  }

  @Test("with a decimal comma a dot is refused, and the other way round")
  func decimalComma() throws {
    #expect(try AmountText.merchant("49,90", exponent: 2, mark: Self.comma) == 4990)
    #expect(try AmountText.merchant("1200", exponent: 0, mark: Self.comma) == 1200)
    for text in ["49.90", "1.200,00", "1,2,3", ",5", "5,"] {
      #expect(throws: AmountError.notANumber, "\(text)") {
        try AmountText.merchant(text, exponent: 2, mark: Self.comma)
      }
    }
  }

  @Test("JSON numbers are read with sign and exponent, without a float in between")
  func jsonNumbers() throws {
    let numbers: [(String, Int, Int64)] = [
      ("0", 2, 0), ("-0", 2, 0), ("-0.00", 2, 0), ("49.9", 2, 4990), ("-49.90", 2, -4990),
      ("4900.0", 0, 4900),
      ("1e2", 2, 10_000), ("1E+2", 0, 100), ("1.5e1", 0, 15), ("4990e-2", 2, 4990), ("100e-2", 0, 1),
      ("0e999999999999", 2, 0),
      ("0.0000000000000000001e19", 0, 1), ("9007199254740993", 0, 9_007_199_254_740_993),
      ("90071992547409.93", 2, 9_007_199_254_740_993), ("-92233720368547758.07", 2, -.max),
    ]
    for (text, exponent, minorUnits) in numbers {
      #expect(try json(text, exponent: exponent) == minorUnits, "\(text)")
    }
  }

  @Test(
    "what JSON does not call a number is none",
    arguments: [
      "", "-", "+1", "01", "-01", ".5", "5.", "1e", "1e+", "1.e2", "0x1", "1,0", " 1", "1 ", "NaN",
      "Infinity", "true",
      "null", "\"1\"", "1.2.3", "--1", "1e2.5",
    ])
  func malformedJSON(text: String) {
    #expect(throws: AmountError.notANumber) { try json(text) }
  }

  @Test("a power of ten beyond reach is too large or has too many decimals, and costs no time")
  func extremeExponents() {
    #expect(throws: AmountError.tooLarge) { try json("1e999999999999999999999") }
    #expect(throws: AmountError.tooLarge) { try json("1e19", exponent: 0) }
    #expect(throws: AmountError.tooManyDecimals(allowed: 2)) { try json("1e-999999999999999999999") }
  }

  @Test("every reason for a reject is worded")
  func reasons() {
    #expect(AmountError.notANumber.reason == "amount is not a plain decimal number")
    #expect(AmountError.tooManyDecimals(allowed: 2).reason == "amount has more than 2 decimals")
    #expect(AmountError.tooLarge.reason.contains("Int64"))
    #expect(AmountError.negative.reason == "amount is negative")
  }

  @Test("random bytes are an exact amount or refused, and never end the program", arguments: Seeds.some(6))
  func randomTexts(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("0123456789.,-+eE 'x".utf8)
    for _ in 0..<2_000 {
      let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in random.pick(alphabet) }
      let text = String(decoding: bytes, as: UTF8.self)
      let exponent = Int.random(in: 0...4, using: &random)
      guard let minorUnits = try? AmountText.merchant(text, exponent: exponent) else { continue }
      // What was accepted says the same when it is written out and read again.
      let written = Money.decimalText(Int128(minorUnits), exponent: exponent)
      #expect(try AmountText.merchant(written, exponent: exponent) == minorUnits, "\(text)")
      #expect(try json(written, exponent: exponent) == minorUnits, "\(text)")
    }
  }
}
