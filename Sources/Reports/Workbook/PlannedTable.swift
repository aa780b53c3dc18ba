import ReconcileCore

/// Where a table lies in the workbook: one sheet, or several when its rows are more than a sheet holds.
final class PlannedTable {
  let name: String
  let layouts: [ColumnLayout]
  /// In pixels.
  let widths: [Int]
  let figures: TableFigures
  let sheets: [SheetWriter]
  let headerRows: [Int]
  /// The rows of the data on each sheet, counted from 0.
  let parts: [Range<Int>]
  let totalRows: Int
  /// The hidden column that says of each row whether a filter leaves it in view; nil where totals do without.
  let viewColumn: Int?

  /// Totals of more currencies than this stand on Controls only; they would fill the screen above the header.
  static let currencyLimit = 8
  /// Above this number of rows the totals of several currencies do not follow the filter: it would take a formula in
  /// every row.
  static let viewLimit = 100_000

  /// Adds the sheets of a table to the workbook. `top` rows stand above totals and header.
  init<Row>(_ table: Table<Row>, _ figures: TableFigures, in file: WorkbookFile, top: Int, limit: Int) throws
  {
    name = table.name
    layouts = table.layouts
    self.figures = figures
    let currencies = figures.currencies.count
    let hasTotals = currencies > 0 && table.layouts.contains { $0.isTotalled }
    totalRows = !hasTotals ? 0 : currencies <= Self.currencyLimit ? currencies : 1
    // The label of the totals stands in the first column.
    let label = totalRows > 0 ? TextMeasure.bold("Total, all rows") : 0
    var content = figures.widths
    content[0].widest = max(content[0].widest, label)
    content[0].usual = max(content[0].usual, label)
    widths = ColumnWidths.fitting(table.layouts, content: content)
    let needsView = hasTotals && currencies <= Self.currencyLimit && (currencies > 1 || figures.hasCounts)
    viewColumn = needsView && figures.rows <= Self.viewLimit ? table.columns.count : nil
    var sheets: [SheetWriter] = []
    var headers: [Int] = []
    var parts: [Range<Int>] = []
    var left = figures.rows
    repeat {
      let number = sheets.count + 1
      sheets.append(try file.addSheet(number == 1 ? table.name : "\(table.name) (\(number))"))
      let header = top + (number == 1 ? totalRows : 0)
      let count = min(left, limit - header - 1)
      headers.append(header)
      parts.append(header + 1..<header + 1 + count)
      left -= count
    } while left > 0
    self.sheets = sheets
    headerRows = headers
    self.parts = parts
  }

  /// All columns, the hidden ones too.
  var columnCount: Int { layouts.count + (viewColumn == nil ? 0 : 1) }

  /// Text right of a number is kept off it.
  func isIndented(_ column: Int) -> Bool {
    column > 0 && layouts[column - 1].isNumber && !layouts[column].isNumber
  }

  /// The columns that are printed stand before those that are not.
  var printedColumns: Int { layouts.prefix { $0.isPrinted }.count }

  /// The column with this name; every caller names one of the table's own.
  func index(_ name: String) -> Int { layouts.firstIndex { $0.name == name } ?? 0 }

  /// The cell of a column in the row at this position among all rows of the table.
  func place(of position: Int, _ column: Int) -> CellPlace {
    var left = position
    for (part, rows) in parts.enumerated() {
      if left < rows.count { return CellPlace(sheets[part], rows.lowerBound + left, column) }
      left -= rows.count
    }
    return CellPlace(sheets[0], headerRows[0], 0)
  }

  // MARK: Formulas

  private func range(_ part: Int, _ column: Int) -> String {
    let rows = parts[part]
    return CellRange(sheets[part], rows.lowerBound...rows.upperBound - 1, column...column).description
  }

  /// A formula with `term` of every sheet of the table, nil while the table is empty.
  private func formula(_ term: (Int) -> String) -> String? {
    guard figures.rows > 0 else { return nil }
    return parts.indices.map(term).joined(separator: "+")
  }

  private func tests(_ part: Int, _ conditions: [Condition]) -> String {
    conditions.map { "\(range(part, index($0.column))),\($0.criterion)" }.joined(separator: ",")
  }

  /// The sum of a column over the rows that meet the conditions.
  func sum(_ column: String, where conditions: [Condition]) -> String? {
    formula { "SUMIFS(\(range($0, index(column))),\(tests($0, conditions)))" }
  }

  /// The sum of a column over the rows that have one of the values and meet the conditions.
  func sum(_ column: String, whereAny name: String, _ values: [String], and conditions: [Condition])
    -> String?
  {
    let list = values.map { "\"\($0)\"" }.joined(separator: ",")
    return formula { part in
      let any = "\(range(part, index(name))),{\(list)}"
      return "SUMPRODUCT(SUMIFS(\(range(part, index(column))),\(any),\(tests(part, conditions))))"
    }
  }

  /// The number of rows that meet the conditions.
  func count(where conditions: [Condition]) -> String? {
    formula { "COUNTIFS(\(tests($0, conditions)))" }
  }

  /// The number of all rows; their first column is never blank.
  var rowCount: String? { formula { "COUNTA(\(range($0, 0)))" } }

  /// The sum of the rows of a currency that a filter leaves in view; of all rows where there is no view column.
  func totalInView(_ column: Int, _ currency: Currency) -> String? {
    let ofCurrency = Condition("currency", currency.code)
    if let viewColumn {
      return formula {
        "SUMIFS(\(range($0, column)),\(tests($0, [ofCurrency])),\(range($0, viewColumn)),1)"
      }
    }
    if figures.currencies.count == 1 { return formula { "SUBTOTAL(109,\(range($0, column)))" } }
    return sum(layouts[column].name, where: [ofCurrency])
  }

  /// Whether the totals above the header follow the filter.
  var totalsFollowFilter: Bool { viewColumn != nil || figures.currencies.count == 1 }
}

/// A condition of SUMIFS and COUNTIFS.
struct Condition {
  let column: String
  /// As the formula writes it, quotes included.
  let criterion: String

  /// The column equals the text, whatever stands in it: `*`, `?` and `~` mean themselves.
  init(_ column: String, _ text: String) {
    self.column = column
    var escaped = ""
    for character in text {
      if "*?~".contains(character) { escaped.append("~") }
      escaped.append(character)
      if character == "\"" { escaped.append("\"") }
    }
    criterion = "\"=\(escaped)\""
  }

  private init(_ column: String, criterion: String) {
    self.column = column
    self.criterion = criterion
  }

  static func known(_ column: String) -> Condition { Condition(column, criterion: "\"<>\"") }
  static func blank(_ column: String) -> Condition { Condition(column, criterion: "\"=\"") }
  static func above(_ column: String, _ limit: Int) -> Condition {
    Condition(column, criterion: "\">\(limit)\"")
  }
  static func below(_ column: String, _ limit: Int) -> Condition {
    Condition(column, criterion: "\"<\(limit)\"")
  }

  /// The rows whose age lies in a bucket.
  static func age(_ bucket: AgeBucket) -> [Condition] {
    switch bucket {
    case .upTo7: [.below("age_days", 8)]
    case .upTo30: [.above("age_days", 7), .below("age_days", 31)]
    case .upTo60: [.above("age_days", 30), .below("age_days", 61)]
    case .upTo90: [.above("age_days", 60), .below("age_days", 91)]
    case .over90: [.above("age_days", 90)]
    case .undated: [.blank("age_days")]
    }
  }
}

/// One cell of the workbook, as the target of a link.
struct CellPlace {
  let sheet: SheetWriter
  /// Counted from 0.
  let row: Int
  let column: Int

  init(_ sheet: SheetWriter, _ row: Int, _ column: Int) {
    self.sheet = sheet
    self.row = row
    self.column = column
  }

  /// `Orders!A57`.
  var text: String { "\(sheet.quotedName)!\(ColumnLayout.letter(column))\(row + 1)" }
}
