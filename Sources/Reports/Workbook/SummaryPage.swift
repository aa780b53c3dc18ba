import ReconcileCore

/// Summary while it is written: one row after the other, with the pieces that its sections are made of.
final class SummaryPage {
  let sheet: SheetWriter
  let cells: CellWriter
  /// The next row, counted from 0.
  private(set) var row: Int

  /// Columns of the sheet.
  static let columns = 12
  /// The first column, and the narrowest that the others are.
  static let widths = (first: 190, other: 94)

  init(_ sheet: SheetWriter, _ cells: CellWriter, from row: Int) {
    self.sheet = sheet
    self.cells = cells
    self.row = row
  }

  private var styles: WorkbookStyles { cells.styles }

  /// Goes on further down.
  func skip(_ rows: Int = 1) { row += rows }

  /// The heading of a section, after a blank row.
  func heading(_ text: String) throws {
    row += 1
    try sheet.height(row, 18)
    try sheet.text(row, 0, text, styles.heading)
    try sheet.blank(row, 1..<Self.columns, styles.heading)
    row += 1
  }

  /// The names of the columns; those from `numbersFrom` up to `until` hold numbers.
  func header(_ names: [String], numbersFrom first: Int, until last: Int = .max) throws {
    for (column, name) in names.enumerated() {
      let isNumber = column >= first && column < last
      let format = isNumber ? styles.headerRight : column >= last ? styles.headerIndented : styles.header
      try sheet.text(row, column, name, format)
    }
    try sheet.blank(row, names.count..<max(names.count, Self.columns), styles.header)
    row += 1
  }

  func line(_ text: String, _ format: SheetWriter.Format? = nil) throws {
    try cells.text(text, to: sheet, row, 0, format ?? styles.text)
    row += 1
  }

  // MARK: Cells of the row at hand

  func text(_ column: Int, _ text: String, _ format: SheetWriter.Format? = nil) throws {
    try cells.text(text, to: sheet, row, column, format ?? styles.text)
  }

  func link(_ column: Int, _ text: String, to target: CellPlace) throws {
    try cells.link(text, to: target, on: sheet, row, column)
  }

  /// A figure with the formula that finds it in the sheets; without one it stands as a number.
  func figure(_ column: Int, _ value: Int128, exponent: Int, _ formula: String?) throws {
    guard let formula, CellWriter.fits(value) else {
      return try cells.amount(value, exponent, to: sheet, row, column)
    }
    try sheet.formula(
      row, column, "=" + formula, value: CellWriter.cellNumber(value, exponent: exponent),
      styles.money[exponent]
    )
  }

  func count(_ column: Int, _ value: Int, _ formula: String? = nil) throws {
    guard let formula else { return try cells.count(Int64(value), to: sheet, row, column) }
    try sheet.formula(
      row, column, "=" + formula, value: CellWriter.cellNumber(Int128(value), exponent: 0), styles.count)
  }
}
