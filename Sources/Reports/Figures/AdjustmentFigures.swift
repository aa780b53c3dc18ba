import ReconcileCore

/// What the changes of one fact in a sealed period have in common.
struct AdjustmentKey: Hashable, Comparable {
  let period: Period
  /// `order`, `payment` or `refund`, and the column that changed.
  let kind: String
  let field: String
  let currency: Currency

  private var rank: (BusinessDay, BusinessDay, String, String, Currency) {
    (period.from, period.to, kind, field, currency)
  }

  static func < (a: AdjustmentKey, b: AdjustmentKey) -> Bool { a.rank < b.rank }
}

/// How often a fact of a sealed period changed, and by how much in all.
struct AdjustmentFigures {
  private(set) var count = 0
  /// Sum of now − sealed, in minor units; nil for facts that are no amounts.
  private(set) var difference: Int128?
  /// Whether the sum of the cells is that of the amounts.
  private(set) var isFormulaExact = true

  mutating func add(_ row: AdjustmentRow) {
    count += 1
    guard let amount = row.difference else { return }
    difference = (difference ?? 0) + Int128(amount.minorUnits)
    if !CellWriter.fits(amount.minorUnits) { isFormulaExact = false }
  }
}
