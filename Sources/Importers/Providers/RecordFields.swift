import ReconcileCore

/// Why one record cannot be read; the words of its reject.
struct RecordProblem: Error, Equatable {
  var reason: String
  /// The record's id where that much could be read.
  var id: Identifier?

  init(_ reason: String, id: Identifier? = nil) {
    self.reason = reason
    self.id = id
  }
}

/// The members of one record, read leniently where providers differ in writing and strictly where money is at
/// stake.
struct RecordFields {
  let object: JSONObject
  let zone: Zone

  init(_ object: JSONObject, zone: Zone) {
    self.object = object
    self.zone = zone
  }

  /// A text, or a number as it is written; nil where the field is missing, null, empty, or neither.
  func text(_ key: String) -> String? { object[key]?.plainText }

  /// An id that other records may name; nil also where it is no id, because then nothing can name it.
  func identifier(_ key: String) -> Identifier? {
    guard let text = text(key) else { return nil }
    return try? Identifier(text)
  }

  /// The record's own id: the first of these fields that is given.
  func requiredIdentifier(_ keys: String...) throws(RecordProblem) -> Identifier {
    for key in keys {
      guard let text = text(key) else { continue }
      do throws(Identifier.Problem) {
        return try Identifier(text)
      } catch {
        if error == .empty { continue }
        throw RecordProblem("\(key) \(error.reason)")
      }
    }
    throw RecordProblem("\(keys.joined(separator: " or ")) is missing")
  }

  /// A currency by its ISO 4217 code, or `fallback` where the record names none.
  func currency(_ key: String, else fallback: Currency? = nil) throws(RecordProblem) -> Currency {
    guard let value = object[key], !value.isAbsent else {
      if let fallback { return fallback }
      throw RecordProblem("\(key) is missing")
    }
    guard case .string(let text) = value, let currency = Currency(String(text.trimmingBlanks)) else {
      throw RecordProblem("\(key) is not a known ISO 4217 code")
    }
    return currency
  }

  /// An amount as a JSON number or a text that holds exactly one; nil where missing, null or an empty text.
  /// `decimals` is the currency's exponent for decimal amounts and 0 for amounts in minor units.
  func amount(_ key: String, in currency: Currency, decimals: Int) throws(RecordProblem) -> Money? {
    guard let units = try number(key, decimals: decimals) else { return nil }
    guard units >= 0 else { throw RecordProblem("\(key) is negative") }
    return Money(minorUnits: units, currency: currency)
  }

  /// An amount that must be given.
  func requiredAmount(_ key: String, in currency: Currency, decimals: Int) throws(RecordProblem) -> Money {
    guard let amount = try amount(key, in: currency, decimals: decimals) else {
      throw RecordProblem("\(key) is missing")
    }
    return amount
  }

  /// A number of either sign with at most these decimals, counted in units of the last one.
  func number(_ key: String, decimals: Int) throws(RecordProblem) -> Int64? {
    guard let value = object[key], !value.isAbsent else { return nil }
    do throws(AmountError) {
      return try value.scaledNumber(decimals: decimals)
    } catch {
      switch error {
      case .tooManyDecimals(0): throw RecordProblem("\(key) is not a whole number")
      default: throw RecordProblem(error.reason.replacingPrefix("amount", with: key))
      }
    }
  }

  /// A time; nil where missing, null or empty. A time that is given and cannot be read would put money on the
  /// wrong day or on none.
  func instant(_ key: String) throws(RecordProblem) -> Instant? {
    guard let value = object[key], !value.isAbsent else { return nil }
    guard case .string(let text) = value, let instant = TimeText.instant(text.trimmingBlanks, in: zone) else {
      throw RecordProblem("\(key) is not an ISO 8601 time")
    }
    return instant
  }

  /// A yes or no, also written as a text or as 0 and 1; nil where it is neither.
  func flag(_ key: String) -> Bool? {
    switch object[key] {
    case .bool(let flag): flag
    case .string(let text): ["true": true, "false": false, "1": true, "0": false][text.lowercased()]
    case .number(let digits):
      digits.elementsEqual("1".utf8) ? true : digits.elementsEqual("0".utf8) ? false : nil
    default: nil
    }
  }

  /// The ids these fields hold, each once, without `own`.
  func aliases(_ keys: String..., except own: Identifier? = nil) -> [Identifier] {
    var found: [Identifier] = []
    for key in keys {
      if let id = identifier(key), id != own, !found.contains(id) { found.append(id) }
    }
    return found
  }
}

extension JSONValue {
  /// Null, or a text of nothing but blanks: providers write both where they have nothing to say.
  var isAbsent: Bool {
    switch self {
    case .null: true
    case .string(let text): text.utf8.allSatisfy { $0 == 32 || $0 == 9 }
    default: false
    }
  }

  /// A text that is not empty, or a number as it is written.
  var plainText: String? {
    switch self {
    case .string(let text): isAbsent ? nil : text
    case .number(let digits): String(decoding: digits, as: UTF8.self)
    default: nil
    }
  }

  /// This number, or the one number that this text holds, in units of the last of `decimals` decimals.
  func scaledNumber(decimals: Int) throws(AmountError) -> Int64 {
    switch self {
    case .number(let digits): return try AmountText.json(digits, exponent: decimals)
    case .string(let text): return try AmountText.json(text.utf8, exponent: decimals)
    default: throw .notANumber
    }
  }

  /// A whole number from 0, as paging members are.
  var count: Int? {
    guard let value = try? scaledNumber(decimals: 0), value >= 0 else { return nil }
    return Int(value)
  }
}

extension String {
  /// Without ASCII blanks at either end.
  var trimmingBlanks: Substring {
    let isBlank = { (byte: UInt8?) in byte == 32 || byte == 9 }
    var rest = self[...]
    guard isBlank(utf8.first) || isBlank(utf8.last) else { return rest }
    while let first = rest.utf8.first, first == 32 || first == 9 { rest.removeFirst() }
    while let last = rest.utf8.last, last == 32 || last == 9 { rest.removeLast() }
    return rest
  }

  func replacingPrefix(_ prefix: String, with other: String) -> String {
    hasPrefix(prefix) ? other + dropFirst(prefix.count) : other + ": " + self
  }
}
