import ReconcileCore

/// Writes the rows of one table with title, totals and header above them.
struct DetailSheet {
  let frame: SheetFrame
  let cells: CellWriter
  let file: WorkbookFile

  /// Writes all sheets of a table. `link` names the cell that a column of a row leads to; `onRow` hears of each row.
  func write<Row>(
    _ table: Table<Row>, _ plan: PlannedTable, note: String, rules: [RowRule] = [],
    link: ((Row, String) -> CellPlace?)? = nil, onRow: () throws -> Void
  ) throws {
    for part in plan.sheets.indices { try prepare(plan, part, rules) }
    let writer = RowCells(plan, cells)
    try head(table, plan, 0, note: note)
    var part = 0
    var row = plan.parts[0].lowerBound
    var end = plan.parts[0].upperBound
    var stream: RowStream?
    try table.forEach { record in
      try onRow()
      if row == end {
        part += 1
        guard part < plan.parts.count else {
          throw Failure(
            .defect, "the rows of \(table.name) changed while the workbook was written",
            remedy: "Run `reconcile report` again; nothing else may write to the warehouse meanwhile.")
        }
        try head(table, plan, part, note: note)
        row = plan.parts[part].lowerBound
        end = plan.parts[part].upperBound
        stream = nil
      }
      let rows = try stream ?? file.beginRows(of: plan.sheets[part], last: end - 1, columns: plan.columnCount)
      stream = rows
      rows.begin(row)
      var facts = RowCells.Row()
      let target = link.map { link in { link(record, $0) } }
      for (column, definition) in table.columns.enumerated() {
        writer.write(definition.cell(record), column, to: rows, &facts, target)
      }
      if let view = plan.viewColumn {
        // A row of counts among amounts is in no total.
        if facts.hasCounts {
          rows.number(view, 0, cells.styles.count.index)
        } else {
          rows.formula(view, "SUBTOTAL(103,A\(row + 1))", result: 1, cells.styles.count.index)
        }
      }
      try rows.end(lines: facts.lines)
      row += 1
    }
  }

  // MARK: The sheet

  /// Widths, filter, frozen header, colours and paper of one sheet.
  private func prepare(_ plan: PlannedTable, _ part: Int, _ rules: [RowRule]) throws {
    let sheet = plan.sheets[part]
    let header = plan.headerRows[part]
    let columns = plan.columnCount
    for (column, width) in plan.widths.enumerated() {
      try sheet.width(column...column, width, isHidden: plan.layouts[column].kind == .key)
    }
    if let view = plan.viewColumn { try sheet.width(view...view, 20, isHidden: true) }
    let last = max(header, plan.parts[part].upperBound - 1)
    try sheet.autofilter(header: header, last: last, columns: columns)
    try sheet.printArea(last: last, columns: plan.printedColumns)
    try sheet.expectNumbersAsText(in: "A\(header + 1):\(ColumnLayout.letter(columns - 1))\(last + 1)")
    sheet.freeze(header + 1, 1)
    let isWork = plan.layouts.contains { $0.kind == .entry }
    try sheet.setUpPage(
      footer: frame.footer, tab: isWork ? WorkbookStyles.red : WorkbookStyles.navy, repeatingRow: header)
    guard last > header else { return }
    let rows = header + 1...last
    try mark(plan, rules, on: sheet, rows)
    if let column = plan.layouts.firstIndex(where: { $0.kind == .entry && $0.name == "resolution" }) {
      try sheet.choose(
        rows, column: column, from: ["accepted", "open"], title: "Resolution",
        message: "accepted: nothing more is to be done. open: look at it again.")
    }
  }

  /// Colours what stands out and draws a line under each row. Ranges do not overlap and each ends with the line: some
  /// programs apply one rule only to a cell.
  private func mark(
    _ plan: PlannedTable, _ rules: [RowRule], on sheet: SheetWriter, _ rows: ClosedRange<Int>
  ) throws {
    let marked = Set(rules.map { plan.index($0.column) })
    var column = 0
    while column < plan.printedColumns {
      var end = column
      if marked.contains(column) {
        for rule in rules where plan.index(rule.column) == column {
          try sheet.highlight(rows, rule, plan, cells.styles)
        }
      } else {
        while end + 1 < plan.printedColumns, !marked.contains(end + 1) { end += 1 }
      }
      try sheet.underline(rows, columns: column...end, cells.styles.rowLine)
      column = end + 1
    }
  }

  private func head<Row>(_ table: Table<Row>, _ plan: PlannedTable, _ part: Int, note: String) throws {
    let sheet = plan.sheets[part]
    let styles = cells.styles
    let rows = grouped(Int128(plan.figures.rows))
    let many = plan.figures.rows == 1 ? "1 row" : "\(rows) rows"
    let page = plan.sheets.count > 1 ? ", sheet \(part + 1) of \(plan.sheets.count)" : ""
    try frame.title(
      sheet, table.name, "\(frame.periodText) · \(many)\(page) · \(note)", cells, span: plan.printedColumns)
    if part == 0 { try totals(plan, sheet) }
    let header = plan.headerRows[part]
    // The name above, the button of the filter below it.
    try sheet.height(header, 26)
    for (column, layout) in table.layouts.enumerated() {
      let text = plan.isIndented(column) ? styles.headerIndented : styles.header
      let other = layout.isNumber ? styles.headerRight : text
      try sheet.text(header, column, layout.name, layout.kind == .entry ? styles.headerEntry : other)
    }
    if let view = plan.viewColumn { try sheet.text(header, view, "in_view", styles.header) }
  }

  /// One row for each currency; they follow the filter.
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
      try sheet.text(row, 0, plan.totalsFollowFilter ? "Total in view" : "Total, all rows", styles.total)
      for (column, layout) in plan.layouts.enumerated().dropFirst() {
        if layout.kind == .currency {
          try sheet.text(row, column, currency.code, styles.total)
          continue
        }
        let sum = plan.figures.sum(currency, column)
        // The sum of nothing known is not 0.
        guard layout.isTotalled, sum.hasValues else {
          if layout.isPrinted || layout.isNumber { try sheet.blank(row, column..<column + 1, styles.total) }
          continue
        }
        let exponent = layout.kind == .money ? currency.exponent : 0
        let isExact = !sum.hasLongAmounts && (!sum.hasCounts || plan.viewColumn != nil)
        if isExact, CellWriter.fits(sum.total), let formula = plan.totalInView(column, currency) {
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

/// Cells of a column that stand out.
struct RowRule {
  enum Look { case good, bad, alarm, quiet }
  enum Test {
    /// The cell says this word.
    case equals(String)
    /// The cell is not what another column of the row says, and both say something.
    case differs(from: String)
    /// The cell is a number above this.
    case above(Int)
  }

  let column: String
  let test: Test
  let look: Look
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
