import Foundation

/// Waits for something to be written to a file, without asking again and again.
final class FileWatch {
  private let watch: Int32
  private let path: String

  /// The file must exist.
  private init(_ path: String) throws {
    self.path = path
    watch = inotify_init1(Int32(IN_CLOEXEC))
    guard watch >= 0, inotify_add_watch(watch, path, UInt32(IN_MODIFY)) >= 0 else {
      throw Trouble("\(path) cannot be watched: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(watch) }

  /// Returns when the file's text is as wanted; throws when it is not within a minute.
  ///
  /// It waits on a thread of its own: those that tests run on are few, and a test may go on a minute after it could.
  /// What has to happen at that very moment is done there, by `action`.
  static func wait(
    _ path: String, until isWanted: @escaping @Sendable (String) throws -> Bool,
    then action: @escaping @Sendable () -> Void
  ) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      Thread.detachNewThread {
        continuation.resume(
          with: Result {
            try FileWatch(path).block(until: isWanted)
            action()
          })
      }
    }
  }

  private func block(until isWanted: (String) throws -> Bool) throws {
    let end = Date().addingTimeInterval(60)
    var events = [UInt8](repeating: 0, count: 4_096)
    while try !isWanted(text(of: path)) {
      var descriptor = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
      let left = Int32(max(0, end.timeIntervalSinceNow * 1_000))
      guard left > 0 else {
        throw Trouble("\(path) is not as awaited after a minute:\n\(try text(of: path))")
      }
      if poll(&descriptor, 1, left) > 0 { _ = read(watch, &events, events.count) }
    }
  }
}
