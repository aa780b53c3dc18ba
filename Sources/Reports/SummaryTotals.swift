import ReconcileCore

/// Counts and exact sums over the rows of one report, gathered in a single pass.
public struct SummaryTotals: Sendable, Equatable {
  public init() {}
}
