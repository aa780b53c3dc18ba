import ReconcileCore
import TestSupport
import Testing

@Suite("A zone turns instants into days and back, at clock changes too")
struct ZoneTests {
  private func zone(_ name: String) throws -> Zone { try #require(Zone(name)) }

  /// A time that carries no offset, read in a zone and printed in UTC.
  private func utc(_ text: String, _ name: String) throws -> String {
    "\(try #require(TimeText.instant(text, in: zone(name))))"
  }

  private func day(_ text: String, _ name: String) throws -> String {
    "\(try zone(name).day(of: try #require(TimeText.instant(text, in: .utc))))"
  }

  @Test(
    "names that IANA does not know are no zones",
    arguments: ["", "Europe/Nowhere", "GMT+2", "GMT-05:00", "🙂"])
  func unknownNames(name: String) { #expect(Zone(name) == nil) }

  @Test("a zone prints its name")
  func prints() throws {
    #expect("\(try zone("Europe/Vilnius"))" == "Europe/Vilnius")
    #expect("\(Zone.utc)" == "UTC")
  }

  @Test("the day of an instant is the one on the wall")
  func days() throws {
    #expect(try day("2026-03-01T21:59:59.999999Z", "Europe/Vilnius") == "2026-03-01")
    #expect(try day("2026-03-01T22:00:00Z", "Europe/Vilnius") == "2026-03-02")
    #expect(try day("2026-07-01T20:59:59Z", "Europe/Vilnius") == "2026-07-01")
    #expect(try day("2026-07-01T21:00:00Z", "Europe/Vilnius") == "2026-07-02")
    #expect(try day("2026-03-01T04:59:59Z", "America/New_York") == "2026-02-28")
    #expect(try day("2026-03-01T05:00:00Z", "America/New_York") == "2026-03-01")
    #expect(try day("2026-03-01T18:14:59Z", "Asia/Kathmandu") == "2026-03-01")
    #expect(try day("2026-03-01T18:15:00Z", "Asia/Kathmandu") == "2026-03-02")
    #expect(try day("1969-12-31T23:59:59.999999Z", "UTC") == "1969-12-31")
  }

  @Test("a local time that a clock change skips is moved forward by the gap")
  func skipped() throws {
    // Vilnius goes from 03:00 to 04:00 on 2026-03-29, New York from 02:00 to 03:00 on 2026-03-08.
    #expect(try utc("2026-03-29T02:59:59", "Europe/Vilnius") == "2026-03-29T00:59:59Z")
    #expect(try utc("2026-03-29T03:00:00", "Europe/Vilnius") == "2026-03-29T01:00:00Z")
    #expect(try utc("2026-03-29T03:30:00.5", "Europe/Vilnius") == "2026-03-29T01:30:00.5Z")
    #expect(try utc("2026-03-29T04:30:00", "Europe/Vilnius") == "2026-03-29T01:30:00Z")
    #expect(try utc("2026-03-08T02:30", "America/New_York") == "2026-03-08T07:30:00Z")
    // Kathmandu went from 00:00 to 00:15 on 1986-01-01, for good.
    #expect(try utc("1985-12-31T23:59:59", "Asia/Kathmandu") == "1985-12-31T18:29:59Z")
    #expect(try utc("1986-01-01T00:07:00", "Asia/Kathmandu") == "1985-12-31T18:37:00Z")
    #expect(try utc("1986-01-01T00:15:00", "Asia/Kathmandu") == "1985-12-31T18:30:00Z")
    #expect(try utc("2026-03-01T00:00:00", "Asia/Kathmandu") == "2026-02-28T18:15:00Z")
  }

  @Test("a local time that occurs twice is its first occurrence")
  func repeated() throws {
    // Vilnius goes back from 04:00 to 03:00 on 2026-10-25, New York from 02:00 to 01:00 on 2026-11-01.
    #expect(try utc("2026-10-25T03:00:00", "Europe/Vilnius") == "2026-10-25T00:00:00Z")
    #expect(try utc("2026-10-25T03:59:59", "Europe/Vilnius") == "2026-10-25T00:59:59Z")
    #expect(try utc("2026-10-25T04:00:00", "Europe/Vilnius") == "2026-10-25T02:00:00Z")
    #expect(try utc("2026-11-01T01:30", "America/New_York") == "2026-11-01T05:30:00Z")
    #expect(try utc("2026-11-01T02:00", "America/New_York") == "2026-11-01T07:00:00Z")
  }

  @Test("Apia had no 30 December 2011")
  func skippedDay() throws {
    #expect(try day("2011-12-30T09:59:59Z", "Pacific/Apia") == "2011-12-29")
    #expect(try day("2011-12-30T10:00:00Z", "Pacific/Apia") == "2011-12-31")
    #expect(try utc("2011-12-29T23:59:59", "Pacific/Apia") == "2011-12-30T09:59:59Z")
    #expect(try utc("2011-12-30", "Pacific/Apia") == "2011-12-30T10:00:00Z")
    #expect(try utc("2011-12-30T12:00:00", "Pacific/Apia") == "2011-12-30T22:00:00Z")
    #expect(try utc("2011-12-31", "Pacific/Apia") == "2011-12-30T10:00:00Z")
  }

  @Test("a day begins at its first moment, also where midnight is skipped or occurs twice")
  func starts() throws {
    func start(_ text: String, _ name: String) throws -> String {
      "\(try zone(name).start(of: try #require(BusinessDay(text))))"
    }
    #expect(try start("2026-03-29", "Europe/Vilnius") == "2026-03-28T22:00:00Z")
    #expect(try start("2026-03-30", "Europe/Vilnius") == "2026-03-29T21:00:00Z")
    // Beirut skips midnight on 2026-03-29; Havana has it twice on 2026-11-01.
    #expect(try start("2026-03-29", "Asia/Beirut") == "2026-03-28T22:00:00Z")
    #expect(try start("2026-11-01", "America/Havana") == "2026-11-01T04:00:00Z")
  }

  @Test(
    "every instant lies between the start of its day and the start of the next", arguments: Seeds.some(6))
  func startsAndDaysAgree(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let names = [
      "UTC", "Europe/Vilnius", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe",
      "America/St_Johns", "Pacific/Kiritimati", "Asia/Beirut", "Africa/Casablanca", "Antarctica/Troll",
    ]
    for name in names {
      let zone = try zone(name)
      for _ in 0..<200 {
        let instant = Instant(microseconds: .random(in: 0...2_500_000_000_000_000, using: &random))
        let day = zone.day(of: instant)
        #expect(zone.start(of: day) <= instant, "\(instant) in \(name)")
        #expect(instant < zone.start(of: day.advanced(by: 1)), "\(instant) in \(name)")
      }
    }
  }

  @Test("a wall-clock time that exists leads back to itself", arguments: Seeds.some(6))
  func wallClock(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for name in [
      "Europe/Vilnius", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe",
    ] {
      let zone = try zone(name)
      for _ in 0..<300 {
        let seconds = Int64.random(in: 500_000_000...2_500_000_000, using: &random)
        let local = seconds + zone.offset(atSeconds: seconds)
        let first = zone.instant(ofLocalSeconds: local)
        #expect(first.seconds <= seconds, "\(seconds) in \(name)")
        #expect(first.seconds + zone.offset(atSeconds: first.seconds) == local, "\(seconds) in \(name)")
      }
    }
  }

  @Test("a zone answers the same when asked by many at once")
  func concurrent() async throws {
    let zone = try zone("Europe/Vilnius")
    let moments = (0..<2_000).map { Int64(1_770_000_000 + $0 * 7_919) }
    let alone = moments.map { try? #require(Zone("Europe/Vilnius")).offset(atSeconds: $0) }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask { zip(moments, alone).allSatisfy { zone.offset(atSeconds: $0) == $1 } }
      }
      for await isSame in group { #expect(isSame) }
    }
  }
}
