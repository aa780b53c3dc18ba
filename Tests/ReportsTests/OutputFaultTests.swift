import Foundation
import ReconcileCore
import Testing

@testable import Reports

/// Each kind of output on a disk that fails while it is written: 73, the earlier files whole, nothing left behind.
@Suite("Every output whose disk fails")
struct OutputFaultTests {
  /// What is written, and how many files it leaves.
  enum Output: CaseIterable {
    case page, everyFormat, ledger, parts

    /// Writes `size` findings or entries; `onRow` runs before each row that is read.
    func write(_ size: Int, to root: String, onRow: @escaping (Int) throws -> Void = { _ in }) throws {
      switch self {
      case .page, .everyFormat:
        var source = try Sample.source()
        source.discrepancies = (0..<size).map { index in
          var finding = source.discrepancies[0]
          finding.id = "D\(index)"
          return finding
        }
        let rows = Counter()
        source.onRow = { _ in
          rows.value += 1
          try onRow(rows.value)
        }
        _ = try writeReports(
          source: source, formats: self == .page ? [.html] : [.csv, .xlsx, .html], outputRoot: root,
          workbook: ReconciliationWorkbook(), onProgress: { _, _, _ in })
      case .ledger, .parts:
        let layout = self == .ledger ? JournalLayout.hledger : .xero
        var source = try JournalSampleSource(
          (0..<size).map { .payment(try JournalSample.payment("p\($0)", 1)) })
        source.onRecord = { try onRow($0 + 1) }
        _ = try writeJournal(
          source: source, layout: layout,
          settings: layout.namesAccounts ? JournalSettings() : try JournalSample.numbered(),
          configuration: "reconcile.toml", outputRoot: root, checkCancelled: {})
      }
    }
  }

  private func files(_ root: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
      files[name] = FileManager.default.contents(atPath: root + "/" + name) ?? Data()
    }
    return files
  }

  private func expectFailure(_ root: String, remedy: String? = nil, _ attempt: () throws -> Void) throws {
    let before = try files(root)
    let failure = #expect(throws: Failure.self) { try attempt() }
    #expect(failure?.status == .outputNotWritten)
    if let remedy { #expect(failure?.remedy.lowercased().contains(remedy) == true) }
    #expect(try files(root) == before)
  }

  @Test(
    "a full disk", .enabled(if: canMount, "nothing can be mounted here"), arguments: Output.allCases,
    [200, 320])
  func full(output: Output, kibibytes: Int) throws {
    let folder = try TestFolder()
    let mount = folder.path + "/small"
    try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
    #expect(run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", mount))
    defer { _ = run("/usr/bin/umount", mount) }
    try output.write(1, to: mount)
    try expectFailure(mount, remedy: "free space") { try output.write(5_000, to: mount) }
  }

  @Test(
    "a disk that becomes read-only while it is written",
    .enabled(if: canMount, "nothing can be mounted here"),
    arguments: Output.allCases)
  func readOnly(output: Output) throws {
    let folder = try TestFolder()
    let mount = folder.path + "/small"
    try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
    #expect(run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", mount))
    defer { _ = run("/usr/bin/umount", mount) }
    try output.write(2, to: mount)
    let before = try files(mount)
    #expect(run("/usr/bin/mount", "-o", "remount,ro", mount))
    try expectFailure(mount) { try output.write(3, to: mount) }
    #expect(try files(mount) == before)
  }

  @Test(
    "a folder that vanishes at the first row, in the middle and at the last", arguments: Output.allCases,
    [1, 200, 400])
  func vanishing(output: Output, row: Int) throws {
    let folder = try TestFolder()
    let target = folder.path + "/" + period
    let failure = #expect(throws: Failure.self) {
      try output.write(400, to: folder.path) {
        if $0 == row { try FileManager.default.removeItem(atPath: target) }
      }
    }
    #expect(failure?.status == .outputNotWritten)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path) == [])
  }
}
