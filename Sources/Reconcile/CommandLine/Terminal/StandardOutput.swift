import Foundation
import ReconcileCore
import Synchronization

/// Standard output as the carrier of the result: every write is checked, so that a full device is never
/// taken for success. A reader that closes the pipe early (`reconcile status | head -1`) is not an error.
enum StandardOutput {
  /// The reader of the pipe went away; what follows is dropped silently.
  private static let readerIsGone = Mutex(false)

  /// To be called first of all. Throws 73 when standard output is closed or not open for writing.
  ///
  /// It also makes writes to a broken pipe return an error instead of a signal, and opens `/dev/null` in
  /// place of a closed standard input or error: else the next file opened, the warehouse perhaps, would
  /// take that number, and a log line would be written into it.
  static func checkIsOpen() throws(Failure) {
    signal(SIGPIPE, SIG_IGN)
    let flags = fcntl(1, F_GETFL)
    guard flags != -1 else { throw notWritten("standard output is closed") }
    guard flags & O_ACCMODE != O_RDONLY else { throw notWritten("standard output is not open for writing") }
    for descriptor: Int32 in [0, 2] where fcntl(descriptor, F_GETFD) == -1 {
      let replacement = open("/dev/null", O_RDWR)
      if replacement >= 0, replacement != descriptor {
        dup2(replacement, descriptor)
        close(replacement)
      }
    }
  }

  /// Writes the whole text or throws 73.
  static func write(_ text: String) throws(Failure) { try write(Array(text.utf8), to: 1) }

  /// Writes the whole text and a line end, or throws 73.
  static func writeLine(_ text: String) throws(Failure) { try write(Array((text + "\n").utf8), to: 1) }

  /// Asks the kernel for errors it kept back until now (network file systems report a full disk on close).
  static func finish() throws(Failure) {
    let copy = dup(1)
    guard copy >= 0 else { throw notWritten("standard output cannot be written: \(errorText(errno))") }
    if close(copy) != 0, errno != EINTR, errno != EPIPE {
      throw notWritten("standard output cannot be written: \(errorText(errno))")
    }
  }

  /// Writes all bytes to a descriptor; the reader's going away is remembered and silent.
  static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
    if readerIsGone.withLock({ $0 }) { return }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Foundation.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if count > 0 {
        written += count
      } else {
        let code = errno
        switch code {
        case EINTR: continue
        case EAGAIN:
          var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&waiting, 1, -1)
        case EPIPE:
          readerIsGone.withLock { $0 = true }
          return
        default: throw notWritten("standard output cannot be written: \(errorText(code))")
        }
      }
    }
  }

  /// For tests, which use several pipes in one process.
  static func forgetReader() { readerIsGone.withLock { $0 = false } }

  private static func notWritten(_ what: String) -> Failure {
    Failure(
      .outputNotWritten, what, at: "standard output",
      remedy: "make room, or send it somewhere else: to a file, a pipe or /dev/null")
  }
}

/// The system's words for an error number.
func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
