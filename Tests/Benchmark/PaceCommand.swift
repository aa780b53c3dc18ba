import ArgumentParser
import Foundation
import SampleShop

/// `reconcile-bench pace`: how much of what a rate limit allows is used, and whether providers wait for each other.
struct PaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pace",
    abstract: "Read providers that answer slowly and limit requests, each alone and all at once.",
    discussion: """
      The program reads from reconcile-sandbox over loopback HTTP. The clock is scaled: the window of the limit and \
      the time of an answer are --scale times shorter, in the sandbox and in the program alike.
      """)
  @Option(help: "Orders of the invented shop; every record is a page of its own.")
  var orders = 1_200
  @Option(help: "How many times shorter everything is that waits.")
  var scale = 10
  @Option(help: "Requests that a provider allows in a window.")
  var limit = 90
  @Option(help: "Seconds of the window, before they are scaled.")
  var window = 60
  @Option(help: "Milliseconds of an answer, before they are scaled.")
  var latency = 50
  @OptionGroup var place: BenchmarkPlace

  func validate() throws {
    guard orders > 0, scale > 0, limit > 0 else {
      throw ValidationError("--orders, --scale and --limit must be 1 or more")
    }
    guard window >= scale, window % scale == 0, latency >= scale, latency % scale == 0 else {
      throw ValidationError("--window and --latency must be multiples of --scale")
    }
  }

  func run() throws {
    let stages = try place.stages()
    let shop = try SampleShop.writeLarge(orders: orders, seed: place.seed, to: stages.shop)
    let (seconds, milliseconds) = (window / scale, latency / scale)
    say("\(orders) orders, \(shop.records) records, one a page; all waits are \(scale) times shorter:")
    say("at most \(limit) requests in \(seconds) s, \(milliseconds) ms an answer\n")
    say(PaceTable.header(seconds: seconds))
    var alone: [Int] = []
    for provider in Stages.providers {
      let reading = try read([provider], stages, seconds: seconds, milliseconds: milliseconds)
      let requests = reading[provider] ?? RequestTimes([])
      alone.append(requests.span)
      say(try PaceTable.line(provider, requests, limit: limit, window: seconds * 1_000))
    }
    let together = try read(Stages.providers, stages, seconds: seconds, milliseconds: milliseconds)
    say("")
    for provider in Stages.providers {
      let requests = together[provider] ?? RequestTimes([])
      say(try PaceTable.line("\(provider), beside", requests, limit: limit, window: seconds * 1_000))
    }
    let whole = RequestTimes(together.values.flatMap(\.times)).span
    let (slowest, sum) = (alone.max() ?? 0, alone.reduce(0, +))
    say("\nall at once / the slowest alone: \(PaceTable.ratio(whole, slowest))")
    say("one after the other / the slowest alone: \(PaceTable.ratio(sum, slowest))")
  }

  /// Imports from these providers into a new warehouse; returns when each of them was asked.
  private func read(
    _ providers: [String], _ stages: Stages, seconds: Int, milliseconds: Int
  ) throws -> [String: RequestTimes] {
    let limits = Stages.providers.map { "\($0)=\(limit)/\(seconds)s" }.joined(separator: ",")
    let served = try ServedShop(
      try place.executable("reconcile-sandbox"), saved: stages.shop.appendingPathComponent("saved"),
      log: stages.folder.appendingPathComponent("requests.jsonl"),
      options: ["--page-size", "1", "--rate-limit", limits, "--fault", "slow:ms=\(milliseconds)"])
    defer { served.stop() }
    let configuration = try stages.configuration(
      servedAt: served.origin, "rate_limit = \"\(limit)/\(seconds)s\"")
    try stages.forgetWarehouse()
    _ = try stages.measure("import", ["--provider"] + providers, configuration: configuration)
    let requests = try served.requests()
    let refused = requests.count { $0.status == 429 }
    guard refused == 0 else {
      throw BenchmarkProblem(description: "\(refused) requests were more than the limit allows")
    }
    return Dictionary(grouping: requests, by: \.provider).mapValues { RequestTimes($0.map(\.milliseconds)) }
  }
}

/// When a provider was asked, in milliseconds, and what that says about a limit.
struct RequestTimes {
  let times: [Int]

  init(_ times: [Int]) { self.times = times.sorted() }

  /// From the first request to the last.
  var span: Int { (times.last ?? 0) - (times.first ?? 0) }

  /// The largest number of requests that any window of so many milliseconds holds.
  func most(in window: Int) -> Int {
    var first = 0
    var most = 0
    for (place, time) in times.enumerated() {
      while times[first] + window <= time { first += 1 }
      most = max(most, place - first + 1)
    }
    return most
  }

  /// The time that whole windows take at the least, and the time that they took; nil where the requests do not
  /// fill one.
  func pace(limit: Int, window: Int) -> (least: Int, took: Int)? {
    let windows = max(0, times.count - 1) / limit
    guard windows > 0 else { return nil }
    return (windows * window, times[windows * limit] - times[0])
  }
}

/// The table that `pace` prints.
enum PaceTable {
  static func header(seconds: Int) -> String {
    Table.line(["provider", "requests", "most in \(seconds) s", "of limit", "seconds"])
  }

  /// Throws where a window holds more than the limit allows.
  static func line(_ name: String, _ requests: RequestTimes, limit: Int, window: Int) throws -> String {
    let most = requests.most(in: window)
    guard most <= limit else {
      throw BenchmarkProblem(description: "\(name): \(most) requests in a window that allows \(limit)")
    }
    let share = requests.pace(limit: limit, window: window).map { ratio($0.least, $0.took) } ?? "-"
    return Table.line([
      name, String(requests.times.count), String(most), share, Table.seconds(requests.span),
    ])
  }

  /// A quotient with three decimals, cut off.
  static func ratio(_ dividend: Int, _ divisor: Int) -> String {
    let thousandths = dividend * 1_000 / max(1, divisor)
    return "\(thousandths / 1_000)." + String(thousandths % 1_000 + 1_000).dropFirst()
  }
}
