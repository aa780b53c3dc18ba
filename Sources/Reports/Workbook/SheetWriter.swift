import CLibxlsxwriter
import ReconcileCore

/// One sheet being written. Rows must come from top to bottom: the library keeps only the current one.
final class SheetWriter {
  typealias Format = WorkbookFile.Format

  let name: String
  private let sheet: UnsafeMutablePointer<lxw_worksheet>
  private let path: String

  init(_ sheet: UnsafeMutablePointer<lxw_worksheet>, name: String, path: String) {
    self.sheet = sheet
    self.name = name
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

  /// A link to the top of another sheet of this workbook.
  func link(_ row: Int, _ column: Int, to other: SheetWriter, _ format: Format) throws {
    try need(
      worksheet_write_url_opt(
        sheet, UInt32(row), UInt16(column), "internal:\(other.quotedName)!A1", format, other.name, nil), row)
  }

  // MARK: The sheet

  func width(_ columns: ClosedRange<Int>, _ width: Double) throws {
    try need(
      worksheet_set_column(sheet, UInt16(columns.lowerBound), UInt16(columns.upperBound), width, nil), 0)
  }

  /// The height of a row that is about to be written.
  func height(_ row: Int, _ points: Double) throws {
    try need(worksheet_set_row(sheet, UInt32(row), points, nil), row)
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

  /// Colours the cells of a column that say `word`.
  func highlight(_ rows: ClosedRange<Int>, column: Int, word: String, _ format: Format) throws {
    let code = "\"\(word)\"".withCString { value in
      var rule = lxw_conditional_format()
      rule.type = UInt8(LXW_CONDITIONAL_TYPE_CELL.rawValue)
      rule.criteria = UInt8(LXW_CONDITIONAL_CRITERIA_EQUAL_TO.rawValue)
      rule.value_string = UnsafeMutablePointer(mutating: value)
      rule.format = format
      return worksheet_conditional_format_range(
        sheet, UInt32(rows.lowerBound), UInt16(column), UInt32(rows.upperBound), UInt16(column), &rule)
    }
    try need(code, rows.lowerBound)
  }

  /// Paper and screen manners common to all sheets.
  func setUpPage(footer: String, tab: UInt32, repeatingRow: Int?) throws {
    worksheet_gridlines(sheet, UInt8(LXW_HIDE_ALL_GRIDLINES.rawValue))
    worksheet_set_landscape(sheet)
    worksheet_set_paper(sheet, 9)
    worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.6)
    worksheet_fit_to_pages(sheet, 1, 0)
    worksheet_set_tab_color(sheet, tab)
    try need(worksheet_set_footer(sheet, "&L&8\(footer)&C&8&A&R&8Page &P of &N"), 0)
    if let row = repeatingRow { try need(worksheet_repeat_rows(sheet, UInt32(row), UInt32(row)), row) }
  }

  /// The sheet that a reader sees first.
  func activate() { worksheet_activate(sheet) }
}
