import ArgumentParser
import Foundation
import SampleShop

/// `reconcile-bench`: how fast each stage is, and how much memory it takes, for an invented shop.
@main
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile-bench",
    abstract: "Measure the stages of a month of so many orders: time, memory and records per second.")
  @Option(help: "Orders of the invented shop.")
  var orders = 100_000
  @Option(help: "The same seed gives the same shop.")
  var seed: UInt64 = 1
  @Option(help: "Where shop, warehouse and reports go; those of an earlier measurement are replaced.")
  var directory = ".build/bench"
  @Option(help: "The program that is measured; default: the one beside this.")
  var program: String?

  func validate() throws {
    guard orders > 0 else { throw ValidationError("--orders must be 1 or more") }
  }

  func run() throws {
    let folder = URL(fileURLWithPath: directory)
    let stages = Stages(program: try executable(), folder: folder)
    try stages.clear()
    let facts = try SampleShop.writeLarge(orders: orders, seed: seed, to: stages.shop)
    say("\(orders) orders, seed \(seed): \(facts.records) records to read\n")
    say(Table.header)
    func line(_ name: String, _ records: () throws -> Int, _ cost: Measured) throws {
      say(Table.line(name, records: try records(), cost))
    }
    try line("import", { facts.records }, try stages.measure("import"))
    try line("match", { facts.orders }, try stages.measure("match"))
    try line("report csv", stages.reportRows, try stages.measure("report", ["--format", "csv"]))
    try line("report xlsx", stages.reportRows, try stages.measure("report", ["--format", "xlsx"]))
    try stages.forgetWarehouse()
    try line("whole run", { facts.records }, try stages.measure("run"))
    let size = try stages.warehouseBytes()
    try line("the same again", { facts.records }, try stages.measure("run"))
    say("\nwarehouse: \(size) bytes, \(size / orders) for each order")
  }

  /// A line at once: a stage can take minutes, also where the output is a pipe.
  private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  private func executable() throws -> String {
    if let program { return program }
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let path = own.deletingLastPathComponent().appendingPathComponent("reconcile").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw BenchmarkProblem(description: "\(path) is missing; build it with the same configuration")
    }
    return path
  }
}
