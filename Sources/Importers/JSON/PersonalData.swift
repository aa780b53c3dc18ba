import Foundation

/// Takes personal data out of what is about to be stored, logged or reported. The tool needs ids, amounts,
/// dates and status words; names, addresses, accounts and cards it never needs, so they are gone before the
/// first write.
public enum PersonalData {
  /// The body with personal data masked: by the names of its fields, and by patterns in every other text.
  ///
  /// Valid JSON stays valid and keeps every field that reading needs; masking twice is masking once. A body
  /// that is not JSON is masked by patterns.
  public static func mask(_ body: [UInt8]) -> [UInt8] {
    masked(body, nesting: 0) ?? body
  }

  /// The body with personal data masked; nil where there is none.
  fileprivate static func masked(_ body: [UInt8], nesting: Int) -> [UInt8]? {
    body.withUnsafeBufferPointer { bytes in
      var masker = BodyMasker(bytes, nesting: nesting)
      return masker.masked()
    }
  }

  /// A text for a reject or a log line: masked, at most 2,000 bytes.
  public static func mask(text: String) -> String {
    let bytes = Array(text.utf8.prefix(65_536))
    let masked = mask(bytes)
    return cut(masked[...], to: 2_000)
  }

  /// At most `limit` bytes, never half a character.
  static func cut(_ bytes: ArraySlice<UInt8>, to limit: Int) -> String {
    guard bytes.count > limit else { return String(decoding: bytes, as: UTF8.self) }
    var end = bytes.startIndex + limit
    while end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
}

/// Goes through a body token by token and replaces what is a person's; all between is copied in one piece. It does not
/// check the grammar: a body that breaks it is masked all the same, and refused afterwards by the reader.
private struct BodyMasker {
  private struct Level {
    var isObject: Bool
    /// Whether everything inside is a person's.
    var isPersonal: Bool
  }

  private let input: UnsafeBufferPointer<UInt8>
  private let nesting: Int
  /// The result up to `copied`.
  private var output: [UInt8] = []
  private var copied = 0
  private var position = 0
  private var levels: [Level] = []
  private var expectsName = false
  private var field = FieldClass.other
  private var classes = FieldClasses()
  private var maskedNames = 0

  init(_ input: UnsafeBufferPointer<UInt8>, nesting: Int) {
    self.input = input
    self.nesting = nesting
  }

  /// The masked body; nil where nothing is masked.
  mutating func masked() -> [UInt8]? {
    let start = input.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let first = input[start...].first { !Self.isBlank($0) }
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == UInt8(ascii: "\"") else {
      return PersonalPatterns.masked(Slice(base: input, bounds: 0..<input.count))
    }
    position = start
    while position < input.count { step() }
    classes.remember()
    if copied == 0 { return nil }
    output.append(contentsOf: input[copied...])
    return output
  }

  /// Puts other bytes in the place of these.
  private mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) {
    if output.isEmpty { output.reserveCapacity(input.count) }
    output.append(contentsOf: input[copied..<range.lowerBound])
    output += bytes
    copied = range.upperBound
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 10 || byte == 13 || byte == 9 }

  private mutating func step() {
    let byte = input[position]
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let isObject = byte == UInt8(ascii: "{")
      let isPersonal = field == .personal || levels.last?.isPersonal ?? false
      levels.append(Level(isObject: isObject, isPersonal: isPersonal))
      expectsName = isObject
      field = isPersonal ? .personal : .other
      position += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      if !levels.isEmpty { levels.removeLast() }
      expectsName = false
      field = inherited
      position += 1
    case UInt8(ascii: ","):
      expectsName = levels.last?.isObject ?? false
      field = inherited
      position += 1
    case UInt8(ascii: ":"):
      expectsName = false
      position += 1
    case UInt8(ascii: "\""): string()
    case 32, 10, 13, 9: position += 1
    default: bareWord()
    }
  }

  private var inherited: FieldClass { levels.last?.isPersonal ?? false ? .personal : .other }

  /// A string from its opening mark; one that is cut off reaches to the end.
  private mutating func string() {
    let start = position + 1
    var end = start
    var hasEscape = false
    while end < input.count, input[end] != UInt8(ascii: "\"") {
      if input[end] == UInt8(ascii: "\\") {
        hasEscape = true
        end += 1
      }
      end += 1
    }
    end = min(end, input.count)
    let raw = Slice(base: input, bounds: start..<end)
    position = end < input.count ? end + 1 : end
    if expectsName {
      let known = classes.of(raw, hasEscape: hasEscape)
      field = inherited == .personal ? .personal : known.field
      if known.isPersonal {
        // Two addresses as names of one object must not become the same name twice.
        maskedNames += 1
        replace(start..<end, with: Array("***\(maskedNames)".utf8) + Self.damage(in: raw))
      }
    } else if field == .personal {
      if !raw.isEmpty { replace(start..<end, with: PersonalPatterns.mask + Self.damage(in: raw)) }
    } else if field == .other, let masked = content(raw, hasEscape: hasEscape) {
      replace(start..<end, with: masked)
    }
  }

  /// The inside of a string that may hold anything, itself a JSON text included; nil where nothing is masked.
  private func content(_ raw: Slice<UnsafeBufferPointer<UInt8>>, hasEscape: Bool) -> [UInt8]? {
    guard hasEscape, let text = Self.decoded(raw) else {
      return PersonalPatterns.masked(raw).map { $0 + Self.damage(in: raw) }
    }
    let bytes = Array(text.utf8)
    let masked: [UInt8]?
    if nesting < 3, bytes.first == UInt8(ascii: "{") || bytes.first == UInt8(ascii: "[") {
      masked = PersonalData.masked(bytes, nesting: nesting + 1)
    } else {
      masked = bytes.withUnsafeBufferPointer {
        PersonalPatterns.masked(Slice(base: $0, bounds: 0..<$0.count))
      }
    }
    return masked.map(Self.escaped)
  }

  /// A number, a literal, or something that is not JSON.
  private mutating func bareWord() {
    let start = position
    var end = start
    scan: while end < input.count {
      switch input[end] {
      case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","),
        UInt8(ascii: ":"), UInt8(ascii: "\""):
        break scan
      default: end += 1
      }
    }
    while end > start, Self.isBlank(input[end - 1]) { end -= 1 }
    let word = Slice(base: input, bounds: start..<end)
    position = end
    if field == .needed || word.elementsEqual("null".utf8) { return }
    if field == .personal {
      replace(start..<end, with: Self.mask(word))
    } else if let masked = PersonalPatterns.masked(word) {
      let isNumber = word.allSatisfy { (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }
      replace(start..<end, with: isNumber ? Self.mask(word) : masked)
    }
  }

  /// A byte that no UTF-8 text has.
  private static let damageMark: [UInt8] = [0xFF]

  /// What a mask adds where it hides a string that no reader would accept: a body must not become readable by
  /// being masked.
  private static func damage(in raw: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
    if raw.allSatisfy({ (0x20..<0x80).contains($0) && $0 != UInt8(ascii: "\\") }) { return [] }
    return decoded(raw) == nil ? damageMark : []
  }

  /// What stands in place of a number or a literal.
  private static func mask(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
    let isValue = (try? JSONReader.parse(Array(word))) != nil
    return Array("\"***".utf8) + (isValue ? [] : damageMark) + Array("\"".utf8)
  }

  /// What a string with escapes says; nil where an escape is wrong.
  fileprivate static func decoded(_ raw: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
    let quoted = [UInt8(ascii: "\"")] + raw + [UInt8(ascii: "\"")]
    guard case .string(let text)? = try? JSONReader.parse(quoted) else { return nil }
    return text
  }

  /// The inside of a JSON string that says this.
  private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        output += Array((byte < 16 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
      default: output.append(byte)
      }
    }
    return output
  }
}

extension FieldClasses {
  /// What a name says, by its bytes between the quotes.
  fileprivate mutating func of(_ raw: Slice<UnsafeBufferPointer<UInt8>>, hasEscape: Bool) -> NameClass {
    if hasEscape { return of(BodyMasker.decoded(raw) ?? String(decoding: raw, as: UTF8.self)) }
    return known(raw) ?? of(String(decoding: raw, as: UTF8.self))
  }
}
