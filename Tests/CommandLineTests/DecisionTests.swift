import Foundation
import ReconcileCore
import ReconcileWarehouse
import Testing

@testable import reconcile

@Suite("Decisions say who and why, and are taken together or not at all")
struct DecisionTests {
  private func sheet(_ text: String, note: String? = nil) throws -> DecisionSheet<DecisionDraft> {
    let folder = try ScratchFolder()
    return try .verdicts(csv: folder.write("v.csv", text), defaultNote: note)
  }

  /// The rows that can be read, as `id resolution note`.
  private func verdicts(_ sheet: DecisionSheet<DecisionDraft>) throws -> [String] {
    try sheet.rows.map { row in
      let draft = try row.content.get()
      guard case .verdict(let id, let resolution, _) = draft.subject else { return "no verdict" }
      return "\(id) \(resolution.rawValue) \(draft.note)"
    }
  }

  private func problems(_ text: String, note: String? = nil) throws -> String {
    let sheet = try sheet(text, note: note)
    let outcomes = sheet.rows.compactMap { try? $0.content.get() }.map { _ in DecisionOutcome.done("") }
    let error = try #require(throws: Failure.self) {
      try DecisionReport(sheet, outcomes, isDryRun: false).check()
    }
    #expect(error.status == .inputRejected)
    return error.text
  }

  @Test("who decided is the person behind sudo, else who logged in, else the user's number")
  func person() {
    let all = ["SUDO_USER": "alice", "LOGNAME": "root", "USER": "u"]
    #expect(Decision.person(all, userID: 7) == "alice")
    #expect(Decision.person(["LOGNAME": "bob", "USER": "u"], userID: 7) == "bob")
    #expect(Decision.person(["SUDO_USER": "", "LOGNAME": " ", "USER": "carol\n"], userID: 7) == "carol\\n")
    #expect(Decision.person([:], userID: 0) == "root")
    #expect(Decision.person([:], userID: 4_000_000_001) == "uid 4000000001")
  }

  @Test("a note is not blank and has no control characters")
  func notes() throws {
    #expect(try Decision.note("  paid in cash ") == "paid in cash")
    for note in ["", " \t", "a\nb", "a\u{1B}[2J", "a\u{202E}b"] {
      let error = try #require(throws: Failure.self) { try Decision.note(note) }
      #expect(error.status == .usage)
    }
  }

  @Test("an export that somebody filled in is read whatever its delimiter, columns and case")
  func export() throws {
    let text = #"""
      \#u{FEFF}code;id;Resolution;explanation;note
      unpaid_order;D1; Accepted ;"a; b";paid in cash
      unpaid_order;D2;;;
      unpaid_order;D3;OPEN;x;"look ""again"" soon"
      unpaid_order;D4
      """#
    let sheet = try sheet(text)
    #expect(try verdicts(sheet) == ["D1 accepted paid in cash", "D3 open look \"again\" soon"])
    #expect(sheet.rows.map(\.place) == ["line 2", "line 4"])
    #expect(sheet.undecidedCount == 2)
  }

  @Test("cells that a report defused are read as they were, other quotes stay")
  func defused() throws {
    let sheet = try sheet("id,resolution,note\n'-D1,open,'=1+1\nD2,open,'twas paid\n")
    #expect(try verdicts(sheet) == ["-D1 open =1+1", "D2 open 'twas paid"])
  }

  @Test("every row that is wrong is named by its line")
  func wrongRows() throws {
    let text = """
      id,resolution,note
      D1,acepted,x
      D2,open,
      ,open,x
      D4,open,"a
      b"
      D5,open,x,y
      D6,open,x
      """
    let told = try problems(text)
    for words in [
      "5 rows cannot be taken, so nothing was changed", "v.csv, line 2",
      "line 2: `acepted` is no resolution; the nearest is \"accepted\"", "line 3: note is empty",
      "line 4: id is empty", "line 5: the note holds a control character", "line 7: the row has 4 cells",
    ] { #expect(told.contains(words), "\(words)") }
  }

  @Test("--note stands in where a row has none, and only there")
  func defaultNote() throws {
    let sheet = try sheet("id,resolution\nD1,open\n", note: "month end")
    #expect(try verdicts(sheet) == ["D1 open month end"])
    #expect(try verdicts(self.sheet("id,resolution,note\nD1,open,own\n", note: "x")) == ["D1 open own"])
  }

  @Test(
    "the same row twice is one verdict; two that differ, and an id nobody knows, are named by their lines")
  func unknown() throws {
    let shop = try SmallShop([("a", "2026-03-25", "EUR", 1_000)])
    let warehouse = try shop.warehouse(.write)
    let known = try #require(try warehouse.findingIDs().first)
    let decider = Decider(name: "alice", instant: SmallShop.now)
    func error(_ rows: String) throws -> String? {
      let sheet = try sheet("id,resolution,note\n" + rows)
      let outcomes = try warehouse.decide(sheet.rows.map { try $0.content.get() }, by: decider)
      let report = DecisionReport(sheet, outcomes, isDryRun: false)
      do throws(Failure) { try report.check() } catch { return error.text }
      return nil
    }
    let told = try #require(try error("\(known),open,x\n\(known),accepted,x\nD2,open,x\n"))
    #expect(told.contains("line 3: the id stands on line 2 already"))
    #expect(told.contains("line 4: no discrepancy `D2` is in the warehouse"))
    #expect(try error("\(known),open,x\n\(known),open,x\n") == nil)
  }

  @Test("a file without the columns, or without anything, is no table of verdicts")
  func noTable() throws {
    for text in ["", "id,verdict\nD1,open\n", "id,id,resolution\n"] {
      let error = try #require(throws: Failure.self) { try sheet(text) }
      #expect(error.status == .inputMissing)
      #expect(!error.remedy.contains("[."))
    }
    let error = try #require(throws: Failure.self) {
      try DecisionSheet.verdicts(csv: "/nowhere.csv", defaultNote: nil)
    }
    #expect(error.status == .inputMissing)
  }

  @Test(
    "payments and orders are read by the names that the reports have; rows without an order decide nothing")
  func links() throws {
    let folder = try ScratchFolder()
    let file = try folder.write(
      "links.csv",
      """
      provider;payment_id;currency;order_id;note
      dapit;P1;EUR;1004;receipt
      ;maxfi:P2;EUR;1005;
      maxfi;P3;EUR;;
      maxfi;;EUR;1006;x

      """)
    let sheet = try DecisionSheet.links(csv: file, defaultNote: "march")
    let read = sheet.rows.map { row in
      switch row.content {
      case .success(let draft):
        guard case .link(let payment, let order) = draft.subject else { return "no link" }
        return "\(row.place): \(payment.provider ?? "-") \(payment.id) \(order) \(draft.note)"
      case .failure(let defect): return "\(row.place): \(defect.text)"
      }
    }
    #expect(
      read == [
        "line 2: dapit P1 1004 receipt", "line 3: - maxfi:P2 1005 march", "line 5: payment_id is empty",
      ])
    #expect(sheet.undecidedCount == 1)
    #expect(try DecisionSheet.unlinks(csv: file, defaultNote: "march").rows.count == 4)
  }

  @Test("every row's outcome is told; a row that is refused holds all others back")
  func outcomes() throws {
    let sheet = try sheet("id,resolution,note\nD1,open,x\nD2,nonsense,x\nD3,open,x\nD4,,\n")
    let decider = Decider(name: "alice", instant: SmallShop.now)
    let report = DecisionReport(sheet, [.done("one"), .unchanged("three")], isDryRun: false)
    #expect(!report.isWritten)
    #expect(
      report.text(by: decider, undecided: nil) == """
        line 2: would be done: one
        line 3: refused: `nonsense` is no resolution; the nearest is "open"; possible: "accepted", "open"
        line 4: unchanged: three
        Nothing was written, because a row was refused: 1 would be done, 1 unchanged, 1 refused.

        """)
    let fine = DecisionReport([.done("one"), .done("two")], isDryRun: false)
    #expect(fine.isWritten)
    #expect(
      fine.text(by: decider, undecided: nil) == """
        done: one
        done: two
        Decided by alice, 2026-04-01T06:00:00Z: 2 done, 0 unchanged.

        """)
    let dry = DecisionReport([.done("one")], isDryRun: true)
    #expect(!dry.isWritten)
    #expect(
      dry.text(by: decider, undecided: nil).contains("Nothing was written (--dry-run): 1 would be done"))
  }
}
