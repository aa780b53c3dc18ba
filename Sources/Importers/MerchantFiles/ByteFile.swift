import Foundation
import ReconcileCore

/// A regular file read once from front to back in chunks, with the digest of exactly the bytes that were
/// read.
final class ByteFile {
  let path: String
  private let descriptor: Int32
  private let digest = RunningDigest()
  private let buffer: UnsafeMutableRawBufferPointer

  /// Opens a file. Pipes and devices are refused: they cannot be read twice, so a run could not be repeated.
  init(path: String, chunk: Int = 1 << 20) throws(Failure) {
    self.path = path
    var facts = stat()
    guard stat(path, &facts) == 0 else { throw Self.unreadable(path, errno) }
    if facts.st_mode & S_IFMT == S_IFDIR {
      throw Failure(
        .inputMissing, "a folder stands where a file is expected", at: path,
        remedy: "name the files in it with a pattern, such as \(path)/*.csv")
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw Failure(
        .inputMissing, "not a regular file", at: path, remedy: "save the rows in a file and name that file")
    }
    let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard opened >= 0 else { throw Self.unreadable(path, errno) }
    descriptor = opened
    buffer = .allocate(byteCount: chunk, alignment: 16)
  }

  deinit {
    close(descriptor)
    buffer.deallocate()
  }

  /// The next bytes, empty at the end of the file. They stay valid until the next call.
  func read() throws(Failure) -> UnsafeBufferPointer<UInt8> {
    var count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
    while count < 0 && errno == EINTR {
      count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
    }
    guard count >= 0 else { throw Self.unreadable(path, errno) }
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[0..<count])
    digest.update(bytes)
    return bytes.assumingMemoryBound(to: UInt8.self)
  }

  /// SHA-256 of everything read, in hexadecimal. Call once, at the end.
  func finishDigest() -> String { digest.finish() }

  /// The error for a file that the system does not let us read.
  static func unreadable(_ path: String, _ code: Int32) -> Failure {
    let remedy =
      code == ENOENT
      ? "correct the path in the configuration or on the command line"
      : "check that the file exists and that this user may read it"
    return Failure(
      .inputMissing, "the file cannot be read: \(String(cString: strerror(code)))", at: path, remedy: remedy)
  }

  /// The error for a file whose bytes are not UTF-8 text, such as UTF-16, a workbook or an archive.
  static func notText(_ path: String, _ why: String) -> Failure {
    Failure(
      .inputMissing, "the file is not UTF-8 text: \(why)", at: path,
      remedy: "save it again as CSV in UTF-8; workbooks and archives are not read")
  }
}
