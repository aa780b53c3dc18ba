import Dispatch
import Synchronization

/// Work on a thread of its own, while the caller does something else.
public final class Beside<Value: Sendable>: Sendable {
  private struct Unfinished: Error {}

  private let queue = DispatchQueue(label: "reconcile.beside")
  private let result = Mutex<Result<Value, any Error>>(.failure(Unfinished()))

  /// Begins the work.
  public init(_ work: @escaping @Sendable () throws -> Value) {
    queue.async { [self] in
      let outcome = Result(catching: work)
      result.withLock { $0 = outcome }
    }
  }

  /// Waits for the work to end.
  ///
  /// - Throws: what the work threw.
  public func value() throws -> Value {
    // The queue does one thing after the other, and the work was the first.
    try queue.sync { result.withLock { $0 } }.get()
  }
}
