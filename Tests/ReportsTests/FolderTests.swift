import Foundation
import ReconcileCore
import Testing

@testable import Reports

@Suite struct FolderTests {
  private let period = "2026-03-01_2026-03-31"
  private let csvNames = ReportTable.allCases.map(\.fileName)

  private struct Stop: Error, Equatable {}

  /// Writes a text in place of a workbook.
  private struct FakeWorkbook: WorkbookWriting {
    var refuses = false
    var onWrite: (String, String) throws -> Void = { _, _ in }

    func write(
      source: any ReportSource, totals: SummaryTotals, to path: String, temporaryDirectory: String
    ) throws -> Int64 {
      try Data("scratch".utf8).write(to: URL(filePath: temporaryDirectory + "/t"))
      try Data("workbook".utf8).write(to: URL(filePath: path))
      try onWrite(path, temporaryDirectory)
      return 15
    }

    func check(path: String, totals: SummaryTotals) throws {
      if refuses { throw Stop() }
    }
  }

  @discardableResult
  private func write(
    _ source: SampleSource, _ folder: TestFolder, _ formats: Set<ReportFormat> = [.csv],
    workbook: FakeWorkbook? = FakeWorkbook(), checkCancelled: () throws -> Void = {}
  ) throws -> ReportResult {
    try writeReports(
      source: source, formats: formats, outputRoot: folder.path, workbook: workbook,
      checkCancelled: checkCancelled)
  }

  private func snapshot(_ folder: TestFolder) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in try folder.names(period) { files[name] = try folder.bytes(period + "/" + name) }
    return files
  }

  @Test func allFilesArriveUnderTheirNames() throws {
    let folder = try TestFolder()
    let result = try write(Sample.source(), folder, [.csv, .xlsx])
    #expect(result.folder == folder.path + "/" + period)
    #expect(result.files.map(\.name) == csvNames + ["reconciliation.xlsx", "summary.json"])
    #expect(try folder.names(period) == result.files.map(\.name).sorted())
    for file in result.files {
      let bytes = try folder.bytes(period + "/" + file.name)
      #expect(file.sha256 == Digest.hex(Digest.sha256(bytes)))
      #expect(file.bytes == Int64(bytes.count))
      var status = stat()
      #expect(stat(result.folder + "/" + file.name, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o640 & ~currentMask())
    }
    #expect(result.files.first { $0.name == "reconciliation.xlsx" }?.rows == 15)
  }

  @Test func theRowsReadBackAreTheRowsGiven() throws {
    let folder = try TestFolder()
    let source = try Sample.source()
    try write(source, folder)
    let orders = cells(ofCSV: try folder.bytes(period + "/orders.csv"))
    #expect(orders[0] == ReportTables.orders.map(\.name))
    #expect(
      orders[1] == [
        "'-1001", "2026-03-02", source.orders[0].createdAt.description, "maxfi", "EUR", "49.90", "49.90",
        "0.00",
        "", "10.00", "", "39.90", "exact", "none", "p1;p2", "", "", "", "said \"yes\", then\nleft",
      ])
    #expect(orders[3][7] == "-1200")
    let rejects = cells(ofCSV: try folder.bytes(period + "/rejects.csv"))
    #expect(rejects[1] == ["o.csv", "line 4", "bad", "'\ta,b\r\nc"])
    let findings = cells(ofCSV: try folder.bytes(period + "/discrepancies.csv"))
    #expect(findings[1].last == "'=nobody paid")
    #expect(findings[2][12] == "-1")
  }

  @Test func twoRunsGiveTheSameBytes() throws {
    let folder = try TestFolder()
    var source = try Sample.source()
    try write(source, folder, [.csv, .xlsx])
    let first = try snapshot(folder)
    try write(source, folder, [.csv, .xlsx])
    #expect(try snapshot(folder) == first)
    source.facts.runID = "run-2"
    source.facts.generatedAt = Instant(seconds: 1_999_999_999)
    source.facts.providers[0].new = 9
    source.facts.providers[0].changed = 8
    try write(source, folder, [.csv, .xlsx])
    var other = try snapshot(folder)
    let before = lines(first["summary.json"])
    let after = lines(other.updateValue(first["summary.json"] ?? [], forKey: "summary.json"))
    #expect(other == first)
    let changed = zip(before, after).filter { $0 != $1 }.map { $0.0.split(separator: ":")[0] }
    #expect(
      changed.map { $0.trimmingCharacters(in: .whitespaces) } == [
        "\"run_id\"", "\"generated_at\"", "\"new\"", "\"changed\"",
      ])
  }

  private func lines(_ bytes: [UInt8]?) -> [Substring] {
    String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n")
  }

  @Test func unfinishedFilesAreHiddenBesideTheirPlaces() throws {
    let folder = try TestFolder()
    var source = try Sample.source()
    source.onRow = { table in
      let names = try folder.names(period)
      #expect(names.allSatisfy { $0.hasPrefix(".") && $0.hasSuffix(".\(getpid()).partial") })
      #expect(names.contains(".\(table).csv.\(getpid()).partial"))
    }
    let workbook = FakeWorkbook { path, scratch in
      #expect(path.hasPrefix(folder.path + "/" + period + "/.reconciliation.xlsx."))
      #expect(scratch.hasPrefix(folder.path + "/" + period + "/.reconciliation.xlsx."))
      let names = try folder.names(period)
      #expect(names.allSatisfy { $0.hasPrefix(".") })
    }
    try write(source, folder, [.csv, .xlsx], workbook: workbook)
    #expect(try folder.names(period).allSatisfy { !$0.hasPrefix(".") })
  }

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
    try write(source, folder, [.csv, .xlsx]) { points += 1 }
    let before = try snapshot(folder)
    #expect(points >= 9)
    var other = source
    other.orders = []
    for point in 1...points {
      var calls = 0
      #expect(throws: Stop()) {
        try write(other, folder, [.csv, .xlsx]) {
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

  @Test func missingParentsAreCreatedAndRelativePathsWork() throws {
    let folder = try TestFolder()
    let result = try writeReports(
      source: Sample.source(), formats: [], outputRoot: folder.path + "/a/b/", workbook: nil,
      checkCancelled: {})
    #expect(try folder.names("a/b/" + period) == ["summary.json"])
    #expect(result.files.map(\.name) == ["summary.json"])
  }

  @Test func aRenameThatFailsHalfWayIsUndone() throws {
    let folder = try TestFolder()
    var source = try Sample.source()
    try write(source, folder)
    try FileManager.default.removeItem(atPath: folder.path + "/" + period + "/orders.csv")
    let before = try snapshot(folder)
    let pinned = folder.path + "/" + period + "/summary.json"
    // Where files cannot be made immutable there is nothing to try.
    guard run("/usr/bin/chattr", "+i", pinned) else { return }
    defer { _ = run("/usr/bin/chattr", "-i", pinned) }
    source.payments = []
    let failure = #expect(throws: Failure.self) { try write(source, folder) }
    #expect(failure?.status == .outputNotWritten)
    #expect(try snapshot(folder) == before)
  }

  @Test(arguments: [64, 200])
  func aFullDiskLeavesTheEarlierFiles(kibibytes: Int) throws {
    let folder = try TestFolder()
    let mount = folder.path + "/small"
    try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
    // Where nothing can be mounted, the full device stands in for the full disk.
    guard run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", mount) else { return }
    defer { _ = run("/usr/bin/umount", mount) }
    var source = try Sample.source()
    func attempt() throws {
      _ = try writeReports(
        source: source, formats: [.csv], outputRoot: mount, workbook: nil, checkCancelled: {})
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

  private func run(_ tool: String, _ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// Read and not set, because setting it would show in other tests.
  private func currentMask() -> mode_t {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Umask:") }
    return line.flatMap { mode_t($0.dropFirst(6).trimmingCharacters(in: .whitespaces), radix: 8) } ?? 0o022
  }
}
