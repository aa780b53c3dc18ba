/// Why bytes are not a JSON text that this tool reads.
public enum JSONProblem: Error, Sendable, Equatable {
  /// No value at all: nothing, or only blanks.
  case empty
  /// More levels of arrays and objects than allowed; the text may be JSON all the same.
  case tooDeep(limit: Int)
  /// A string that is not UTF-8, at this byte.
  case notUTF8(offset: Int)
  /// Anything else that RFC 8259 does not allow: what was expected, and at which byte.
  case malformed(String, offset: Int)

  /// Whether another try over the network may bring a better body. Depth is the provider's design, not an
  /// accident.
  public var isTransient: Bool {
    if case .tooDeep = self { return false }
    return true
  }

  /// The words for a message.
  public var reason: String {
    switch self {
    case .empty: "the body is empty"
    case .tooDeep(let limit): "the body is nested deeper than \(limit) levels"
    case .notUTF8(let offset): "the body is not UTF-8 (byte \(offset))"
    case .malformed(let what, let offset): "the body is not JSON: \(what) at byte \(offset)"
    }
  }
}

/// Reads JSON strictly by RFC 8259. Money is the reason for a reader of our own: Foundation's drops cents of
/// large numbers without an error and does not tell of duplicate keys.
public enum JSONReader {
  /// The value of a whole JSON text; a byte-order mark is skipped.
  public static func parse(_ bytes: [UInt8], maximumDepth: Int = 64) throws(JSONProblem) -> JSONValue {
    var result: Result<JSONValue, JSONProblem> = .failure(.empty)
    bytes.withUnsafeBufferPointer { pointer in
      var parser = JSONParser(bytes: bytes, at: pointer, maximumDepth: maximumDepth)
      do throws(JSONProblem) {
        result = .success(try parser.document())
      } catch {
        result = .failure(error)
      }
    }
    return try result.get()
  }
}

/// Where an object stands: how many levels are around it, and as which member of the one next to it.
private struct ObjectPlace: Hashable {
  var depth: Int
  var member: Int
}

/// One pass over the bytes. The pointer gives speed, the array is what number slices hold on to.
private struct JSONParser {
  let bytes: [UInt8]
  let at: UnsafeBufferPointer<UInt8>
  let maximumDepth: Int
  var position = 0
  /// Whether the object being closed, or one closed inside the value at hand, had a duplicate key.
  var sawDuplicate = false
  /// By depth and place, the names of an earlier object there: the records of a list have the same names in the same
  /// order, and those need not be read again. Each once, and none that could be written in another way.
  private var namesBefore: [ObjectPlace: [String]] = [:]

  /// Names are remembered of objects with at most so many members, and where they are among the first so many of their
  /// own: no provider's record has more.
  private static let rememberedMembers = 64

  init(bytes: [UInt8], at: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
    self.bytes = bytes
    self.at = at
    self.maximumDepth = maximumDepth
  }

  mutating func document() throws(JSONProblem) -> JSONValue {
    if at.count >= 3, at[0] == 0xEF, at[1] == 0xBB, at[2] == 0xBF { position = 3 }
    skipBlanks()
    guard position < at.count else { throw .empty }
    let value = try value(ObjectPlace(depth: 0, member: 0))
    skipBlanks()
    guard position == at.count else { throw .malformed("something follows the value", offset: position) }
    return value
  }

  private mutating func skipBlanks() {
    while position < at.count {
      switch at[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  /// A value as a member, or an element, of what lies at this depth.
  private mutating func value(_ place: ObjectPlace) throws(JSONProblem) -> JSONValue {
    guard position < at.count else { throw .malformed("the text ends before a value", offset: position) }
    switch at[position] {
    case UInt8(ascii: "{"): return .object(try object(place))
    case UInt8(ascii: "["): return .array(try array(depth: place.depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), 48...57: return .number(try number())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw .malformed("no value", offset: position)
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
    let count = word.utf8CodeUnitCount
    guard position + count <= at.count else { throw .malformed("no value", offset: position) }
    for index in 0..<count where at[position + index] != word.utf8Start[index] {
      throw .malformed("no value", offset: position)
    }
    position += count
    return value
  }

  private mutating func object(_ place: ObjectPlace) throws(JSONProblem) -> JSONObject {
    let depth = place.depth + 1
    guard depth <= maximumDepth else { throw .tooDeep(limit: maximumDepth) }
    var object = JSONObject()
    let start = position
    let sawBefore = sawDuplicate
    sawDuplicate = false
    var isLikeBefore = true
    position += 1
    skipBlanks()
    if position < at.count, at[position] == UInt8(ascii: "}") {
      position += 1
    } else {
      let names = namesBefore[place] ?? []
      object.members.reserveCapacity(max(4, names.count))
      while true {
        guard position < at.count, at[position] == UInt8(ascii: "\"") else {
          throw .malformed("no member name", offset: position)
        }
        let member = object.members.count
        let key: String
        if isLikeBefore, member < names.count, step(over: names[member]) {
          key = names[member]
        } else {
          isLikeBefore = false
          key = try string()
        }
        skipBlanks()
        guard position < at.count, at[position] == UInt8(ascii: ":") else {
          throw .malformed("no colon after a member name", offset: position)
        }
        position += 1
        skipBlanks()
        object.members.append((key, try value(ObjectPlace(depth: depth, member: member))))
        if try !hasNext(before: UInt8(ascii: "}")) { break }
      }
    }
    object.range = start..<position
    object.hasDuplicateKey = sawDuplicate
    // Names that are the first of those before are each there once.
    if !isLikeBefore {
      if object.ownDuplicateKey != nil {
        object.hasDuplicateKey = true
      } else {
        rememberNames(of: object, place)
      }
    }
    sawDuplicate = sawBefore || object.hasDuplicateKey
    return object
  }

  private mutating func rememberNames(of object: JSONObject, _ place: ObjectPlace) {
    let names = object.members.map(\.key)
    // One that is written with a backslash has other bytes in the text.
    let arePlain = names.allSatisfy { name in
      name.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
    if arePlain, max(names.count, place.member) <= Self.rememberedMembers { namesBefore[place] = names }
  }

  /// Steps over a member's name where it is this one.
  private mutating func step(over name: String) -> Bool {
    var name = name
    let end = position + 1 + name.utf8.count
    guard end < at.count, at[end] == UInt8(ascii: "\"") else { return false }
    let isSame = name.withUTF8 { haveSameBytes($0, UnsafeBufferPointer(rebasing: at[(position + 1)..<end])) }
    if isSame { position = end + 1 }
    return isSame
  }

  private mutating func array(depth: Int) throws(JSONProblem) -> [JSONValue] {
    guard depth <= maximumDepth else { throw .tooDeep(limit: maximumDepth) }
    var values: [JSONValue] = []
    position += 1
    skipBlanks()
    if position < at.count, at[position] == UInt8(ascii: "]") {
      position += 1
      return values
    }
    let place = ObjectPlace(depth: depth, member: 0)
    repeat { values.append(try value(place)) } while try hasNext(before: UInt8(ascii: "]"))
    return values
  }

  /// Steps over a comma (true) or over the closing mark (false).
  private mutating func hasNext(before close: UInt8) throws(JSONProblem) -> Bool {
    skipBlanks()
    guard position < at.count else { throw .malformed("the text is cut off", offset: position) }
    let byte = at[position]
    guard byte == close || byte == UInt8(ascii: ",") else {
      throw .malformed("no comma and no end", offset: position)
    }
    position += 1
    if byte == close { return false }
    skipBlanks()
    return true
  }

  private mutating func number() throws(JSONProblem) -> ArraySlice<UInt8> {
    let start = position
    func isDigit(_ index: Int) -> Bool { index < at.count && at[index] >= 48 && at[index] <= 57 }
    if at[position] == UInt8(ascii: "-") { position += 1 }
    guard isDigit(position) else { throw .malformed("no digit in a number", offset: position) }
    if at[position] == 48 {
      position += 1
      if isDigit(position) { throw .malformed("a number begins with 0", offset: start) }
    } else {
      while isDigit(position) { position += 1 }
    }
    if position < at.count, at[position] == UInt8(ascii: ".") {
      position += 1
      guard isDigit(position) else { throw .malformed("no digit after the point", offset: position) }
      while isDigit(position) { position += 1 }
    }
    if position < at.count, at[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < at.count, at[position] == UInt8(ascii: "+") || at[position] == UInt8(ascii: "-") {
        position += 1
      }
      guard isDigit(position) else { throw .malformed("no digit in an exponent", offset: position) }
      while isDigit(position) { position += 1 }
    }
    return bytes[start..<position]
  }

  private mutating func string() throws(JSONProblem) -> String {
    let start = position + 1
    var end = start
    var bits: UInt8 = 0
    while end < at.count {
      let byte = at[end]
      if byte == UInt8(ascii: "\"") {
        position = end + 1
        return try text(UnsafeBufferPointer(rebasing: at[start..<end]), isASCII: bits < 0x80, offset: start)
      }
      if byte == UInt8(ascii: "\\") { break }
      guard byte >= 0x20 else { throw .malformed("a control character in a string", offset: end) }
      bits |= byte
      end += 1
    }
    var buffer = Array(at[start..<end])
    position = end
    while position < at.count {
      let byte = at[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return try buffer.withUnsafeBufferPointer { pointer throws(JSONProblem) in
          try text(pointer, isASCII: false, offset: start)
        }
      }
      guard byte >= 0x20 else { throw .malformed("a control character in a string", offset: position) }
      position += 1
      if byte == UInt8(ascii: "\\") {
        buffer.append(contentsOf: try escape().utf8)
      } else {
        buffer.append(byte)
      }
    }
    throw .malformed("a string is cut off", offset: position)
  }

  private func text(
    _ pointer: UnsafeBufferPointer<UInt8>, isASCII: Bool, offset: Int
  ) throws(JSONProblem) -> String {
    if isASCII { return String(decoding: pointer, as: UTF8.self) }
    guard let text = String(validating: pointer, as: UTF8.self) else { throw .notUTF8(offset: offset) }
    return text
  }

  /// What follows a backslash.
  private mutating func escape() throws(JSONProblem) -> Character {
    guard position < at.count else { throw .malformed("a string is cut off", offset: position) }
    let byte = at[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(Unicode.Scalar(byte))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw .malformed("an unknown escape", offset: position - 1)
    }
    let offset = position
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return Character(scalar) }
    guard first < 0xDC00, position + 1 < at.count, at[position] == UInt8(ascii: "\\"),
      at[position + 1] == UInt8(ascii: "u")
    else { throw .malformed("half a surrogate pair", offset: offset) }
    position += 2
    let second = try codeUnit()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    else { throw .malformed("half a surrogate pair", offset: offset) }
    return Character(scalar)
  }

  private mutating func codeUnit() throws(JSONProblem) -> UInt16 {
    guard position + 4 <= at.count else { throw .malformed("a string is cut off", offset: position) }
    var value: UInt16 = 0
    for index in position..<position + 4 {
      let digit: UInt8
      switch at[index] {
      case 48...57: digit = at[index] - 48
      case 97...102: digit = at[index] - 87
      case 65...70: digit = at[index] - 55
      default: throw .malformed("no hexadecimal digit in an escape", offset: index)
      }
      value = value << 4 | UInt16(digit)
    }
    position += 4
    return value
  }
}
