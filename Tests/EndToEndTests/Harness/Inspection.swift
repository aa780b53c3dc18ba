import Foundation
import Testing

/// What must hold of every run of the program that any test makes: no secret and no person in anything that it leaves
/// behind or shows, and no request that it has no business to make.
struct Inspection: Sendable {
  private let folder: String
  /// Size and time of change of every file before the run.
  private let before: [String: String]

  /// Begins with the files that are there: those are the test's own.
  init(_ folder: String) {
    self.folder = folder
    before = Self.files(folder)
  }

  /// What is to be done when a run that now begins has ended: every problem becomes an issue of the test.
  static func of(
    _ folder: String, _ server: SandboxServer? = nil, location: SourceLocation = #_sourceLocation
  ) -> @Sendable (Child) -> Void {
    let inspection = Inspection(folder)
    return { child in
      do {
        let requests = try server?.requests() ?? []
        for problem in try inspection.problems(processList: child.processList, requests: requests) {
          Issue.record("\(problem)", sourceLocation: location)
        }
      } catch {
        Issue.record(error, sourceLocation: location)
      }
    }
  }

  /// Everything that is not as it must be. The warehouse is opened, workbooks and evidence are unpacked.
  func problems(processList: [String], requests: [LoggedRequest]) throws -> [String] {
    let leaks = Leaks.everything
    var problems = leaks.found(in: Array(processList.joined(separator: "\n").utf8), "the process list")
    for (path, state) in Self.files(folder).sorted(by: { $0.key < $1.key }) where before[path] != state {
      // A file that another run has taken away meanwhile is looked at when that run ends.
      guard let content = try? bytes(of: path) else { continue }
      problems += leaks.found(in: content, path)
      if content.starts(with: "SQLite format 3".utf8) {
        problems += try Self.withCopy(of: path) { (try? leaks.found(inWarehouse: $0)) ?? [] }
      } else if path.hasSuffix(".xlsx") {
        for (name, part) in try workbookParts(path) { problems += leaks.found(in: part, name) }
      }
    }
    for request in requests where !request.allowed || request.method != "GET" || !request.unexpected.isEmpty {
      problems.append("a request that is not on the list: \(request.method) \(request.target)")
    }
    return problems
  }

  /// To open a warehouse is to roll back what was cut off, and that is for the next run to do.
  private static func withCopy<T>(of path: String, _ body: (String) -> T) throws -> T {
    let folder = try TemporaryFolder()
    let copy = folder.path + "/copy.sqlite"
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    try? FileManager.default.copyItem(atPath: path + "-journal", toPath: copy + "-journal")
    return withExtendedLifetime(folder) { body(copy) }
  }

  private static func files(_ folder: String) -> [String: String] {
    var files: [String: String] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
      var facts = stat()
      let path = folder + "/" + name
      guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { continue }
      files[path] = "\(facts.st_ino) \(facts.st_size) \(facts.st_mtim.tv_sec) \(facts.st_mtim.tv_nsec)"
    }
    return files
  }
}
