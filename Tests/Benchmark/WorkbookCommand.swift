import ArgumentParser
import Foundation
import PlainWorkbook
import Reports

/// `reconcile-bench workbook`: what a workbook of so many orders costs, beside a plain C program that writes the same
/// cells with the same library and does nothing else. Each writer is a process of its own.
struct WorkbookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workbook", abstract: "Measure the workbook beside a plain C program with the same cells.")
  @Option(help: "Orders, one row each. A sheet holds 1048576 rows.")
  var rows = 100_000
  @Option(help: "Measurements of each; the fastest counts.")
  var repeats = 3
  @Option(help: "Where the workbooks go.")
  var directory = ".build/bench"

  func validate() throws {
    guard rows > 0, repeats > 0 else { throw ValidationError("--rows and --repeats must be 1 or more") }
  }

  func run() throws {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    var best: [WorkbookWriter.Kind: Measured] = [:]
    // In turn, so that a busy moment of the machine strikes both.
    for _ in 0..<repeats {
      for kind in WorkbookWriter.Kind.allCases {
        let cost = try Measured.running(
          own, ["write-workbook", kind.rawValue, "--rows", String(rows), "--directory", directory])
        guard cost.status == 0 else {
          throw BenchmarkProblem(description: "the writer \(kind.rawValue) ended with status \(cost.status)")
        }
        if best[kind].map({ cost.wall < $0.wall }) ?? true { best[kind] = cost }
      }
    }
    guard let plain = best[.plain], let product = best[.product] else { return }
    say(Table.header)
    say(Table.line("plain C", records: rows, plain))
    say(Table.line("reconcile", records: rows, product))
    say(
      "\nreconcile / plain C: wall \(ratio(product.wall, plain.wall)), cpu \(ratio(product.processor, plain.processor))"
    )
  }

  /// With two decimals.
  private func ratio(_ a: Int, _ b: Int) -> String {
    let hundredths = (a * 100 + b / 2) / max(1, b)
    return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
  }
}

/// Writes one workbook; a process of its own, so that its memory can be measured.
struct WorkbookWriter: ParsableCommand {
  enum Kind: String, CaseIterable, ExpressibleByArgument { case plain, product }

  static let configuration = CommandConfiguration(
    commandName: "write-workbook", abstract: "Write one workbook of the benchmark.", shouldDisplay: false)
  @Argument var kind: Kind
  @Option var rows: Int
  @Option var directory: String

  func run() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    switch kind {
    case .plain:
      let code = plain_workbook_write(directory + "/plain.xlsx", directory, rows)
      guard code == 0 else { throw BenchmarkProblem(description: "libxlsxwriter reports error \(code)") }
    case .product:
      _ = try writeReports(
        source: try BenchmarkOrders(rows: rows), formats: [.xlsx], outputRoot: directory,
        workbook: ReconciliationWorkbook(), onProgress: { _, _, _ in })
    }
  }
}
