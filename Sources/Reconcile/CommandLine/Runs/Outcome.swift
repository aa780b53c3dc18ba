import Foundation
import ReconcileCore

/// What an error means for the process: its status and the words for standard error.
enum Outcome {
  private static let stopped =
    "stopped on request; what was stored so far is kept, run the same command again"

  /// The status of an error and the text to print; no text for an interruption that the operator asked for.
  static func of(_ error: any Error) -> (status: ExitStatus, text: String?) {
    switch error {
    case let failure as Failure: return (failure.status, failure.text)
    case let interrupted as Interrupted:
      return (interrupted.status, stopped)
    case is CancellationError:
      let status = Interruption.status ?? .interrupted
      return (status, stopped)
    default:
      return (
        .defect,
        Failure(
          .defect, "a defect in this program: \(String(describing: error))",
          remedy: "nothing that was stored is lost; please report this message with the command you ran"
        ).text
      )
    }
  }
}
