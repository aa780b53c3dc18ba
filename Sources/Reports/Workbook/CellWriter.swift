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
    cellNumber(Int64(truncatingIfNeeded: minorUnits), exponent: exponent)
  }

  private static func cellNumber(_ minorUnits: Int64, exponent: Int) -> Double {
    Double(minorUnits) / powers[exponent]
  }

  private static let powers: [Double] = [1, 10, 100, 1_000, 10_000]
  /// Serial number of 1970-01-01 in the calendar of spreadsheets.
  static let epoch = 25_569

  /// Writes a cell in the format of its kind.
  func write(_ cell: Cell, to sheet: SheetWriter, _ row: Int, _ column: Int) throws {
    switch cell {
    case .blank: break
    case .text(let text): try self.text(text, to: sheet, row, column, styles.text)
    case .money(let money):
      let exponent = money.currency.exponent
      guard Self.fits(money.minorUnits) else {
        return try amount(Int128(money.minorUnits), exponent, to: sheet, row, column)
      }
      let number = Self.cellNumber(money.minorUnits, exponent: exponent)
      try sheet.number(row, column, number, styles.money[exponent])
    case .count(let count): try self.count(count, to: sheet, row, column)
    case .day(let day): try self.day(day, to: sheet, row, column, styles.day)
    case .instant(let instant): try self.instant(instant, to: sheet, row, column)
    case .flag(let flag): try sheet.text(row, column, flag ? "true" : "false", styles.text)
    }
  }

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

  func day(
    _ day: BusinessDay, to sheet: SheetWriter, _ row: Int, _ column: Int, _ format: SheetWriter.Format
  ) throws {
    let serial = day.dayNumber + Self.epoch
    // Before 1900-03-01 spreadsheets disagree about the calendar, and below 0 there are no dates at all.
    guard serial >= 61 else {
      oddDates += 1
      return try sheet.text(row, column, day.description, styles.text)
    }
    try sheet.number(row, column, Double(serial), format)
  }

  /// A time; `format` where it is not that of detail sheets, which shows fractions of a second only where there are
  /// some.
  func instant(
    _ instant: Instant, to sheet: SheetWriter, _ row: Int, _ column: Int, _ format: SheetWriter.Format? = nil
  ) throws {
    let seconds = instant.seconds
    guard seconds >= Int64(61 - Self.epoch) * 86_400 else {
      oddDates += 1
      return try sheet.text(row, column, instant.description, styles.text)
    }
    let fraction = instant.microseconds - seconds * 1_000_000
    let serial = Double(Self.epoch) + Double(instant.microseconds) / 86_400_000_000
    try sheet.number(
      row, column, serial, format ?? (fraction == 0 ? styles.instant : styles.instantWithFraction))
  }
}
