import Importers
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
}
