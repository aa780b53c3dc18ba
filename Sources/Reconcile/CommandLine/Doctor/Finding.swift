import ReconcileCore

/// One thing that `doctor` looked at.
struct DoctorFinding: Sendable, Equatable {
  /// How much it matters.
  enum Level: String, Sendable, CaseIterable { case ok, warn, fail }

  var level: Level
  /// What it is about: `configuration`, `files`, `provider dapit`, …
  var topic: String
  var what: String
  /// File, line or key; nil where the sentence says it.
  var place: String?
  /// What to do; nil where nothing is to be done.
  var remedy: String?
  /// The exit status a run would end with; nil unless the level is `fail`.
  var status: ExitStatus?

  /// All is well.
  static func ok(_ topic: String, _ what: String) -> DoctorFinding {
    DoctorFinding(level: .ok, topic: topic, what: what)
  }

  /// Works, and deserves a look.
  static func warn(_ topic: String, _ what: String, at place: String? = nil, remedy: String?) -> DoctorFinding
  {
    DoctorFinding(level: .warn, topic: topic, what: what, place: place, remedy: remedy)
  }

  /// Will stop a run, or leave it incomplete.
  static func fail(_ topic: String, _ failure: Failure) -> DoctorFinding {
    DoctorFinding(
      level: .fail, topic: topic, what: failure.what, place: failure.place, remedy: failure.remedy,
      status: failure.status)
  }

  /// A thrown error as a finding.
  static func fail(_ topic: String, _ error: any Error) -> DoctorFinding {
    if let failure = error as? Failure { return fail(topic, failure) }
    return fail(
      topic,
      Failure(.defect, "a defect in this program: \(error)", remedy: "please report this message"))
  }
}

/// What `doctor` found, in the order it looked.
struct Diagnosis: Sendable {
  private(set) var findings: [DoctorFinding] = []

  /// Adds a finding; one that was made before is not told twice.
  mutating func add(_ finding: DoctorFinding) {
    if !findings.contains(finding) { findings.append(finding) }
  }

  /// The largest status of what failed; 0 when nothing did.
  var status: ExitStatus {
    findings.compactMap(\.status).max { $0.rawValue < $1.rawValue } ?? .finished
  }

  /// How many findings have this level.
  func count(_ level: DoctorFinding.Level) -> Int { findings.count { $0.level == level } }
}
