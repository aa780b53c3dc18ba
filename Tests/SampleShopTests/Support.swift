import Foundation
import ReconcileCore
import SampleShop

/// The root of the repository.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// Something that a test could not do.
struct TestProblem: Error { let text: String }

/// A folder that is removed at the end.
final class Scratch: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("sample-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// The built program.
enum Program {
  /// Runs it without any environment in a folder; returns its status and what it wrote.
  static func run(_ arguments: [String], in folder: URL) throws -> (
    status: Int32, output: String, errors: String
  ) {
    let process = Process()
    process.executableURL = try binary()
    process.arguments = arguments
    process.environment = [:]
    process.currentDirectoryURL = folder
    // Files instead of pipes: nothing can fill up while the program runs.
    let output = folder.appendingPathComponent(".output")
    let errors = folder.appendingPathComponent(".errors")
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
    return (
      process.terminationStatus, try String(contentsOf: output, encoding: .utf8),
      try String(contentsOf: errors, encoding: .utf8)
    )
  }

  /// Reconciles March of a configuration with warehouse and reports in `folder`; returns the status.
  static func reconcile(_ configuration: URL, asOf: Instant, in folder: URL) throws -> Int32 {
    try run(
      [
        "run", "--config", configuration.path, "--from", SampleShop.period.from.description, "--to",
        SampleShop.period.to.description, "--as-of", asOf.description, "--warehouse",
        "reconcile.sqlite", "--output", "reports", "--format", "csv", "--quiet",
      ], in: folder
    ).status
  }

  private static func binary() throws -> URL {
    let here = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    for folder in [here, URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()] {
      let path = folder.appendingPathComponent("reconcile")
      if FileManager.default.isExecutableFile(atPath: path.path) { return path }
    }
    throw TestProblem(text: "the program is not built")
  }
}

/// A CSV report as rows by column name.
struct CSVTable {
  let rows: [[String: String]]

  init(_ file: URL) throws {
    var lines = Self.cells(try String(contentsOf: file, encoding: .utf8))
    guard !lines.isEmpty else { throw TestProblem(text: "\(file.lastPathComponent) has no header") }
    let header = lines.removeFirst()
    rows = lines.map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
  }

  /// The cells of one column.
  func column(_ name: String) -> [String] { rows.map { $0[name] ?? "" } }

  private static func cells(_ text: String) -> [[String]] {
    var lines: [[String]] = []
    var line: [String] = []
    var cell = String.UnicodeScalarView()
    var isQuoted = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        line.append(String(cell))
        cell = .init()
      case "\n" where !isQuoted:
        lines.append(line + [String(cell)])
        (line, cell) = ([], .init())
      default: cell.append(scalar)
      }
    }
    return lines
  }
}

/// The reports of the sample month, written once for all tests that read them.
enum SampleMarch {
  /// Where the reports go; kept until the tests end.
  private static let scratch = Result { try Scratch() }

  /// Imports both snapshots and runs the month; the folder of its reports.
  static let reports = Result {
    let folder = try scratch.get().url
    let sample = repository.appendingPathComponent("sample-data")
    for (name, asOf) in [
      (SampleShop.earlierConfigurationName, SampleShop.earlierAsOf),
      (SampleShop.configurationName, SampleShop.asOf),
    ] {
      let status = try Program.reconcile(sample.appendingPathComponent(name), asOf: asOf, in: folder)
      // The sample has a few rows that cannot be read.
      guard status == ExitStatus.inputRejected.rawValue else {
        throw TestProblem(text: "the run of \(asOf) ended with \(status)")
      }
    }
    return folder.appendingPathComponent("reports/\(SampleShop.period)")
  }
}
