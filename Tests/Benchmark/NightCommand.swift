import ArgumentParser
import Foundation
import ReconcileCore
import SampleShop

/// `reconcile-bench night`: which requests a night with few new records makes on a large warehouse, and what it costs.
struct NightCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "night",
    abstract: "Count the requests of a night on a warehouse of so many orders, beside those that it needs.",
    discussion: """
      The month is imported from saved responses. Then a night's orders come, and the program reads from \
      reconcile-sandbox over loopback HTTP, without a limit of requests; the sandbox's log is counted. A million \
      orders need about 5 GB of disk and 4 GB of memory for the sandbox.
      """)
  @Option(help: "Orders of the invented shop before the night.")
  var orders = 1_000_000
  @Option(name: .customLong("new"), help: "Orders of the night.")
  var newOrders = 1_000
  @OptionGroup var place: BenchmarkPlace

  func validate() throws {
    guard orders > 0, newOrders > 0 else { throw ValidationError("--orders and --new must be 1 or more") }
  }

  func run() throws {
    let stages = try place.stages()
    let month = try SampleShop.writeLarge(orders: orders, seed: place.seed, to: stages.shop)
    say("\(month.orders) orders, \(month.records) records; then a night of \(newOrders) orders\n")
    say(Table.header)
    // The evening before: what was read then is what the night goes on from.
    let evening = Self.morning(after: SampleShop.night.advanced(by: -1))
    say(Table.line("first import", records: month.records, try stages.measure("import", asOf: evening)))
    say(Table.line("first match", records: month.orders, try stages.measure("match", asOf: evening)))

    let facts = try SampleShop.writeLarge(
      orders: orders, nightOrders: newOrders, seed: place.seed, to: stages.shop)
    let served = try ServedShop(
      try place.executable("reconcile-sandbox"), saved: stages.shop.appendingPathComponent("saved"),
      log: stages.folder.appendingPathComponent("requests.jsonl"), options: [])
    defer { served.stop() }
    let configuration = try stages.configuration(
      servedAt: served.origin, "rate_limit = \"1000000/1s\"\ndeadline = \"24h\"")
    guard let night = Period(from: SampleShop.night, to: SampleShop.night) else {
      throw BenchmarkProblem(description: "\(SampleShop.night) is no period")
    }
    let brought = facts.records - month.records
    for (command, more) in [("import", files(stages.shop)), ("match", []), ("report", ["--format", "csv"])] {
      let cost = try stages.measure(
        command, more, configuration: configuration, period: night,
        asOf: Self.morning(after: SampleShop.night))
      say(Table.line("night: \(command)", records: brought, cost))
    }
    say("")
    try compare(NightNeed(facts), with: served.requests())
  }

  /// Six in the morning (UTC) of the day after.
  private static func morning(after day: BusinessDay) -> Instant {
    Zone.utc.start(of: day.advanced(by: 1)).advanced(bySeconds: 6 * 3_600)
  }

  /// The merchant sends what the night brought, not the whole month again.
  private func files(_ shop: URL) -> [String] {
    let names = SampleShop.nightFiles
    return [("--orders", names.orders), ("--refunds", names.refunds), ("--events", names.events)].flatMap {
      [$0.0, shop.appendingPathComponent($0.1).path]
    }
  }

  /// Prints what was asked beside what is needed; throws where something was asked that is not needed.
  private func compare(_ need: NightNeed, with requests: [ServedRequest]) throws {
    let made = Dictionary(grouping: requests) { NightNeed.kind(of: $0) }.mapValues(\.count)
    say(Table.line(["requests", "needed", "made", "ratio"]))
    for (kind, needed) in need.counts {
      let count = made[kind] ?? 0
      say(Table.line([kind, String(needed), String(count), PaceTable.ratio(count, needed)]))
    }
    let unknown = made.filter { entry in !need.counts.contains { $0.kind == entry.key } }
    let lookups = need.lookups.map { made[$0.kind] ?? 0 }.reduce(0, +)
    let wanted = need.lookups.map(\.needed).reduce(0, +)
    say("\nlook-ups / records that are new or not final: \(PaceTable.ratio(lookups, wanted))")
    guard unknown.isEmpty, need.counts.allSatisfy({ made[$0.kind] ?? 0 == $0.needed }) else {
      throw BenchmarkProblem(
        description:
          "the requests are not those that are needed \(unknown.keys.sorted().joined(separator: ", "))")
    }
  }
}

/// What a night of a large shop needs to ask, from what the shop is made of.
struct NightNeed {
  typealias Count = (kind: String, needed: Int)
  /// Pages of lists that are read whole.
  let lists: [Count]
  /// Records that are asked for one by one: those of the night, and those that are not final.
  let lookups: [Count]

  var counts: [Count] { lists + lookups }

  init(_ facts: LargeShopFacts) {
    lists = [
      // A hundred a page, and the first page once more, since the list names no total.
      ("maxfi payments", (facts.maxfiPayments + 99) / 100 + 1),
      // Two hundred a page, up to the page that is not full.
      ("list_transactions", facts.dapitTransactions / 200 + 1),
      ("list_refunds", 1), ("settlement_report", 1),
      // Of the lookback, in which nothing was refunded.
      ("inflow refunds", 1),
    ]
    lookups = [
      ("gate payments", facts.nightOrders["gate"] ?? 0), ("gate refunds", facts.unknownGateRefunds),
      ("inflow payments", facts.nightOrders["inflow"] ?? 0),
    ].filter { $0.1 > 0 }
  }

  /// What a request asks for, in the words of the table.
  static func kind(of request: ServedRequest) -> String {
    let last = request.path.split(separator: "/").last.map(String.init) ?? ""
    switch request.provider {
    case "maxfi": return "maxfi \(last)"
    case "dapit": return String(request.query.dropFirst("action=".count).prefix { $0 != "&" })
    case "gate": return last.hasPrefix("rf-") ? "gate refunds" : "gate payments"
    default: return request.path.contains("/transactions/") ? "inflow payments" : "inflow \(last)"
    }
  }
}
