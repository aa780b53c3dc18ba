import Foundation
import ReconcileCore
import SampleShop

/// The program on one shop, stage by stage, with one warehouse.
struct Stages {
  let program: String
  let folder: URL

  /// The invented shop.
  var shop: URL { folder.appendingPathComponent("shop") }
  private var warehouse: String { folder.appendingPathComponent("reconcile.sqlite").path }
  private var reports: URL { folder.appendingPathComponent("reports") }

  /// Runs a command of the program, with the shop's configuration where no other is given; any status but 0 is a
  /// problem.
  func measure(
    _ command: String, _ more: [String] = [], configuration: String? = nil,
    period: Period = SampleShop.period, asOf: Instant = SampleShop.asOf
  ) throws -> Measured {
    let cost = try Measured.running(
      program,
      [
        command, "--config",
        configuration ?? shop.appendingPathComponent(SampleShop.configurationName).path, "--from",
        period.from.description, "--to", period.to.description, "--as-of", asOf.description, "--warehouse",
        warehouse, "--output", reports.path, "--quiet",
      ] + more)
    guard cost.status == 0 else {
      throw BenchmarkProblem(description: "`\(program) \(command)` ended with status \(cost.status)")
    }
    return cost
  }

  /// Asks the warehouse something; the answer goes nowhere.
  func ask(_ arguments: [String]) throws -> Measured {
    let cost = try Measured.running(
      program,
      arguments + [
        "--config", shop.appendingPathComponent(SampleShop.configurationName).path, "--warehouse", warehouse,
      ])
    guard cost.status == 0 else {
      throw BenchmarkProblem(
        description: "`\(arguments.joined(separator: " "))` ended with status \(cost.status)")
    }
    return cost
  }

  /// The id of the first finding of a code in the report; nil where there is none.
  func finding(_ code: String) throws -> String? {
    let month = reports.appendingPathComponent(SampleShop.period.description)
    let text = try String(contentsOf: month.appendingPathComponent("discrepancies.csv"), encoding: .utf8)
    let line = text.split(separator: "\n").first {
      $0.split(separator: ",").dropFirst().first == Substring(code)
    }
    return line?.split(separator: ",").first.map(String.init)
  }

  /// Lines of all CSV reports without their headers.
  func reportRows() throws -> Int {
    let month = reports.appendingPathComponent(SampleShop.period.description)
    var rows = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: month.path) where name.hasSuffix(".csv") {
      let bytes = try Data(contentsOf: month.appendingPathComponent(name), options: .alwaysMapped)
      rows += bytes.count { $0 == UInt8(ascii: "\n") } - 1
    }
    return rows
  }

  /// Removes what an earlier measurement left, and nothing else that may lie in the folder.
  func clear() throws {
    for path in [shop.path, reports.path, warehouse] { try remove(path) }
  }

  /// The next run begins with nothing.
  func forgetWarehouse() throws { try remove(warehouse) }

  private func remove(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    try FileManager.default.removeItem(atPath: path)
  }

  func warehouseBytes() throws -> Int {
    try FileManager.default.attributesOfItem(atPath: warehouse)[.size] as? Int ?? 0
  }
}

/// The table that is printed; whole numbers, right-aligned.
enum Table {
  static let header = line(["stage", "records", "records/s", "wall s", "cpu s", "peak MiB"])

  static func line(_ name: String, records: Int, _ cost: Measured) -> String {
    line([
      name, String(records), String(records * 1_000 / max(1, cost.wall)), seconds(cost.wall),
      seconds(cost.processor), String(cost.peak / 1_024),
    ])
  }

  /// Milliseconds as seconds with two decimals.
  static func seconds(_ milliseconds: Int) -> String {
    let hundredths = (milliseconds + 5) / 10
    return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
  }

  static func line(_ cells: [String]) -> String {
    cells.enumerated().map { index, cell in
      let blanks = String(repeating: " ", count: max(0, (index == 0 ? 16 : 12) - cell.count))
      return index == 0 ? cell + blanks : blanks + cell
    }.joined()
  }
}
