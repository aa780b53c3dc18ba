import Foundation
import ReconcileCore

/// The folder that relative paths start from: the configuration file's, or the working directory. Symbolic
/// links stay as they are, so that a moved link target is followed at the time of use.
struct Folder: Sendable {
  /// Absolute, without a trailing slash.
  let path: String

  /// A folder by its absolute path.
  init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  /// The folder that holds this file.
  init(of file: String) {
    self.init(file.lastIndex(of: "/").map { String(file[..<$0]) }.map { $0.isEmpty ? "/" : $0 } ?? "/")
  }

  /// The absolute path of a path that may be relative to this folder.
  func absolute(_ relative: String) -> String {
    if relative.hasPrefix("/") { return relative }
    var rest = Substring(relative)
    while rest.hasPrefix("./") { rest = rest.dropFirst(2).drop { $0 == "/" } }
    if rest == "." || rest.isEmpty { return path }
    return path == "/" ? "/" + rest : path + "/" + rest
  }

  /// The absolute path of a path in the configuration file.
  func path(_ text: String, key: String, of table: ConfigurationTable) throws(Failure) -> String {
    // The shell expands ~, this file does not; a folder with that name would be made in silence.
    guard text != "~", !text.hasPrefix("~/") else {
      throw table.wrong(key, "begins with ~", remedy: "write the whole path, or one relative to the file")
    }
    return absolute(text)
  }

  /// The absolute glob pattern: `*`, `?` and `[…]` count in the part that was written, not in this folder's
  /// own name, and not at all when a file of exactly that name exists.
  func pattern(_ text: String) -> String {
    let whole = absolute(text)
    if access(whole, F_OK) == 0 { return Self.escaped(whole) }
    guard !text.hasPrefix("/"), whole.hasPrefix(path) else { return whole }
    return Self.escaped(path) + whole.dropFirst(path.count)
  }

  /// The text with glob characters made literal by a backslash, as glob(3) reads it.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "*?[]\\".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }
}

/// The bytes of a small file, of a pipe (`--config <(…)`) or a device; nil when it is a folder, cannot be
/// read or is longer than `limit`.
func contentsOfSmallFile(_ path: String, limit: Int) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    if count == 0 { return bytes }
    if count < 0 {
      if errno == EINTR { continue }
      return nil
    }
    bytes += buffer[..<count]
    if bytes.count > limit { return nil }
  }
}
