import Testing

@testable import Reports

/// All cells of one sheet, as a reader sees them.
struct WorkbookCells: SheetVisitor {
  struct Value: Equatable {
    let isText: Bool
    let text: String
  }

  /// Row (from 1), then column (from 0).
  private(set) var rows: [Int: [Int: Value]] = [:]
  private(set) var filterRange = ""

  func wants(column: Int) -> Bool { true }
  mutating func row(_ number: Int) { rows[number] = [:] }
  mutating func cell(row: Int, column: Int, isText: Bool, value: [UInt8]) {
    rows[row]?[column] = Value(isText: isText, text: Self.decode(String(decoding: value, as: UTF8.self)))
  }
  mutating func filter(_ range: String) { filterRange = range }

  /// The sheets by name, in order.
  static func read(_ path: String, _ names: [String] = ReconciliationWorkbook.sheetNames) throws -> [(
    name: String, cells: WorkbookCells
  )] {
    let archive = try ZipArchive(path: path)
    return try names.enumerated().map { index, name in
      let entry = try #require(archive.entries.first { $0.name == "xl/worksheets/sheet\(index + 1).xml" })
      var scanner = XMLScanner(SheetReader(WorkbookCells()))
      try archive.read(entry) { try scanner.feed($0) }
      try scanner.finish()
      return (name, scanner.consumer.visitor)
    }
  }

  /// The row of the header: the last one above the data that the filter covers.
  var headerRow: Int { Int(filterRange.prefix { $0 != ":" }.drop { $0.isLetter }) ?? 0 }

  /// Resolves entities and `_xHHHH_`.
  private static func decode(_ text: String) -> String {
    var text = text
    for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
      text = text.replacing(entity, with: character)
    }
    return text.replacing(/_x([0-9A-F]{4})_/) { match in
      UInt32(match.1, radix: 16).flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? ""
    }
  }
}
