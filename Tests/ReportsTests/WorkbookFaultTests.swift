import Foundation
import ReconcileCore
import Testing

@testable import Reports

/// The library that writes the workbook reports success on a full disk, and puts scratch files of its own beside the
/// report: whatever happens to the disk, the earlier files stay whole and nothing is left behind.
@Suite("A workbook whose disk fails")
struct WorkbookFaultTests {
  private func attempt(_ source: WorkbookSource, in root: String) throws {
    _ = try writeReports(
      source: source, formats: [.csv, .xlsx, .html], outputRoot: root, workbook: ReconciliationWorkbook(),
      onProgress: { _, _, _ in })
  }

  /// Every file in the period's folder, hidden ones too.
  private func snapshot(_ root: String) throws -> [String: Data] {
    let folder = root + "/" + period
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      files[name] = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
    }
    return files
  }

  /// Writes a small report, then `fails` to write a larger one over it.
  private func expectEarlierFiles(
    _ root: String, rows: Int = 400, _ prepare: (inout WorkbookSource) throws -> Void = { _ in },
    location: SourceLocation = #_sourceLocation
  ) throws {
    try attempt(.sample(currencies: ["EUR"], rows: 2), in: root)
    let before = try snapshot(root)
    #expect(before.count == 10, sourceLocation: location)
    var source = try WorkbookSource.sample(rows: rows)
    try prepare(&source)
    let failure = #expect(throws: Failure.self, sourceLocation: location) { try attempt(source, in: root) }
    #expect(failure?.status == .outputNotWritten, sourceLocation: location)
    #expect(try snapshot(root) == before, sourceLocation: location)
  }

  /// From so full that the first scratch file does not fit, to so full that only the finished file does not.
  @Test(
    "a disk that becomes full at any point is noticed", .enabled(if: canMount, "nothing can be mounted here"),
    arguments: [200, 300, 400, 600, 800, 1_000])
  func full(kibibytes: Int) throws {
    let folder = try ScratchFolder()
    #expect(run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", folder.path))
    defer { _ = run("/usr/bin/umount", folder.path) }
    try expectEarlierFiles(folder.path, rows: 1_500)
  }

  @Test("a disk that is read-only is noticed", .enabled(if: canMount, "nothing can be mounted here"))
  func readOnly() throws {
    let folder = try ScratchFolder()
    #expect(run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder.path))
    defer { _ = run("/usr/bin/umount", folder.path) }
    try attempt(.sample(currencies: ["EUR"], rows: 2), in: folder.path)
    let before = try snapshot(folder.path)
    #expect(run("/usr/bin/mount", "-o", "remount,ro", folder.path))
    let failure = #expect(throws: Failure.self) { try attempt(.sample(), in: folder.path) }
    #expect(failure?.status == .outputNotWritten)
    #expect(try snapshot(folder.path) == before)
  }

  /// The orders are read twice: 1,200 rows for the CSV file, then for the workbook.
  @Test("a scratch folder that vanishes is noticed", arguments: [1_201, 1_800, 2_400])
  func vanishingScratch(order: Int) throws {
    let folder = try ScratchFolder()
    let scratch = folder.path + "/" + period + "/" + StagedName(ReportNames.workbook, .scratch).text
    try expectEarlierFiles(folder.path) { source in
      source.onOrder = { if $0 == order { try FileManager.default.removeItem(atPath: scratch) } }
    }
  }

  @Test(
    "a report folder that vanishes is noticed, and nothing is left of the report",
    arguments: [1, 1_201, 2_400])
  func vanishingFolder(order: Int) throws {
    let folder = try ScratchFolder()
    var source = try WorkbookSource.sample(rows: 400)
    let target = folder.path + "/" + period
    source.onOrder = { if $0 == order { try FileManager.default.removeItem(atPath: target) } }
    let failure = #expect(throws: Failure.self) { try attempt(source, in: folder.path) }
    #expect(failure?.status == .outputNotWritten)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path) == [])
  }
}
