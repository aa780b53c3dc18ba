import ReconcileCore
import TestSupport
import Testing

@Suite("Instants and days are exact")
struct InstantTests {
  @Test("an instant prints in UTC, with a fraction only where there is one")
  func prints() {
    let known: [(Int64, String)] = [
      (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000001Z"), (-1, "1969-12-31T23:59:59.999999Z"),
      (1_772_357_400_000_000, "2026-03-01T09:30:00Z"), (1_772_357_400_250_000, "2026-03-01T09:30:00.25Z"),
      (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"), (951_782_400_000_000, "2000-02-29T00:00:00Z"),
      (253_402_300_800_000_000, "10000-01-01T00:00:00Z"), (.max, "294247-01-10T04:00:54.775807Z"),
      (-62_167_219_200_000_001, "-0001-12-31T23:59:59.999999Z"),
    ]
    for (microseconds, text) in known { #expect("\(Instant(microseconds: microseconds))" == text) }
  }

  @Test("whole seconds are rounded towards the past")
  func seconds() {
    #expect(Instant(microseconds: 1_999_999).seconds == 1)
    #expect(Instant(microseconds: -1).seconds == -1)
    #expect(Instant(microseconds: -1_000_000).seconds == -1)
    #expect(Instant(seconds: 3).advanced(bySeconds: -4) == Instant(microseconds: -1_000_000))
    #expect(Instant(seconds: 1) < Instant(microseconds: 1_000_001))
    #expect(Instant.now() > Instant(seconds: 1_700_000_000))
  }

  @Test("times are read with every offset and fraction that ISO 8601 allows")
  func reads() throws {
    let zone = try #require(Zone("Europe/Vilnius"))
    let known: [(String, Int64)] = [
      ("2026-03-01T09:30:00Z", 1_772_357_400_000_000), ("2026-03-01t09:30:00z", 1_772_357_400_000_000),
      ("2026-03-01 09:30Z", 1_772_357_400_000_000), ("2026-03-01T11:30:00", 1_772_357_400_000_000),
      ("2026-03-01T11:30:00+02:00", 1_772_357_400_000_000), ("2026-03-01T11:30+02", 1_772_357_400_000_000),
      ("2026-03-01T11:30:00+0200", 1_772_357_400_000_000),
      ("2026-02-28T23:30:00-1000", 1_772_357_400_000_000),
      ("2026-03-01T15:15:00+05:45", 1_772_357_400_000_000),
      ("2026-03-01T09:30:00.25Z", 1_772_357_400_250_000),
      ("2026-03-01T09:30:00,000001Z", 1_772_357_400_000_001),
      ("2026-03-01T09:30:00.123456789Z", 1_772_357_400_123_456),
      ("2026-03-01", 1_772_316_000_000_000),
    ]
    for (text, microseconds) in known {
      #expect(TimeText.instant(text, in: zone) == Instant(microseconds: microseconds), "\(text)")
    }
  }

  @Test(
    "what is no time is refused",
    arguments: [
      "", "2026", "2026-03", "2026-3-1", "26-03-01", "2026-02-29", "2026-02-30", "2026-13-01", "2026-00-10",
      "2026-04-31", "2026-03-00", "0000-01-01", "2026/03/01", "20260301", "2026-03-01T", "2026-03-01T9:30",
      "2026-03-01T09", "2026-03-01T24:00", "2026-03-01T09:60", "2026-03-01T09:30:60", "2026-03-01T09:30:61Z",
      "2026-03-01T09:30:00.Z", "2026-03-01T09:30:00.0000000000001Z", "2026-03-01T09:30:00+",
      "2026-03-01T09:30:00+2",
      "2026-03-01T09:30:00+24:00", "2026-03-01T09:30:00+02:60", "2026-03-01T09:30:00+02:00 ",
      "2026-03-01T09:30:00 Z",
      "2026-03-01T09:30:00ZZ", " 2026-03-01", "2026-03-01 ", "2026-03-01X09:30", "２０２６-03-01",
      "2026-03-01T09:30 am",
      "-026-03-01", "1772357400",
    ])
  func refuses(text: String) { #expect(TimeText.instant(text, in: .utc) == nil) }

  @Test("what an instant prints is read as the same instant", arguments: Seeds.some(6))
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let zone = try #require(Zone("Asia/Kathmandu"))
    for _ in 0..<500 {
      let instant = Instant(
        microseconds: .random(in: -62_000_000_000_000_000...250_000_000_000_000_000, using: &random))
      #expect(TimeText.instant("\(instant)", in: zone) == instant)
    }
  }
}

@Suite("Days are those of the calendar")
struct BusinessDayTests {
  @Test("each day of four centuries is the one after the day before", arguments: [1, 1600, 1900, 2000])
  func everyDay(century: Int) throws {
    var day = try #require(BusinessDay(year: century, month: 1, day: 1))
    var before = day.parts
    for _ in 0..<146_097 {
      day = day.advanced(by: 1)
      let parts = day.parts
      let isNext = parts.day == before.day + 1 && parts.month == before.month && parts.year == before.year
      let isNewMonth = parts.day == 1 && parts.month == before.month + 1 && parts.year == before.year
      let isNewYear = parts == (before.year + 1, 1, 1) && before.month == 12 && before.day == 31
      guard isNext || isNewMonth || isNewYear else {
        Issue.record("\(before) is followed by \(parts)")
        return
      }
      guard BusinessDay(year: parts.year, month: parts.month, day: parts.day) == day else {
        Issue.record("\(parts) is not \(day)")
        return
      }
      before = parts
    }
    #expect(before == (century + 400, 1, 1))
  }

  @Test("29 February exists in leap years only")
  func leapYears() {
    for year in [4, 1600, 2000, 2024, 2028, 2400] {
      #expect(BusinessDay(year: year, month: 2, day: 29) != nil)
    }
    for year in [1, 1700, 1900, 2023, 2026, 2100] {
      #expect(BusinessDay(year: year, month: 2, day: 29) == nil)
    }
  }

  @Test("days that do not exist are none")
  func refuses() {
    for (year, month, day) in [
      (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32), (0, 1, 1), (10_000, 1, 1),
    ] {
      #expect(BusinessDay(year: year, month: month, day: day) == nil)
    }
    for text in [
      "2026-3-01", "2026-03-1", "2026-03-01 ", "2026-03-01T", "26-03-01", "2026-02-29", "today", "",
    ] {
      #expect(BusinessDay(text) == nil, "\(text)")
    }
  }

  @Test("a day prints as it is read")
  func prints() throws {
    for text in ["0001-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "2026-03-01", "9999-12-31"] {
      #expect("\(try #require(BusinessDay(text)))" == text)
    }
    #expect(BusinessDay("1970-01-01")?.dayNumber == 0)
    #expect(BusinessDay("2000-03-01")?.dayNumber == 11_017)
  }

  @Test("a period holds both its ends and names its folder")
  func periods() throws {
    let first = try #require(BusinessDay("2026-03-01"))
    let last = try #require(BusinessDay("2026-03-31"))
    let period = try #require(Period(from: first, to: last))
    #expect(period.contains(first) && period.contains(last))
    #expect(!period.contains(first.advanced(by: -1)) && !period.contains(last.advanced(by: 1)))
    #expect("\(period)" == "2026-03-01_2026-03-31")
    #expect(Period(from: first, to: first) != nil)
    #expect(Period(from: last, to: first) == nil)
  }
}
