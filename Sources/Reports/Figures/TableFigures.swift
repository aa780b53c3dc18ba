import ReconcileCore

/// The exact total of one column in one currency.
struct ColumnSum: Equatable {
  var total: Int128 = 0
  /// Whether any cell of the column is known.
  var hasValues = false
  /// Amounts that stand as text, because a number cell could not hold them: a formula would leave them out.
  var hasLongAmounts = false
  /// Counts among amounts: a formula over the whole column would add them.
  var hasCounts = false

  /// Whether a sum over the column's cells gives the total.
  var isFormulaExact: Bool { !hasLongAmounts && !hasCounts }
}

/// How wide the cells of a column are, in pixels: of numbers in all rows, of texts in the first rows.
struct ContentWidth {
  var widest = 0
  /// What 19 of 20 cells do not exceed; a blank cell is 0.
  var usual = 0
}

/// Rows, totals and widths of one table, known before its sheet is begun: rows are written from the top, and totals
/// stand above them.
struct TableFigures {
  fileprivate(set) var rows = 0
  fileprivate(set) var rowsByCurrency: [Currency: Int] = [:]
  /// By currency, in the order of the table's columns; columns without a total stay 0.
  fileprivate(set) var sums: [Currency: [ColumnSum]] = [:]
  /// How wide the cells of each column are.
  fileprivate(set) var widths: [ContentWidth] = []

  var currencies: [Currency] { sums.keys.sorted() }

  func sum(_ currency: Currency, _ column: Int) -> ColumnSum { sums[currency]?[column] ?? ColumnSum() }

  /// Whether counts stand among the amounts of a column that is summed.
  var hasCounts: Bool { sums.values.contains { $0.contains(where: \.hasCounts) } }
}

/// Gathers the figures of one table, row by row.
struct TableGauge<Row> {
  /// Rows whose texts are measured; later ones may be longer, and then wrap.
  private static var measuredRows: Int { 1_000 }

  private let table: Table<Row>
  private let numbers: [Int]
  private var figures = TableFigures()
  // Rows of one currency come in long runs: the dictionaries are asked only when the currency changes.
  private var current: Currency?
  private var sums: [ColumnSum]
  private var run = 0
  /// By column, the widths of the rows measured so far.
  private var measured: [[Int]]

  init(_ table: Table<Row>) {
    self.table = table
    numbers = table.layouts.indices.filter { table.layouts[$0].isNumber }
    sums = Array(repeating: ColumnSum(), count: table.columns.count)
    measured = Array(repeating: [], count: table.columns.count)
    figures.widths = Array(repeating: ContentWidth(), count: table.columns.count)
  }

  /// Counts a row; they must come as the report has them.
  mutating func add(_ row: Row) {
    figures.rows += 1
    if figures.rows <= Self.measuredRows { measure(row) }
    let currency = table.currency(row)
    if let currency, currency != current { change(to: currency) }
    if currency != nil { run += 1 }
    for column in numbers {
      switch table.columns[column].cell(row) {
      case .money(let money):
        let width = Self.digits(money) * 7
        if width > figures.widths[column].widest { figures.widths[column].widest = width }
        if table.layouts[column].isTotalled {
          sums[column].total += Int128(money.minorUnits)
          sums[column].hasValues = true
          if !CellWriter.fits(money.minorUnits) { sums[column].hasLongAmounts = true }
        }
      case .count(let count):
        if table.layouts[column].kind == .money {
          sums[column].hasCounts = true
        } else if table.layouts[column].isTotalled {
          sums[column].total += Int128(count)
          sums[column].hasValues = true
        }
      default: break
      }
    }
  }

  /// The figures of the rows so far.
  mutating func finish() -> TableFigures {
    keep()
    run = 0
    for (column, widths) in measured.enumerated() where !widths.isEmpty {
      let sorted = widths.sorted()
      figures.widths[column].widest = max(figures.widths[column].widest, sorted[sorted.count - 1])
      figures.widths[column].usual = sorted[(sorted.count - 1) * 19 / 20]
    }
    return figures
  }

  private mutating func change(to currency: Currency) {
    keep()
    run = 0
    sums = figures.sums[currency] ?? Array(repeating: ColumnSum(), count: table.columns.count)
    current = currency
  }

  private mutating func keep() {
    guard let current else { return }
    figures.sums[current] = sums
    figures.rowsByCurrency[current, default: 0] += run
  }

  private mutating func measure(_ row: Row) {
    for (column, definition) in table.columns.enumerated() {
      let width: Int =
        switch definition.cell(row) {
        case .text(let text): TextMeasure.pixels(text)
        case .flag: TextMeasure.pixels("false")
        case .count(let count): TextMeasure.pixels(grouped(Int128(count)))
        case .blank, .money, .day, .instant: 0
        }
      measured[column].append(width)
    }
  }

  /// Digits and marks of an amount as its cell shows it: `-1,234.50`; none is wider than 7 pixels.
  private static func digits(_ money: Money) -> Int {
    var rest = money.minorUnits.magnitude
    var digits = 1
    while rest >= 10 {
      digits += 1
      rest /= 10
    }
    let decimals = money.currency.exponent
    let whole = max(1, digits - decimals)
    return whole + (whole - 1) / 3 + (decimals > 0 ? decimals + 1 : 0) + (money.minorUnits < 0 ? 1 : 0)
  }
}
