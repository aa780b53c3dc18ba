import Testing

@Suite("The source keeps the house rules")
struct SourceRuleTests {
  /// Where floating point may stand, and why. Money never passes through it.
  private static let floats: [(prefix: String, reason: String)] = [
    ("Sources/Importers/Network/", "seconds of waiting, jitter and rate limits"),
    ("Sources/Importers/Transport/", "seconds on the monotonic clock"),
    ("Sources/Reconcile/Core/Settings.swift", "seconds of timeouts and rate limits"),
    ("Sources/Reconcile/Core/CivilTime.swift", "Foundation's zone rules ask for whole seconds as a float"),
    ("Sources/Reconcile/CommandLine/Configuration/", "seconds of timeouts and rate limits"),
    ("Sources/Reports/Workbook/CellWriter.swift", "cells of a workbook are floats by their format"),
    ("Sources/Reports/Workbook/SheetWriter.swift", "cells, widths and margins of a workbook"),
  ]

  /// Checks that end the program, and why they cannot fail.
  private static let traps: [(prefix: String, reason: String)] = [
    ("Sources/Reconcile/Core/CivilTime.swift", "UTC is a zone"),
    ("Sources/Reconcile/CommandLine/Configuration/ProviderSection.swift", "EUR is in the table"),
    ("Sources/Reconcile/SampleShop/", "the sample month is made of its own fixed data"),
  ]

  /// Lines of code in which a word stands and the pattern matches, as `file:line: problem`.
  private func problems(
    _ words: [String], _ pattern: Regex<Substring>, _ problem: String,
    except: [(prefix: String, reason: String)] = [],
    inTestsToo: Bool = false
  ) throws -> [String] {
    let files = try Repository.files("Sources", ending: ".swift")
    let tests = inTestsToo ? try Repository.files("Tests", ending: ".swift") : []
    return (files + tests).flatMap { file in
      // The patterns of these tests would find themselves.
      if file.path.hasPrefix("Tests/HouseRulesTests/") { return [String]() }
      if except.contains(where: { file.path.hasPrefix($0.prefix) }) { return [String]() }
      return file.indices(inCode: true, holding: words).filter { file.code[$0].contains(pattern) }
        .map { file.place($0, problem) }
    }
  }

  @Test("floating point stands only where no money is")
  func noFloats() throws {
    let types = ["Double", "Float", "TimeInterval"]
    let pattern = /\b(?:Double|Float|Float16|Float80|CGFloat|TimeInterval)\b/
    report(try problems(types, pattern, "floating point", except: Self.floats))
    let fractions = (0...9).map { "\($0)." } + (0...9).map { "\($0)e" }
    let literal = /(?:^|[^\w$.])\d[\d_]*(?:\.\d|[eE][-+]?\d)/
    report(try problems(fractions, literal, "a float literal", except: Self.floats))
  }

  @Test("SQL holds no floating point")
  func noFloatsInSQL() throws {
    for file in try Repository.files("Sources/Reconcile/Warehouse") {
      for index in file.indices(holding: ["REAL", "DOUBLE", "total(", "avg(", "round("])
      where file.lines[index].contains(/\b(?:REAL|DOUBLE)\b|\b(?:total|avg|round)\(\w+\.?\w*_/) {
        report([file.place(index, "floating point in SQL")])
      }
    }
  }

  @Test("nothing prints past the terminal's own writers")
  func noPrinting() throws {
    let pattern = /(?:^|[^\w.])(?:print|debugPrint|dump|NSLog)\(/
    report(try problems(["print(", "debugPrint(", "dump(", "NSLog("], pattern, "prints"))
  }

  @Test("nothing is forced: no try!, no as!, no force unwrapping, no implicitly unwrapped type")
  func noForce() throws {
    report(try problems(["try!"], /\btry!/, "try!", inTestsToo: true))
    report(try problems(["as!"], /\bas!/, "as!", inTestsToo: true))
    report(try problems(["!"], /[\w\)\]\?>]!(?:$|[^=])/, "a force unwrap", inTestsToo: true))
  }

  @Test("nothing ends the program on purpose, save what cannot happen")
  func noTraps() throws {
    let words = [
      "fatalError(", "preconditionFailure(", "precondition(", "assert(", "assertionFailure(",
    ]
    let pattern =
      /(?:^|[^\w.])(?:fatalError|preconditionFailure|precondition|assert|assertionFailure)\(/
    report(try problems(words, pattern, "ends the program", except: Self.traps))
  }

  @Test("allowances that nobody needs any more are taken away")
  func allowancesAreUsed() throws {
    for entry in Self.floats + Self.traps where entry.prefix.hasSuffix(".swift") {
      let file = try #require(try Repository.files(entry.prefix).first, "\(entry.prefix)")
      let words = ["Double", "TimeInterval", ".0", ".4", "preconditionFailure"]
      #expect(!file.indices(inCode: true, holding: words).isEmpty, "\(entry.prefix): \(entry.reason)")
    }
  }

  @Test("no file is longer than 400 lines")
  func length() throws {
    for file in try Repository.files("Sources", "Tests", ending: ".swift") where file.lines.count > 401 {
      report([file.place(400, "the file has \(file.lines.count - 1) lines")])
    }
  }

  @Test("nothing is left to be done later")
  func noLeftovers() throws {
    for file in try Repository.files("Sources", "Tests", "docs", "Package.swift", "Makefile")
    where !file.path.hasPrefix("Tests/HouseRulesTests/") {
      report(file.indices(holding: ["TODO", "FIXME"]).map { file.place($0, "left for later") })
    }
  }

  @Test("no test is switched off")
  func noDisabledTests() throws {
    for file in try Repository.files("Tests", ending: ".swift")
    where !file.path.hasPrefix("Tests/HouseRulesTests/") {
      report(
        file.indices(inCode: true, holding: [".disabled(", ".disabled)"]).map {
          file.place($0, "switched off")
        })
    }
  }

  /// Members whose meaning the protocol or the language gives.
  private static let witnesses: Set<String> = [
    "hash", "encode", "makeIterator", "next", "forEachDiscrepancy", "forEachOpenItem", "forEachOrder",
    "forEachPayment",
    "forEachRefund", "forEachSettlementDay", "forEachReject", "forEachAdjustment",
  ]

  @Test("every public type and function has its comment")
  func documented() throws {
    let pattern = /^\s*public (?:\w+ )*?(struct|class|enum|protocol|actor|typealias|func|subscript) (\w*)/
    for file in try Repository.files("Sources", ending: ".swift") {
      for index in file.indices(holding: ["public "]) {
        guard let match = file.lines[index].firstMatch(of: pattern) else { continue }
        // An operator is a witness of Equatable or Comparable.
        if match.2.isEmpty || Self.witnesses.contains(String(match.2)) { continue }
        var above = index - 1
        while above >= 0, file.lines[above].contains(/^\s*@/) { above -= 1 }
        if above < 0 || !file.lines[above].contains(/^\s*\/\/\//) {
          report([file.place(index, "\(match.1) \(match.2) has no comment")])
        }
      }
    }
  }
}
