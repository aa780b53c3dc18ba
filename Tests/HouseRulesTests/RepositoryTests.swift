import Foundation
import ReconcileCore
import Testing

@testable import reconcile

@Suite("The repository says the same everywhere, and nothing of the machine it was made on")
struct RepositoryTests {
  /// The files of the repository, without these tests, which name what they look for.
  private func everything() throws -> [RepositoryFile] {
    try Repository.files(
      "Sources", "Tests", "docs", "sample-data", "Package.swift", "Makefile", "README.md", "CHANGELOG.md"
    )
    .filter { !$0.path.hasPrefix("Tests/HouseRulesTests/") }
  }

  @Test("no path of a machine stands anywhere; documents may write examples to /tmp")
  func noMachinePaths() throws {
    let pattern = /(?:^|[^\w.])\/(?:home|Users|root|tmp)\/\w/
    // A checkout directly below the root may be called like any folder that a text speaks of.
    let checkout = Repository.root.filter { $0 == "/" }.count > 1 ? [Repository.root + "/"] : []
    for file in try everything() {
      let mayUseTmp = file.path.hasSuffix(".md")
      for index in file.indices(
        holding: checkout + ["/home/", "/Users/", "/root/"] + (mayUseTmp ? [] : ["/tmp/"]))
      where checkout.contains(where: file.lines[index].contains) || file.lines[index].contains(pattern) {
        report([file.place(index, "a path of one machine")])
      }
    }
  }

  @Test("packages come from GitHub over https")
  func packageSources() throws {
    for file in try Repository.files("Package.swift", "Makefile", ".ci/run") {
      for index in file.indices(holding: ["http"]) {
        for match in file.lines[index].matches(of: /(https?):\/\/([\w.:-]+)/)
        where match.1 != "https" || match.2 != "github.com" {
          report([file.place(index, "\(match.0) is no source of packages")])
        }
      }
    }
  }

  @Test("nothing speaks of an unencrypted address, save of one's own machine")
  func noPlainHTTP() throws {
    for file in try everything() where !file.path.hasPrefix("Tests/") {
      for index in file.indices(holding: ["http://"]) {
        for match in file.lines[index].matches(of: /\bhttp:\/\/([\w.\[\]:-]+)/) {
          let isLocal = ["127.", "localhost", "[::1]"].contains { match.1.hasPrefix($0) }
          if !isLocal { report([file.place(index, "\(match.0) is not encrypted")]) }
        }
      }
    }
  }

  @Test("what the build makes is not part of the repository")
  func ignored() throws {
    let patterns = Set(try Repository.files(".gitignore").flatMap(\.lines))
    #expect(patterns.contains("/Package.resolved"))
    #expect(!patterns.isDisjoint(with: ["/.build", "/.build*", "/.build/"]))
    #expect(patterns.contains("*.sqlite"))
  }

  private func documents(_ path: String = "docs") throws -> String {
    try Repository.files(path).flatMap(\.lines).joined(separator: "\n")
  }

  @Test("every discrepancy code is explained, with its severity")
  func codes() throws {
    let lines = try Repository.files("docs/reference/discrepancies.md").flatMap(\.lines)
    for code in DiscrepancyCode.allCases {
      let own = lines.filter { $0.contains("`\(code.rawValue)`") }
      #expect(
        own.contains { $0.contains(code.severity.rawValue) }, "\(code.rawValue) (\(code.severity.rawValue))")
    }
  }

  @Test("every status is explained")
  func statuses() throws {
    let text = try documents()
    let words =
      MatchStatus.allCases.map(\.rawValue) + RefundVerdict.allCases.map(\.rawValue)
      + SettlementStatus.allCases.map(\.rawValue) + MatchRule.allCases.map(\.rawValue)
      + PaymentStatus.allCases.map(\.rawValue) + DiscrepancyStatus.allCases.map(\.rawValue)
    for word in Set(words) { #expect(text.contains("`\(word)`"), "\(word)") }
  }

  @Test("every exit status and every configuration key is explained")
  func exitStatusesAndKeys() throws {
    let statuses = try documents("docs/reference/exit-status.md")
    for status in ExitStatus.allCases { #expect(statuses.contains("| \(status.rawValue) |"), "\(status)") }
    let keys = try documents("docs/reference/configuration.md")
    for key in ConfigurationKeys.all { #expect(keys.contains("`\(key)`"), "\(key)") }
  }

  @Test("links between documents lead somewhere")
  func links() throws {
    for file in try Repository.files("docs", "README.md", "CHANGELOG.md", "sample-data", ending: ".md") {
      let folder = (file.path as NSString).deletingLastPathComponent
      for index in file.indices(holding: ["]("]) {
        for match in file.lines[index].matches(of: /\]\(([^)#\s]+)(?:#[^)]*)?\)/)
        where !match.1.contains("://") {
          let target = "\(Repository.root)/\(folder)/\(match.1)"
          if !FileManager.default.fileExists(atPath: target) {
            report([file.place(index, "\(match.1) is not there")])
          }
        }
      }
    }
  }

  @Test("comments speak of what stands in the repository")
  func noOutsideReferences() throws {
    for file in try everything() {
      let words = ["contract section", "the contract", "contract.md"]
      report(
        file.indices(holding: words).map { file.place($0, "speaks of something outside of the repository") })
    }
  }
}
