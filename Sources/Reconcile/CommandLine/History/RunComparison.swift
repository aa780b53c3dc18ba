import ReconcileCore
import ReconcileWarehouse

/// The findings that are not the same after two runs.
struct RunComparison {
  let from: RunRecord
  let to: RunRecord
  /// In the order in which they are shown: by change, then date, then id.
  let findings: [FindingDifference]
  let changes: FindingChanges

  init(_ warehouse: Warehouse, from: RunRecord, to: RunRecord, zone: Zone) throws {
    self.from = from
    self.to = to
    var changes = FindingChanges(since: from.asOf, period: from.period)
    var findings: [FindingDifference] = []
    try warehouse.forEachFindingDifference(
      from: from, to: to, through: to.period.to, today: to.asOf, zone: zone
    ) { difference in
      changes.add(difference)
      findings.append(difference)
    }
    self.changes = changes
    self.findings = FindingChange.allCases.flatMap { change in
      findings.filter { $0.change == change }.sorted { a, b in
        let (left, right) = (a.standing?.businessDate, b.standing?.businessDate)
        if left != right { return (left?.dayNumber ?? .max) < (right?.dayNumber ?? .max) }
        return a.id.utf8.lexicographicallyPrecedes(b.id.utf8)
      }
    }
  }
}
