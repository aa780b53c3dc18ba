/// How a command ended, as scheduler scripts see it. The numbers are a promise (docs/reference/exit-status.md).
public enum ExitStatus: Int32, Sendable, CaseIterable {
  case finished = 0
  case discrepanciesOpen = 1
  case usage = 64
  case inputRejected = 65
  case inputMissing = 66
  case providerIncomplete = 69
  case defect = 70
  case outputNotWritten = 73
  case warehouseFailed = 74
  case warehouseBusy = 75
  case warehouseNewer = 76
  case credentialsRefused = 77
  case configurationWrong = 78
  case interrupted = 130
  case terminated = 143
}

/// An error a person can act on: what happened, where, and what to do next.
public struct Failure: Error, Sendable, Equatable {
  /// The status the process ends with when this error stops it.
  public let status: ExitStatus
  /// What happened, one sentence without a full stop.
  public let what: String
  /// File, line, key, provider or path; nil where there is none.
  public let place: String?
  /// What to do next.
  public let remedy: String

  /// Makes an error from its three parts.
  public init(_ status: ExitStatus, _ what: String, at place: String? = nil, remedy: String) {
    self.status = status
    self.what = what
    self.place = place
    self.remedy = remedy
  }
}
