import ReconcileCore

/// Gathers the figures of a report while its rows go by for another reason, so that no row is read twice. Findings and
/// open items come first: they say which rows are pointed at.
struct FigureGatherer {
  private var figures: ReportFigures
  private var discrepancies: TableGauge<DiscrepancyRow>
  private var openItems: TableGauge<DiscrepancyRow>
  private var orders: TableGauge<OrderRow>
  private var payments: TableGauge<PaymentRow>
  private var refunds: TableGauge<RefundRow>
  private var settlement: TableGauge<SettlementRow>
  private var rejects: TableGauge<Reject>
  private var adjustments: TableGauge<AdjustmentRow>?
  private var rows = (findings: 0, orders: 0, payments: 0, refunds: 0)
  /// Orders come sorted by date, and most have the verdict of the one before: the dictionary is asked when it changes.
  private var match: (key: MatchKey, figures: MatchFigures)?

  init(_ source: any ReportSource) {
    let tables = ReportTableSet(source)
    figures = ReportFigures(tables: tables, period: source.facts.period)
    discrepancies = TableGauge(tables.discrepancies)
    openItems = TableGauge(tables.openItems)
    orders = TableGauge(tables.orders)
    payments = TableGauge(tables.payments)
    refunds = TableGauge(tables.refunds)
    settlement = TableGauge(tables.settlement)
    rejects = TableGauge(tables.rejects)
    adjustments = tables.adjustments.map { TableGauge($0) }
  }

  mutating func add(discrepancy row: DiscrepancyRow) {
    discrepancies.add(row)
    figures.places.want(row)
    let key = FindingKey(code: row.code, currency: row.currency)
    figures.findings[key, default: FindingFigures(firstRow: rows.findings)].add(row)
    rows.findings += 1
    guard row.status == .open else { return }
    add(age: row, isEarlier: false)
    if row.code.leavesMoneyUnexplained, case .money(let money) = row.difference {
      figures.unexplained[money.currency, default: 0] += Int128(money.minorUnits)
    }
  }

  mutating func add(openItem row: DiscrepancyRow) {
    openItems.add(row)
    add(age: row, isEarlier: true)
  }

  private mutating func add(age row: DiscrepancyRow, isEarlier: Bool) {
    let key = AgeKey(currency: row.currency, age: AgeBucket(days: row.ageDays), isEarlier: isEarlier)
    figures.ageing[key, default: AgeFigures()].add(row)
  }

  mutating func add(order row: OrderRow) {
    orders.add(row)
    figures.places.note(order: row.orderID, at: rows.orders)
    rows.orders += 1
    let currency = row.amount.currency
    if match?.key.status != row.matchStatus || match?.key.currency != currency {
      keepMatch()
      let key = MatchKey(currency: currency, status: row.matchStatus)
      match = (key, figures.matching[key] ?? MatchFigures())
    }
    match?.figures.add(row)
  }

  mutating func add(payment row: PaymentRow) {
    payments.add(row)
    figures.places.note(payment: row.paymentID, of: row.provider, at: rows.payments)
    rows.payments += 1
    figures.collected.add(row)
  }

  mutating func add(refund row: RefundRow) {
    refunds.add(row)
    figures.places.note(refund: row.refundID, of: row.provider, at: rows.refunds)
    rows.refunds += 1
    if row.customerAmount != nil, let amount = row.amount {
      figures.customerAmountParts[row.currency, default: 0] +=
        Int128(amount.minorUnits) - Int128(row.fee?.minorUnits ?? 0)
    }
  }

  mutating func add(settlementDay row: SettlementRow) {
    settlement.add(row)
    let key = SettlementKey(provider: row.provider, currency: row.currency)
    figures.settlementTotals[key, default: SettlementTotal()].add(row)
    if row.net != nil, let gross = row.gross {
      figures.settlementNetParts[row.currency, default: 0] +=
        Int128(gross) - Int128(row.refunds) - Int128(row.fees)
    }
  }

  mutating func add(reject row: Reject) { rejects.add(row) }

  mutating func add(adjustment row: AdjustmentRow) {
    adjustments?.add(row)
    let key = AdjustmentKey(period: row.period, kind: row.kind, field: row.field, currency: row.currency)
    figures.adjusted[key, default: AdjustmentFigures()].add(row)
  }

  /// The figures of all rows.
  mutating func finish() -> ReportFigures {
    keepMatch()
    match = nil
    figures.discrepancies = discrepancies.finish()
    figures.openItems = openItems.finish()
    figures.orders = orders.finish()
    figures.payments = payments.finish()
    figures.refunds = refunds.finish()
    figures.settlement = settlement.finish()
    figures.rejects = rejects.finish()
    if let adjustments = adjustments?.finish() { figures.adjustments = adjustments }
    return figures
  }

  private mutating func keepMatch() {
    if let match { figures.matching[match.key] = match.figures }
  }
}
