import ArgumentParser
import Foundation
import ReconcileCore
import ReconcileWarehouse
import Reports

/// `reconcile sql QUERY`.
struct SQLCommand: AsyncParsableCommand {
  /// How rows are printed.
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json }

  static let configuration = CommandConfiguration(
    commandName: "sql", abstract: "Ask the warehouse with a SELECT; nothing can be changed.",
    discussion: """
      reconcile sql "SELECT code, count(*) FROM v_open_discrepancy GROUP BY code"

      The views v_order, v_payment, v_refund, v_discrepancy, v_open_discrepancy, v_settlement_day, v_run and v_import \
      are meant for this; docs/reference/warehouse.md describes them. Amounts are whole minor units.
      """)
  @Argument(help: ArgumentHelp("One statement.", valueName: "query"))
  var query: String
  @Option(help: ArgumentHelp("table, csv or json.", valueName: "format"))
  var format = Format.table
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() async throws {
    let workplace = try Workplace(place, speech)
    let warehouse = try workplace.warehouseToRead()
    let printer = QueryPrinter(format)
    do {
      try await withTaskCancellationHandler {
        try warehouse.query(query, columns: printer.begin, row: printer.add)
      } onCancel: {
        warehouse.interrupt()
      }
    } catch {
      try Interruption.check()
      throw error
    }
    try printer.finish()
    try StandardOutput.finish()
  }
}

/// Prints a query's rows as they come; a table waits for its last row to know how wide its columns are.
private final class QueryPrinter {
  /// Rows of a table; more belong into a file, as CSV or JSON.
  private static let longestTable = 10_000

  private let format: SQLCommand.Format
  private var names: [String] = []
  private var table = TextTable([])
  private var count = 0
  /// Output that waits to be written in one piece.
  private var pending = ""

  init(_ format: SQLCommand.Format) { self.format = format }

  func begin(_ names: [String]) throws {
    self.names = names
    switch format {
    case .table:
      table = TextTable(names.map { ($0, .left) })
      table.indent = 0
    case .csv: try put(Self.line(names))
    case .json: try put("[")
    }
  }

  func add(_ row: [QueryValue]) throws {
    count += 1
    switch format {
    case .table: if count <= Self.longestTable { table.add(row.map(Self.text)) }
    case .csv: try put(Self.line(row.map(Self.text)))
    case .json:
      let object = JSONText.object(zip(names, row).map { ($0, Self.json($1)) })
      try put((count == 1 ? "\n" : ",\n") + object.rendered().trimmingCharacters(in: .newlines))
    }
  }

  func finish() throws {
    switch format {
    case .table:
      try put(count == 0 ? "No rows.\n" : table.text)
      if count > Self.longestTable {
        try put("\(count - Self.longestTable) more rows are not shown; --format csv prints them all\n")
      }
    case .csv: break
    case .json: try put(count == 0 ? "]\n" : "\n]\n")
    }
    try StandardOutput.write(pending)
  }

  private func put(_ text: String) throws {
    pending += text
    guard pending.utf8.count > 65_536 else { return }
    try StandardOutput.write(pending)
    pending = ""
  }

  private static func text(_ value: QueryValue) -> String {
    switch value {
    case .null: ""
    case .integer(let number): String(number)
    case .text(let text): text
    }
  }

  private static func json(_ value: QueryValue) -> JSONText {
    switch value {
    case .null: .null
    case .integer(let number): .count(number)
    case .text(let text): .text(text)
    }
  }

  /// Cells joined by commas. A text that a spreadsheet would run begins with a `'`, as in the reports.
  private static func line(_ cells: [String]) -> String {
    cells.map { cell in
      let isNumber = Int64(cell) != nil
      let safe = !isNumber && cell.first.map { "=+-@\t\r\n".contains($0) } ?? false ? "'" + cell : cell
      let needsQuotes = safe.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
      return needsQuotes ? safe.quotedForCSV : safe
    }
    .joined(separator: ",") + "\n"
  }
}
