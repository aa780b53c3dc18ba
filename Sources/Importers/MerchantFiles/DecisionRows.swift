import ReconcileCore

/// The tables in which people write down what they decided.
public enum DecisionTable: Sendable {
  /// Verdicts on discrepancies: `id`, `resolution`, and `note` where it is there.
  case verdicts
  /// Payments and the orders they belong to: `payment_id`, `order_id`; `provider` and `note` where they are there.
  case links
  /// Payments that belong to no order: `payment_id`; `provider` and `note` where they are there.
  case unlinks
  /// Decisions of every kind, as `decisions export` writes them.
  case decisions

  var plan: ColumnPlan {
    switch self {
    case .verdicts: .decided(["id", "resolution"], optional: ["note"])
    case .links: .decided(["payment_id", "order_id"], optional: ["provider", "note"])
    case .unlinks: .decided(["payment_id"], optional: ["provider", "note"])
    case .decisions:
      .decided(
        [
          "decision", "id", "provider", "payment_id", "order_id", "currency", "unit", "expected", "actual",
          "note",
          "made_by", "made_at",
        ], optional: [])
    }
  }

  /// Columns whose cells keep the blanks around them: they must come back as they were written.
  var exactColumns: Set<String> { self == .decisions ? ["note", "made_by"] : [] }
}

/// A row of such a table.
public struct DecisionRow: Sendable {
  /// The cells by their column; columns that the file lacks are missing.
  private let cells: [String: String]

  /// A row with these cells.
  public init(_ cells: [String: String]) { self.cells = cells }

  /// The text of a cell; empty where nothing was written.
  public subscript(_ column: String) -> String { cells[column] ?? "" }
}

extension ColumnPlan {
  fileprivate static func decided(_ required: [String], optional: [String]) -> ColumnPlan {
    ColumnPlan(section: "", isConfigurable: false, required: required, optional: optional)
  }
}

extension MerchantFiles {
  /// Reads the columns of the table; others are not looked at. Blanks around a cell are dropped, and the `'` that
  /// keeps a spreadsheet from running a cell.
  ///
  /// A row that is none, such as one with too many cells, goes to `onDefect` with the reason. Throws `Failure` (66)
  /// for a file that cannot be opened, is not UTF-8 text, or lacks a required column.
  public static func readDecisions(
    _ table: DecisionTable, file path: String, onRow: (DecisionRow, SourceLine) throws -> Void,
    onDefect: (SourceLine, String) throws -> Void
  ) throws {
    let file = try ByteFile(path: path)
    var reader = CSVReader(file: file)
    let plan = table.plan
    guard let bytes = try reader.headerBytes() else {
      throw Failure(
        .inputMissing, "the file is empty", at: path,
        remedy: "its first line names the columns \((plan.required + plan.optional).joined(separator: ","))")
    }
    let header = try CSVHeader(bytes: bytes, plan: plan, columns: [:], file: path)
    reader.delimiter = header.delimiter
    while try reader.next() {
      let place = SourceLine(file: path, line: reader.rowLine)
      if let problem = reader.shapeProblem(under: header) {
        try onDefect(place, problem.reason)
        continue
      }
      var cells: [String: String] = [:]
      for (column, position) in header.positions {
        let cell = reader.cell(position)
        let text = undefused(table.exactColumns.contains(column) ? cell : trimBlanks(cell))
        cells[column] = String(
          decoding: table.exactColumns.contains(column) ? text : trimBlanks(text), as: UTF8.self)
      }
      try onRow(DecisionRow(cells), place)
    }
  }

  /// The cell without the `'` that reports put before `=`, `+`, `-`, `@`, a tab or a line end; `decisions export` puts
  /// one more before a text that begins so by itself.
  private static func undefused(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let mark = UInt8(ascii: "'")
    guard cell.first == mark, let first = cell.first(where: { $0 != mark }), "=+-@\t\r\n".utf8.contains(first)
    else { return cell }
    return cell.dropFirst()
  }
}
