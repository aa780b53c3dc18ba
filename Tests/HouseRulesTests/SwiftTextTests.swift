import Testing

@Suite("The rules look at code, not at comments and texts")
struct SwiftTextTests {
  private func code(_ text: String) -> String { SwiftText.code(of: text) }

  @Test("comments go, also nested ones, and line breaks stay")
  func comments() {
    #expect(code("a // b\nc") == "a \nc")
    #expect(code("a /* b /* c */\n d */ e") == "a \n e")
    #expect(code("/// try!\nx") == "\nx")
  }

  @Test("string literals are emptied, of every kind")
  func strings() {
    #expect(code(#"x = "a \" // b" + y"#) == "x = \"\" + y")
    #expect(code("x = #\"a \" b\"# + y") == "x = \"\" + y")
    #expect(code("x = \"\"\"\n  try! \"here\"\n  \"\"\"\ny") == "x = \"\n\n\"\ny")
  }

  @Test("code inside an interpolation is code")
  func interpolation() {
    #expect(code(#"x = "a \(b! + "c" + (d)) e" + f"#) == #"x = "(b! + "" + (d))" + f"#)
    #expect(code(##"x = #"a \#(b) \(c)"# + f"##) == #"x = "(b)" + f"#)
  }
}
