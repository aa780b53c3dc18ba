import Foundation
import GRDB
import ReconcileCore

/// The latest import of one provider, for `status`.
public struct ProviderReadingState: Sendable {
  public var name: String
  /// The kind's word at that time; the provider may have left the configuration since.
  public var kind: String
  /// `complete`, `incomplete` or `refused`.
  public var status: String
  public var readAt: Instant
  /// Records read, rejects included.
  public var records: Int64
  public var rejected: Int64
  /// Why it is not complete.
  public var message: String?
  /// When the run began that last read one of this provider's lists to its end; nil when none did, and for
  /// providers that have no lists.
  public var lastCompleteWalkAt: Instant?
}

/// A merchant file as the latest import found it.
public struct ReadFile: Sendable {
  /// `orders`, `refunds` or `events`.
  public var kind: String
  public var path: String
  /// Data rows, rejected ones included.
  public var rows: Int64
  /// When the run began that read it.
  public var readAt: Instant
}

/// Open discrepancies of one code, currency and age.
public struct OpenFindings: Sendable, Equatable {
  public var code: DiscrepancyCode
  /// Nil where the findings carry no currency.
  public var currency: Currency?
  public var age: AgeBucket
  public var count: Int64
  /// Sum of |actual − expected| in minor units of `currency`; findings that count things add nothing.
  public var amount: Int128
  /// Findings about money whose difference is not known; they add nothing to `amount`.
  public var unknownAmounts: Int64
  /// The clock of the run that found the oldest of them, and of the one that last saw one of them change.
  public var firstSeen: Instant?
  public var lastChanged: Instant?

  public init(
    code: DiscrepancyCode, currency: Currency?, age: AgeBucket, count: Int64 = 0, amount: Int128 = 0,
    unknownAmounts: Int64 = 0
  ) {
    self.code = code
    self.currency = currency
    self.age = age
    self.count = count
    self.amount = amount
    self.unknownAmounts = unknownAmounts
  }
}

extension Warehouse {
  /// The latest import of every provider that was ever read, in alphabetical order of names.
  public func providerReadings() throws -> [ProviderReadingState] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT s.*, (SELECT max(r.started_at) FROM complete_walk w JOIN run r ON r.id = w.run
            WHERE w.provider = s.provider) AS walked_at
          FROM provider_state s ORDER BY s.provider
          """
      ).map { row in
        let doubts = try DoubtedAmounts(db).explanations(of: row["provider"])
        let status: String = row["status"]
        let messages = [row["message"] as String?].compactMap { $0 } + doubts
        return ProviderReadingState(
          name: row["provider"], kind: row["kind"],
          status: status == "complete" && !doubts.isEmpty ? "incomplete" : status,
          readAt: Instant(microseconds: row["read_at"]), records: row["record_count"],
          rejected: row["reject_count"], message: messages.isEmpty ? nil : messages.joined(separator: "; "),
          lastCompleteWalkAt: (row["walked_at"] as Int64?).map(Instant.init(microseconds:)))
      }
    }
  }

  /// The merchant files of the latest import, by kind and path.
  public func readFiles() throws -> [ReadFile] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT f.kind, f.path, f.row_count, r.started_at FROM input_file f JOIN run r ON r.id = f.run
          ORDER BY f.kind, f.path
          """
      ).map {
        ReadFile(kind: $0[0], path: $0[1], rows: $0[2], readAt: Instant(microseconds: $0[3]))
      }
    }
  }

  /// Rows of the merchant's files that the latest import could not read.
  public func rejectedFileRows() throws -> Int64 {
    try read { db in
      try Int64.fetchOne(db, sql: "SELECT count(*) FROM reject WHERE origin = 'file'") ?? 0
    }
  }

  /// Open discrepancies of any date by currency, code and age.
  ///
  /// - Parameter today: the business date that ages count from.
  public func openFindings(today: BusinessDay) throws -> [OpenFindings] {
    struct Key: Hashable {
      var currency: Currency?
      var code: DiscrepancyCode
      var age: AgeBucket
    }
    return try read { db in
      var found: [Key: OpenFindings] = [:]
      // A difference that is no 64-bit number is unknown, as in the reports. Sums are made in two parts, so that none
      // of them can be too large.
      let isKnown = "actual / 2 - expected / 2 BETWEEN -4611686018427387000 AND 4611686018427387000"
      let groups = try Row.fetchCursor(
        db,
        sql: """
          SELECT g.*, f.as_of_at AS first_at, c.as_of_at AS changed_at FROM (
            SELECT code, currency, business_on, first_run, changed_run, count(*) AS count,
              sum(CASE WHEN is_count = 0 AND \(isKnown) THEN abs(actual - expected) / 1000000000 ELSE 0 END) AS high,
              sum(CASE WHEN is_count = 0 AND \(isKnown) THEN abs(actual - expected) % 1000000000 ELSE 0 END) AS low,
              sum(is_count = 0 AND (\(isKnown)) IS NOT 1) AS unknown
            FROM current_finding WHERE standing = 'open'
            GROUP BY code, currency, business_on, first_run, changed_run
          ) g JOIN run f ON f.id = g.first_run JOIN run c ON c.id = g.changed_run
          """)
      while let row = try groups.next() {
        guard let code = DiscrepancyCode(rawValue: row["code"]) else { continue }
        let day: Int? = row["business_on"]
        let key = Key(
          currency: (row["currency"] as String?).flatMap { Currency($0) }, code: code,
          age: AgeBucket(days: day.map { today.dayNumber - $0 }))
        var group =
          found[key] ?? OpenFindings(code: key.code, currency: key.currency, age: key.age)
        group.count += row["count"] as Int64
        group.amount += Int128(row["high"] as Int64) * 1_000_000_000 + Int128(row["low"] as Int64)
        group.unknownAmounts += row["unknown"] as Int64
        group.firstSeen = [group.firstSeen, Instant(microseconds: row["first_at"])].compactMap { $0 }.min()
        group.lastChanged = [group.lastChanged, Instant(microseconds: row["changed_at"])].compactMap { $0 }
          .max()
        found[key] = group
      }
      return found.values.sorted {
        ($0.currency?.code ?? "~", Self.place($0.code), Self.place($0.age))
          < ($1.currency?.code ?? "~", Self.place($1.code), Self.place($1.age))
      }
    }
  }

  private static func place<Word: CaseIterable & Equatable>(_ word: Word) -> Int {
    Array(Word.allCases).firstIndex(of: word) ?? 0
  }
}
