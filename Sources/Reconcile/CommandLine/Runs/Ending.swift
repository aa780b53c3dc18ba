import ReconcileCore

/// The exit status of a finished run is decided here and nowhere else.
enum Ending {
  /// The largest status that applies of 1, 65, 69 and 77; 0 when none does.
  static func status(
    rejects: Bool, incomplete: Bool, refused: Bool, openDiscrepancies: Bool, failsOnDiscrepancies: Bool
  ) -> ExitStatus {
    if refused { return .credentialsRefused }
    if incomplete { return .providerIncomplete }
    if rejects { return .inputRejected }
    if openDiscrepancies && failsOnDiscrepancies { return .discrepanciesOpen }
    return .finished
  }
}
