import Foundation
import ReconcileCore
import Testing

@testable import Reports

@Suite("CSV dialects")
struct CsvDialectTests {
  private let columns: [Column<[Cell]>] = (0..<4).map { index in Column("c\(index)") { $0[index] } }

  private func csv(_ rows: [[Cell]], _ dialect: CSVDialect) throws -> [UInt8] {
    let folder = try TestFolder()
    let output = try OutputFile(creating: folder.path + "/t.csv")
    let writer = try CSVWriter(columns: columns, to: output, dialect: dialect)
    for row in rows { try writer.write(row) }
    _ = try output.finish()
    return try folder.bytes("t.csv")
  }

  private func count(_ bytes: [UInt8], _ dialect: CSVDialect) throws -> Int64 {
    var check = CSVCheck(columns: columns.count, dialect: dialect)
    try bytes.withUnsafeBytes { all in
      for index in all.indices { try check.read(UnsafeRawBufferPointer(rebasing: all[index...index])) }
    }
    return try check.finish()
  }

  @Test("each is written as the program that opens it expects")
  func bytes() throws {
    let row: [Cell] = [.money(try Sample.money(-123_450)), .count(-3), .text("a;b"), .text("1,5")]
    let texts: [CSVDialect: String] = [
      .standard: "c0,c1,c2,c3\n-1234.50,-3,a;b,\"1,5\"\n",
      .excel: "\u{FEFF}c0,c1,c2,c3\r\n-1234.50,-3,a;b,\"1,5\"\r\n",
      .excelEU: "\u{FEFF}c0;c1;c2;c3\r\n-1234,50;-3;\"a;b\";1,5\r\n",
    ]
    for dialect in CSVDialect.allCases {
      #expect(try csv([row], dialect) == Array((texts[dialect] ?? "").utf8), "\(dialect)")
    }
  }

  @Test("amounts without decimals and with three have no mark too many")
  func exponents() throws {
    let row: [Cell] = [
      .money(try Sample.money(1_200, "JPY")), .money(try Sample.money(5, "KWD")), .blank,
      .instant(Instant(microseconds: 500_000)),
    ]
    let text = String(decoding: try csv([row], .excelEU), as: UTF8.self)
    #expect(text.hasSuffix("\r\n1200;0,005;;1970-01-01T00:00:00.5Z\r\n"))
  }

  @Test("whatever a cell holds, the check counts the rows, and no cut goes unseen")
  func check() throws {
    let texts = ["", "a", ";", ",", "\"", "\r\n", "\n", "=1", "a;\"b\",c", "\u{FEFF}"]
    var rows: [[Cell]] = []
    for first in texts {
      for second in texts { rows.append([.text(first), .text(second), .count(1), .text(first)]) }
    }
    for dialect in CSVDialect.allCases {
      let bytes = try csv(rows, dialect)
      #expect(try count(bytes, dialect) == Int64(rows.count), "\(dialect)")
      for length in 0..<bytes.count {
        if let found = try? count(Array(bytes.prefix(length)), dialect) { #expect(found < rows.count) }
      }
      for other in CSVDialect.allCases where other != dialect {
        #expect(throws: CSVCheck.Problem.self, "\(dialect) as \(other)") { try count(bytes, other) }
      }
    }
  }

  @Test(
    "a file whose lines end otherwise, or without its mark, is refused",
    arguments: [
      "a;b;c;d\r\n", "\u{FEFF}a;b;c;d\n", "\u{FEFF}a;b;c;d\r", "\u{FEFF}a;b;c;d\r\r\n",
      "\u{FEFF}a;b;c;d\rx\n", "\u{FEFF}",
    ])
  func refused(text: String) throws {
    #expect(throws: CSVCheck.Problem.self) { try count(Array(text.utf8), .excelEU) }
  }

  @Test("a report in another dialect has the same summary but for the digests of its files")
  func summary() throws {
    let folder = try TestFolder()
    func lines(_ dialect: CSVDialect) throws -> [Substring] {
      _ = try writeReports(
        source: Sample.source(), formats: [.csv], csvDialect: dialect, outputRoot: folder.path, workbook: nil,
        onProgress: { _, _, _ in })
      return String(decoding: try folder.bytes(period + "/summary.json"), as: UTF8.self).split(
        separator: "\n")
    }
    let standard = try lines(.standard)
    let european = try lines(.excelEU)
    let changed = zip(standard, european).filter { $0 != $1 }.map(\.0)
    #expect(standard.count == european.count && changed.count == csvNames.count)
    #expect(changed.allSatisfy { $0.contains("\"sha256\"") })
  }
}
