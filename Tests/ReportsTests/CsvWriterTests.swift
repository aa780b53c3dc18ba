import Foundation
import ReconcileCore
import Testing

@testable import Reports

@Suite struct CsvWriterTests {
  /// One row of any cells, so that each kind can be written as it is.
  private func csv(_ rows: [[Cell]], columns: Int) throws -> [UInt8] {
    let folder = try TestFolder()
    let table = (0..<columns).map { index in Column<[Cell]>("c\(index)") { $0[index] } }
    let output = try OutputFile(creating: folder.path + "/t.csv")
    let writer = try CSVWriter(columns: table, to: output)
    for row in rows { try writer.write(row) }
    let facts = try output.finish()
    let bytes = try folder.bytes("t.csv")
    #expect(writer.rows == Int64(rows.count))
    #expect(facts == FileFacts(bytes: Int64(bytes.count), sha256: Digest.hex(Digest.sha256(bytes))))
    return bytes
  }

  private func line(_ text: String) throws -> String {
    let bytes = try csv([[.text(text)]], columns: 1)
    return String(decoding: bytes.dropFirst("c0\n".utf8.count).dropLast(), as: UTF8.self)
  }

  @Test(arguments: [
    ("", ""), ("plain", "plain"), (" a ", " a "), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""),
    ("\"", "\"\"\"\""),
    ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""), ("é😀", "é😀"), ("007", "007"), ("1E5", "1E5"),
    ("=1+1", "'=1+1"), ("+370", "'+370"), ("-1", "'-1"), ("@a", "'@a"), ("\ta", "'\ta"), ("\ra", "\"'\ra\""),
    ("\na", "\"'\na\""), ("\r\n", "\"'\r\n\""), ("=A(\"x\",1)", "\"'=A(\"\"x\"\",1)\""), ("a=b", "a=b"),
    ("'=", "'="),
    ("＝1", "＝1"), ("-\u{301}", "'-\u{301}"), ("a\u{0}b", "a\u{0}b"),
  ])
  func textIsQuotedAndDefused(text: String, expected: String) throws {
    #expect(Array(try line(text).utf8) == Array(expected.utf8))
  }

  @Test func numbersDaysAndFlagsAreNeverDefused() throws {
    let row: [Cell] = [
      .money(try Sample.money(-5)), .count(-3), .day(try Sample.day("2026-03-01")),
      .instant(Instant(microseconds: 1_500_000)), .flag(true), .flag(false), .blank,
    ]
    let bytes = try csv([row], columns: 7)
    let expected = "c0,c1,c2,c3,c4,c5,c6\n-0.05,-3,2026-03-01,1970-01-01T00:00:01.5Z,true,false,\n"
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  @Test func amountsReadAsMoneyWordsThem() throws {
    var random = Seeded(state: 7)
    var amounts: [Int64] = [.min, .min + 1, -101, -100, -99, -1, 0, 1, 9, 10, 99, 100, 999, 1_000, .max]
    for _ in 0..<500 {
      amounts.append(Int64(truncatingIfNeeded: random.next() >> UInt64.random(in: 0...63, using: &random)))
    }
    for code in ["JPY", "EUR", "KWD", "CLF"] {
      let rows = try amounts.map { [Cell.money(try Sample.money($0, code))] }
      let read = cells(ofCSV: try csv(rows, columns: 1)).dropFirst().map { $0[0] }
      #expect(read == (try amounts.map { try Sample.money($0, code).decimalText }))
    }
  }

  @Test func everyTextComesBackThroughAnotherReader() throws {
    let pieces = [
      "a", "\"", ",", "\n", "\r", "\r\n", "\t", "=", "+", "-", "@", "'", " ", "é", "e\u{301}", "😀", ";",
      "\u{301}",
      "\u{2028}", "0",
    ]
    var random = Seeded(state: 20_260_301)
    var rows: [[String]] = []
    for _ in 0..<3_000 {
      rows.append(
        (0..<3).map { _ in
          (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
            .joined()
        })
    }
    let bytes = try csv(rows.map { $0.map(Cell.text) }, columns: 3)
    let read = cells(ofCSV: bytes).dropFirst()
    #expect(read.count == rows.count)
    for (found, row) in zip(read, rows) {
      let expected = row.map { text in
        ["=", "+", "-", "@", "\t", "\r", "\n"].contains { text.utf8.starts(with: $0.utf8) }
          ? "'" + text : text
      }
      #expect(found.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
      #expect(found.allSatisfy { $0.utf8.first.map { !CSVText.startsFormula($0) } ?? true })
    }
    #expect(try count(bytes, columns: 3) == Int64(rows.count))
  }

  @Test func cellsLongerThanTheBufferArriveWhole() throws {
    let long = String(repeating: "x\"y", count: OutputFile.bufferSize)
    let read = cells(ofCSV: try csv([[.text(long), .text("b")], [.text("c"), .text(long)]], columns: 2))
    #expect(read.count == 3)
    #expect(read[1] == [long, "b"])
    #expect(read[2] == ["c", long])
  }

  @Test func aFullDeviceIsAnErrorWithARemedy() throws {
    let output = OutputFile(descriptor: open("/dev/full", O_WRONLY), path: "/somewhere/orders.csv")
    try output.write("some text")
    let failure = #expect(throws: Failure.self) { try output.finish() }
    #expect(failure?.status == .outputNotWritten)
    #expect(failure?.place == "/somewhere/orders.csv")
    #expect(failure?.remedy.contains("free space") == true)
  }

  @Test func anExistingFileIsNeverOverwritten() throws {
    let folder = try TestFolder()
    try folder.put("mine", at: "t.csv")
    #expect(throws: Failure.self) { try OutputFile(creating: folder.path + "/t.csv") }
    #expect(try folder.bytes("t.csv") == Array("mine".utf8))
  }

  // MARK: - The check

  /// The rows that the check counts, given the bytes one at a time and all at once.
  private func count(_ bytes: [UInt8], columns: Int) throws -> Int64 {
    var whole = CSVCheck(columns: columns)
    try bytes.withUnsafeBytes { try whole.read($0) }
    var pieces = CSVCheck(columns: columns)
    try bytes.withUnsafeBytes { all in
      for index in all.indices { try pieces.read(UnsafeRawBufferPointer(rebasing: all[index...index])) }
    }
    let rows = try whole.finish()
    #expect(try pieces.finish() == rows)
    return rows
  }

  @Test(arguments: [("a,b\n", 0), ("a,b\n1,2\n", 1), ("a,b\n,\n\"x\ny\",\"\"\"\"\n", 2)])
  func theCheckCountsRows(text: String, rows: Int64) throws {
    #expect(try count(Array(text.utf8), columns: 2) == rows)
  }

  @Test(arguments: [
    "", "a,b", "a,b\n1,2", "a,b\n1\n", "a,b\n1,2,3\n", "a,b\n1,\"2\n", "a,b\n1,\"2\"", "a,b\r\n",
    "a,b\n1\",2\n",
    "a,b\n\"1\"x,2\n", "a,b\n\n",
  ])
  func theCheckRefusesWhatIsNotWhole(text: String) throws {
    #expect(throws: CSVCheck.Problem.self) { try count(Array(text.utf8), columns: 2) }
  }

  @Test func everyCutOfAFileIsFound() throws {
    let bytes = try csv([[.text("a\nb"), .text("\"")], [.text("c"), .text("")]], columns: 2)
    let whole = try count(bytes, columns: 2)
    for length in 0..<bytes.count {
      if let rows = try? count(Array(bytes.prefix(length)), columns: 2) { #expect(rows < whole) }
    }
  }
}
