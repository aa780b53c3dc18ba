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

/// What is kept of a run, for `status` and the help page.
public struct RunRecord: Sendable {
  public var id: String
  public var command: String
  public var startedAt: Instant
  public var finishedAt: Instant?
  public var period: Period
  public var asOf: Instant
  public var exitStatus: Int32?
  public var isTestData: Bool
  public var configurationDigest: String
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
      guard let row = try Row.fetchOne(db, sql: "SELECT * FROM run ORDER BY id DESC LIMIT 1"),
        let period = Period(
          from: BusinessDay(dayNumber: row["from_on"]), to: BusinessDay(dayNumber: row["to_on"]))
      else { return nil }
      return RunRecord(
        id: row["run_id"], command: row["command"], startedAt: Instant(microseconds: row["started_at"]),
        finishedAt: (row["finished_at"] as Int64?).map(Instant.init(microseconds:)), period: period,
        asOf: Instant(microseconds: row["as_of_at"]), exitStatus: row["exit_status"],
        isTestData: row["is_test_data"], configurationDigest: row["configuration_digest"])
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
