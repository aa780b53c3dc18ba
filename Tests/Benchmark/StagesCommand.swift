import ArgumentParser
import Foundation
import SampleShop

/// `reconcile-bench stages`: how fast each stage is, and how much memory it takes.
struct StagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages",
    abstract: "Measure the stages of a month of so many orders: time, memory and records per second.")
  @Option(help: "Orders of the invented shop.")
  var orders = 100_000
  @OptionGroup var place: BenchmarkPlace

  func validate() throws {
    guard orders > 0 else { throw ValidationError("--orders must be 1 or more") }
  }

  func run() throws {
    let stages = try place.stages()
    let facts = try SampleShop.writeLarge(orders: orders, seed: place.seed, to: stages.shop)
    say("\(orders) orders, seed \(place.seed): \(facts.records) records to read\n")
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
    try line("status", { 1 }, try stages.ask(["status"]))
    // For an order that nobody paid the nearest payments are looked for as well.
    if let finding = try stages.finding("unpaid_order") {
      try line("explain", { 1 }, try stages.ask(["explain", finding]))
    }
    say("\nwarehouse: \(size) bytes, \(size / orders) for each order")
  }
}
