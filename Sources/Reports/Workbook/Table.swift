import ReconcileCore

/// A column that only the workbook has.
struct OwnColumn<Row> {
  let kind: ColumnLayout.Kind
  let column: Column<Row>
  /// Columns for the screen would make everything else too small to read on paper.
  var isPrinted = false
}

/// A table of the workbook: the columns of its CSV file, then its own; printed ones first.
struct Table<Row> {
  /// The name of its sheet.
  let name: String
  let columns: [Column<Row>]
  let layouts: [ColumnLayout]
  let currency: (Row) -> Currency?
  let forEach: ((Row) throws -> Void) throws -> Void

  init(
    _ name: String, _ columns: [Column<Row>], own: [OwnColumn<Row>] = [], isTotalled: Bool = true,
    currency: @escaping (Row) -> Currency?, forEach: @escaping ((Row) throws -> Void) throws -> Void
  ) {
    self.name = name
    self.columns = columns + own.map(\.column)
    layouts =
      columns.map { ColumnLayout($0.name, isTotalled: isTotalled) }
      + own.map { ColumnLayout($0.column.name, $0.kind, isPrinted: $0.isPrinted) }
    self.currency = currency
    self.forEach = forEach
  }

  /// The column with this name; every caller names one of the table's own.
  func index(_ name: String) -> Int { layouts.firstIndex { $0.name == name } ?? 0 }
}

/// The tables of a report, each with the name of its sheet.
struct ReportTableSet {
  let discrepancies: Table<DiscrepancyRow>
  let orders: Table<OrderRow>
  let payments: Table<PaymentRow>
  let refunds: Table<RefundRow>
  let settlement: Table<SettlementRow>
  let openItems: Table<DiscrepancyRow>
  let rejects: Table<Reject>
  /// Nil where no earlier period is sealed.
  let adjustments: Table<AdjustmentRow>?

  init(_ source: any ReportSource) {
    let findings = ReportTables.discrepancies
    let own = Self.toFillIn(warehouse: source.facts.warehouseID)
    let age = OwnColumn<DiscrepancyRow>(
      kind: .code, column: Column("age_bucket") { .text(AgeBucket(days: $0.ageDays).rawValue) },
      isPrinted: true)
    discrepancies = Table("Discrepancies", findings, own: own, currency: \.currency) {
      try source.forEachDiscrepancy($0)
    }
    orders = Table("Orders", ReportTables.orders, currency: \.amount.currency) { try source.forEachOrder($0) }
    payments = Table("Payments", ReportTables.payments, currency: \.amount.currency) {
      try source.forEachPayment($0)
    }
    refunds = Table("Refunds", ReportTables.refunds, currency: \.currency) { try source.forEachRefund($0) }
    settlement = Table(
      "Settlement", ReportTables.settlement, own: Self.settlementDifferences, currency: \.currency
    ) {
      try source.forEachSettlementDay($0)
    }
    openItems = Table("Open items", findings, own: [age] + own, currency: \.currency) {
      try source.forEachOpenItem($0)
    }
    rejects = Table("Rejects", ReportTables.rejects, currency: { _ in nil }) { try source.forEachReject($0) }
    adjustments =
      source.facts.adjustedPeriods.isEmpty
      ? nil
      // An amount and what was collected of it do not add up to anything; Summary adds up each fact.
      : Table("Adjustments", ReportTables.adjustments, isTotalled: false, currency: \.currency) {
        try source.forEachAdjustment($0)
      }
  }

  /// What a person fills in, and the hidden key of the row.
  private static func toFillIn(warehouse: String) -> [OwnColumn<DiscrepancyRow>] {
    ["resolution", "note", "owner"].map { OwnColumn(kind: .entry, column: Column($0) { _ in .blank }) } + [
      OwnColumn(
        kind: .key,
        column: Column("row_key") { .text(FindingRowKey(warehouse: warehouse, finding: $0).text) })
    ]
  }

  /// What the report says beyond our records, for what net_difference does not say.
  private static let settlementDifferences: [OwnColumn<SettlementRow>] = SettlementMeasure.allCases
    .filter { $0 != .net }.map { measure in
      OwnColumn(
        kind: measure.isCount ? .count : .money,
        column: Column("\(measure.rawValue)_difference") { row in
          guard let ours = measure.ours(row), let reported = measure.reported(row) else { return .blank }
          let (difference, overflow) = reported.subtractingReportingOverflow(ours)
          if overflow { return .blank }
          return measure.isCount
            ? .count(difference) : .money(Money(minorUnits: difference, currency: row.currency))
        })
    }
}
