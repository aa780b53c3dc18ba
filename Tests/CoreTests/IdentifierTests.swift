import ReconcileCore
import TestSupport
import Testing

@Suite("Ids are compared byte by byte, after trimming and NFC")
struct IdentifierTests {
  private func id(_ text: String) throws -> Identifier { try Identifier(text) }

  @Test("leading zeros and case make a difference")
  func differs() throws {
    #expect(try id("007") != id("7"))
    #expect(try id("a1") != id("A1"))
    #expect(try id("a-1") != id("a1"))
    #expect(try id("1") != id("１"))
  }

  @Test("ASCII blanks around an id are dropped, those within are kept")
  func trims() throws {
    #expect(try id(" \t A 1 \t").text == "A 1")
    #expect(try id("\u{A0}A\u{A0}").text == "\u{A0}A\u{A0}")
    #expect(try id("A1") == id("  A1"))
  }

  @Test("texts that Unicode calls equal are one id")
  func normalised() throws {
    let composed = try id("Caf\u{E9}")
    let decomposed = try id("Cafe\u{301}")
    #expect(composed == decomposed)
    #expect(composed.hashValue == decomposed.hashValue)
    #expect(Array(decomposed.text.utf8) == [0x43, 0x61, 0x66, 0xC3, 0xA9])
    #expect(try id("\u{212B}") == id("\u{C5}"))
    // Compatibility forms stay apart: NFC, not NFKC.
    #expect(try id("ﬁ") != id("fi"))
  }

  @Test("an id of blanks only is empty", arguments: ["", " ", "\t \t"])
  func empty(text: String) {
    #expect(throws: Identifier.Problem.empty) { try Identifier(text) }
  }

  @Test(
    "control characters are refused, also line ends and those of ISO 8859",
    arguments: [
      "a\u{0}b", "a\nb", "a\r", "\u{1}", "a\u{7F}", "a\u{80}b", "a\u{85}", "é\u{9F}", "a\tb", "\r\n",
      "\u{1B}[31m",
    ])
  func controlCharacters(text: String) {
    #expect(throws: Identifier.Problem.controlCharacter) { try Identifier(text) }
  }

  @Test("the problems are worded for a reject")
  func reasons() {
    #expect(Identifier.Problem.empty.reason == "is empty")
    #expect(Identifier.Problem.controlCharacter.reason == "contains a control character")
  }

  @Test("ids sort by their bytes")
  func order() throws {
    let sorted = try ["b", "a", "B", "é", "aa", "10", "9"].map(id).sorted().map(\.text)
    #expect(sorted == ["10", "9", "B", "a", "aa", "b", "é"])
  }

  @Test("a stored id is taken as it is")
  func stored() { #expect(Identifier(stored: " x ").text == " x ") }

  @Test("reading an id twice changes nothing", arguments: Seeds.some(6))
  func idempotent(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "a", "Z", "0", " ", "\t", "é", "e\u{301}", "\u{1100}\u{1161}", "中", "🙂", "\u{A0}", "-", "ß",
    ]
    for _ in 0..<300 {
      let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in random.pick(pieces) }.joined()
      guard let first = try? Identifier(text) else { continue }
      let second = try Identifier(first.text)
      #expect(first == second && Array(first.text.utf8) == Array(second.text.utf8), "\(text)")
      #expect("\(first)" == first.text)
    }
  }
}
