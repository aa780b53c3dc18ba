import ReconcileCore

/// One statement that must hold: two figures found in different ways are equal.
struct Control {
  /// What it is about: our own sheets, a provider's settlement report, or whether everything was read.
  enum Subject { case sheets, settlement, completeness }

  /// One side: the figure, and the formula that finds it in the sheets; nil where it was counted apart from them.
  struct Side {
    let value: Int128
    let formula: (WorkbookPlan) -> String?

    init(_ value: Int128, _ formula: @escaping (WorkbookPlan) -> String? = { _ in nil }) {
      self.value = value
      self.formula = formula
    }
  }

  let what: String
  let currency: Currency?
  let exponent: Int
  let left: Side
  let right: Side
  let explanation: String
  var proves = Subject.sheets

  var holds: Bool { left.value == right.value }
}

/// A table as controls see it: its figures, and formulas over its sheets.
struct ControlledTable {
  let name: String
  private let layouts: [ColumnLayout]
  private let figures: TableFigures
  private let plan: KeyPath<WorkbookPlan, PlannedTable>

  init<Row>(_ table: Table<Row>, _ figures: TableFigures, _ plan: KeyPath<WorkbookPlan, PlannedTable>) {
    name = table.name
    layouts = table.layouts
    self.figures = figures
    self.plan = plan
  }

  /// The sum of a column in a currency, from the cells.
  func sum(_ column: String, _ currency: Currency) -> Control.Side {
    .init(columnSum(column, currency).total, formula(column, currency))
  }

  /// The rows of a currency, from the cells.
  func rows(_ currency: Currency) -> Control.Side {
    .init(Int128(figures.rowsByCurrency[currency] ?? 0)) {
      $0[keyPath: plan].count(where: [Condition("currency", currency.code)])
    }
  }

  /// All rows, from the cells.
  var rows: Control.Side { .init(Int128(figures.rows)) { $0[keyPath: plan].rowCount } }

  /// A formula for the sum of a column in a currency; nil where the cells do not hold the sum exactly.
  func formula(_ column: String, _ currency: Currency, where conditions: [Condition] = []) -> (WorkbookPlan)
    ->
    String?
  {
    let isExact = columnSum(column, currency).isFormulaExact
    return { workbook in
      guard isExact else { return nil }
      return workbook[keyPath: plan].sum(
        column, where: [Condition("currency", currency.code)] + conditions)
    }
  }

  private func columnSum(_ column: String, _ currency: Currency) -> ColumnSum {
    figures.sum(currency, layouts.firstIndex { $0.name == column } ?? 0)
  }
}
