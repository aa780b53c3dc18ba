import Dispatch
import Foundation
import ReconcileCore
import Synchronization

/// A signal asked the run to stop; it does at the next safe point.
struct Interrupted: Error {
  let status: ExitStatus
}

/// Turns Ctrl-C and TERM into a flag and a cancelled task. A second Ctrl-C ends the process at once.
enum Interruption {
  private static let received = Mutex<ExitStatus?>(nil)
  /// Kept alive for the life of the process; written once, by `install`.
  nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

  /// Starts listening; `cancel` is called once, when the first signal comes.
  static func install(cancel: @escaping @Sendable () -> Void) {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    for (number, status) in [(SIGINT, ExitStatus.interrupted), (SIGTERM, .terminated), (SIGHUP, .terminated)]
    {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let isFirst = received.withLock { current in
          defer { current = current ?? status }
          return current == nil
        }
        if isFirst { cancel() } else { _exit(status.rawValue) }
      }
      source.resume()
      sources.append(source)
    }
  }

  /// Throws `Interrupted` once a signal came.
  static func check() throws {
    if let status = received.withLock({ $0 }) { throw Interrupted(status: status) }
  }

  /// Which signal came, nil when none.
  static var status: ExitStatus? { received.withLock { $0 } }
}
