import Importers
import ReconcileCore
import ReconcileWarehouse
import Reports

/// The rows of a file in which somebody wrote down decisions, before the warehouse has looked at them.
struct DecisionSheet<Item> {
  /// A row that decides something, or that cannot be read.
  struct Row {
    /// Where it stands, such as `line 4`.
    var place: String
    var content: Result<Item, RowDefect>
  }

  let file: String
  /// In the order of the file.
  private(set) var rows: [Row] = []
  /// Rows in which nothing is filled in.
  private(set) var undecidedCount = 0

  init(file: String) { self.file = file }

  /// Takes a row; `read` gives nil for one that decides nothing.
  mutating func take(_ place: String, _ read: () throws(RowDefect) -> Item?) {
    do throws(RowDefect) {
      guard let decision = try read() else { return undecidedCount += 1 }
      rows.append(Row(place: place, content: .success(decision)))
    } catch {
      rows.append(Row(place: place, content: .failure(error)))
    }
  }

  /// Reads a CSV file; throws 66 when it is missing or no such table.
  init(
    csv file: String, _ table: DecisionTable, _ read: (DecisionRow, String) throws(RowDefect) -> Item?
  ) throws {
    self.init(file: file)
    var sheet = self
    try MerchantFiles.readDecisions(table, file: file) { row, place in
      sheet.take(place.location) { () throws(RowDefect) in try read(row, place.location) }
    } onDefect: { place, reason in
      sheet.take(place.location) { () throws(RowDefect) in throw RowDefect(reason) }
    }
    self = sheet
  }
}

/// Why a row cannot be taken, in words that follow its place.
struct RowDefect: Error {
  let text: String
  init(_ text: String) { self.text = text }
}

extension DecisionSheet<DecisionDraft> {
  /// Verdicts from a CSV file.
  static func verdicts(csv file: String, defaultNote: String?) throws -> Self {
    try Self(csv: file, .verdicts) { row, place throws(RowDefect) in
      try DecisionDraft(verdict: row, place, defaultNote: defaultNote)
    }
  }

  /// Verdicts from a CSV file, or from a report's workbook with its yellow columns filled in.
  static func verdicts(file: String, defaultNote: String?) throws -> Self {
    guard FilledWorkbook.isWorkbook(file) else { return try verdicts(csv: file, defaultNote: defaultNote) }
    var sheet = Self(file: file)
    try FilledWorkbook.read(file) { row in
      let place = "\(row.sheet), row \(row.number)"
      sheet.take(place) { () throws(RowDefect) in
        try DecisionDraft(filled: row.cells, place, defaultNote: defaultNote)
      }
    }
    return sheet
  }

  /// Payments and their orders; rows without an order are left as they are.
  static func links(csv file: String, defaultNote: String?) throws -> Self {
    try Self(csv: file, .links) { row, place throws(RowDefect) in
      if row["order_id"].isEmpty { return nil }
      let note = try DecisionDraft.note(of: row, defaultNote)
      let payment = try DecisionDraft.payment(of: row)
      return DecisionDraft(.link(payment, order: row["order_id"]), note: note, place: place)
    }
  }

  /// Payments to be taken from their orders.
  static func unlinks(csv file: String, defaultNote: String?) throws -> Self {
    try Self(csv: file, .unlinks) { row, place throws(RowDefect) in
      let payment = try DecisionDraft.payment(of: row)
      return DecisionDraft(.unlink(payment), note: try DecisionDraft.note(of: row, defaultNote), place: place)
    }
  }
}

extension DecisionDraft {
  /// A verdict as somebody filled it in; nil where the resolution is empty.
  init?(
    verdict row: DecisionRow, _ place: String, seen: FindingRowKey? = nil, defaultNote: String?
  ) throws(RowDefect) {
    if row["resolution"].isEmpty { return nil }
    let resolution: Resolution
    do throws(Failure) {
      resolution = try Decision.resolution(row["resolution"], at: "")
    } catch {
      throw RowDefect("\(error.what); \(error.remedy)")
    }
    if row["id"].isEmpty { throw RowDefect("id is empty") }
    self.init(
      .verdict(id: row["id"], resolution, seen: seen), note: try Self.note(of: row, defaultNote), place: place
    )
  }

  /// A verdict from a row of a workbook, found by its hidden key; nil where the resolution is empty.
  fileprivate init?(filled cells: [String: String], _ place: String, defaultNote: String?) throws(RowDefect) {
    if cells["resolution"]?.isEmpty ?? true { return nil }
    guard let text = cells["row_key"], !text.isEmpty else {
      throw RowDefect("the hidden cell row_key is empty; fill in the row as the report wrote it")
    }
    guard let key = FindingRowKey(text) else {
      throw RowDefect("the hidden cell row_key was edited; fill in the row as the report wrote it")
    }
    // Sorting without the hidden column would give every verdict to another finding.
    guard cells["id"] == nil || cells["id"] == key.findingID else {
      throw RowDefect(
        "the row shows \(cells["id"] ?? "") and its hidden cell row_key belongs to \(key.findingID); sort whole rows"
      )
    }
    var own = cells
    own["id"] = key.findingID
    try self.init(verdict: DecisionRow(own), place, seen: key, defaultNote: defaultNote)
  }

  fileprivate static func note(of row: DecisionRow, _ defaultNote: String?) throws(RowDefect) -> String {
    guard let note = row["note"].isEmpty ? defaultNote : row["note"] else {
      throw RowDefect("note is empty; fill it in, or give --note for all rows without one")
    }
    if let problem = Decision.problem(withNote: note) { throw RowDefect("the note \(problem)") }
    return note
  }

  fileprivate static func payment(of row: DecisionRow) throws(RowDefect) -> PaymentName {
    if row["payment_id"].isEmpty { throw RowDefect("payment_id is empty") }
    return PaymentName(provider: row["provider"].isEmpty ? nil : row["provider"], id: row["payment_id"])
  }
}
