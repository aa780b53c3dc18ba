import Foundation
import ReconcileCore
import Testing

@testable import Reports

@Suite struct FolderFaultTests {
  @Test(arguments: ["discrepancies", "orders", "payments", "rejects"])
  func aFailingSourceLeavesTheEarlierFiles(table: String) throws {
    let folder = try TestFolder()
    var source = try Sample.source()
    try write(source, folder, [.csv, .xlsx])
    let before = try snapshot(folder)
    source.orders = []
    source.onRow = { if $0 == table { throw Stop() } }
    if table == "orders" { source.orders = try Sample.source().orders }
    #expect(throws: Stop()) { try write(source, folder, [.csv, .xlsx]) }
    #expect(try snapshot(folder) == before)
  }

  @Test func aFailureLeavesAlsoTheFilesThatWereToBeTakenAway() throws {
    let folder = try TestFolder()
    var source = try Sample.source()
    try write(source, folder, [.csv, .xlsx, .html])
    // A folder of somebody's own stands in the place of a file that is to be written.
    let place = folder.path + "/" + period + "/summary.json"
    try FileManager.default.removeItem(atPath: place)
    let before = try snapshot(folder)
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    source.orders = []
    let failure = #expect(throws: Failure.self) { try write(source, folder, [.html]) }
    #expect(failure?.status == .outputNotWritten)
    try FileManager.default.removeItem(atPath: place)
    #expect(try snapshot(folder) == before)
  }

  @Test func aFolderInThePlaceOfAFileThatIsNotWrittenIsLeftAlone() throws {
    let folder = try TestFolder()
    let place = folder.path + "/" + period + "/reconciliation.xlsx"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    #expect(try write(Sample.source(), folder, [.html]).removed == [])
    #expect(try folder.names(period) == ["reconciliation.xlsx", "report.html", "summary.json"])
  }

  @Test func aRefusedWorkbookLeavesTheEarlierFiles() throws {
    let folder = try TestFolder()
    var source = try Sample.source()
    try write(source, folder, [.csv, .xlsx])
    let before = try snapshot(folder)
    source.payments = []
    #expect(throws: Stop()) {
      try write(source, folder, [.csv, .xlsx], workbook: FakeWorkbook(refuses: true))
    }
    #expect(try snapshot(folder) == before)
  }

  @Test func cancellationAtEveryPointLeavesNothingHalf() throws {
    let folder = try TestFolder()
    let source = try Sample.source()
    var points = 0
    try write(source, folder, [.csv, .xlsx]) { _, _, _ in points += 1 }
    let before = try snapshot(folder)
    #expect(points >= 9)
    var other = source
    other.orders = []
    for point in 1...points {
      var calls = 0
      #expect(throws: Stop()) {
        try write(other, folder, [.csv, .xlsx]) { _, _, _ in
          calls += 1
          if calls == point { throw Stop() }
        }
      }
      #expect(try snapshot(folder) == before)
    }
  }

  @Test func bytesThatChangeOnTheDiskAreFound() throws {
    let folder = try TestFolder()
    let reports = try ReportFolder(root: folder.path, period: Sample.facts().period)
    let failure = #expect(throws: Failure.self) {
      try reports.stage("orders.csv") { output in
        try output.write("a,b\n1,2\n")
        return 1
      } check: { _, hidden in
        try Data("a,b\n1,3\n".utf8).write(to: URL(filePath: hidden))
        return try readBack(hidden)
      }
    }
    #expect(failure?.status == .outputNotWritten)
    reports.discard()
    #expect(try folder.names(period) == [])
  }

  @Test func leftoversOfDeadProcessesAreSwept() throws {
    let folder = try TestFolder()
    let gone = Process()
    gone.executableURL = URL(filePath: "/bin/true")
    try gone.run()
    gone.waitUntilExit()
    let dead = gone.processIdentifier
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/\(period)/.reconciliation.xlsx.\(dead).scratch",
      withIntermediateDirectories: true)
    let kept = [
      ".orders.csv.1.partial", ".other.csv.\(dead).partial", ".orders.csv.\(dead).bak",
      ".orders.csv.x.partial",
      "orders.csv.\(dead).partial", "notes.txt",
    ]
    let swept = [
      ".orders.csv.\(dead).partial", ".summary.json.\(dead).previous", ".orders.csv.\(getpid()).partial",
      ".reconciliation.xlsx.\(dead).scratch/tmp",
    ]
    for name in kept + swept { try folder.put("x", at: period + "/" + name) }
    try write(Sample.source(), folder)
    #expect(try folder.names(period) == (kept + csvNames + ["summary.json"]).sorted())
  }

  @Test func aFolderInAFilesPlaceStopsEverything() throws {
    let folder = try TestFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/" + period + "/summary.json", withIntermediateDirectories: true)
    let failure = #expect(throws: Failure.self) { try write(Sample.source(), folder) }
    #expect(failure?.status == .outputNotWritten)
    #expect(try folder.names(period) == ["summary.json"])
  }

  @Test func aFileInTheFoldersPlaceIsNamed() throws {
    let folder = try TestFolder()
    try folder.put("x", at: period)
    let failure = #expect(throws: Failure.self) { try write(Sample.source(), folder) }
    #expect(failure?.status == .outputNotWritten)
    #expect(failure?.place == folder.path + "/" + period)
  }

  @Test(.enabled(if: canPinFiles, "files cannot be made immutable here"))
  func aRenameThatFailsHalfWayIsUndone() throws {
    let folder = try TestFolder()
    var source = try Sample.source()
    try write(source, folder)
    try FileManager.default.removeItem(atPath: folder.path + "/" + period + "/orders.csv")
    let before = try snapshot(folder)
    let pinned = folder.path + "/" + period + "/summary.json"
    #expect(run("/usr/bin/chattr", "+i", pinned))
    defer { _ = run("/usr/bin/chattr", "-i", pinned) }
    source.payments = []
    let failure = #expect(throws: Failure.self) { try write(source, folder) }
    #expect(failure?.status == .outputNotWritten)
    #expect(try snapshot(folder) == before)
  }

  @Test(.enabled(if: canMount, "nothing can be mounted here"), arguments: [64, 200])
  func aFullDiskLeavesTheEarlierFiles(kibibytes: Int) throws {
    let folder = try TestFolder()
    let mount = folder.path + "/small"
    try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
    #expect(run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", mount))
    defer { _ = run("/usr/bin/umount", mount) }
    var source = try Sample.source()
    func attempt() throws {
      _ = try writeReports(
        source: source, formats: [.csv], outputRoot: mount, workbook: nil, onProgress: { _, _, _ in })
    }
    try attempt()
    let names = try folder.names("small/" + period)
    let orders = try folder.bytes("small/\(period)/orders.csv")
    source.orders = Array(repeating: source.orders[0], count: 5_000)
    let failure = #expect(throws: Failure.self) { try attempt() }
    #expect(failure?.status == .outputNotWritten)
    #expect(failure?.remedy.contains("free space") == true)
    #expect(try folder.names("small/" + period) == names)
    #expect(try folder.bytes("small/\(period)/orders.csv") == orders)
  }
}

/// Whether a file can be made immutable here: it takes root and a file system that knows how. Without it the test
/// shows as skipped.
private let canPinFiles: Bool = {
  guard let folder = try? TestFolder(), (try? folder.put("x", at: "pin")) != nil else { return false }
  let path = folder.path + "/pin"
  return run("/usr/bin/chattr", "+i", path) && run("/usr/bin/chattr", "-i", path)
}()

/// Whether a small file system can be mounted here: it takes root. Without it the test shows as skipped.
let canMount: Bool = {
  guard let folder = try? TestFolder() else { return false }
  return run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path)
    && run("/usr/bin/umount", folder.path)
}()

func run(_ tool: String, _ arguments: String...) -> Bool {
  let process = Process()
  process.executableURL = URL(filePath: tool)
  process.arguments = arguments
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}
