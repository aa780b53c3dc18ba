import ReconcileCore

/// Works out the controls of a report. Left sides are read from the sheets by formula; right sides too, or they are
/// what was summed apart from the sheets.
struct ControlList {
  private let totals: SummaryTotals
  private let figures: ReportFigures
  private let facts: ReportFacts
  private let orders: ControlledTable
  private let payments: ControlledTable
  private let refunds: ControlledTable
  private let settlement: ControlledTable

  init(totals: SummaryTotals, figures: ReportFigures, facts: ReportFacts) {
    self.totals = totals
    self.figures = figures
    self.facts = facts
    let tables = figures.tables
    orders = ControlledTable(tables.orders, figures.orders, \.orders)
    payments = ControlledTable(tables.payments, figures.payments, \.payments)
    refunds = ControlledTable(tables.refunds, figures.refunds, \.refunds)
    settlement = ControlledTable(tables.settlement, figures.settlement, \.settlement)
  }

  /// Every control, by currency first.
  var all: [Control] {
    figures.currencies.flatMap {
      paymentControls($0) + orderControls($0) + refundControls($0) + settlementControls($0)
    }
      + figures.settlementTotals.keys.sorted().flatMap(tieOut) + rowControls + [completeness]
  }

  // MARK: By currency

  private func paymentControls(_ currency: Currency) -> [Control] {
    guard let sums = totals.payments[currency] else { return [] }
    let linked = payments.formula("collected", currency, where: [.known("order_id")])
    let unlinked = payments.formula("collected", currency, where: [.blank("order_id")])
    let apart = Control.Side(sums.linked + sums.unlinked) { plan in
      linked(plan).flatMap { linked in unlinked(plan).map { "\(linked)+\($0)" } }
    }
    var list = [
      control(
        "Payments collected = linked + without an order", currency, payments.sum("collected", currency),
        apart,
        "Payments: all of collected = rows with an order_id + rows without one"),
      sum(payments, "collected", currency, sums.collected), count(payments, currency, sums.count),
    ]
    if let byProvider = figures.collected.sums[currency] {
      let table = Control.Side(byProvider.values.reduce(0) { $0 + $1.reduce(0, +) }) {
        $0.collectedByDay[currency]
      }
      let dated = Control.Side(
        sums.collected - sums.undated,
        payments.formula("collected", currency, where: [.known("payment_date")]))
      list.append(
        control(
          "Payments collected by \(figures.collected.step) = dated payments", currency, table, dated,
          "The figures behind the charts against Payments"))
    }
    return list
  }

  private func orderControls(_ currency: Currency) -> [Control] {
    guard let sums = totals.orders[currency] else { return [] }
    let all = figures.allOrders(currency)
    return [
      sum(orders, "amount", currency, sums.amount), sum(orders, "collected", currency, sums.collected),
      sum(orders, "refunded", currency, sums.refunded), count(orders, currency, sums.count),
      equation(
        orders, currency, "difference", "collected", minus: ["amount"], all.differenceParts,
        "rows whose difference is known"),
      equation(
        orders, currency, "net", "collected", minus: ["refunded"], all.netParts, "rows whose net is known"),
    ]
  }

  private func refundControls(_ currency: Currency) -> [Control] {
    guard let sums = totals.refunds[currency] else { return [] }
    return [
      sum(refunds, "amount", currency, sums.amount), sum(refunds, "fee", currency, sums.fees),
      count(refunds, currency, sums.count),
      equation(
        refunds, currency, "customer_amount", "amount", minus: ["fee"],
        figures.customerAmountParts[currency] ?? 0,
        "rows whose customer_amount is known; a blank fee is 0"),
    ]
  }

  private func settlementControls(_ currency: Currency) -> [Control] {
    guard figures.settlement.currencies.contains(currency) else { return [] }
    return [
      equation(
        settlement, currency, "net", "gross", minus: ["refunds", "fees"],
        figures.settlementNetParts[currency] ?? 0, "our side, days whose net is known")
    ]
  }

  // MARK: Settlement reports

  /// What a provider reported against what our records say, over the days that were compared.
  private func tieOut(_ key: SettlementKey) -> [Control] {
    guard let total = figures.settlementTotals[key] else { return [] }
    let ofProvider = Condition("provider", key.provider)
    func sum(_ column: String, whereKnown other: String) -> (WorkbookPlan) -> String? {
      let days = [SettlementStatus.tiedOut, .mismatch].map { status in
        settlement.formula(
          column, key.currency, where: [ofProvider, .known(other), Condition("status", status.rawValue)])
      }
      return { plan in
        let parts = days.compactMap { $0(plan) }
        return parts.count == days.count ? parts.joined(separator: "+") : nil
      }
    }
    let sums = SettlementMeasure.allCases.compactMap { measure -> Control? in
      guard let ours = total.ours[measure], let reported = total.reported[measure] else { return nil }
      let name = measure.rawValue
      return Control(
        what: "\(key.provider): reported \(name) = ours", currency: key.currency,
        exponent: measure.isCount ? 0 : key.currency.exponent,
        left: .init(reported, sum("reported_\(name)", whereKnown: name)),
        right: .init(ours, sum(name, whereKnown: "reported_\(name)")),
        explanation: "Settlement: days that the provider's report covers", proves: .settlement)
    }
    guard !sums.isEmpty else { return [] }
    let conditions = [
      Condition("currency", key.currency.code), ofProvider,
      Condition("status", SettlementStatus.mismatch.rawValue),
    ]
    let days = Control(
      what: "\(key.provider): settlement days that differ = 0", currency: key.currency, exponent: 0,
      left: .init(Int128(total.days(.mismatch))) { $0.settlement.count(where: conditions) }, right: .init(0),
      explanation: "Settlement: also differences that cancel out over the days", proves: .settlement)
    return sums + [days]
  }

  // MARK: Rows and sources

  private var rowControls: [Control] {
    let tables = figures.tables
    let discrepancies = ControlledTable(tables.discrepancies, figures.discrepancies, \.discrepancies)
    let openItems = ControlledTable(tables.openItems, figures.openItems, \.openItems)
    let rejects = ControlledTable(tables.rejects, figures.rejects, \.rejects)
    let open = Control.Side(Int128(figures.findingCount(.open))) {
      $0.discrepancies.count(where: [Condition("status", DiscrepancyStatus.open.rawValue)])
    }
    return [
      count(discrepancies, totals.rowCount(.discrepancies)),
      control(
        "Discrepancies: open rows = open findings", nil, open, .init(Int128(totals.findingCount(.open))),
        "Discrepancies against the open findings in summary.json"),
      count(openItems, totals.rowCount(.openItems)), count(rejects, totals.rowCount(.rejects)),
    ] + adjustmentControls
  }

  private var adjustmentControls: [Control] {
    guard let table = figures.tables.adjustments else { return [] }
    let rows = Control.Side(Int128(figures.adjustments.rows)) { $0.adjustments?.rowCount }
    return [
      control(
        "\(table.name): number of rows = count", nil, rows, .init(Int128(totals.rowCount(.adjustments))),
        "\(table.name) counted row by row, against the number that was counted apart")
    ]
  }

  private var completeness: Control {
    let complete = facts.providers.filter(\.complete).count
    return Control(
      what: "Providers read completely = providers", currency: nil, exponent: 0,
      left: .init(Int128(complete)) { $0.completeProviders }, right: .init(Int128(facts.providers.count)),
      explanation: "Coverage: what was not read cannot be reconciled", proves: .completeness)
  }

  // MARK: Pieces

  private func control(
    _ what: String, _ currency: Currency?, _ left: Control.Side, _ right: Control.Side, _ explanation: String
  ) -> Control {
    Control(
      what: what, currency: currency, exponent: currency?.exponent ?? 0, left: left, right: right,
      explanation: explanation)
  }

  private func sum(_ table: ControlledTable, _ column: String, _ currency: Currency, _ expected: Int128)
    -> Control
  {
    control(
      "\(table.name): sum of \(column) = total", currency, table.sum(column, currency), .init(expected),
      "\(table.name) added up row by row, against the total that was summed apart")
  }

  private func count(_ table: ControlledTable, _ currency: Currency, _ expected: Int64) -> Control {
    Control(
      what: "\(table.name): number of rows = count", currency: currency, exponent: 0,
      left: table.rows(currency),
      right: .init(Int128(expected)),
      explanation: "\(table.name) counted row by row, against the number that was counted apart")
  }

  private func count(_ table: ControlledTable, _ expected: Int64) -> Control {
    control(
      "\(table.name): number of rows = count", nil, table.rows, .init(Int128(expected)),
      "\(table.name) counted row by row, against the number that was counted apart")
  }

  /// `result = first − others` over the rows in which the result is known.
  private func equation(
    _ table: ControlledTable, _ currency: Currency, _ result: String, _ first: String, minus others: [String],
    _ expected: Int128, _ where: String
  ) -> Control {
    let parts = ([first] + others).map { table.formula($0, currency, where: [.known(result)]) }
    let right = Control.Side(expected) { plan in
      let formulas = parts.compactMap { $0(plan) }
      return formulas.count == parts.count ? formulas.map { "(\($0))" }.joined(separator: "-") : nil
    }
    return control(
      "\(table.name): \(result) = \(([first] + others).joined(separator: " − "))", currency,
      table.sum(result, currency), right, "\(table.name), \(`where`)")
  }
}
