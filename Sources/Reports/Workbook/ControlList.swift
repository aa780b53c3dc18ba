import ReconcileCore

/// A table that controls are about. Its formulas are nil where it is not in a workbook.
protocol ControlTable {
  var figures: TableFigures { get }
  /// The column with this name; every caller names one of the table's own.
  func index(_ name: String) -> Int
  /// A formula for the sum of a column in a currency, over the rows that meet the conditions.
  func sum(_ column: String, _ currency: Currency, where conditions: [(column: String, criterion: String)])
    -> String?
  /// A formula for the number of rows of a currency that meet the conditions.
  func count(_ currency: Currency, where conditions: [(column: String, criterion: String)]) -> String?
}

/// Works out the controls of a report. The left side is added up row by row (in a workbook by formula over its
/// sheets), the right side is what the totals say that were summed apart from that.
struct ControlList {
  let totals: SummaryTotals
  let figures: ReportFigures
  let facts: ReportFacts
  let orders: any ControlTable
  let payments: any ControlTable
  let refunds: any ControlTable
  let settlement: any ControlTable

  var all: [Control] {
    currencies.flatMap {
      paymentControls($0) + orderControls($0) + refundControls($0) + settlementControls($0)
    }
      + [completeness]
  }

  private var currencies: [Currency] { Set(totals.currencies).union(figures.settlementDays.keys).sorted() }

  private func paymentControls(_ currency: Currency) -> [Control] {
    guard let sums = totals.payments[currency] else { return [] }
    let isExact = isExact(payments, "collected", currency)
    func formula(_ conditions: [(column: String, criterion: String)]) -> String? {
      isExact ? payments.sum("collected", currency, where: conditions) : nil
    }
    let linked = formula([("order_id", "<>")])
    let unlinked = formula([("order_id", "=")])
    let parts = linked.flatMap { linked in unlinked.map { linked + "+" + $0 } }
    return [
      Control(
        what: "Payments collected = linked + without an order", currency: currency,
        exponent: currency.exponent,
        left: sums.collected, right: sums.linked + sums.unlinked, leftFormula: formula([]),
        rightFormula: parts,
        explanation: "Payments: all of collected = rows with an order_id + rows without one"),
      sheetSum("Payments", payments, "collected", currency, sums.collected),
      rowCount("Payments", payments, currency, sums.count),
    ]
  }

  private func orderControls(_ currency: Currency) -> [Control] {
    guard let sums = totals.orders[currency] else { return [] }
    var list = [
      sheetSum("Orders", orders, "amount", currency, sums.amount),
      sheetSum("Orders", orders, "collected", currency, sums.collected),
      sheetSum("Orders", orders, "refunded", currency, sums.refunded),
      rowCount("Orders", orders, currency, sums.count),
    ]
    let net = orders.figures.sum(currency, orders.index("net"))
    let known = [(column: "net", criterion: "<>")]
    let parts = formulas(orders, ["net", "collected", "refunded"], currency, where: known)
    list.append(
      Control(
        what: "Orders: net = collected − refunded", currency: currency, exponent: currency.exponent,
        left: net.total, right: figures.orderNetParts[currency] ?? 0, leftFormula: parts?[0],
        rightFormula: parts.map { "\($0[1])-(\($0[2]))" }, explanation: "Orders whose net is known"))
    return list
  }

  private func refundControls(_ currency: Currency) -> [Control] {
    guard let sums = totals.refunds[currency] else { return [] }
    return [
      sheetSum("Refunds", refunds, "amount", currency, sums.amount),
      sheetSum("Refunds", refunds, "fee", currency, sums.fees),
    ]
  }

  private func settlementControls(_ currency: Currency) -> [Control] {
    guard let days = figures.settlementDays[currency] else { return [] }
    let net = settlement.figures.sum(currency, settlement.index("net"))
    let known = [(column: "net", criterion: "<>")]
    let parts = formulas(settlement, ["net", "gross", "refunds", "fees"], currency, where: known)
    var list = [
      Control(
        what: "Settlement: net = gross − refunds − fees", currency: currency, exponent: currency.exponent,
        left: net.total, right: figures.settlementNetParts[currency] ?? 0, leftFormula: parts?[0],
        rightFormula: parts.map { "\($0[1])-(\($0[2]))-(\($0[3]))" },
        explanation: "Settlement, our side, days whose net is known")
    ]
    list.append(
      Control(
        what: "Settlement days that differ = 0", currency: currency, exponent: 0,
        left: Int128(days.mismatched),
        right: 0, leftFormula: settlement.count(currency, where: [("status", "mismatch")]),
        explanation: "Settlement: days on which the provider's report and our records differ"))
    return list
  }

  private var completeness: Control {
    let complete = facts.providers.filter(\.complete).count
    return Control(
      what: "Providers read completely = providers", currency: nil, exponent: 0, left: Int128(complete),
      right: Int128(facts.providers.count),
      explanation: "Coverage: what was not read cannot be reconciled")
  }

  private func sheetSum(
    _ name: String, _ table: any ControlTable, _ column: String, _ currency: Currency, _ expected: Int128
  ) -> Control {
    Control(
      what: "\(name): sum of \(column) = total", currency: currency, exponent: currency.exponent,
      left: table.figures.sum(currency, table.index(column)).total, right: expected,
      leftFormula: isExact(table, column, currency) ? table.sum(column, currency, where: []) : nil,
      explanation: "\(name) added up row by row, against the total that was summed apart")
  }

  private func rowCount(_ name: String, _ table: any ControlTable, _ currency: Currency, _ expected: Int64)
    -> Control
  {
    Control(
      what: "\(name): number of rows = count", currency: currency, exponent: 0,
      left: Int128(table.figures.rowsByCurrency[currency] ?? 0), right: Int128(expected),
      leftFormula: table.count(currency, where: []),
      explanation: "\(name) counted row by row, against the number that was counted apart")
  }

  /// Formulas for the sums of these columns; nil where one of them would not be exact.
  private func formulas(
    _ table: any ControlTable, _ columns: [String], _ currency: Currency,
    where conditions: [(column: String, criterion: String)]
  ) -> [String]? {
    let formulas = columns.compactMap { column in
      isExact(table, column, currency) ? table.sum(column, currency, where: conditions) : nil
    }
    return formulas.count == columns.count ? formulas : nil
  }

  private func isExact(_ table: any ControlTable, _ column: String, _ currency: Currency) -> Bool {
    table.figures.sum(currency, table.index(column)).isFormulaExact
  }
}
