import Foundation
import ReconcileCore

/// The hidden name of a file that is not yet, or no longer, part of a report: `.orders.csv.<pid>.partial`.
struct StagedName {
  /// What the file is for.
  enum Purpose: String, CaseIterable {
    /// A file before it gets its name.
    case partial
    /// The file that had the name before.
    case previous
    /// A folder for a library's temporary files.
    case scratch
  }

  let text: String

  /// The hidden name that this process uses.
  init(_ name: String, _ purpose: Purpose) {
    text = ".\(name).\(getpid()).\(purpose.rawValue)"
  }

  /// Removes hidden files whose process is gone; those of a live one belong to a run at work.
  static func sweep(_ folder: String) throws {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw Failure(
        .outputNotWritten, "the folder cannot be read", at: folder,
        remedy: "let this user read and write there or choose another folder with --output, then run again")
    }
    for name in names {
      // This process has staged nothing yet; in a container a killed run often had the same number.
      guard let owner = owner(of: name), owner == getpid() || !isAlive(owner) else { continue }
      // What cannot be removed harms nobody, unless its name is needed; then creating it says so.
      try? FileManager.default.removeItem(atPath: folder + "/" + name)
    }
  }

  /// The process that a hidden name belongs to, nil for a name that is not ours.
  static func owner(of name: String) -> pid_t? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, Purpose(rawValue: String(parts[4])) != nil,
      ReportNames.isOurs("\(parts[1]).\(parts[2])"), let process = pid_t(parts[3]), process > 0
    else { return nil }
    return process
  }

  private static func isAlive(_ process: pid_t) -> Bool { kill(process, 0) == 0 || errno == EPERM }
}

/// A file between its hidden name and its own.
struct StagedFile {
  /// Where the bytes are until the file gets its name.
  let hidden: String
  /// The name that the file gets.
  let name: String
  /// Whether the file that has the name is to go, and none to take its place.
  private let isRemoval: Bool
  private let target: String
  private let previous: String
  private var replaced = false
  private var named = false

  init(folder: String, name: String, isRemoval: Bool = false) {
    self.name = name
    self.isRemoval = isRemoval
    hidden = folder + "/" + StagedName(name, .partial).text
    previous = folder + "/" + StagedName(name, .previous).text
    target = folder + "/" + name
  }

  /// A folder in the file's place would stop the renaming half-way.
  func requireNoFolder() throws {
    var status = stat()
    if lstat(target, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw outputFailure("a folder stands in the file's place", at: target, EISDIR)
    }
  }

  /// Renames the file into place and keeps the one that was there, where the file system has links.
  mutating func takeName() throws {
    if isRemoval {
      guard rename(target, previous) == 0 else {
        throw outputFailure("the earlier file cannot be removed", at: target, errno)
      }
      replaced = true
      named = true
      return
    }
    replaced = link(target, previous) == 0
    let existed = replaced || access(target, F_OK) == 0
    guard rename(hidden, target) == 0 else {
      throw outputFailure("the file cannot be renamed", at: target, errno)
    }
    // Without a kept earlier file the new one stays: it is whole, and better than none.
    named = replaced || !existed
  }

  /// Undoes `takeName`.
  func giveNameBack() {
    if named {
      if replaced { rename(previous, target) } else { unlink(target) }
    }
    // A rename between two names of one file does nothing, so the second name is removed by itself.
    if replaced { unlink(previous) }
  }

  /// Forgets the file that was there before.
  func dropPrevious() { if replaced { unlink(previous) } }
}

/// Creates a folder and its parents, each on the disk before the next.
func makeFolders(_ path: String) throws {
  var status = stat()
  if stat(path, &status) == 0 {
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw outputFailure("the folder cannot be created", at: path, ENOTDIR)
    }
    return
  }
  let parent = (path as NSString).deletingLastPathComponent
  if !parent.isEmpty, parent != path { try makeFolders(parent) }
  guard mkdir(path, 0o750) == 0 || errno == EEXIST else {
    throw outputFailure("the folder cannot be created", at: path, errno)
  }
  try syncFolder(parent.isEmpty ? "." : parent)
}

/// Brings a folder's names to the disk.
func syncFolder(_ path: String) throws {
  let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw outputFailure("the folder cannot be opened", at: path, errno) }
  defer { close(descriptor) }
  // Some file systems have no such call for folders and say so.
  guard fsync(descriptor) == 0 || errno == EINVAL else {
    throw outputFailure("the folder cannot be brought to the disk", at: path, errno)
  }
}
