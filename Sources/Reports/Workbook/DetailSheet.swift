import ReconcileCore

/// Where a table lies in the workbook: one sheet, or several when its rows are more than a sheet holds.
final class PlannedTable: ControlTable {
  let layouts: [ColumnLayout]
  let figures: TableFigures
  let sheets: [SheetWriter]
  let headerRows: [Int]
  /// The rows of the data on each sheet, counted from 0.
  let parts: [Range<Int>]
  let totalRows: Int

  /// Totals of more currencies than this stand on Controls only; they would fill the screen above the header.
  static let currencyLimit = 8

  /// Adds the sheets of a table to the workbook. `top` rows stand above totals and header.
  init<Row>(_ table: Table<Row>, _ figures: TableFigures, in file: WorkbookFile, top: Int, limit: Int) throws
  {
    layouts = table.layouts
    self.figures = figures
    let currencies = figures.currencies.count
    let hasTotals = table.layouts.contains { $0.isTotalled }
    totalRows = !hasTotals || currencies == 0 ? 0 : currencies <= Self.currencyLimit ? currencies : 1
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

  /// The column with this name; every caller names one of the table's own.
  func index(_ name: String) -> Int { layouts.firstIndex { $0.name == name } ?? 0 }

  private func range(_ part: Int, _ column: Int) -> String {
    let letter = ColumnLayout.letter(column)
    let rows = parts[part]
    return "\(sheets[part].quotedName)!$\(letter)$\(rows.lowerBound + 1):$\(letter)$\(rows.upperBound)"
  }

  /// A formula with `term` of every sheet of the table, nil while the table is empty.
  private func formula(_ term: (Int) -> String) -> String? {
    guard figures.rows > 0 else { return nil }
    return parts.indices.map(term).joined(separator: "+")
  }

  /// The sum of a column in a currency, over the rows that meet the conditions.
  func sum(
    _ column: String, _ currency: Currency, where conditions: [(column: String, criterion: String)] = []
  )
    -> String?
  {
    let all = [("currency", currency.code)] + conditions
    return formula { part in
      let tests = all.map { "\(range(part, index($0.0))),\"\($0.1)\"" }.joined(separator: ",")
      return "SUMIFS(\(range(part, index(column))),\(tests))"
    }
  }

  /// The number of rows of a currency that meet the conditions.
  func count(_ currency: Currency, where conditions: [(column: String, criterion: String)] = []) -> String? {
    let all = [("currency", currency.code)] + conditions
    return formula { part in
      "COUNTIFS(" + all.map { "\(range(part, index($0.0))),\"\($0.1)\"" }.joined(separator: ",") + ")"
    }
  }

  /// The sum of the rows that a filter leaves in view.
  func visibleSum(_ column: Int) -> String? { formula { "SUBTOTAL(109,\(range($0, column)))" } }
}

/// Writes the rows of one table with title, totals and header above them.
struct DetailSheet {
  let frame: SheetFrame
  let cells: CellWriter

  func write<Row>(_ table: Table<Row>, _ plan: PlannedTable, note: String) throws {
    for part in plan.sheets.indices { try frame.prepare(plan, part) }
    let formats = plan.layouts.indices.map {
      isIndented(plan, $0) ? cells.styles.indented : cells.styles.text
    }
    try head(table, plan, 0, note: note)
    var part = 0
    var row = plan.parts[0].lowerBound
    try table.forEach { record in
      if row == plan.parts[part].upperBound {
        part += 1
        guard part < plan.parts.count else {
          throw Failure(
            .defect, "the rows of \(table.name) changed while the workbook was written",
            remedy: "Run `reconcile report` again; nothing else may write to the warehouse meanwhile.")
        }
        try head(table, plan, part, note: note)
        row = plan.parts[part].lowerBound
      }
      for (column, definition) in table.columns.enumerated() {
        try cells.write(
          definition.cell(record), to: plan.sheets[part], row, column, textFormat: formats[column])
      }
      row += 1
    }
  }

  /// Text right of a number, a day or a time is kept off it.
  private func isIndented(_ plan: PlannedTable, _ column: Int) -> Bool {
    guard column > 0 else { return false }
    switch plan.layouts[column - 1].kind {
    case .money, .count, .day, .instant: return true
    case .id, .word, .currency, .list, .prose: return false
    }
  }

  private func head<Row>(_ table: Table<Row>, _ plan: PlannedTable, _ part: Int, note: String) throws {
    let sheet = plan.sheets[part]
    let styles = cells.styles
    let rows = grouped(Int128(plan.figures.rows))
    let many = plan.figures.rows == 1 ? "1 row" : "\(rows) rows"
    let page = plan.sheets.count > 1 ? ", sheet \(part + 1) of \(plan.sheets.count)" : ""
    try frame.title(sheet, table.name, "\(frame.periodText) · \(many)\(page) · \(note)", cells)
    if part == 0 { try totals(plan, sheet) }
    let header = plan.headerRows[part]
    try sheet.height(header, 20)
    for (column, layout) in table.layouts.enumerated() {
      let text = isIndented(plan, column) ? styles.headerIndented : styles.header
      let format = layout.isNumber ? styles.headerNumber : text
      try sheet.text(header, column, layout.name, format)
    }
  }

  /// One row for each currency; with a single one the totals follow the filter.
  private func totals(_ plan: PlannedTable, _ sheet: SheetWriter) throws {
    let styles = cells.styles
    let currencies = plan.figures.currencies
    guard plan.totalRows > 0 else { return }
    let first = plan.headerRows[0] - plan.totalRows
    guard currencies.count <= PlannedTable.currencyLimit else {
      return try sheet.text(
        first, 0, "Totals of the \(currencies.count) currencies stand on Controls.", styles.note)
    }
    for (offset, currency) in currencies.enumerated() {
      let row = first + offset
      let label = currencies.count == 1 ? "Total \(currency), rows in view" : "Total \(currency)"
      try sheet.text(row, 0, label, styles.total)
      for (column, layout) in plan.layouts.enumerated().dropFirst() {
        guard layout.isTotalled else {
          if layout.kind == .currency {
            try sheet.text(row, column, currency.code, styles.total)
          } else {
            try sheet.blank(row, column..<column + 1, styles.total)
          }
          continue
        }
        let sum = plan.figures.sum(currency, column)
        let formula = currencies.count == 1 ? plan.visibleSum(column) : plan.sum(layout.name, currency)
        let exponent = layout.kind == .money ? currency.exponent : 0
        if sum.isFormulaExact, CellWriter.fits(sum.total), let formula {
          let format = layout.kind == .money ? styles.totalMoney[exponent] : styles.totalCount
          let value = CellWriter.cellNumber(sum.total, exponent: exponent)
          try sheet.formula(row, column, "=" + formula, value: value, format)
        } else {
          try cells.amount(sum.total, exponent, to: sheet, row, column, total: true)
        }
      }
    }
  }
}

/// `1,234,567`.
func grouped(_ number: Int128) -> String {
  var digits = Array(String(number.magnitude))
  var index = digits.count - 3
  while index > 0 {
    digits.insert(",", at: index)
    index -= 3
  }
  return (number < 0 ? "-" : "") + String(digits)
}

/// `1,234.50`, for sentences.
func grouped(_ minorUnits: Int128, exponent: Int) -> String {
  let plain = Money.decimalText(minorUnits.magnitudeValue, exponent: exponent)
  let tail = exponent > 0 ? String(plain.suffix(exponent + 1)) : ""
  let whole = grouped(Int128(plain.dropLast(tail.count)) ?? 0)
  return (minorUnits < 0 ? "-" : "") + whole + tail
}
