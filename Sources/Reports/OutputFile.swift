import Glibc
import ReconcileCore

/// Size and SHA-256 of a file's bytes.
struct FileFacts: Equatable {
  var bytes: Int64
  var sha256: String
}

/// Writes a new file through one large buffer; every write is checked and every byte enters a running digest.
///
/// Foundation's file handles crash on a full disk, and closing alone does not say that the bytes reached it.
final class OutputFile {
  static let bufferSize = 256 * 1_024

  private let path: String
  private var descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  private var used = 0
  private var bytes: Int64 = 0
  private let digest = RunningDigest()

  /// Creates the file; one that exists already is an error, and a link is not followed.
  convenience init(creating path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw outputFailure("the file cannot be created", at: path, errno) }
    self.init(descriptor: descriptor, path: path)
  }

  /// Writes to an open descriptor, which is closed at the end.
  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
    buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Appends one byte.
  func write(byte: UInt8) throws {
    if used == buffer.count { try flush() }
    buffer[used] = byte
    used += 1
  }

  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      if used == buffer.count { try flush() }
      let part = rest.prefix(buffer.count - used)
      UnsafeMutableRawBufferPointer(rebasing: buffer[used...]).copyMemory(from: .init(rebasing: part))
      used += part.count
      rest = rest.dropFirst(part.count)
    }
  }

  /// Appends a text's UTF-8 bytes as they are.
  func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// Brings everything to the disk and closes the file. A scratch file, which never outlives the run, need not reach the
  /// disk.
  func finish(toDisk: Bool = true) throws -> FileFacts {
    try flush()
    guard !toDisk || fsync(descriptor) == 0 else {
      throw outputFailure("the file cannot be brought to the disk", at: path, errno)
    }
    let closing = descriptor
    descriptor = -1
    // A network file system may report a failed write only here.
    guard close(closing) == 0 else { throw outputFailure("the file cannot be closed", at: path, errno) }
    return FileFacts(bytes: bytes, sha256: digest.finish())
  }

  private func flush() throws {
    let full = UnsafeRawBufferPointer(rebasing: buffer[..<used])
    var rest = full[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let written = Glibc.write(descriptor, part.baseAddress, part.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw outputFailure("the file cannot be written", at: path, errno)
      }
      rest = rest.dropFirst(written)
    }
    digest.update(full)
    bytes += Int64(used)
    used = 0
  }
}

/// Reads a whole file in pieces and returns what it holds.
func readBack(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void = { _ in }) throws -> FileFacts
{
  let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
  guard descriptor >= 0 else { throw outputFailure("the file cannot be read back", at: path, errno) }
  defer { close(descriptor) }
  // Without this the check would read the page cache and not the disk.
  _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: OutputFile.bufferSize, alignment: 16)
  defer { buffer.deallocate() }
  let digest = RunningDigest()
  var bytes: Int64 = 0
  while true {
    let count = read(descriptor, buffer.baseAddress, buffer.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw outputFailure("the file cannot be read back", at: path, errno)
    }
    if count == 0 { break }
    let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    digest.update(piece)
    try body(piece)
    bytes += Int64(count)
  }
  return FileFacts(bytes: bytes, sha256: digest.finish())
}

/// The error for an output that could not be written, with a remedy that fits the system's reason.
func outputFailure(_ what: String, at path: String, _ code: Int32) -> Failure {
  let remedy: String
  switch code {
  case ENOSPC, EDQUOT, EFBIG:
    remedy =
      "free space there or choose another folder with --output, then run again; earlier reports are untouched"
  case EACCES, EPERM, EROFS:
    remedy = "let this user write there or choose another folder with --output, then run again"
  default:
    remedy = "check the disk and the folder or choose another one with --output, then run again"
  }
  return Failure(.outputNotWritten, "\(what): \(String(cString: strerror(code)))", at: path, remedy: remedy)
}

/// The error for an output that does not hold what was written.
func damagedOutput(_ what: String, at path: String) -> Failure {
  Failure(
    .outputNotWritten, what, at: path,
    remedy: "check the disk for errors and free space, then run again; earlier reports are untouched")
}
