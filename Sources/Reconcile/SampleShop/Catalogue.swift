import ReconcileCore

extension Currency {
  /// A currency that ISO 4217 is known to have.
  static func named(_ code: String) -> Currency {
    guard let currency = Currency(code) else { preconditionFailure("no currency \(code)") }
    return currency
  }
}

/// What the shop sells. Prices are whole cents; other currencies follow by fixed factors, as price lists do.
enum Catalogue {
  private static let products: [(name: String, cents: Int64)] = [
    ("linen towel", 1_450), ("linen tablecloth", 5_900), ("linen apron", 3_290), ("linen bed set", 14_900),
    ("clay mug", 1_800), ("clay teapot", 4_650), ("clay plate", 2_200), ("serving bowl", 3_900),
    ("linden tea 80 g", 690), ("mint tea 50 g", 590), ("heather honey 400 g", 1_150), ("rye bread mix", 480),
    ("oak board", 2_750), ("beeswax candle", 890), ("wool blanket", 8_400), ("juniper spoon", 750),
  ]

  /// Minor units of the currency for one euro cent, as a fraction, and the step prices are rounded to.
  private static let factors: [String: (numerator: Int64, denominator: Int64, step: Int64)] = [
    "EUR": (1, 1, 1), "USD": (112, 100, 5), "GBP": (86, 100, 5), "PLN": (43, 10, 10), "JPY": (165, 100, 10),
    "KWD": (34, 10, 50),
  ]

  /// A price in cents as the price list of another currency has it.
  static func price(cents: Int64, in currency: Currency) -> Money {
    guard let factor = factors[currency.code] else { preconditionFailure("no price list in \(currency)") }
    let raw = cents * factor.numerator / factor.denominator
    return Money(
      minorUnits: max(factor.step, (raw + factor.step / 2) / factor.step * factor.step), currency: currency)
  }

  /// A basket of one to three products with its amount; shipping is added to small ones.
  static func basket(_ random: inout SplitMix64, in currency: Currency) -> (items: String, amount: Money) {
    var cents: Int64 = 0
    var items: [String] = []
    let first = random.below(products.count)
    for index in 0...random.weighted([6, 3, 1]) {
      let product = products[(first + index * 5) % products.count]
      let count = 1 + random.weighted([7, 2, 1])
      cents += product.cents * Int64(count)
      items.append("\(count) x \(product.name)")
    }
    if cents < 6_000 { cents += 490 }
    return (items.joined(separator: "; "), price(cents: cents, in: currency))
  }
}
