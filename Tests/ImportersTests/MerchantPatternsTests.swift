import Foundation
import ReconcileCore
import Testing

@testable import Importers

@Suite("File patterns") struct MerchantPatternsTests {
  let scratch: MerchantScratch
  init() throws { scratch = try MerchantScratch() }

  /// Makes the files, expands the patterns, and returns the paths below the folder.
  func expand(_ patterns: [String], among names: [String]) throws -> [String] {
    for name in names { _ = try scratch.file(name, as: name) }
    return try MerchantFiles.expandPatterns(patterns.map { scratch.folder + "/" + $0 }).files
      .map { String($0.dropFirst(scratch.folder.count + 1)) }
  }

  @Test("sorts the files of a pattern by bytes and leaves out what a dot hides")
  func sorting() throws {
    #expect(
      try expand(["*.csv"], among: ["b.csv", "a.csv", "B.csv", ".x.csv", "a.txt", "ü.csv"])
        == ["B.csv", "a.csv", "b.csv", "ü.csv"])
    #expect(try expand([".*.csv"], among: []) == [".x.csv"])
  }

  @Test("understands ?, sets, ranges and their opposites")
  func wildcards() throws {
    let names = ["a1.csv", "a2.csv", "b1.csv", "ab1.csv", "ü1.csv"]
    #expect(try expand(["?1.csv"], among: names) == ["a1.csv", "b1.csv", "ü1.csv"])
    #expect(try expand(["[a-c]1.csv"], among: []) == ["a1.csv", "b1.csv"])
    #expect(try expand(["[!a]1.csv"], among: []) == ["b1.csv", "ü1.csv"])
    #expect(try expand(["a*1*"], among: []) == ["a1.csv", "ab1.csv"])
  }

  @Test("wildcards work in any component, and ** in any depth, sorted by path")
  func folders() throws {
    let names = ["2025/12.csv", "2026/01.csv", "2026/q/02.csv", "03.csv"]
    #expect(try expand(["20*/*.csv"], among: names) == ["2025/12.csv", "2026/01.csv"])
    #expect(try expand(["**/*.csv"], among: []) == ["03.csv", "2025/12.csv", "2026/01.csv", "2026/q/02.csv"])
    #expect(try expand(["20*/q/02.csv"], among: []) == ["2026/q/02.csv"])
  }

  @Test("patterns keep their order, and a file named twice stands where it is named last")
  func patternOrder() throws {
    #expect(
      try expand(["b.csv", "*.csv", "a.csv"], among: ["a.csv", "b.csv", "c.csv"]) == [
        "b.csv", "c.csv", "a.csv",
      ])
  }

  @Test("two paths to one file are one file")
  func links() throws {
    _ = try scratch.file("x", as: "march.csv")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.folder + "/newest.csv", withDestinationPath: "march.csv")
    #expect(try expand(["*.csv"], among: []) == ["newest.csv"])
  }

  @Test("a folder is left out, and a loop of links ends")
  func foldersSkipped() throws {
    _ = try scratch.file("x", as: "d.csv/inside.csv")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.folder + "/d.csv/up", withDestinationPath: "..")
    #expect(try expand(["*.csv"], among: ["e.csv"]) == ["e.csv"])
    #expect(try expand(["**/*.csv"], among: []) == ["d.csv/inside.csv", "e.csv"])
  }

  @Test("a pattern that matches nothing is a warning, a path that does not exist stops with 66")
  func nothing() throws {
    let none = try MerchantFiles.expandPatterns([scratch.folder + "/*.csv", scratch.folder + "/no/*/x.csv"])
    #expect(none.files.isEmpty && none.warnings.count == 2)
    #expect(none.warnings[0].contains(scratch.folder + "/*.csv"))
    let failure = #expect(throws: Failure.self) {
      try MerchantFiles.expandPatterns([scratch.folder + "/none.csv"])
    }
    #expect(failure?.status == .inputMissing && failure?.place == scratch.folder + "/none.csv")
  }

  @Test("a file whose name holds a wildcard character is found by its own name, also with a backslash")
  func literalNames() throws {
    #expect(try expand(["a[1].csv"], among: ["a[1].csv", "a1.csv"]) == ["a[1].csv"])
    #expect(try expand(["a\\[1\\].csv"], among: []) == ["a[1].csv"])
  }
}
