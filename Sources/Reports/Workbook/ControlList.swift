import ReconcileCore

/// Works out the controls of a report. The left side is read from the sheets by formula, the right side is
/// what the totals say that were summed apart from the sheets.
struct ControlList {
  let totals: SummaryTotals
  let figures: ReportFigures
  let facts: ReportFacts
  let orders: PlannedTable
  let payments: PlannedTable
  let refunds: PlannedTable
  let settlement: PlannedTable

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
        explanation: "Sheet Payments: all of collected = rows with an order_id + rows without one"),
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
    if ["net", "collected", "refunded"].allSatisfy({ isExact(orders, $0, currency) }),
      let all = orders.sum("net", currency),
      let collected = orders.sum("collected", currency, where: [("net", "<>")]),
      let refunded = orders.sum("refunded", currency, where: [("net", "<>")])
    {
      list.append(
        Control(
          what: "Orders: net = collected − refunded", currency: currency, exponent: currency.exponent,
          left: net.total, right: figures.orderNetParts[currency] ?? 0, leftFormula: all,
          rightFormula: "\(collected)-(\(refunded))",
          explanation: "Sheet Orders, rows whose net is known"))
    }
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
    var list: [Control] = []
    if ["net", "gross", "refunds", "fees"].allSatisfy({ isExact(settlement, $0, currency) }) {
      let known = [(column: "net", criterion: "<>")]
      let parts = ["gross", "refunds", "fees"].compactMap { settlement.sum($0, currency, where: known) }
      list.append(
        Control(
          what: "Settlement: net = gross − refunds − fees", currency: currency, exponent: currency.exponent,
          left: settlement.figures.sum(currency, settlement.index("net")).total,
          right: figures.settlementNetParts[currency] ?? 0, leftFormula: settlement.sum("net", currency),
          rightFormula: parts.count == 3 ? "\(parts[0])-(\(parts[1]))-(\(parts[2]))" : nil,
          explanation: "Sheet Settlement, our side, days whose net is known"))
    }
    list.append(
      Control(
        what: "Settlement days that differ = 0", currency: currency, exponent: 0,
        left: Int128(days.mismatched),
        right: 0, leftFormula: settlement.count(currency, where: [("status", "mismatch")]),
        explanation: "Sheet Settlement: days on which the provider's report and our records differ"))
    return list
  }

  private var completeness: Control {
    let complete = facts.providers.filter(\.complete).count
    return Control(
      what: "Providers read completely = providers", currency: nil, exponent: 0, left: Int128(complete),
      right: Int128(facts.providers.count),
      explanation: "Sheet Coverage: what was not read cannot be reconciled")
  }

  private func sheetSum(
    _ sheet: String, _ table: PlannedTable, _ column: String, _ currency: Currency, _ expected: Int128
  ) -> Control {
    Control(
      what: "\(sheet): sum of \(column) = total", currency: currency, exponent: currency.exponent,
      left: table.figures.sum(currency, table.index(column)).total, right: expected,
      leftFormula: isExact(table, column, currency) ? table.sum(column, currency) : nil,
      explanation: "Sheet \(sheet) against the total that was counted apart from the workbook")
  }

  private func rowCount(_ sheet: String, _ table: PlannedTable, _ currency: Currency, _ expected: Int64)
    -> Control
  {
    Control(
      what: "\(sheet): number of rows = count", currency: currency, exponent: 0,
      left: Int128(table.figures.rowsByCurrency[currency] ?? 0), right: Int128(expected),
      leftFormula: table.count(currency),
      explanation: "Sheet \(sheet) against the rows that were counted apart from the workbook")
  }

  private func isExact(_ table: PlannedTable, _ column: String, _ currency: Currency) -> Bool {
    table.figures.sum(currency, table.index(column)).isFormulaExact
  }
}
