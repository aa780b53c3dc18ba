import ReconcileCore

/// Writes the cells of detail rows, each in the format of its column. What a cell cannot hold as it is becomes a text,
/// and is counted.
struct RowCells {
  private let looks: [CellLook]
  private let styles: WorkbookStyles
  private let cells: CellWriter
  private let names: [String]

  /// What the cells of a row said.
  struct Row {
    /// Lines of its highest cell.
    var lines = 1
    /// Whether counts stand among its amounts.
    var hasCounts = false
  }

  init(_ plan: PlannedTable, _ cells: CellWriter) {
    looks = plan.layouts.indices.map { CellLook(plan, $0, cells.styles) }
    styles = cells.styles
    self.cells = cells
    names = plan.layouts.map(\.name)
  }

  /// Writes one cell; `link` names the cell that a column of this row leads to.
  func write(
    _ cell: Cell, _ column: Int, to rows: RowStream, _ row: inout Row, _ link: ((String) -> CellPlace?)?
  ) {
    let look = looks[column]
    switch cell {
    case .blank: if look.kind == .entry { rows.blank(column, styles.entry.index) }
    case .text(let text):
      let isLong = look.isLong(text)
      if isLong { row.lines = max(row.lines, look.lines(text)) }
      let safe = cells.safe(text)
      if let link, !isLong, rows.canLink, let target = link(names[column]) {
        rows.link(column, safe, to: target, styles.link.index)
      } else {
        rows.text(column, safe, isLong ? look.wrapped : look.plain)
      }
    case .flag(let flag): rows.text(column, flag ? "true" : "false", look.plain)
    case .money(let money): amount(money, column, to: rows)
    case .count(let count):
      if look.kind == .money { row.hasCounts = true }
      guard CellWriter.fits(count) else {
        cells.noteLongNumber()
        return rows.text(column, String(count), styles.longNumber.index)
      }
      rows.number(column, count, styles.count.index)
    case .day(let day):
      let isFact = look.kind == .fact
      let serial = Int64(day.dayNumber + CellWriter.epoch)
      guard CellWriter.isInCalendar(serial) else {
        cells.noteOddDate()
        return rows.text(column, day.description, look.plain)
      }
      rows.number(column, serial, isFact ? styles.dayRight.index : styles.day.index)
    case .instant(let instant): self.instant(instant, look, column, to: rows)
    }
  }

  private func amount(_ money: Money, _ column: Int, to rows: RowStream) {
    let exponent = money.currency.exponent
    guard CellWriter.fits(money.minorUnits) else {
      cells.noteLongNumber()
      return rows.text(column, money.decimalText, styles.longNumber.index)
    }
    rows.number(column, money.minorUnits, decimals: exponent, styles.money[exponent].index)
  }

  private func instant(_ instant: Instant, _ look: CellLook, _ column: Int, to rows: RowStream) {
    let dayLength: Int64 = 86_400_000_000
    let isBefore = instant.microseconds % dayLength < 0
    let rest = instant.microseconds % dayLength + (isBefore ? dayLength : 0)
    let day = instant.microseconds / dayLength - (isBefore ? 1 : 0) + Int64(CellWriter.epoch)
    guard CellWriter.isInCalendar(day) else {
      cells.noteOddDate()
      return rows.text(column, instant.description, look.plain)
    }
    // With 11 decimals of a day, the last of which is less than a microsecond.
    let serial = day * 100_000_000_000 + (rest * 1_000 + 432) / 864
    let style =
      look.isIndented
      ? styles.instantIndented : rest % 1_000_000 == 0 ? styles.instant : styles.instantWithFraction
    rows.number(column, serial, decimals: 11, style.index)
  }
}

/// How the cells of a column look.
private struct CellLook {
  let kind: ColumnLayout.Kind
  /// Kept off the number before it.
  let isIndented: Bool
  let plain: Int
  let wrapped: Int
  /// The room for a text in pixels; nil where texts do not wrap.
  private let width: Int?

  init(_ plan: PlannedTable, _ column: Int, _ styles: WorkbookStyles) {
    kind = plan.layouts[column].kind
    isIndented = plan.isIndented(column)
    let (plain, wrapped) =
      switch (kind, isIndented) {
      case (.fact, _): (styles.longNumber, styles.rightWrapped)
      case (_, true): (styles.indented, styles.indentedWrapped)
      default: (styles.text, styles.wrapped)
      }
    self.plain = plain.index
    self.wrapped = wrapped.index
    width = plan.layouts[column].wraps ? plan.widths[column] - (isIndented ? 9 : 0) : nil
  }

  /// Whether the text needs more than one line.
  func isLong(_ text: String) -> Bool {
    guard let width else { return false }
    // Ids and words hold no line ends.
    if kind == .prose, text.utf8.contains(UInt8(ascii: "\n")) { return true }
    return TextMeasure.isLong(text, in: width)
  }

  func lines(_ text: String) -> Int { width.map { TextMeasure.lines(text, in: $0) } ?? 1 }
}
