/// An exact amount of one currency, counted in that currency's ISO 4217 minor units.
public struct Money: Hashable, Sendable {
  /// Cents, yen, fils: the whole number of minor units; negative only in differences and settlement lines.
  public let minorUnits: Int64
  /// The currency the minor units belong to.
  public let currency: Currency

  /// An amount from minor units.
  public init(minorUnits: Int64, currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// Nothing, in this currency.
  public static func zero(_ currency: Currency) -> Money { Money(minorUnits: 0, currency: currency) }

  /// The sum; throws on two currencies and on overflow.
  public func adding(_ other: Money) throws(MoneyError) -> Money {
    guard currency == other.currency else { throw .mixedCurrencies(currency, other.currency) }
    let (sum, overflow) = minorUnits.addingReportingOverflow(other.minorUnits)
    guard !overflow else { throw .overflow(currency) }
    return Money(minorUnits: sum, currency: currency)
  }

  /// The difference; throws on two currencies and on overflow.
  public func subtracting(_ other: Money) throws(MoneyError) -> Money {
    guard currency == other.currency else { throw .mixedCurrencies(currency, other.currency) }
    let (difference, overflow) = minorUnits.subtractingReportingOverflow(other.minorUnits)
    guard !overflow else { throw .overflow(currency) }
    return Money(minorUnits: difference, currency: currency)
  }

  /// A plain decimal with the currency's decimals: `49.90`, `-0.05`, `1200` (JPY).
  public var decimalText: String {
    String(unsafeUninitializedCapacity: 32) { buffer in
      var digits = minorUnits.magnitude
      var place = 32
      var written = 0
      repeat {
        if written == currency.exponent, written > 0 {
          place -= 1
          buffer[place] = UInt8(ascii: ".")
        }
        place -= 1
        buffer[place] = UInt8(48 + digits % 10)
        digits /= 10
        written += 1
      } while digits > 0 || written <= currency.exponent
      if minorUnits < 0 {
        place -= 1
        buffer[place] = UInt8(ascii: "-")
      }
      for index in place..<32 { buffer[index - place] = buffer[index] }
      return 32 - place
    }
  }

  /// The plain decimal of a total that may exceed Int64.
  public static func decimalText(_ minorUnits: Int128, exponent: Int) -> String {
    guard exponent > 0 else { return String(minorUnits) }
    let digits = String(minorUnits.magnitude)
    let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
    return (minorUnits < 0 ? "-" : "") + padded.dropLast(exponent) + "." + padded.suffix(exponent)
  }
}

/// Why an amount could not be computed.
public enum MoneyError: Error, Equatable, Sendable {
  case mixedCurrencies(Currency, Currency)
  case overflow(Currency)
}

/// Why a text is not an amount. The reasons stand in rejects.csv as they are worded in `reason`.
public enum AmountError: Error, Equatable, Sendable {
  case notANumber
  case tooManyDecimals(allowed: Int)
  case tooLarge
  case negative

  /// The words for a reject.
  public var reason: String {
    switch self {
    case .notANumber: "amount is not a plain decimal number"
    case .tooManyDecimals(let allowed): "amount has more than \(allowed) decimals"
    case .tooLarge: "amount is larger than can be counted exactly (Int64 minor units)"
    case .negative: "amount is negative"
    }
  }
}

/// Reads amounts from the bytes of a number's own text: strict digits, exact or refused, never through a float.
public enum AmountText {
  /// A merchant's amount: digits with at most one decimal mark between digits, no sign, no grouping.
  public static func merchant(
    _ text: some StringProtocol, exponent: Int, mark: UInt8 = UInt8(ascii: ".")
  ) throws(AmountError) -> Int64 {
    var whole: [UInt8] = []
    var fraction: [UInt8] = []
    var seenMark = false
    for byte in text.utf8 {
      if byte >= 48 && byte <= 57 {
        if seenMark { fraction.append(byte) } else { whole.append(byte) }
      } else if byte == mark, !seenMark {
        seenMark = true
      } else {
        throw .notANumber
      }
    }
    guard !whole.isEmpty, !seenMark || !fraction.isEmpty else { throw .notANumber }
    return try scaled(
      digits: whole + fraction, shift: exponent - fraction.count, exponent: exponent, negative: false)
  }

  /// A JSON number (RFC 8259 grammar, with exponent) as minor units of a currency with `exponent` decimals.
  /// Negative numbers are read; the caller decides whether they make sense.
  public static func json(_ bytes: some Collection<UInt8>, exponent: Int) throws(AmountError) -> Int64 {
    let units = bytes.withContiguousStorageIfAvailable { plain($0, exponent: exponent) }
    if let units = units ?? Array(bytes).withUnsafeBufferPointer({ plain($0, exponent: exponent) }) {
      return units
    }
    return try anyNumber(bytes, exponent: exponent)
  }

  /// Reads what nearly every amount is: up to 15 digits, and no more decimals than allowed. Nil for anything else, of
  /// which `anyNumber` knows more.
  private static func plain(_ bytes: UnsafeBufferPointer<UInt8>, exponent: Int) -> Int64? {
    guard bytes.count <= 15, exponent <= 3, let first = bytes.first else { return nil }
    var value: Int64 = 0
    var decimals: Int?
    for byte in bytes {
      if byte >= 48 && byte <= 57 {
        value = value * 10 + Int64(byte - 48)
        decimals = decimals.map { $0 + 1 }
      } else if byte == UInt8(ascii: "."), decimals == nil {
        decimals = 0
      } else {
        return nil
      }
    }
    // A zero may lead only where nothing but decimals follows.
    guard first != UInt8(ascii: "."), decimals != 0, (decimals ?? 0) <= exponent else { return nil }
    if first == 48, bytes.count > 1, bytes[1] != UInt8(ascii: ".") { return nil }
    for _ in (decimals ?? 0)..<exponent { value *= 10 }
    return value
  }

  private static func anyNumber(_ bytes: some Collection<UInt8>, exponent: Int) throws(AmountError) -> Int64 {
    var digits: [UInt8] = []
    var negative = false
    var shift = exponent
    var iterator = bytes.makeIterator()
    var next = iterator.next()
    if next == UInt8(ascii: "-") {
      negative = true
      next = iterator.next()
    }
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 48 && $0 <= 57 } ?? false }
    guard let first = next, isDigit(first) else { throw .notANumber }
    digits.append(first)
    next = iterator.next()
    if first == 48, isDigit(next) { throw .notANumber }
    while let byte = next, isDigit(byte) {
      digits.append(byte)
      next = iterator.next()
    }
    if next == UInt8(ascii: ".") {
      next = iterator.next()
      guard isDigit(next) else { throw .notANumber }
      while let byte = next, isDigit(byte) {
        digits.append(byte)
        shift -= 1
        next = iterator.next()
      }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      next = iterator.next()
      var down = false
      if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") {
        down = next == UInt8(ascii: "-")
        next = iterator.next()
      }
      guard isDigit(next) else { throw .notANumber }
      var power = 0
      while let byte = next, isDigit(byte) {
        power = min(power * 10 + Int(byte - 48), 1_000_000)
        next = iterator.next()
      }
      shift += down ? -power : power
    }
    guard next == nil else { throw .notANumber }
    return try scaled(digits: digits, shift: shift, exponent: exponent, negative: negative)
  }

  /// `digits` × 10^`shift`, exact or refused.
  private static func scaled(
    digits: [UInt8], shift: Int, exponent: Int, negative: Bool
  ) throws(AmountError) -> Int64 {
    var significant = digits.drop { $0 == 48 }
    if significant.isEmpty { return 0 }
    var zeros = shift
    while zeros < 0 {
      guard significant.last == 48 else { throw .tooManyDecimals(allowed: exponent) }
      significant = significant.dropLast()
      zeros += 1
    }
    guard significant.count + zeros <= 19 else { throw .tooLarge }
    var value: Int64 = 0
    for digit in significant + Array(repeating: 48, count: zeros) {
      let (tenfold, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowedAgain) = tenfold.addingReportingOverflow(Int64(digit - 48))
      guard !overflowed, !overflowedAgain else { throw .tooLarge }
      value = sum
    }
    return negative ? -value : value
  }
}

/// Exact totals of several currencies that are never added to one another.
public struct CurrencyTotals: Sendable, Equatable {
  /// Minor units by currency; wide enough that no sum of valid amounts overflows.
  public private(set) var minorUnits: [Currency: Int128] = [:]

  /// No money in any currency.
  public init() {}

  /// Adds one amount to its currency's total.
  public mutating func add(_ amount: Money) {
    minorUnits[amount.currency, default: 0] += Int128(amount.minorUnits)
  }
}
