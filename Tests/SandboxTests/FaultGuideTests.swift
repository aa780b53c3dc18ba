import Foundation
import Testing

@testable import reconcile_sandbox

@Suite("The guide to faults")
struct FaultGuideTests {
  private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test("the guide has the tables of the faults, word for word")
  func guide() throws {
    let file = root.appendingPathComponent("docs/guides/sandbox.md")
    var text = try String(contentsOf: file, encoding: .utf8)
    let (start, end) = (
      try #require(text.range(of: "<!-- faults -->\n")),
      try #require(text.range(of: "<!-- end of faults -->"))
    )
    if ProcessInfo.processInfo.environment["RECONCILE_RECORD"] == "1" {
      text.replaceSubrange(start.upperBound..<end.lowerBound, with: FaultGuide.tables)
      try Data(text.utf8).write(to: file)
    } else {
      #expect(text[start.upperBound..<end.lowerBound] == FaultGuide.tables)
    }
  }

  @Test("--help names every fault with its meaning, and the guide every option")
  func help() throws {
    let help = Sandbox.helpMessage(columns: 100_000)
    for name in FaultName.allCases { #expect(help.contains("  \(name.rawValue): \(name.meaning)\n")) }
    let guide = try String(
      contentsOf: root.appendingPathComponent("docs/guides/sandbox.md"), encoding: .utf8)
    for match in help.matches(of: /(?m)^  (--[a-z-]+)/) {
      #expect(guide.contains("| `\(match.1)"), "\(match.1)")
    }
  }

  @Test("a fault's meaning names its parameters, and what they usually are", arguments: FaultName.allCases)
  func parameters(name: FaultName) {
    for parameter in name.parameters {
      #expect(
        name.meaning.contains("`\(parameter.name)`") || name.meaning.contains("`\(parameter.name)="),
        "\(name.rawValue) \(parameter.name)")
      if let usual = parameter.usual, Int(usual) != nil {
        #expect(name.meaning.contains("(\(usual))") || name.meaning.contains("as above"), "\(name.rawValue)")
      }
    }
  }

  @Test("every fault strikes in a test of the built program")
  func tested() throws {
    let folder = root.appendingPathComponent("Tests/EndToEndTests")
    let sources = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "swift" }.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    for name in FaultName.allCases {
      let isNamed = ["\"", ":", ","].contains { sources.contains("\"\(name.rawValue)\($0)") }
      #expect(isNamed || sources.contains("\"\(name.rawValue)-"), "\(name.rawValue)")
    }
  }
}
