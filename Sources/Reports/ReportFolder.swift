import Foundation
import Glibc
import ReconcileCore

/// One file of a report, as it was written and read back.
public struct ReportFile: Sendable, Equatable {
  /// The name inside the report's folder.
  public let name: String
  /// Data rows; 0 for summary.json.
  public let rows: Int64
  /// Size in bytes.
  public let bytes: Int64
  /// SHA-256 in hexadecimal.
  public let sha256: String
}

/// The folder of one period.
///
/// Files are staged under hidden names beside their places, checked, and then given their names together. A power
/// cut between two names leaves every file whole; summary.json comes last and holds the digests of the others.
final class ReportFolder {
  /// The folder, as it is joined from the output folder and the period.
  let path: String
  private var staged: [StagedFile] = []
  private var scratch: [String] = []

  /// Creates the folder where there is none, and removes what a killed run left in it.
  init(root: String, period: Period) throws {
    path = (root.isEmpty ? "." : root) + "/" + period.description
    try makeFolders(path)
    try StagedName.sweep(path)
  }

  deinit { discard() }

  /// Writes a file under its hidden name and checks that the disk holds what was written.
  ///
  /// `body` returns the data rows; `check` sees the bytes that were read back.
  func stage(
    _ name: String, _ body: (OutputFile) throws -> Int64,
    check: (_ rows: Int64, _ path: String) throws -> FileFacts
  ) throws -> ReportFile {
    let (output, hidden) = try open(name)
    let rows = try body(output)
    return try close(output, name) { (rows, try check(rows, hidden)) }
  }

  /// Opens a file under its hidden name, for a writer that has several open or learns late when one ends.
  func open(_ name: String) throws -> (output: OutputFile, hidden: String) {
    let hidden = begin(name)
    return (try OutputFile(creating: hidden), hidden)
  }

  /// Ends a file that `open` began; `check` returns its data rows and what was read back.
  func close(_ output: OutputFile, _ name: String, check: () throws -> (rows: Int64, facts: FileFacts)) throws
    -> ReportFile
  {
    let written = try output.finish()
    let (rows, found) = try check()
    guard found == written else {
      throw damagedOutput("the file read back differs from what was written", at: path + "/" + name)
    }
    return ReportFile(name: name, rows: rows, bytes: written.bytes, sha256: written.sha256)
  }

  /// Stages a CSV; `stream` writes its rows one by one.
  func stageCSV<Row>(
    _ name: String, _ columns: [Column<Row>], dialect: CSVDialect = .standard,
    _ stream: (CSVWriter<Row>) throws -> Void
  ) throws -> ReportFile {
    try stage(name) { output in
      let writer = try CSVWriter(columns: columns, to: output, dialect: dialect)
      try stream(writer)
      return writer.rows
    } check: { rows, hidden in
      var parser = CSVCheck(columns: columns.count, dialect: dialect)
      do {
        let facts = try readBack(hidden) { try parser.read($0) }
        let found = try parser.finish()
        guard found == rows else {
          throw damagedOutput("\(found) rows were read back of \(rows) written", at: self.path + "/" + name)
        }
        return facts
      } catch let problem as CSVCheck.Problem {
        throw damagedOutput("the file read back is not well-formed (\(problem))", at: self.path + "/" + name)
      }
    }
  }

  /// Stages a text that is already whole.
  func stageText(_ name: String, _ text: String) throws -> ReportFile {
    try stage(name) { output in
      try output.write(text)
      return 0
    } check: { _, hidden in
      try readBack(hidden)
    }
  }

  /// Stages a file that a library writes by itself. `write` gets the hidden path and a scratch folder.
  func stageForeign(
    _ name: String, write: (_ path: String, _ scratch: String) throws -> Int64,
    check: (_ path: String) throws -> Void
  ) throws -> ReportFile {
    let hidden = begin(name)
    let scratchPath = path + "/" + StagedName(name, .scratch).text
    guard mkdir(scratchPath, 0o750) == 0 else {
      throw outputFailure("the folder cannot be created", at: scratchPath, errno)
    }
    scratch.append(scratchPath)
    let rows = try write(hidden, scratchPath)
    // The library chooses its own mode and never syncs; the folder just made shows what umask leaves of ours.
    try bringToDisk(hidden, mode: try fileMode(scratchPath) & 0o640)
    let facts = try readBack(hidden)
    guard facts.bytes > 0 else { throw damagedOutput("the file is empty", at: path + "/" + name) }
    try check(hidden)
    removeScratch()
    return ReportFile(name: name, rows: rows, bytes: facts.bytes, sha256: facts.sha256)
  }

  /// Stages the removal of every earlier file that `isStale` and that nothing staged replaces; returns their names.
  @discardableResult
  func stageRemoval(where isStale: (String) -> Bool) throws -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw outputFailure("the folder cannot be read", at: path, errno)
    }
    let replaced = Set(staged.map(\.name))
    let stale = names.sorted().filter { isStale($0) && !replaced.contains($0) && !isFolder($0) }
    for name in stale { staged.append(StagedFile(folder: path, name: name, isRemoval: true)) }
    return stale
  }

  /// A folder of that name is nothing that a run left.
  private func isFolder(_ name: String) -> Bool {
    var status = stat()
    return lstat(path + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Gives every staged file its name. On a failure the earlier files have their names back.
  func commit() throws {
    do {
      for file in staged { try file.requireNoFolder() }
      for index in staged.indices { try staged[index].takeName() }
      try syncFolder(path)
    } catch {
      for file in staged.reversed() { file.giveNameBack() }
      throw error
    }
    for file in staged { file.dropPrevious() }
    staged = []
  }

  /// Removes everything that was not committed.
  func discard() {
    for file in staged { unlink(file.hidden) }
    staged = []
    removeScratch()
  }

  /// Remembers a hidden name before anything is written to it, so that no failure leaves it behind.
  private func begin(_ name: String) -> String {
    let file = StagedFile(folder: path, name: name)
    staged.append(file)
    return file.hidden
  }

  private func removeScratch() {
    for folder in scratch { try? FileManager.default.removeItem(atPath: folder) }
    scratch = []
  }

  private func bringToDisk(_ path: String, mode: mode_t) throws {
    let descriptor = Glibc.open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw outputFailure("the file cannot be opened", at: path, errno) }
    defer { Glibc.close(descriptor) }
    guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else {
      throw outputFailure("the file cannot be brought to the disk", at: path, errno)
    }
  }

  private func fileMode(_ path: String) throws -> mode_t {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw outputFailure("the folder cannot be read", at: path, errno) }
    return status.st_mode
  }
}
