import Foundation
import ReconcileCore
import Testing

@testable import Reports

@Suite struct FolderTests {
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

  @Test func filesOfFormatsThatARunLeavesOutAreTakenAway() throws {
    let folder = try TestFolder()
    try write(Sample.source(), folder, [.csv, .xlsx, .html])
    try folder.put("mine", at: period + "/notes.txt")
    let page = try write(Sample.source(), folder, [.html])
    #expect(page.removed == (csvNames + ["reconciliation.xlsx"]).sorted())
    #expect(try folder.names(period) == ["notes.txt", "report.html", "summary.json"])
    let tables = try write(Sample.source(), folder, [.csv])
    #expect(tables.removed == ["report.html"])
    #expect(try folder.names(period) == (csvNames + ["notes.txt", "summary.json"]).sorted())
    #expect(try write(Sample.source(), folder, [.csv]).removed == [])
  }

  @Test func missingParentsAreCreatedAndRelativePathsWork() throws {
    let folder = try TestFolder()
    let result = try writeReports(
      source: Sample.source(), formats: [], outputRoot: folder.path + "/a/b/", workbook: nil,
      onProgress: { _, _, _ in })
    #expect(try folder.names("a/b/" + period) == ["summary.json"])
    #expect(result.files.map(\.name) == ["summary.json"])
  }

  /// Read and not set, because setting it would show in other tests.
  private func currentMask() -> mode_t {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Umask:") }
    return line.flatMap { mode_t($0.dropFirst(6).trimmingCharacters(in: .whitespaces), radix: 8) } ?? 0o022
  }
}
