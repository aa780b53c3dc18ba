import ReconcileCore

/// The proof sheet: every control with both figures, their difference, and a place to sign.
struct ControlsSheet {
  let controls: [Control]
  let frame: SheetFrame
  let cells: CellWriter
  let plan: WorkbookPlan

  private static let columns: [(name: String, width: Int)] = [
    ("Control", 290), ("Currency", 66), ("Left", 122), ("Right", 122), ("Difference", 108), ("Result", 66),
    ("What is compared (left = right)", 430),
  ]

  func write(to sheet: SheetWriter) throws {
    let styles = cells.styles
    // Long totals widen their columns; nothing else on the sheet depends on it.
    let longest = controls.flatMap { [$0.left.value, $0.right.value] }.map {
      grouped($0, exponent: 4).utf8.count
    }.max()
    for (column, layout) in Self.columns.enumerated() {
      let isNumber = (2...4).contains(column)
      try sheet.width(
        column...column, isNumber ? max(layout.width, ColumnWidths.number(longest ?? 0)) : layout.width)
    }
    let first = frame.rows + 3
    try sheet.setUpPage(footer: frame.footer, tab: 0x2E6B2E, repeatingRow: first - 1)
    sheet.freeze(first, 1)
    try frame.title(
      sheet, "Controls",
      "\(frame.periodText) · each line compares two figures that were found in different ways; "
        + "figures in blue are counted apart from the sheets",
      cells, span: Self.columns.count)
    let last = first + max(controls.count, 1) - 1
    let failing = controls.filter { !$0.holds }.count
    let range = "$F$\(first + 1):$F$\(last + 1)"
    try sheet.formula(
      frame.rows, 0,
      "=IF(COUNTIF(\(range),\"CHECK\")=0,\"All controls hold\",COUNTIF(\(range),\"CHECK\")&\" to check\")",
      text: failing == 0 ? "All controls hold" : "\(failing) to check",
      failing == 0 ? styles.good : styles.bad)
    for (column, layout) in Self.columns.enumerated() {
      let text = column == 6 ? styles.headerIndented : styles.header
      try sheet.text(first - 1, column, layout.name, (2...5).contains(column) ? styles.headerRight : text)
    }
    for (offset, control) in controls.enumerated() { try write(control, to: sheet, first + offset) }
    try sheet.highlight(first...last, column: 5, word: "CHECK", styles.look(.alarm))
    try sheet.highlight(first...last, column: 5, word: "OK", styles.look(.good))
    for columns in [0...4, 5...5, 6...Self.columns.count - 1] {
      try sheet.underline(first...last, columns: columns, styles.rowLine)
    }
    try signOff(sheet, last + 3)
  }

  private func write(_ control: Control, to sheet: SheetWriter, _ row: Int) throws {
    let styles = cells.styles
    try cells.lines(control.what, to: sheet, row, 0, styles.wrapped)
    if let currency = control.currency { try sheet.text(row, 1, currency.code, styles.text) }
    try side(control.left, control, sheet, row, 2)
    try side(control.right, control, sheet, row, 3)
    let difference = control.left.value - control.right.value
    let fits = [control.left.value, control.right.value, difference].allSatisfy(CellWriter.fits)
    let verdict = control.holds ? "OK" : "CHECK"
    if fits {
      // Sums of a spreadsheet carry binary dust; rounded to the currency's decimals they are what they mean.
      try sheet.formula(
        row, 4, "=ROUND(C\(row + 1)-D\(row + 1),\(control.exponent))",
        value: CellWriter.cellNumber(difference, exponent: control.exponent), styles.money[control.exponent])
      try sheet.formula(row, 5, "=IF(E\(row + 1)=0,\"OK\",\"CHECK\")", text: verdict, styles.result)
    } else {
      try cells.amount(difference, control.exponent, to: sheet, row, 4)
      try sheet.text(row, 5, verdict, styles.result)
    }
    try sheet.text(row, 6, control.explanation, styles.indentedNote)
  }

  private func side(
    _ side: Control.Side, _ control: Control, _ sheet: SheetWriter, _ row: Int, _ column: Int
  ) throws {
    guard CellWriter.fits(side.value) else {
      return try cells.amount(side.value, control.exponent, to: sheet, row, column)
    }
    let value = CellWriter.cellNumber(side.value, exponent: control.exponent)
    if let formula = side.formula(plan) {
      try sheet.formula(row, column, "=" + formula, value: value, cells.styles.money[control.exponent])
    } else {
      try sheet.number(row, column, value, cells.styles.given[control.exponent])
    }
  }

  private func signOff(_ sheet: SheetWriter, _ start: Int) throws {
    let styles = cells.styles
    try sheet.text(start, 0, "Sign-off", styles.heading)
    try sheet.blank(start, 1..<Self.columns.count, styles.heading)
    let fields = [("Name", 1...2), ("Date", 3...3), ("Signature", 4...5), ("Comment", 6...6)]
    for (name, columns) in fields { try sheet.text(start + 1, columns.lowerBound, name, styles.strong) }
    for (offset, role) in ["Prepared by", "Reviewed by"].enumerated() {
      let row = start + 2 + offset
      try sheet.height(row, 28)
      try sheet.text(row, 0, role, styles.text)
      for (_, columns) in fields { try sheet.merge(row, columns, styles.entry) }
    }
    try sheet.printArea(last: start + 3, columns: Self.columns.count)
  }
}
