import Importers
import TestSupport
import Testing

@Suite("JSON is read strictly")
struct JSONTests {
  @Test(
    "what RFC 8259 allows is read",
    arguments: [
      "0", "-0", "1e5", "1.50E-2", "\"\\u00e9\\uD83D\\uDE00\"", "[]", "{}", " [1 , {\"a\" : null}] \n",
      "true", "\u{FEFF}[]",
      "\"\\/\\b\\f\\n\\r\\t\\\\\\\"\"", "{\"é\":1,\"e\u{301}\":2}",
    ])
  func accepts(text: String) throws {
    _ = try JSONReader.parse(Array(text.utf8))
  }

  @Test(
    "what it does not allow is refused",
    arguments: [
      "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "-", "1e", "NaN", "'a'", "[1] 2", "{a:1}", "\"\\uD800\"",
      "\"\\uDC00\"",
      "\"\\uD800\\u0041\"", "\"\\x\"", "\"a", "[", "{\"a\"", "{\"a\":", "tru", "\"\n\"", "{\"a\" 1}", "[1 2]",
      "nulll", "/**/1",
    ])
  func refuses(text: String) {
    #expect(throws: JSONProblem.self) { try JSONReader.parse(Array(text.utf8)) }
  }

  @Test("bytes that are not UTF-8 are refused, and so is nothing at all")
  func bytes() {
    #expect(throws: JSONProblem.notUTF8(offset: 1)) { try JSONReader.parse([34, 0xFF, 34]) }
    #expect(throws: JSONProblem.notUTF8(offset: 1)) { try JSONReader.parse([34, 0xED, 0xA0, 0x80, 34]) }
    #expect(throws: JSONProblem.notUTF8(offset: 1)) { try JSONReader.parse([34, 0xC0, 0xAF, 34]) }
    #expect(throws: JSONProblem.empty) { try JSONReader.parse(Array(" \n".utf8)) }
    #expect(throws: JSONProblem.empty) { try JSONReader.parse([]) }
  }

  @Test("a body that is too deep is refused for good, one that is cut off is not")
  func depth() throws {
    let deep = { (n: Int) in Array((String(repeating: "[", count: n) + String(repeating: "]", count: n)).utf8)
    }
    _ = try JSONReader.parse(deep(64))
    #expect(throws: JSONProblem.tooDeep(limit: 64)) { try JSONReader.parse(deep(65)) }
    #expect(!JSONProblem.tooDeep(limit: 64).isTransient)
    #expect(JSONProblem.empty.isTransient)
  }

  @Test("numbers keep their text, objects their place, duplicate keys are told")
  func details() throws {
    let text = #"{"a":[{"x":9007199254740993.10,"x":2}],"b":{"c":1}}"#
    guard case .object(let root) = try JSONReader.parse(Array(text.utf8)), case .array(let rows)? = root["a"],
      case .object(let inner)? = rows.first, case .number(let digits)? = inner["x"],
      case .object(let b)? = root["b"]
    else { return #expect(Bool(false)) }
    #expect(String(decoding: digits, as: UTF8.self) == "9007199254740993.10")
    #expect(inner.hasDuplicateKey && root.hasDuplicateKey && !b.hasDuplicateKey)
    #expect(root.ownDuplicateKey == nil && inner.ownDuplicateKey == "x")
    #expect(
      String(decoding: Array(text.utf8)[inner.range], as: UTF8.self) == #"{"x":9007199254740993.10,"x":2}"#)
  }

  @Test("two spellings of one letter are two keys, also where they are equally long")
  func spellings() throws {
    let (one, other) = ("\u{1E0B}\u{323}", "\u{1E0D}\u{307}")
    #expect(one == other && one.utf8.count == other.utf8.count)
    guard case .object(let object) = try JSONReader.parse(Array("{\"\(one)\":1,\"\(other)\":2}".utf8)) else {
      Issue.record("no object")
      return
    }
    #expect(!object.hasDuplicateKey)
    guard case .number(let digits)? = object[other] else {
      Issue.record("no number")
      return
    }
    #expect(digits.elementsEqual("2".utf8))
  }

  // MARK: records of a list have mostly the same names

  /// A value in full: the bytes of names and texts, what stands twice, and where objects stand.
  private static func picture(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .number(let digits): String(decoding: digits, as: UTF8.self)
    case .string(let text): "\(Array(text.utf8))"
    case .array(let values): "[" + values.map(picture).joined(separator: ",") + "]"
    case .object(let object):
      "{\(object.hasDuplicateKey) \(object.ownDuplicateKey.map { Array($0.utf8) } ?? []) \(object.range) "
        + object.members.map { "\(Array($0.key.utf8)):" + picture($0.value) }.joined(separator: ",") + "}"
    }
  }

  private static func outcome(_ text: some Sequence<UInt8>) -> String {
    do {
      return picture(try JSONReader.parse(Array(text)))
    } catch {
      return "\(error)"
    }
  }

  /// What comes of a record behind another one, and behind a number with as many blanks.
  private static func outcomes(of record: [UInt8], after first: String) -> (String, String) {
    let blanks = "0" + String(repeating: " ", count: first.utf8.count - 1)
    let behind = { (other: String) in outcome(Array("[\(other),".utf8) + record + Array("]".utf8)) }
    let both = behind(first)
    let alone = behind(blanks)
    // Both begin with the first element, which is not compared.
    guard both.hasPrefix("["), alone.hasPrefix("[0,") else { return (both, alone) }
    return (String(both.dropFirst(outcome(Array("[\(first)]".utf8)).count - 1)), String(alone.dropFirst(2)))
  }

  @Test("a record is read alike whatever record came before it", arguments: Seeds.some(6))
  func alike(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let names = [
      "id", "amount", "amount_due", "a", "ab", "", "\\u0061", "a\\\"", "a\\\\", "é", "e\u{301}",
      "a name of many letters",
    ]
    func record(_ depth: Int) -> String {
      let members = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        let name = names[Int.random(in: 0..<names.count, using: &random)]
        return "\"\(name)\":" + (depth < 3 && Bool.random(using: &random) ? record(depth + 1) : "1")
      }
      return "{" + members.joined(separator: ",") + "}"
    }
    for _ in 0..<400 {
      let (first, second) = (record(0), record(0))
      for record in [second, first] {
        let (both, alone) = Self.outcomes(of: Array(record.utf8), after: first)
        #expect(both == alone, "\(record) after \(first)")
      }
    }
  }

  @Test("what is no JSON is none behind a record of the same names either")
  func strict() {
    let first = #"{"id":"p1","a name of many letters":2,"customer":{"name":"x","é":1},"id2":[{"id":1}]}"#
    let bytes = Array(first.utf8)
    for place in bytes.indices {
      for byte in Array("\"\\{}:,a \u{1}".utf8) + [0xFF, bytes[place] ^ 1] {
        var record = bytes
        record[place] = byte
        let (both, alone) = Self.outcomes(of: record, after: first)
        #expect(both == alone, "\(String(decoding: record, as: UTF8.self))")
      }
      let (both, alone) = Self.outcomes(of: Array(bytes[..<place]), after: first)
      #expect(both == alone)
    }
  }

  @Test("a record with very many names does not make those behind it larger")
  func bounded() throws {
    let many = "{" + (0..<5_000).map { "\"m\($0)\":0" }.joined(separator: ",") + "}"
    let text = "[\(many),{\"m0\":0},{\"m0\":0,\"m1\":1}]"
    guard case .array(let records) = try JSONReader.parse(Array(text.utf8)) else {
      Issue.record("no list")
      return
    }
    let sizes = records.map { record in
      if case .object(let object) = record { object.members.capacity } else { 0 }
    }
    #expect(sizes.count == 3 && sizes.dropFirst().allSatisfy { (1...100).contains($0) }, "\(sizes)")
  }
}
