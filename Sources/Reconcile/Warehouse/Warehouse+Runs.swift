import Foundation
import GRDB
import ReconcileCore

/// One run as the warehouse knows it; everything a run writes points back to its number.
public struct RunHandle: Sendable {
  let number: Int64
  /// What reports and logs call the run.
  public let id: String
  /// The business dates that the run is about.
  public let period: Period
}

/// What is kept of a run, for `status`, `runs` and the help page.
public struct RunRecord: Sendable {
  let number: Int64
  public var id: String
  public var command: String
  public var startedAt: Instant
  public var finishedAt: Instant?
  public var period: Period
  public var asOf: Instant
  public var exitStatus: Int32?
  /// Whether it looked at orders and findings; what it found can then be compared.
  public var hasMatched: Bool
  public var isTestData: Bool
  /// The program and version that made it.
  public var tool: String
  public var configurationDigest: String

  init?(_ row: Row) {
    guard
      let period = Period(
        from: BusinessDay(dayNumber: row["from_on"]), to: BusinessDay(dayNumber: row["to_on"]))
    else { return nil }
    number = row["id"]
    id = row["run_id"]
    command = row["command"]
    startedAt = Instant(microseconds: row["started_at"])
    finishedAt = (row["finished_at"] as Int64?).map(Instant.init(microseconds:))
    self.period = period
    asOf = Instant(microseconds: row["as_of_at"])
    exitStatus = row["exit_status"]
    hasMatched = row["has_matched"]
    isTestData = row["is_test_data"]
    tool = row["tool"]
    configurationDigest = row["configuration_digest"]
  }
}

extension RunRecord {
  /// Whether this run began before another one.
  public func precedes(_ other: RunRecord) -> Bool { number < other.number }

  /// The run as what is written points back to it.
  public var handle: RunHandle { RunHandle(number: number, id: id, period: period) }
}

/// What one run read of one provider.
public struct PastImport: Sendable {
  public var provider: String
  /// `complete`, `incomplete` or `refused`.
  public var status: String
  /// Why it is not complete.
  public var message: String?
  /// Requests sent, retries included; 0 for saved responses.
  public var requests: Int64
  /// Records read, rejects included.
  public var records: Int64
  /// Records not seen before, and records that changed.
  public var new: Int64
  public var changed: Int64
  public var rejected: Int64
}

extension Warehouse {
  /// Notes that a run begins.
  public func beginRun(
    command: String, period: Period, asOf: Instant, tool: String, configurationDigest: String,
    isTestData: Bool
  ) throws -> RunHandle {
    let started = Instant.now()
    let compact = "\(Instant(seconds: started.seconds))".filter { $0 != "-" && $0 != ":" }
    let suffix = Digest.hex(Digest.sha256("\(started.microseconds)/\(getpid())".utf8).prefix(3))
    let id = "\(compact)-\(suffix)"
    return try write { db in
      try db.execute(
        sql: """
          INSERT INTO run (run_id, command, started_at, from_on, to_on, as_of_at, tool, configuration_digest, is_test_data)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          id, command, started.microseconds, period.from.dayNumber, period.to.dayNumber, asOf.microseconds,
          tool,
          configurationDigest, isTestData,
        ])
      return RunHandle(number: db.lastInsertedRowID, id: id, period: period)
    }
  }

  /// Notes how a run ended.
  public func finishRun(_ run: RunHandle, status: ExitStatus) throws {
    try write { db in
      try db.execute(
        sql: "UPDATE run SET finished_at = ?, exit_status = ? WHERE id = ?",
        arguments: [Instant.now().microseconds, status.rawValue, run.number])
    }
  }

  /// The newest run that has begun; nil in a new warehouse.
  public func latestRun() throws -> RunRecord? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM run ORDER BY id DESC LIMIT 1").flatMap(RunRecord.init)
    }
  }

  /// The newest runs first; those of one period where one is given.
  public func runs(of period: Period?, limit: Int) throws -> [RunRecord] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM run WHERE ?1 IS NULL OR (from_on = ?1 AND to_on = ?2) ORDER BY id DESC LIMIT ?3
          """,
        arguments: [period?.from.dayNumber, period?.to.dayNumber, limit]
      ).compactMap(RunRecord.init)
    }
  }

  /// The runs whose id is this text or begins with it.
  public func runs(named text: String) throws -> [RunRecord] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM run WHERE substr(run_id, 1, length(?1)) = ?1 ORDER BY id", arguments: [text]
      ).compactMap(RunRecord.init)
    }
  }

  /// The newest run that had ended by an instant; nil when none had.
  public func lastRun(finishedBy instant: Instant) throws -> RunRecord? {
    try read { db in
      try Row.fetchOne(
        db, sql: "SELECT * FROM run WHERE finished_at <= ? ORDER BY id DESC LIMIT 1",
        arguments: [instant.microseconds]
      ).flatMap(RunRecord.init)
    }
  }

  /// What a run read of each provider, in alphabetical order of names.
  public func imports(of run: RunRecord) throws -> [PastImport] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM provider_import WHERE run = ? ORDER BY provider", arguments: [run.number]
      ).map { row in
        PastImport(
          provider: row["provider"], status: row["status"], message: row["message"],
          requests: row["request_count"], records: row["record_count"], new: row["new_count"],
          changed: row["changed_count"], rejected: row["reject_count"])
      }
    }
  }

  /// The run that a later one is compared with: the newest that matched, began before it and has an earlier clock; of
  /// the same period where there is one, else of a period that began on the same day, else any.
  ///
  /// The earlier clock keeps a repeated run (same period, same `--as-of`) comparing with the same one.
  public func previousRun(of run: RunRecord) throws -> RunRecord? {
    try previousRun(before: run.number, period: run.period, asOf: run.asOf)
  }

  func previousRun(before number: Int64, period: Period, asOf: Instant) throws -> RunRecord? {
    try read { db in
      try Row.fetchOne(
        db,
        sql: """
          SELECT * FROM run WHERE has_matched = 1 AND id < ? AND as_of_at < ?
          ORDER BY from_on = ? AND to_on = ? DESC, from_on = ? DESC, id DESC LIMIT 1
          """,
        arguments: [
          number, asOf.microseconds, period.from.dayNumber, period.to.dayNumber, period.from.dayNumber,
        ]
      ).flatMap(RunRecord.init)
    }
  }

  /// Providers whose records are here, but which the configuration no longer has: renamed ones, whose payments would
  /// count twice, or retired ones.
  public func unconfiguredProviders(_ settings: Settings) throws -> [String] {
    try read { db in
      try String.fetchAll(db, sql: "SELECT DISTINCT provider FROM provider_import ORDER BY provider")
        .filter { settings.provider(named: $0) == nil }
    }
  }
}
