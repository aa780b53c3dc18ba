/// An ISO 4217 currency with its number of decimals; codes without minor units (gold, test codes) are not known.
public struct Currency: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The three upper-case letters.
  public let code: String
  /// Decimals of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
  public let exponent: Int

  /// The currency with this code in either case, nil when ISO 4217 does not list it.
  public init?(_ code: String) {
    guard code.utf8.count == 3 else { return nil }
    if let exponent = Self.exponents[code] {
      self.code = code
      self.exponent = exponent
      return
    }
    let upper = String(decoding: code.utf8.map { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 }, as: UTF8.self)
    guard let exponent = Self.exponents[upper] else { return nil }
    self.code = upper
    self.exponent = exponent
  }

  public var description: String { code }

  public static func == (a: Currency, b: Currency) -> Bool { a.code == b.code }
  public func hash(into hasher: inout Hasher) { hasher.combine(code) }
  public static func < (a: Currency, b: Currency) -> Bool { a.code < b.code }

  /// Every code in use, plus those withdrawn since 2020, which old orders may still carry.
  private static let exponents: [String: Int] = {
    let byExponent: [(Int, String)] = [
      (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
      (3, "BHD IQD JOD KWD LYD OMR TND"),
      (4, "CLF UYW"),
      (
        2,
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD \
        CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP \
        GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD \
        MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR \
        PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP \
        TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG ZWL
        """
      ),
    ]
    var table: [String: Int] = [:]
    for (exponent, codes) in byExponent {
      for code in codes.split(separator: " ") { table[String(code)] = exponent }
    }
    return table
  }()
}
