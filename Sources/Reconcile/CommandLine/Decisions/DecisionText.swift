import Foundation
import Importers
import ReconcileCore
import ReconcileWarehouse

/// Decisions as a CSV file: one line each, always in the same order, so that a version control system shows what was
/// decided since.
enum DecisionText {
  static let columns = [
    "decision", "id", "code", "provider", "payment_id", "refund_id", "order_id", "business_date", "currency",
    "unit",
    "expected",
    "actual", "note", "made_by", "made_at",
  ]

  /// The file's text.
  static func text(_ decisions: [(record: DecisionRecord, finding: DecidedFinding?)]) -> String {
    var text = line(columns)
    for (record, finding) in decisions {
      let cells = cells(record, finding)
      text += line(columns.map { cells[$0] ?? "" })
    }
    return text
  }

  private static func cells(_ record: DecisionRecord, _ finding: DecidedFinding?) -> [String: String] {
    var cells = [
      "note": record.note, "made_by": record.decider.name, "made_at": record.decider.instant.description,
    ]
    switch record.subject {
    case .link(let payment, let order):
      cells["decision"] = order == nil ? "unlink" : "link"
      cells["provider"] = payment.provider
      cells["payment_id"] = payment.id
      cells["order_id"] = order
    case .verdict(let id, let resolution, let amounts):
      cells["decision"] = resolution.rawValue
      cells["id"] = id
      cells["currency"] = amounts.currency
      let isCount = finding?.isCount ?? false
      let currency = amounts.currency.flatMap { Currency($0) }
      cells["unit"] = isCount || currency == nil ? "count" : "money"
      func figure(_ value: Int64?) -> String? {
        value.map { value in
          guard !isCount, let currency else { return String(value) }
          return Money(minorUnits: value, currency: currency).decimalText
        }
      }
      cells["expected"] = figure(amounts.expected)
      cells["actual"] = figure(amounts.actual)
      // For whoever reviews the file; the id says it all.
      cells["code"] = finding?.code
      cells["provider"] = finding?.provider
      cells["payment_id"] = finding?.paymentID
      cells["refund_id"] = finding?.refundID
      cells["order_id"] = finding?.orderID
      cells["business_date"] = finding?.businessDate?.description
    }
    return cells
  }

  /// Cells joined by commas. One `'` is put before a text that a spreadsheet would run, and before one that begins with
  /// such a `'` by itself, so that every text comes back as it was.
  private static func line(_ cells: [String]) -> String {
    cells.map { cell in
      let isNumber = cell.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?/) != nil
      let first = cell.unicodeScalars.first { $0 != "'" }
      let isRun = first.map { "=+-@\t\r\n".unicodeScalars.contains($0) } ?? false
      let safe = isRun && !isNumber ? "'" + cell : cell
      return safe.utf8.contains { ",;\"\t\r\n ".utf8.contains($0) } ? safe.quotedForCSV : safe
    }
    .joined(separator: ",") + "\n"
  }

  /// Reads such a file.
  static func sheet(file: String) throws -> DecisionSheet<DecisionRecord> {
    try DecisionSheet(csv: file, .decisions) { row, _ throws(RowDefect) in try DecisionRecord(row) }
  }
}

extension DecisionRecord {
  /// A decision from its row.
  fileprivate init(_ row: DecisionRow) throws(RowDefect) {
    let subject: Subject
    switch row["decision"].lowercased() {
    case "link": subject = .link(try Self.payment(row), order: try Self.identifier(row, "order_id"))
    case "unlink": subject = .link(try Self.payment(row), order: nil)
    case let word:
      guard let resolution = Resolution(rawValue: word) else {
        let words = ["link", "unlink"] + Resolution.allCases.map(\.rawValue)
        throw RowDefect("`\(row["decision"])` is no decision; \(ConfigurationTable.choice(word, of: words))")
      }
      subject = .verdict(try Self.identifier(row, "id"), resolution, try Self.amounts(row))
    }
    for column in ["note", "made_by"] {
      if let problem = Decision.problem(withNote: row[column]) { throw RowDefect("\(column) \(problem)") }
    }
    guard let instant = TimeText.instant(row["made_at"], in: .utc) else {
      throw RowDefect("made_at is no time, such as 2026-03-09T14:00:00Z")
    }
    self.init(subject, note: row["note"], Decider(name: row["made_by"], instant: instant))
  }

  private static func payment(_ row: DecisionRow) throws(RowDefect) -> PaymentKey {
    if row["provider"].isEmpty { throw RowDefect("provider is empty") }
    return PaymentKey(provider: row["provider"], id: try identifier(row, "payment_id"))
  }

  private static func identifier(_ row: DecisionRow, _ column: String) throws(RowDefect) -> String {
    do throws(Identifier.Problem) {
      return try Identifier(row[column]).text
    } catch {
      throw RowDefect("\(column) \(error.reason)")
    }
  }

  private static func amounts(_ row: DecisionRow) throws(RowDefect) -> DecidedAmounts {
    let currency = Currency(row["currency"])
    if currency == nil, !row["currency"].isEmpty { throw RowDefect("`\(row["currency"])` is no currency") }
    let isMoney = row["unit"].lowercased() == "money"
    guard isMoney || row["unit"].lowercased() == "count" else {
      throw RowDefect("unit is neither money nor count")
    }
    if isMoney, currency == nil { throw RowDefect("currency is empty") }
    let exponent = isMoney ? currency?.exponent ?? 0 : 0
    return DecidedAmounts(
      currency: currency?.code, expected: try figure(row, "expected", exponent),
      actual: try figure(row, "actual", exponent))
  }

  private static func figure(_ row: DecisionRow, _ column: String, _ exponent: Int) throws(RowDefect)
    -> Int64?
  {
    if row[column].isEmpty { return nil }
    let isNegative = row[column].hasPrefix("-")
    do throws(AmountError) {
      let units = try AmountText.merchant(row[column].dropFirst(isNegative ? 1 : 0), exponent: exponent)
      return isNegative ? -units : units
    } catch {
      throw RowDefect("\(column): \(error.reason)")
    }
  }
}
