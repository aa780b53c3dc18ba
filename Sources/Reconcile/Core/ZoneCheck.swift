/// A payment or refund that would stand on another day if its provider's times were in another zone.
public struct ZoneSensitiveRow: Sendable {
  /// The candidate zone.
  public var zone: String
  public var provider: String
  public var isRefund: Bool
  public var id: String
  public var orderID: String?
  public var currency: Currency
  /// What was collected or given back; nil is unknown.
  public var amount: Money?
  /// As it is read now, and as it would be.
  public var now: ZoneReading
  public var then: ZoneReading

  public init(
    zone: String, provider: String, isRefund: Bool, id: String, orderID: String?, currency: Currency,
    amount: Money?,
    now: ZoneReading, then: ZoneReading
  ) {
    self.zone = zone
    self.provider = provider
    self.isRefund = isRefund
    self.id = id
    self.orderID = orderID
    self.currency = currency
    self.amount = amount
    self.now = now
    self.then = then
  }
}

/// A record's time and days by one zone.
public struct ZoneReading: Sendable, Equatable {
  public var instant: Instant
  /// In `reporting.time_zone`.
  public var businessDate: BusinessDay
  /// In the provider's zone.
  public var settlementDay: BusinessDay

  public init(instant: Instant, businessDate: BusinessDay, settlementDay: BusinessDay) {
    self.instant = instant
    self.businessDate = businessDate
    self.settlementDay = settlementDay
  }

  /// Whether both stand on the same days.
  public func isSameDays(as other: ZoneReading) -> Bool {
    businessDate == other.businessDate && settlementDay == other.settlementDay
  }
}

/// A day whose totals would change under a candidate zone.
public struct ZoneSensitiveDay: Sendable {
  /// Which days are meant.
  public enum Calendar: String, Sendable, CaseIterable {
    case businessDate = "business_date"
    case settlementDay = "settlement_day"
  }

  /// What moves off a day and onto it, in minor units.
  public struct Change: Sendable, Equatable {
    public var paymentsOut: Int64 = 0
    public var paymentsIn: Int64 = 0
    public var collectedOut: Int128 = 0
    public var collectedIn: Int128 = 0
    public var refundedOut: Int128 = 0
    public var refundedIn: Int128 = 0

    public init() {}

    mutating func takeOff(_ row: ZoneSensitiveRow) {
      let amount = Int128(row.amount?.minorUnits ?? 0)
      if row.isRefund {
        refundedOut += amount
      } else {
        (paymentsOut, collectedOut) = (paymentsOut + 1, collectedOut + amount)
      }
    }

    mutating func put(_ row: ZoneSensitiveRow) {
      let amount = Int128(row.amount?.minorUnits ?? 0)
      if row.isRefund {
        refundedIn += amount
      } else {
        (paymentsIn, collectedIn) = (paymentsIn + 1, collectedIn + amount)
      }
    }
  }

  public var zone: String
  public var provider: String
  public var currency: Currency
  public var calendar: Calendar
  public var day: BusinessDay
  public var change: Change

  public init(
    zone: String, provider: String, currency: Currency, calendar: Calendar, day: BusinessDay, change: Change
  ) {
    self.zone = zone
    self.provider = provider
    self.currency = currency
    self.calendar = calendar
    self.day = day
    self.change = change
  }
}

/// Everything that would move, row by row and day by day.
public struct ZoneCheck: Sendable {
  public private(set) var rows: [ZoneSensitiveRow] = []
  public private(set) var days: [ZoneSensitiveDay] = []

  /// Keeps the rows that stand on a day of the period now or then, and adds up their days within it.
  ///
  /// - Parameter rows: rows whose days differ; those of the same days are left out.
  public init(_ rows: [ZoneSensitiveRow], period: Period) {
    func isInside(_ reading: ZoneReading) -> Bool {
      period.contains(reading.businessDate) || period.contains(reading.settlementDay)
    }
    self.rows = rows.filter { !$0.now.isSameDays(as: $0.then) && (isInside($0.now) || isInside($0.then)) }
      .sorted { Self.order($0) < Self.order($1) }
    var changes: [Key: ZoneSensitiveDay.Change] = [:]
    for row in self.rows {
      for calendar in ZoneSensitiveDay.Calendar.allCases {
        let (from, to) = (row.now.day(calendar), row.then.day(calendar))
        if from == to { continue }
        if period.contains(from) { changes[Key(row, calendar, from), default: .init()].takeOff(row) }
        if period.contains(to) { changes[Key(row, calendar, to), default: .init()].put(row) }
      }
    }
    days = changes.sorted { $0.key < $1.key }.map { key, change in
      ZoneSensitiveDay(
        zone: key.zone, provider: key.provider, currency: key.currency, calendar: key.calendar, day: key.day,
        change: change)
    }
  }

  private static func order(_ row: ZoneSensitiveRow) -> (String, Int, String, String, String) {
    (row.zone, row.now.businessDate.dayNumber, row.provider, row.isRefund ? "refund" : "payment", row.id)
  }

  private struct Key: Hashable, Comparable {
    let zone: String
    let provider: String
    let currency: Currency
    let calendar: ZoneSensitiveDay.Calendar
    let day: BusinessDay

    init(_ row: ZoneSensitiveRow, _ calendar: ZoneSensitiveDay.Calendar, _ day: BusinessDay) {
      (zone, provider, currency, self.calendar, self.day) = (
        row.zone, row.provider, row.currency, calendar, day
      )
    }

    static func < (a: Key, b: Key) -> Bool { a.place < b.place }

    private var place: (String, String, Int, String, String) {
      (zone, calendar.rawValue, day.dayNumber, provider, currency.code)
    }
  }
}

extension ZoneReading {
  func day(_ calendar: ZoneSensitiveDay.Calendar) -> BusinessDay {
    switch calendar {
    case .businessDate: businessDate
    case .settlementDay: settlementDay
    }
  }
}
