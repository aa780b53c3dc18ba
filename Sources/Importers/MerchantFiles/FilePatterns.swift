import Foundation
import ReconcileCore

/// What file patterns stand for on this machine.
public struct ExpandedPatterns: Sendable, Equatable {
  /// Paths in reading order, each file once.
  public var files: [String] = []
  /// Patterns with a wildcard that match nothing, in words for the log.
  public var warnings: [String] = []

  public init() {}
}

extension MerchantFiles {
  /// Finds the files that absolute patterns stand for: `*`, `?` and `[…]` within a path component, `**` for
  /// any number of folders. A name that begins with a dot is matched only by a pattern that does.
  ///
  /// The files of one pattern are in byte order of their paths, component by component; patterns keep their
  /// order; a file that several patterns name stands where it is named last. Folders are left out. Throws
  /// `Failure` (66) for a path without wildcard that does not exist and for a folder that cannot be read.
  public static func expandPatterns(_ patterns: [String]) throws -> ExpandedPatterns {
    var result = ExpandedPatterns()
    var found: [String] = []
    for pattern in patterns {
      // A file whose name happens to hold a wildcard character is meant literally when it exists.
      if !GlobComponent.hasWildcard(pattern[...]) || isFile(pattern) {
        found.append(try existing(isFile(pattern) ? pattern : pattern.replacing("\\", with: "")))
        continue
      }
      var matches: [String] = []
      let components = pattern.split(separator: "/").map { GlobComponent($0) }
      try walk(pattern.hasPrefix("/") ? "/" : "", components[...], &matches)
      if matches.isEmpty { result.warnings.append("no file matches the pattern \(pattern)") }
      found += matches.sorted(by: precedes)
    }
    var seen: Set<FileIdentity> = []
    result.files = found.reversed().filter { path in
      FileIdentity(path).map { seen.insert($0).inserted } ?? true
    }
    .reversed()
    return result
  }

  private static func existing(_ path: String) throws(Failure) -> String {
    var facts = stat()
    guard stat(path, &facts) == 0 else { throw ByteFile.unreadable(path, errno) }
    return path
  }

  private static func isFile(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
  }

  private static func isFolder(_ path: String, followLinks: Bool) -> Bool {
    var facts = stat()
    return (followLinks ? stat(path, &facts) : lstat(path, &facts)) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }

  private static func walk(
    _ folder: String, _ components: ArraySlice<GlobComponent>, _ matches: inout [String]
  ) throws(Failure) {
    guard let component = components.first else { return }
    let rest = components.dropFirst()
    let isLast = rest.isEmpty
    func step(_ path: String, into matches: inout [String]) throws(Failure) {
      if !isLast {
        if isFolder(path, followLinks: true) { try walk(path + "/", rest, &matches) }
      } else if !isFolder(path, followLinks: true) {
        matches.append(path)
      }
    }
    switch component {
    case .literal(let name):
      var facts = stat()
      if lstat(folder + name, &facts) == 0 { try step(folder + name, into: &matches) }
    case .anyFolders:
      // `**` alone at the end stands for every file below.
      try walk(folder, isLast ? [.wildcard(["*"])] : rest, &matches)
      for name in try names(in: folder)
      where !name.hasPrefix(".") && isFolder(folder + name, followLinks: false) {
        try walk(folder + name + "/", components, &matches)
      }
    case .wildcard(let pattern):
      for name in try names(in: folder)
      where GlobComponent.matches(pattern[...], Array(name.unicodeScalars)[...]) {
        if name.hasPrefix(".") && pattern.first != "." { continue }
        try step(folder + name, into: &matches)
      }
    }
  }

  /// The entries of a folder; none where there is no such folder. A folder that cannot be read is an error,
  /// since its files would otherwise be missing without a word.
  private static func names(in folder: String) throws(Failure) -> [String] {
    guard let stream = opendir(folder.isEmpty ? "." : folder) else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw ByteFile.unreadable(folder, errno)
    }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw ByteFile.unreadable(folder, errno) }
    return names
  }

  private static func precedes(_ a: String, _ b: String) -> Bool {
    a.utf8.split(separator: UInt8(ascii: "/")).lexicographicallyPrecedes(
      b.utf8.split(separator: UInt8(ascii: "/"))
    ) {
      $0.lexicographicallyPrecedes($1)
    }
  }
}

/// A file by device and number, so that two paths to it are one file.
private struct FileIdentity: Hashable {
  let device: dev_t
  let number: ino_t

  init?(_ path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    device = facts.st_dev
    number = facts.st_ino
  }
}

/// One component of a pattern.
private enum GlobComponent {
  case literal(String)
  case anyFolders
  case wildcard([Unicode.Scalar])

  init(_ text: Substring) {
    if text == "**" {
      self = .anyFolders
    } else if Self.hasWildcard(text) {
      self = .wildcard(Array(text.unicodeScalars))
    } else {
      self = .literal(String(text.replacing("\\", with: "")))
    }
  }

  /// Whether the text holds `*`, `?` or `[` without a backslash before it.
  static func hasWildcard(_ text: Substring) -> Bool {
    var escaped = false
    for byte in text.utf8 {
      if !escaped && (byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")) {
        return true
      }
      escaped = byte == UInt8(ascii: "\\") && !escaped
    }
    return false
  }

  static func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ name: ArraySlice<Unicode.Scalar>) -> Bool {
    var pattern = pattern
    var name = name
    // Where to take up again when what follows the last `*` does not fit.
    var retry: (pattern: ArraySlice<Unicode.Scalar>, name: ArraySlice<Unicode.Scalar>)?
    while true {
      if pattern.first == "*" {
        pattern.removeFirst()
        retry = (pattern, name)
        continue
      }
      if let scalar = name.first, let rest = matchOne(pattern, scalar) {
        pattern = rest
        name.removeFirst()
        continue
      }
      if pattern.isEmpty && name.isEmpty { return true }
      guard let last = retry, !last.name.isEmpty else { return false }
      retry = (last.pattern, last.name.dropFirst())
      pattern = last.pattern
      name = last.name.dropFirst()
    }
  }

  /// The rest of the pattern once its first element has taken this scalar; nil when it does not fit.
  private static func matchOne(
    _ pattern: ArraySlice<Unicode.Scalar>, _ scalar: Unicode.Scalar
  ) -> ArraySlice<Unicode.Scalar>? {
    guard let first = pattern.first else { return nil }
    let rest = pattern.dropFirst()
    switch first {
    case "?": return rest
    case "\\": return rest.first == scalar ? rest.dropFirst() : nil
    case "[":
      var body = rest
      let isNegated = body.first == "!" || body.first == "^"
      if isNegated { body.removeFirst() }
      guard let close = body.dropFirst().firstIndex(of: "]") else { return scalar == "[" ? rest : nil }
      var members = body[..<close]
      var isMember = false
      while let low = members.popFirst() {
        if members.count >= 2, members.first == "-" {
          members.removeFirst()
          if let high = members.popFirst(), (low.value...max(low.value, high.value)).contains(scalar.value) {
            isMember = isMember || low.value <= high.value
          }
        } else if low == scalar {
          isMember = true
        }
      }
      return isMember != isNegated ? body[(close + 1)...] : nil
    default: return first == scalar ? rest : nil
    }
  }
}
