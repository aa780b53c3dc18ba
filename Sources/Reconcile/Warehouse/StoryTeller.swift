import Foundation
import GRDB
import ReconcileCore
import ReconcileMatching

/// Puts rows into words. Everything it asks is found by an index.
struct StoryTeller {
  let db: Database
  let settings: Settings
  /// Every provider that was ever read, also those that are no longer configured.
  let providers: [String]

  init(db: Database, settings: Settings) throws {
    self.db = db
    self.settings = settings
    let read = try String.fetchAll(db, sql: "SELECT DISTINCT provider FROM provider_import")
    providers = Set(read + settings.providers.map(\.name)).sorted()
  }

  var zone: Zone { settings.zone }

  // MARK: Words

  func money(_ minor: Int64?, _ currency: String?) -> String {
    guard let minor else { return "unknown" }
    guard let currency = currency.flatMap({ Currency($0) }) else { return String(minor) }
    return "\(Money(minorUnits: minor, currency: currency).decimalText) \(currency)"
  }

  /// An amount as programs read it; nil where it is unknown.
  func decimal(_ minor: Int64?, _ currency: String?) -> String? {
    guard let minor else { return nil }
    guard let currency = currency.flatMap({ Currency($0) }) else { return String(minor) }
    return Money(minorUnits: minor, currency: currency).decimalText
  }

  func time(_ microseconds: Int64?) -> String {
    guard let microseconds else { return "not given" }
    let instant = Instant(microseconds: microseconds)
    return "\(instant) (business date \(zone.day(of: instant)))"
  }

  /// `a`, `a and b`, `a, b and c`; after five the number of the others.
  func list(_ texts: [String]) -> String {
    var shown = Array(texts.prefix(5))
    if texts.count > 5 { shown.append("\(texts.count - 5) more") }
    guard shown.count > 1, let last = shown.popLast() else { return shown.first ?? "" }
    return shown.joined(separator: ", ") + " and " + last
  }

  // MARK: Discrepancies

  func discrepancy(_ row: Row) throws -> StoryPart {
    let isCount: Bool = row["is_count"]
    let currency: String? = isCount ? nil : row["currency"]
    let id: String = row["id"]
    let verdicts = try Row.fetchAll(
      db, sql: "SELECT * FROM resolution WHERE discrepancy_id = ? ORDER BY id", arguments: [id])
    let current = try Row.fetchOne(db, sql: "SELECT * FROM current_finding WHERE id = ?", arguments: [id])
    let status: String = current?["standing"] ?? "no longer found"
    let stale = current.flatMap { StaleVerdict($0) }.map { " " + $0.sentence } ?? ""
    var facts = [StoryFact("code", row["code"]), StoryFact("status", status)]
    for (label, column) in [
      ("provider", "provider"), ("order", "order_id"), ("payment", "payment_id"), ("refund", "refund_id"),
    ] {
      if let value: String = row[column] { facts.append(StoryFact(label, value)) }
    }
    if let day: Int = row["business_on"] { facts.append(StoryFact("date", "\(BusinessDay(dayNumber: day))")) }
    for column in ["expected", "actual"] {
      let value: Int64? = row[column]
      facts.append(
        StoryFact(
          column, money(value, currency), data: [(column, decimal(value, currency)), ("currency", currency)]))
    }
    facts.append(StoryFact("explanation", (row["explanation"] as String) + stale))
    facts += try ["first_run", "changed_run", "gone_run"].compactMap { column in
      let label = ["first_run": "first seen", "changed_run": "last changed"][column] ?? "gone"
      return try run(row[column]).map { StoryFact(label, $0.words, data: $0.data) }
    }
    facts += verdicts.map { verdict in
      decision("verdict", verdict, verdict["resolution"])
    }
    return StoryPart(.discrepancy, id, heading: "Discrepancy \(id)", facts: facts)
  }

  /// What a person decided, with who, when and why.
  func decision(_ label: String, _ row: Row, _ what: String) -> StoryFact {
    let (by, note): (String, String) = (row["made_by"], row["note"])
    let at = Instant(microseconds: row["made_at"])
    return StoryFact(
      label, "\(what) by \(by), \(at): \(note)",
      data: [("what", what), ("by", by), ("at", "\(at)"), ("note", note)])
  }

  /// Findings that hold about one payment or refund: their ids follow from code, provider and record.
  func findings(of provider: String, payment: String?, refund: String? = nil) throws -> [StoryPart] {
    let ids = DiscrepancyCode.allCases.map { code in
      var finding = Finding(code)
      finding.provider = provider
      finding.paymentID = payment
      finding.refundID = refund
      return finding.id
    }
    return try ids.compactMap { id in
      try Row.fetchOne(
        db, sql: "SELECT * FROM discrepancy WHERE id = ? AND gone_run IS NULL", arguments: [id])
    }.map(discrepancy)
  }

  // MARK: Runs, evidence, versions

  /// The run with this number, as its id and its clock.
  func run(_ number: Int64?) throws -> (words: String, data: [(name: String, value: String?)])? {
    guard
      let row = try Row.fetchOne(
        db, sql: "SELECT run_id, as_of_at FROM run WHERE id = ?", arguments: [number])
    else { return nil }
    let (id, clock): (String, Instant) = (row["run_id"], Instant(microseconds: row["as_of_at"]))
    return ("in run \(id), as of \(clock)", [("run_id", id), ("as_of", "\(clock)")])
  }

  /// The request and time of a piece of evidence, and its hash.
  func evidence(_ number: Int64?) throws -> [StoryFact] {
    guard
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT e.request, e.fetched_at, b.sha256, b.deflated IS NULL AS is_purged
          FROM evidence e JOIN evidence_body b ON b.id = e.body WHERE e.id = ?
          """,
        arguments: [number])
    else { return [] }
    let request: String = row["request"]
    let fetched = Instant(microseconds: row["fetched_at"])
    let purged = (row["is_purged"] as Bool) ? "; its bytes were purged" : ""
    return [
      StoryFact(
        "evidence", "\(request), fetched \(fetched)\(purged)",
        data: [("request", request), ("fetched_at", "\(fetched)")]),
      StoryFact("sha-256", Digest.hex(row["sha256"] as Data)),
    ]
  }

  /// When a record was first read and what it said before it changed.
  func versions(_ kind: String, of provider: String, _ id: String, first: Int64?, changed: Int64? = nil)
    throws
    -> [StoryFact]
  {
    var facts: [StoryFact] = []
    if let run = try run(first) { facts.append(StoryFact("first read", run.words, data: run.data)) }
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT h.facts, r.run_id FROM history h JOIN run r ON r.id = h.replaced_by_run
        WHERE h.kind = ? AND h.provider = ? AND h.record_id = ? ORDER BY h.id
        """,
      arguments: [kind, provider, id])
    facts += rows.map { row in
      let run: String = row["run_id"]
      return StoryFact(
        "until run \(run)", inWords(row["facts"]), data: [("replaced_by", run), ("facts", row["facts"])])
    }
    if changed != first, let run = try run(changed) {
      facts.append(StoryFact("as it is now", "since it was read " + run.words, data: run.data))
    }
    return facts
  }

  /// The columns of an earlier version for people: times and amounts as they are printed elsewhere.
  private func inWords(_ facts: String) -> String {
    let parts = facts.components(separatedBy: "; ").map { part -> (name: String, value: String) in
      let halves = part.split(separator: "=", maxSplits: 1).map(String.init)
      return halves.count == 2 ? (halves[0], halves[1]) : ("", part)
    }
    let currency = parts.first { $0.name == "currency" }?.value
    return parts.map { name, value in
      if let number = Int64(value) {
        if name.hasSuffix("_minor") { return "\(name.dropLast(6)) \(money(number, currency))" }
        if name.hasSuffix("_at") { return "\(name) \(Instant(microseconds: number))" }
        if name.hasPrefix("is_") {
          return number == 1 ? String(name.dropFirst(3)) : "not \(name.dropFirst(3))"
        }
      }
      return name.isEmpty ? value : "\(name) \(value)"
    }.joined(separator: ", ")
  }
}
