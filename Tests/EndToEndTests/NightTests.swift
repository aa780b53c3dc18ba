import Foundation
import Testing

extension Shop {
  /// March, and records that are not final when it ends.
  fileprivate static let unfinished: Shop = {
    var shop = march
    for (id, status, match) in [("g10", "hold", "pending"), ("g11", "odd", "unknown")] {
      let (due, at) = (shop.amount(), shop.time(12))
      shop.order(id, due, at: at, provider: "gate", is: match)
      shop.gate(id, due, status, at: at)
    }
    let (due, at) = (shop.amount(), shop.time(13))
    shop.order("i10", due, at: at, provider: "inflow", reference: "TX10", is: "pending")
    shop.inflow("TX10", due, "processing", at: at)
    shop.ask("r-g1", of: "g1", 300, at: shop.time(6), reference: "GRF-1")
    shop.ask("r-g2", of: "g2", 300, at: shop.time(7), reference: "GRF-2")
    shop.gate("GRF-2", 300, "pending", at: shop.time(7))
    return shop
  }()

  /// What a night in May brings.
  fileprivate func withNight() -> Shop {
    var shop = self
    let at = "2025-05-10T09:00:00Z"
    for number in 1...6 {
      let due = shop.amount()
      switch number {
      case 1, 2:
        shop.order("mn\(number)", due, at: at, provider: "maxfi", is: "exact")
        shop.maxfi("pay_n\(number)", due, "succeeded", at: at, order: "mn\(number)")
      case 3:
        shop.order("dn3", due, at: at, provider: "dapit", is: "exact")
        shop.dapit("DP-250510-NIGHT3", due, "confirmed", at: at, order: "dn3")
      case 4, 5:
        shop.order("gn\(number)", due, at: at, provider: "gate", is: "exact")
        shop.gate("gn\(number)", due, "success", at: at)
      default:
        shop.order("in6", due, at: at, provider: "inflow", reference: "TXN6", is: "exact")
        shop.inflow("TXN6", due, "paid", at: at)
      }
    }
    shop.ask("r-n", of: "g1", 100, at: at, reference: "GRF-N")
    shop.gate("GRF-N", 100, "success", at: at)
    shop.inflowRefund("IR-N", of: "TX1", 200, "completed", at: at)
    return shop
  }
}

@Suite("A night")
struct NightTests {
  @Test("lists are read whole, and each record that is new or not final is looked up once, whatever its age")
  func requests() async throws {
    let trial = try Trial(.unfinished)
    func run(_ day: String, asOf: String) async throws -> [String] {
      let server = try trial.sandbox(["--page-size", "10"])
      let ending = try await trial.run(["--from", day, "--to", day, "--as-of", "\(asOf)T06:00:00Z"])
      #expect(ending.status == 0, "\(ending.errors)")
      let requests = try server.requests()
      try expectOnlyAllowed(requests)
      return requests.map(\.target)
    }
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    _ = try await run("2025-05-09", asOf: "2025-05-10")
    let shop = Shop.unfinished.withNight()
    for (name, text) in shop.newestFirst().files { try write(text, to: trial.path(name)) }
    let asked = try await run("2025-05-10", asOf: "2025-05-11")

    func count(_ part: String) -> Int { asked.count { $0.contains(part) } }
    func ids(_ prefix: String) -> [String] {
      asked.filter { $0.hasPrefix(prefix) && !$0.contains("?") }.map { target in
        target.dropFirst(prefix.count).split(separator: "/").joined()
      }.sorted()
    }
    // Ten rows a page, and the first page once more; Dapit's end is a page that is not full.
    #expect(count("/maxfi/v2/payments") == (shop.payments.count + 9) / 10 + 1)
    #expect(count("action=list_transactions") == shop.transactions.count / 10 + 1)
    #expect(count("action=list_refunds") == 1)
    #expect(count("action=settlement_report") == 1)
    // Created since the lookback began, their end, and the first page once more.
    let narrowed = asked.filter { $0.hasPrefix("/inflow/refunds/?") }
    #expect(narrowed.count == 3 && narrowed.allSatisfy { $0.contains("created_at__gte=2025-04-10") })
    // New; not found; authorized; of an unknown status. Refunds: new; not found; pending.
    #expect(
      ids("/gate/api/v1/api/payments/")
        == ["gn4", "gn5", "g4", "g8", "g10", "g11", "GRF-N", "GRF-1", "GRF-2"].sorted())
    #expect(ids("/inflow/refunds/") == ["IR-8"])
    // New; of the new refund; not found; pending. Two refunds of March name transactions that nobody knows.
    #expect(ids("/inflow/transactions/") == ["TXN6", "TX1", "TX5", "TX7", "TX8", "TX10"].sorted())
    let lookups = asked.count { !$0.contains("?") }
    #expect(lookups == 16 && asked.count == lookups + count("/maxfi/") + count("/dapit/") + 3)
  }

  @Test("a night that brings nothing asks for what is not final and for nothing else")
  func quiet() async throws {
    let trial = try Trial()
    try trial.sandbox()
    #expect(try await trial.run().status == 0)
    let server = try trial.sandbox()
    #expect(
      try await trial.run(["--from", "2025-05-09", "--to", "2025-05-09", "--as-of", "2025-05-10T06:00:00Z"])
        .status == 0)
    let paths = try server.requests().map(\.path).filter { $0.hasPrefix("/gate/") }
    #expect(paths.map { $0.split(separator: "/").last ?? "" }.sorted() == ["g4", "g8"])
  }
}
