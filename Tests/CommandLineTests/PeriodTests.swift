import ReconcileCore
import Testing

@testable import reconcile

@Suite("A period can be said in several ways")
struct PeriodTests {
  private func named(_ name: String, _ today: String) throws -> String {
    let today = try #require(BusinessDay(today))
    return "\(try #require(try PeriodChoice.period(from: nil, to: nil, named: name, today: today)))"
  }

  private func failure(from: String?, to: String?, named name: String?) throws -> Failure {
    let today = try #require(BusinessDay("2026-03-15"))
    return try #require(throws: Failure.self) {
      try PeriodChoice.period(from: from, to: to, named: name, today: today)
    }
  }

  @Test("yesterday crosses months and years")
  func yesterday() throws {
    #expect(try named("yesterday", "2026-03-15") == "2026-03-14_2026-03-14")
    #expect(try named("yesterday", "2026-03-01") == "2026-02-28_2026-02-28")
    #expect(try named("yesterday", "2024-03-01") == "2024-02-29_2024-02-29")
    #expect(try named("yesterday", "2026-01-01") == "2025-12-31_2025-12-31")
  }

  @Test(
    "last week runs from Monday to Sunday, whatever day it is",
    arguments: [
      ("2026-03-16", "2026-03-09_2026-03-15"), ("2026-03-17", "2026-03-09_2026-03-15"),
      ("2026-03-22", "2026-03-09_2026-03-15"), ("2026-03-23", "2026-03-16_2026-03-22"),
      ("2026-01-01", "2025-12-22_2025-12-28"), ("2024-03-04", "2024-02-26_2024-03-03"),
      ("1970-01-01", "1969-12-22_1969-12-28"), ("1969-12-29", "1969-12-22_1969-12-28"),
    ])
  func lastWeek(today: String, period: String) throws { #expect(try named("last-week", today) == period) }

  @Test("last month has the length of that month")
  func lastMonth() throws {
    #expect(try named("last-month", "2026-03-01") == "2026-02-01_2026-02-28")
    #expect(try named("last-month", "2024-03-31") == "2024-02-01_2024-02-29")
    #expect(try named("last-month", "2026-01-15") == "2025-12-01_2025-12-31")
    #expect(try named("last-month", "2026-05-31") == "2026-04-01_2026-04-30")
  }

  @Test("month to date ends today")
  func monthToDate() throws {
    #expect(try named("month-to-date", "2026-03-01") == "2026-03-01_2026-03-01")
    #expect(try named("month-to-date", "2024-02-29") == "2024-02-01_2024-02-29")
  }

  @Test("a month is said by its number")
  func months() throws {
    #expect(try named("2026-03", "2030-01-01") == "2026-03-01_2026-03-31")
    #expect(try named("2024-02", "2030-01-01") == "2024-02-01_2024-02-29")
    #expect(try named("1900-02", "2030-01-01") == "1900-02-01_1900-02-28")
    #expect(try named("2025-12", "2030-01-01") == "2025-12-01_2025-12-31")
  }

  @Test("both dates are needed, exist, and stand in order")
  func dates() throws {
    let today = try #require(BusinessDay("2026-03-15"))
    let one = try PeriodChoice.period(from: "2026-03-01", to: "2026-03-01", named: nil, today: today)
    #expect(one?.description == "2026-03-01_2026-03-01")
    #expect(try PeriodChoice.period(from: nil, to: nil, named: nil, today: today) == nil)
    for (from, to, name) in [
      ("2026-03-01", nil, nil), (nil, "2026-03-01", nil), ("2026-03-02", "2026-03-01", nil),
      ("2026-02-29", "2026-03-01", nil), ("2026-03-01", "31.03.2026", nil),
      ("2026-03-01", "2026-03-31", "yesterday"),
      (nil, nil, "2026-13"), (nil, nil, "2026-3"), (nil, nil, "lastweek"), (nil, nil, ""),
      (nil, nil, "Yesterday"),
    ] as [(String?, String?, String?)] {
      #expect(try failure(from: from, to: to, named: name).status == .usage)
    }
    #expect(try failure(from: nil, to: nil, named: "last-wek").remedy.contains("last-week"))
  }
}
