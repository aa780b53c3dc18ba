import ReconcileCore

/// Whether the figures of a report may be booked, and what must be known before any of them is read.
struct Verdict {
  /// Lines for the red banner; none on a report that has nothing to hide.
  let warnings: [String]
  /// Why the figures may not be booked yet.
  let reasons: [String]

  var isReady: Bool { reasons.isEmpty }

  init(_ facts: ReportFacts, _ figures: ReportFigures, _ controls: [Control]) {
    var warnings: [String] = []
    var reasons: [String] = []
    if facts.isTestData {
      warnings.append("TEST DATA: a test key was let through; nothing here is real money")
      reasons.append("it holds test data")
    }
    for provider in facts.providers where !provider.complete {
      let why = provider.message.map { ": \($0)" } ?? ""
      warnings.append("INCOMPLETE: \(provider.name) is \(provider.status)\(why)")
      reasons.append("\(provider.name) was not read completely")
    }
    let days = figures.mismatchedDays
    if days > 0 {
      let many = days == 1 ? "1 settlement day differs" : "\(days) settlement days differ"
      warnings.append("NOT TIED OUT: \(many) from the provider's own report, see Settlement")
      reasons.append("\(many) from the provider's own report")
    }
    let failing = controls.filter { $0.proves == .sheets && !$0.holds }.count
    if failing > 0 {
      let many = failing == 1 ? "1 control does not hold" : "\(failing) controls do not hold"
      warnings.append("NOT TIED OUT: \(many), see Controls")
      reasons.append(many)
    }
    self.warnings = warnings
    self.reasons = reasons
  }
}
