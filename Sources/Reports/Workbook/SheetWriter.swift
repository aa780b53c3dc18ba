import CLibxlsxwriter
import ReconcileCore

/// One sheet being written. Rows must come from top to bottom: the library keeps only the current one.
final class SheetWriter {
  typealias Format = WorkbookFile.Format

  let name: String
  /// Its place among the sheets, from 1 on.
  let number: Int
  private let sheet: UnsafeMutablePointer<lxw_worksheet>
  private let path: String
  private var widths: [Int: Int] = [:]

  init(_ sheet: UnsafeMutablePointer<lxw_worksheet>, name: String, number: Int, path: String) {
    self.sheet = sheet
    self.name = name
    self.number = number
    self.path = path
  }

  /// The name as a formula or a link writes it.
  var quotedName: String { name.allSatisfy { $0.isLetter } ? name : "'\(name)'" }

  private func need(_ code: lxw_error, _ row: Int) throws {
    guard code != LXW_NO_ERROR else { return }
    try WorkbookFile.need(code, "row \(row + 1) of the sheet \(name)", at: path)
  }

  // MARK: Cells

  /// A text cell. The text must have passed the gate, or be our own.
  func text(_ row: Int, _ column: Int, _ text: String, _ format: Format) throws {
    try need(worksheet_write_string(sheet, UInt32(row), UInt16(column), text, format), row)
  }

  func number(_ row: Int, _ column: Int, _ number: Double, _ format: Format) throws {
    try need(worksheet_write_number(sheet, UInt32(row), UInt16(column), number, format), row)
  }

  func formula(_ row: Int, _ column: Int, _ formula: String, value: Double, _ format: Format) throws {
    try need(
      worksheet_write_formula_num(sheet, UInt32(row), UInt16(column), formula, format, value), row)
  }

  func formula(_ row: Int, _ column: Int, _ formula: String, text: String, _ format: Format) throws {
    try need(
      worksheet_write_formula_str(sheet, UInt32(row), UInt16(column), formula, format, text), row)
  }

  /// A styled cell without a value.
  func blank(_ row: Int, _ columns: Range<Int>, _ format: Format) throws {
    for column in columns { try need(worksheet_write_blank(sheet, UInt32(row), UInt16(column), format), row) }
  }

  /// One styled cell over several columns, without a value.
  func merge(_ row: Int, _ columns: ClosedRange<Int>, _ format: Format) throws {
    guard columns.count > 1 else {
      return try blank(row, columns.lowerBound..<columns.upperBound + 1, format)
    }
    try need(
      worksheet_merge_range(
        sheet, UInt32(row), UInt16(columns.lowerBound), UInt32(row), UInt16(columns.upperBound), "", format),
      row)
  }

  /// A text that leads to another cell of the workbook.
  func link(_ row: Int, _ column: Int, _ text: String, to target: CellPlace, _ format: Format) throws {
    try need(
      worksheet_write_url_opt(
        sheet, UInt32(row), UInt16(column), "internal:\(target.text)", format, text, nil), row)
  }

  // MARK: The sheet

  /// The width of columns in pixels.
  func width(_ columns: ClosedRange<Int>, _ pixels: Int, isHidden: Bool = false) throws {
    for column in columns { widths[column] = pixels }
    var options = lxw_row_col_options(hidden: isHidden ? 1 : 0, level: 0, collapsed: 0)
    try need(
      worksheet_set_column_pixels_opt(
        sheet, UInt16(columns.lowerBound), UInt16(columns.upperBound), UInt32(pixels), nil, &options), 0)
  }

  /// The width that a column was given; that of the format's own for others.
  func pixels(of column: Int) -> Int { widths[column] ?? 64 }

  /// The height of a row that is about to be written.
  func height(_ row: Int, _ points: Double) throws {
    try need(worksheet_set_row(sheet, UInt32(row), points, nil), row)
  }

  /// The height of the row at hand for so many lines of the house font; the format allows no more than 409 points.
  func height(_ row: Int, lines: Int) throws { try height(row, Double(Self.height(lines: lines))) }

  /// The same in points.
  static func height(lines: Int) -> Int { min(409, lines * 12 + 3) }

  /// Counts rows that are not written by the library as part of the sheet.
  func extend(to last: Int, columns: Int) {
    sheet.pointee.dim_rowmax = max(sheet.pointee.dim_rowmax, UInt32(last))
    sheet.pointee.dim_colmax = max(sheet.pointee.dim_colmax, UInt16(columns - 1))
  }

  /// Keeps the rows above `row` and the columns left of `column` in view.
  func freeze(_ row: Int, _ column: Int) { worksheet_freeze_panes(sheet, UInt32(row), UInt16(column)) }

  func autofilter(header: Int, last: Int, columns: Int) throws {
    try need(worksheet_autofilter(sheet, UInt32(header), 0, UInt32(last), UInt16(columns - 1)), header)
  }

  /// Prints these columns only: a long text of the last one would otherwise stretch the page.
  func printArea(last: Int, columns: Int) throws {
    try need(worksheet_print_area(sheet, 0, 0, UInt32(last), UInt16(columns - 1)), 0)
  }

  /// Ids of digits are text on purpose: no green corners.
  func expectNumbersAsText(in range: String) throws {
    try need(worksheet_ignore_errors(sheet, UInt8(LXW_IGNORE_NUMBER_STORED_AS_TEXT.rawValue), range), 0)
  }

  /// Makes the cells of a column stand out.
  func highlight(_ rows: ClosedRange<Int>, _ rule: RowRule, _ plan: PlannedTable, _ styles: WorkbookStyles)
    throws
  {
    let column = plan.index(rule.column)
    let cell = "$\(ColumnLayout.letter(column))\(rows.lowerBound + 1)"
    let formula =
      switch rule.test {
      case .equals(let word): "=\(cell)=\"\(word)\""
      case .above(let limit): "=AND(ISNUMBER(\(cell)),\(cell)>\(limit))"
      case .differs(let other):
        "=AND(\(cell)<>\"\",$\(ColumnLayout.letter(plan.index(other)))\(rows.lowerBound + 1)<>\"\","
          + "\(cell)<>$\(ColumnLayout.letter(plan.index(other)))\(rows.lowerBound + 1))"
      }
    try mark(rows, column...column, formula, styles.look(rule.look))
  }

  /// Colours the cells of a column that say `word`.
  func highlight(_ rows: ClosedRange<Int>, column: Int, word: String, _ format: Format) throws {
    let cell = "$\(ColumnLayout.letter(column))\(rows.lowerBound + 1)"
    try mark(rows, column...column, "=\(cell)=\"\(word)\"", format)
  }

  /// A thin line under each row, below blank cells too.
  func underline(_ rows: ClosedRange<Int>, columns: ClosedRange<Int>, _ format: Format) throws {
    try mark(rows, columns, "=TRUE", format)
  }

  private func mark(
    _ rows: ClosedRange<Int>, _ columns: ClosedRange<Int>, _ formula: String, _ format: Format
  ) throws {
    let code = formula.withCString { formula in
      var rule = lxw_conditional_format()
      rule.type = UInt8(LXW_CONDITIONAL_TYPE_FORMULA.rawValue)
      rule.value_string = UnsafeMutablePointer(mutating: formula)
      rule.format = format
      return worksheet_conditional_format_range(
        sheet, UInt32(rows.lowerBound), UInt16(columns.lowerBound), UInt32(rows.upperBound),
        UInt16(columns.upperBound), &rule)
    }
    try need(code, rows.lowerBound)
  }

  /// A list to choose from in a column; anything else is refused.
  func choose(
    _ rows: ClosedRange<Int>, column: Int, from words: [String], title: String, message: String
  ) throws {
    let code = withCStrings([title, message] + words) { texts in
      var list = texts.dropFirst(2) + [nil]
      return list.withUnsafeMutableBufferPointer { list in
        var rule = lxw_data_validation()
        rule.validate = UInt8(LXW_VALIDATION_TYPE_LIST.rawValue)
        rule.value_list = list.baseAddress
        rule.input_title = texts[0]
        rule.input_message = texts[1]
        rule.error_title = texts[0]
        rule.error_message = texts[1]
        return worksheet_data_validation_range(
          sheet, UInt32(rows.lowerBound), UInt16(column), UInt32(rows.upperBound), UInt16(column), &rule)
      }
    }
    try need(code, rows.lowerBound)
  }

  /// Puts a chart over cells; `size` in pixels.
  func insert(_ chart: WorkbookChart, _ row: Int, _ column: Int, size: (width: Int, height: Int)) throws {
    let code = chart.description.withCString { description in
      var options = lxw_chart_options()
      // The library's own size of a chart.
      options.x_scale = Double(size.width) / 480
      options.y_scale = Double(size.height) / 288
      options.description = UnsafeMutablePointer(mutating: description)
      return worksheet_insert_chart_opt(sheet, UInt32(row), UInt16(column), chart.pointer, &options)
    }
    try need(code, row)
  }

  /// Paper and screen manners common to all sheets.
  func setUpPage(footer: String, tab: UInt32, repeatingRow: Int?) throws {
    worksheet_gridlines(sheet, UInt8(LXW_HIDE_ALL_GRIDLINES.rawValue))
    worksheet_set_landscape(sheet)
    // A4.
    worksheet_set_paper(sheet, 9)
    worksheet_set_margins(sheet, 0.25, 0.25, 0.4, 0.55)
    worksheet_fit_to_pages(sheet, 1, 0)
    worksheet_set_tab_color(sheet, tab)
    try need(worksheet_set_footer(sheet, "&L&8\(footer)&C&8&A&R&8Page &P of &N"), 0)
    if let row = repeatingRow { try need(worksheet_repeat_rows(sheet, UInt32(row), UInt32(row)), row) }
  }

  /// Begins a new printed page above each of these rows, where the program that prints follows it.
  func breakPages(above rows: [Int]) throws {
    guard !rows.isEmpty else { return }
    var breaks = rows.map(UInt32.init) + [0]
    try need(worksheet_set_h_pagebreaks(sheet, &breaks), 0)
  }

  /// The sheet that a reader sees first.
  func activate() { worksheet_activate(sheet) }
}
