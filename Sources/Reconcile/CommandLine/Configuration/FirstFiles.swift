import Foundation
import ReconcileCore

/// Writes the files of `InitTemplate` where no file has their names.
enum FirstFiles {
  /// Writes both files or none; returns their paths. Throws 73 when one exists or cannot be written.
  static func write(into folder: Folder) throws(Failure) -> [String] {
    let files = [
      (folder.absolute(InitTemplate.configurationName), InitTemplate.configuration),
      (folder.absolute(InitTemplate.ordersName), InitTemplate.orders),
    ]
    for (path, _) in files where exists(path) { throw existing(path) }
    var written: [String] = []
    do throws(Failure) {
      for (path, text) in files {
        try makeFolder(of: path)
        try create(path, text)
        written.append(path)
      }
    } catch {
      for path in written { unlink(path) }
      throw error
    }
    return written
  }

  /// Whether the name is taken, be it by a link that leads nowhere.
  private static func exists(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) == 0
  }

  private static func existing(_ path: String) -> Failure {
    Failure(
      .outputNotWritten, "the file exists already, and nothing was written", at: path,
      remedy: "name another folder: reconcile init DIR\nor move this file away first")
  }

  private static func makeFolder(of path: String) throws(Failure) {
    let folder = Folder(of: path).path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        .outputNotWritten, "the folder cannot be made", at: folder,
        remedy: "check the path and who may write there, or name another folder: reconcile init DIR")
    }
  }

  private static func create(_ path: String, _ text: String) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw errno == EEXIST ? existing(path) : notWritten(path, errno) }
    var remaining = Array(text.utf8)[...]
    var problem: Int32 = 0
    while !remaining.isEmpty, problem == 0 {
      let count = remaining.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { remaining = remaining.dropFirst(count) } else if errno != EINTR { problem = errno }
    }
    if problem == 0, fsync(descriptor) != 0 { problem = errno }
    if close(descriptor) != 0, problem == 0 { problem = errno }
    guard problem == 0 else {
      unlink(path)
      throw notWritten(path, problem)
    }
  }

  private static func notWritten(_ path: String, _ code: Int32) -> Failure {
    Failure(
      .outputNotWritten, "the file cannot be written: \(errorText(code))", at: path,
      remedy: "check who may write there and the free space, or name another folder: reconcile init DIR")
  }
}
