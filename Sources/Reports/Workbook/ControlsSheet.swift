import ReconcileCore

/// One statement that must hold: two figures found in different ways are equal.
struct Control {
  let what: String
  let currency: Currency?
  let exponent: Int
  let left: Int128
  let right: Int128
  var leftFormula: String?
  var rightFormula: String?
  let explanation: String

  var holds: Bool { left == right }
}

/// The proof sheet: every control with both figures, their difference, and a place to sign.
struct ControlsSheet {
  let controls: [Control]
  let frame: SheetFrame
  let cells: CellWriter

  func write(to sheet: SheetWriter) throws {
    let styles = cells.styles
    for (column, width) in [48.0, 10, 20, 20, 16, 12, 84].enumerated() {
      try sheet.width(column...column, width)
    }
    let first = frame.rows + 3
    try sheet.setUpPage(footer: frame.footer, tab: 0x2E6B2E, repeatingRow: first - 1)
    sheet.freeze(first, 1)
    try frame.title(
      sheet, "Controls",
      "\(frame.periodText) · each line compares two figures that were found in different ways",
      cells, span: 7)
    let last = first + max(controls.count, 1) - 1
    let failing = controls.filter { !$0.holds }.count
    let range = "$F$\(first + 1):$F$\(last + 1)"
    try sheet.formula(
      frame.rows, 0,
      "=IF(COUNTIF(\(range),\"CHECK\")=0,\"All controls hold\",COUNTIF(\(range),\"CHECK\")&\" to check\")",
      text: failing == 0 ? "All controls hold" : "\(failing) to check",
      failing == 0 ? styles.good : styles.bad)
    let names = [
      "Control", "Currency", "Left", "Right", "Difference", "Result", "What is compared (left = right)",
    ]
    for (column, name) in names.enumerated() {
      try sheet.text(first - 1, column, name, (2...5).contains(column) ? styles.headerRight : styles.header)
    }
    for (offset, control) in controls.enumerated() { try write(control, to: sheet, first + offset) }
    try sheet.highlight(first...last, column: 5, word: "CHECK", styles.bad)
    try sheet.highlight(first...last, column: 5, word: "OK", styles.good)
    try signOff(sheet, last + 3)
  }

  private func write(_ control: Control, to sheet: SheetWriter, _ row: Int) throws {
    let styles = cells.styles
    try sheet.text(row, 0, control.what, styles.text)
    if let currency = control.currency { try sheet.text(row, 1, currency.code, styles.text) }
    try side(control.left, control.leftFormula, control, sheet, row, 2)
    try side(control.right, control.rightFormula, control, sheet, row, 3)
    let difference = control.left - control.right
    let fits = [control.left, control.right, difference].allSatisfy(CellWriter.fits)
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
    try sheet.text(row, 6, control.explanation, styles.note)
  }

  private func side(
    _ value: Int128, _ formula: String?, _ control: Control, _ sheet: SheetWriter, _ row: Int, _ column: Int
  ) throws {
    guard let formula, CellWriter.fits(value) else {
      return try cells.amount(value, control.exponent, to: sheet, row, column)
    }
    try sheet.formula(
      row, column, "=" + formula, value: CellWriter.cellNumber(value, exponent: control.exponent),
      cells.styles.money[control.exponent])
  }

  private func signOff(_ sheet: SheetWriter, _ start: Int) throws {
    let styles = cells.styles
    try sheet.text(start, 0, "Sign-off", styles.heading)
    try sheet.blank(start, 1..<7, styles.heading)
    for (column, name) in ["", "", "Name", "Date", "", "", "Comment"].enumerated() where !name.isEmpty {
      try sheet.text(start + 1, column, name, styles.strong)
    }
    for (offset, role) in ["Prepared by", "Reviewed by"].enumerated() {
      let row = start + 2 + offset
      try sheet.height(row, 22)
      try sheet.text(row, 0, role, styles.text)
      for column in [2, 3, 6] { try sheet.blank(row, column..<column + 1, styles.entry) }
    }
  }
}
