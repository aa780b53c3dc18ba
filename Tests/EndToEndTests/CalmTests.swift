import Testing

/// The month as it is when nothing goes wrong, read offline once for all tests that compare with it.
enum Calm {
  private static let reading = Task {
    let trial = try Trial()
    let ending = try await trial.run()
    guard ending.status == 0 else {
      throw Trouble("the calm run ended with \(ending.status): \(ending.errors)")
    }
    return try trial.report()
  }

  static func report() async throws -> Report { try await reading.value }
}

@Suite("A calm month")
struct CalmTests {
  @Test("every order gets the statuses that a person who knows the truth expects")
  func verdicts() async throws {
    let report = try await Calm.report()
    let rows = report.rows("orders.csv")
    for row in rows {
      let id = row["order_id"] ?? ""
      let verdict = Shop.Verdict(match: row["match_status"] ?? "", refund: row["refund_status"] ?? "")
      #expect(verdict == Shop.march.verdicts[id], "\(id)")
    }
    #expect(rows.count == Shop.march.orders.count - 2)
  }
}
