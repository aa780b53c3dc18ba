import Foundation
import ReconcileCore
import Testing

@testable import Reports

@Suite("A journal is written whole or not at all")
struct JournalFolderTests {
  private func payments(_ count: Int) throws -> JournalSampleSource {
    try JournalSampleSource(
      (0..<count).map { .payment(try JournalSample.payment("p\($0)", 1)) })
  }

  @Test("a source that fails at any record leaves the earlier journal")
  func failingSource() throws {
    let folder = try TestFolder()
    try write(try payments(3), .hledger, folder)
    let before = try snapshot(folder)
    for record in 0..<4 {
      var other = try payments(4)
      other.onRecord = { if $0 == record { throw Stop() } }
      #expect(throws: Stop()) { try write(other, .hledger, folder) }
      #expect(try snapshot(folder) == before)
    }
  }

  @Test("cancelling at every point leaves the earlier journal and no stray file")
  func cancellation() throws {
    let folder = try TestFolder()
    var points = 0
    try write(try payments(4_100), .csv, folder) { points += 1 }
    #expect(points >= 2)
    let before = try snapshot(folder)
    for point in 1...points {
      var calls = 0
      #expect(throws: Stop()) {
        try write(try payments(4_101), .csv, folder) {
          calls += 1
          if calls == point { throw Stop() }
        }
      }
      #expect(try snapshot(folder) == before)
    }
  }

  @Test("parts of an earlier journal that nothing replaces are removed; other files stay")
  func staleParts() throws {
    let folder = try TestFolder()
    try write(try payments(400), .xero, folder)
    try write(try payments(1), .csv, folder)
    try folder.put("mine", at: period + "/journal-xero-notes.csv")
    #expect(try folder.names(period).contains("journal-xero-3.csv"))
    try write(try payments(1), .xero, folder)
    #expect(
      try folder.names(period) == [
        "journal-csv-unbooked.csv", "journal-xero-notes.csv", "journal-xero-unbooked.csv", "journal-xero.csv",
        "journal.csv",
      ])
  }

  @Test("a folder in the place of a part leaves the earlier journal, removed parts too")
  func blockedName() throws {
    let folder = try TestFolder()
    try write(try payments(400), .xero, folder)
    let before = try snapshot(folder)
    try FileManager.default.removeItem(atPath: folder.path + "/" + period + "/journal-xero-unbooked.csv")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/" + period + "/journal-xero-unbooked.csv", withIntermediateDirectories: true)
    let failure = try #require(throws: Failure.self) { try write(try payments(1), .xero, folder) }
    #expect(failure.status == .outputNotWritten)
    for name in ["journal-xero.csv", "journal-xero-2.csv", "journal-xero-3.csv"] {
      #expect(try folder.bytes(period + "/" + name) == before[name])
    }
    #expect(try folder.names(period).count == 4)
  }

  @Test("a journal without entries is one file")
  func empty() throws {
    for layout in JournalLayout.allCases {
      let folder = try TestFolder()
      let result = try write(try payments(0), layout, folder)
      #expect(result.files.map(\.rows) == [0, 0])
      #expect(try folder.names(period).count == 2)
    }
  }

  @Test("names of journals are told from those of other files")
  func names() {
    #expect(JournalLayout.xero.owns("journal-xero.csv") && JournalLayout.xero.owns("journal-xero-12.csv"))
    #expect(
      !JournalLayout.xero.owns("journal-xero-unbooked.csv") && !JournalLayout.xero.owns("journal-csv-2.csv"))
    #expect(
      JournalLayout.datev.owns("EXTF_journal_2026-03.csv")
        && JournalLayout.datev.owns("EXTF_journal_2026-03-2.csv"))
    #expect(!JournalLayout.datev.owns("EXTF_2026-03.csv") && !JournalLayout.csv.owns("journal-csv.csv"))
    for layout in JournalLayout.allCases {
      for name in [
        layout.fileName(part: 1, month: (2026, 3)), layout.fileName(part: 7, month: (2026, 12)),
        layout.unbookedName,
      ] {
        #expect(StagedName.owner(of: ".\(name).7.partial") == 7, "\(name)")
      }
    }
  }

  @Test("records that do not add up to the report are a defect, and nothing is written")
  func notTied() throws {
    let folder = try TestFolder()
    var source = try payments(2)
    source.records.removeLast()
    let failure = try #require(throws: Failure.self) { try write(source, .csv, folder) }
    #expect(failure.status == .defect)
    #expect(failure.what.contains("payments collected are 0.02 EUR, booked 0.01, not booked 0.00"))
    #expect(try folder.names(period).isEmpty)
  }

  @Test("an incomplete provider and test data are said in the journal")
  func warnings() throws {
    let folder = try TestFolder()
    var source = try payments(1)
    source.facts.providers.append(
      ProviderCoverage(name: "gate", kind: .gate, status: "incomplete", complete: false))
    source.facts.isTestData = true
    let result = try write(source, .hledger, folder)
    #expect(result.warnings.count == 2)
    let text = String(decoding: try folder.bytes(period + "/journal.hledger"), as: UTF8.self)
    #expect(text.contains("; INCOMPLETE: gate ") && text.contains("; TEST DATA"))
  }
}
