import Foundation
import GRDB
import ReconcileCore

/// A file of a sealed period.
public struct SealedFile: Sendable, Codable, Equatable {
  public var name: String
  /// SHA-256 in hexadecimal.
  public var sha256: String

  public init(name: String, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }
}

/// A period that a person closed: what its files were, and what they were made of.
public struct Seal: Sendable {
  public var period: Period
  /// The run that wrote the sealed files.
  public var run: RunRecord
  public var generatedAt: Instant
  public var basis: ReportBasis
  public var files: [SealedFile]
  public var note: String
  public var madeBy: String
  public var madeAt: Instant
}

extension Warehouse {
  /// The seal in force of exactly this period; nil when it is open.
  public func seal(of period: Period) throws -> Seal? {
    try seals().first { $0.period == period }
  }

  /// The seals in force, by their periods' first days.
  public func seals() throws -> [Seal] { try read { db in try Self.seals(db) } }

  static func seals(_ db: Database) throws -> [Seal] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM seal s WHERE is_sealed = 1
          AND id = (SELECT max(id) FROM seal n WHERE n.from_on = s.from_on AND n.to_on = s.to_on)
        ORDER BY from_on
        """
    ).compactMap { row in
      guard
        let run = try Row.fetchOne(
          db, sql: "SELECT * FROM main.run WHERE id = ?", arguments: [row["run"] as Int64]
        )
        .flatMap(RunRecord.init),
        let period = Period(
          from: BusinessDay(dayNumber: row["from_on"]), to: BusinessDay(dayNumber: row["to_on"]))
      else { return nil }
      return Seal(
        period: period, run: run, generatedAt: Instant(microseconds: row["generated_at"]),
        basis: try decoded(row["basis"]), files: try decoded(row["files"]), note: row["note"],
        madeBy: row["made_by"], madeAt: Instant(microseconds: row["made_at"]))
    }
  }

  /// Notes that a period is sealed with these files, which the run wrote.
  public func addSeal(
    run: RunHandle, generatedAt: Instant, basis: ReportBasis, files: [SealedFile], note: String,
    by decider: Decider
  ) throws {
    try add(
      run.period, isSealed: true, run: run.number, generatedAt: generatedAt, basis: try Self.encoded(basis),
      files: try Self.encoded(files), note, decider)
  }

  /// Opens a sealed period again.
  public func unseal(_ seal: Seal, note: String, by decider: Decider) throws {
    try add(
      seal.period, isSealed: false, run: seal.run.number, generatedAt: seal.generatedAt,
      basis: try Self.encoded(seal.basis), files: try Self.encoded(seal.files), note, decider)
  }

  private func add(
    _ period: Period, isSealed: Bool, run: Int64, generatedAt: Instant, basis: String, files: String,
    _ note: String, _ decider: Decider
  ) throws {
    try write { db in
      let values: [(any DatabaseValueConvertible)?] = [
        period.from.dayNumber, period.to.dayNumber, isSealed, run, generatedAt.microseconds, basis, files,
        note, decider.name, decider.instant.microseconds,
        try Int64.fetchOne(db, sql: "SELECT max(id) FROM run"),
      ]
      try db.execute(
        sql: """
          INSERT INTO seal (from_on, to_on, is_sealed, run, generated_at, basis, files, note, made_by, made_at,
            after_run, checksum)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: StatementArguments(values + [RowChecksum.of(values)]))
    }
  }

  private static func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func decoded<Value: Decodable>(_ text: String) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch {
      throw Failure(
        .warehouseFailed, "a seal on record cannot be read", remedy: "run `reconcile warehouse check --deep`")
    }
  }
}
