import Foundation
import ReconcileCore
import ReconcileWarehouse
import Testing

@testable import reconcile

@Suite("Decisions say who and why, and are taken together or not at all")
struct DecisionTests {
  private func sheet(_ text: String, note: String? = nil) throws -> VerdictSheet {
    let folder = try ScratchFolder()
    return try VerdictSheet(file: folder.write("v.csv", text), defaultNote: note)
  }

  private func problems(_ text: String, note: String? = nil) throws -> String {
    let sheet = try sheet(text, note: note)
    let error = try #require(throws: Failure.self) { try sheet.check() }
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
    try sheet.check()
    #expect(sheet.verdicts.map(\.id) == ["D1", "D3"])
    #expect(sheet.verdicts.map(\.resolution) == [.accepted, .open])
    #expect(sheet.verdicts.map(\.note) == ["paid in cash", "look \"again\" soon"])
    #expect(sheet.verdicts.map(\.line) == [2, 4])
    #expect(sheet.undecidedCount == 2)
  }

  @Test("cells that a report defused are read as they were, other quotes stay")
  func defused() throws {
    let sheet = try sheet("id,resolution,note\n'-D1,open,'=1+1\nD2,open,'twas paid\n")
    #expect(sheet.verdicts.map(\.id) == ["-D1", "D2"])
    #expect(sheet.verdicts.map(\.note) == ["=1+1", "'twas paid"])
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
      D6,accepted,x
      """
    let told = try problems(text)
    for words in [
      "6 rows cannot be taken, so nothing was changed", "v.csv, line 2",
      "line 2: `acepted` is no resolution; the nearest is \"accepted\"", "line 3: note is empty",
      "line 4: id is empty", "line 5: the note holds a control character", "line 7: the row has 4 cells",
      "line 9: the id stands on line 8 already",
    ] { #expect(told.contains(words), "\(words)") }
  }

  @Test("--note stands in where a row has none, and only there")
  func defaultNote() throws {
    let sheet = try sheet("id,resolution\nD1,open\n", note: "month end")
    #expect(sheet.verdicts.map(\.note) == ["month end"])
    #expect(try self.sheet("id,resolution,note\nD1,open,own\n", note: "x").verdicts.map(\.note) == ["own"])
  }

  @Test("the same row twice is one verdict, and an id nobody knows is named by its line")
  func unknown() throws {
    var sheet = try sheet("id,resolution,note\nD1,open,x\nD1,open,x\nD2,open,x\n")
    #expect(sheet.verdicts.count == 2)
    sheet.refuse(["D2"])
    let error = try #require(throws: Failure.self) { try sheet.check() }
    #expect(error.text.contains("line 4: no discrepancy `D2` is in the warehouse"))
  }

  @Test("a file without the columns, or without anything, is no table of verdicts")
  func noTable() throws {
    for text in ["", "id,verdict\nD1,open\n", "id,id,resolution\n"] {
      let error = try #require(throws: Failure.self) { try sheet(text) }
      #expect(error.status == .inputMissing)
      #expect(!error.remedy.contains("[verdicts"))
    }
    let error = try #require(throws: Failure.self) {
      try VerdictSheet(file: "/nowhere.csv", defaultNote: nil)
    }
    #expect(error.status == .inputMissing)
  }

  @Test("ids that no discrepancy ever had are found before anything is written")
  func unknownIDs() throws {
    let shop = try SmallShop([("a", "2026-03-25", "EUR", 1_000)])
    #expect(try shop.warehouse(.read).unknownDiscrepancies(among: ["x", "y"]) == ["x", "y"])
  }
}
