import Dispatch
import Synchronization

/// Work on a thread of its own, while the caller does something else.
public final class Beside<Value: Sendable>: Sendable {
  private struct Unfinished: Error {}

  private let done = DispatchSemaphore(value: 0)
  private let result = Mutex<Result<Value, any Error>>(.failure(Unfinished()))

  /// Begins the work.
  public init(_ work: @escaping @Sendable () throws -> Value) {
    DispatchQueue(label: "reconcile.beside").async { [self] in
      let outcome = Result(catching: work)
      result.withLock { $0 = outcome }
      done.signal()
    }
  }

  /// Waits for the work to end.
  ///
  /// - Throws: what the work threw.
  public func value() throws -> Value {
    done.wait()
    // For whoever asks next.
    done.signal()
    return try result.withLock { $0 }.get()
  }
}
