import ReconcileCore

/// Turns typed cells into workbook cells, and remembers what a cell could not hold as it was.
final class CellWriter {
  let styles: WorkbookStyles
  private(set) var gate = TextGate()
  /// Amounts and counts of more than 15 digits, which stand as text.
  private(set) var longNumbers = 0
  /// Days and times that the calendar of spreadsheets does not reach, which stand as text.
  private(set) var oddDates = 0

  init(styles: WorkbookStyles) { self.styles = styles }

  /// Whether a number cell holds this many minor units exactly.
  ///
  /// Spreadsheets keep 15 significant digits. Below 10^15 the whole number and the power of ten are both
  /// exact as Double, so the one division rounds to the Double nearest to the decimal, and that is the one a
  /// spreadsheet reads for the same digits.
  static func fits(_ minorUnits: Int128) -> Bool { minorUnits.magnitude < 1_000_000_000_000_000 }

  /// The same for one amount: millions of cells are worth the narrower type.
  static func fits(_ minorUnits: Int64) -> Bool { minorUnits.magnitude < 1_000_000_000_000_000 }

  /// The only place where an amount becomes a binary number: the last step, for a cell of at most 15 digits.
  static func cellNumber(_ minorUnits: Int128, exponent: Int) -> Double {
    Double(Int64(truncatingIfNeeded: minorUnits)) / powers[exponent]
  }

  private static let powers: [Double] = [1, 10, 100, 1_000, 10_000]
  /// Serial number of 1970-01-01 in the calendar of spreadsheets.
  static let epoch = 25_569

  /// Whether spreadsheets have a day with this serial number: before 1900-03-01 they disagree about the calendar, and
  /// after 9999-12-31 it ends.
  static func isInCalendar(_ serial: Int64) -> Bool { (61...2_958_465).contains(serial) }

  // MARK: What was not kept as it is

  /// A text as a cell may hold it.
  func safe(_ text: String) -> String { gate.pass(text) }

  func noteLongNumber() { longNumbers += 1 }
  func noteOddDate() { oddDates += 1 }

  // MARK: Cells

  /// Text from outside, through the gate.
  func text(_ text: String, to sheet: SheetWriter, _ row: Int, _ column: Int, _ format: SheetWriter.Format)
    throws
  {
    try sheet.text(row, column, gate.pass(text), format)
  }

  /// Text that goes on in further lines where it is longer than the column is wide; the row becomes as high.
  func lines(_ text: String, to sheet: SheetWriter, _ row: Int, _ column: Int, _ format: SheetWriter.Format)
    throws
  {
    try self.text(text, to: sheet, row, column, format)
    let lines = TextMeasure.lines(text, in: sheet.pixels(of: column))
    if lines > 1 { try sheet.height(row, lines: lines) }
  }

  /// Text from outside that leads to another cell of the workbook.
  func link(_ text: String, to target: CellPlace, on sheet: SheetWriter, _ row: Int, _ column: Int) throws {
    try sheet.link(row, column, gate.pass(text), to: target, styles.link)
  }

  /// An amount; one that no number cell holds stands as text.
  func amount(
    _ minorUnits: Int128, _ exponent: Int, to sheet: SheetWriter, _ row: Int, _ column: Int,
    total: Bool = false
  ) throws {
    guard Self.fits(minorUnits) else {
      longNumbers += 1
      let text = Money.decimalText(minorUnits, exponent: exponent)
      return try sheet.text(row, column, text, total ? styles.totalLong : styles.longNumber)
    }
    let format = total ? styles.totalMoney[exponent] : styles.money[exponent]
    try sheet.number(row, column, Self.cellNumber(minorUnits, exponent: exponent), format)
  }

  func count(_ count: Int64, to sheet: SheetWriter, _ row: Int, _ column: Int) throws {
    guard Self.fits(Int128(count)) else {
      longNumbers += 1
      return try sheet.text(row, column, String(count), styles.longNumber)
    }
    try sheet.number(row, column, Double(count), styles.count)
  }

  func flag(_ flag: Bool, to sheet: SheetWriter, _ row: Int, _ column: Int) throws {
    try sheet.text(row, column, flag ? "true" : "false", styles.text)
  }

  func instant(
    _ instant: Instant, to sheet: SheetWriter, _ row: Int, _ column: Int, _ format: SheetWriter.Format
  ) throws {
    guard Self.isInCalendar(instant.seconds / 86_400 + Int64(Self.epoch)) else {
      noteOddDate()
      return try sheet.text(row, column, instant.description, styles.text)
    }
    let serial = Double(Self.epoch) + Double(instant.microseconds) / 86_400_000_000
    try sheet.number(row, column, serial, format)
  }
}
