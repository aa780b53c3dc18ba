import Foundation

/// The rows of one sheet that a person may have filled in.
struct FilledSheet {
  private let name: String
  private let strings: StringTable
  /// Names of the wanted columns by their position, once the header was seen.
  private var header: [Int: String]?
  private(set) var rows: [FilledRow] = []
  private var number = 0
  private var cells: [Int: String] = [:]

  init(_ name: String, _ strings: StringTable) {
    self.name = name
    self.strings = strings
  }

  var hasHeader: Bool { header != nil }

  func wants(column: Int) -> Bool { header.map { $0[column] != nil } ?? true }

  /// How a cell holds its value.
  enum Kind { case plain, shared, flag }

  mutating func cell(_ column: Int, _ kind: Kind, _ value: [UInt8]) throws {
    let text: String
    switch kind {
    case .plain: text = XMLText.decode(value)
    case .flag: text = value == [UInt8(ascii: "1")] ? "TRUE" : "FALSE"
    case .shared:
      guard let index = Int(String(decoding: value, as: UTF8.self)), let shared = strings[index] else {
        throw DamagedWorkbook("a cell of sheet \(name) names a string that is not there")
      }
      text = shared
    }
    cells[column] = text.split(whereSeparator: \.isNewline).joined(separator: " ")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  mutating func beginRow(_ number: Int?) throws {
    self.number = number ?? self.number + 1
    guard (1...Self.rowLimit).contains(self.number) else {
      throw DamagedWorkbook("sheet \(name) has a row \(self.number)")
    }
    cells.removeAll(keepingCapacity: true)
  }

  /// What the format allows.
  private static let rowLimit = 1_048_576

  mutating func endRow() {
    guard let header else {
      let names = Set(cells.values)
      if names.contains("resolution"), names.contains("row_key") {
        self.header = cells.filter { FilledWorkbook.columns.contains($0.value) }
      }
      return
    }
    var found: [String: String] = [:]
    for (column, text) in cells { if let name = header[column] { found[name] = text } }
    let isFilled = ["resolution", "row_key"].contains { found[$0]?.isEmpty == false }
    if isFilled { rows.append(FilledRow(sheet: name, number: number, cells: found)) }
  }
}

/// Turns the XML of a worksheet into its cells, as any program may have written it.
struct FilledSheetXML: XMLConsumer {
  private(set) var sheet: FilledSheet
  private var column = -1
  private var isWanted = false
  private var isValue = false
  /// Inside the pronunciation of a text, which is no part of it.
  private var isPhonetic = false
  private var kind = FilledSheet.Kind.plain
  private var value: [UInt8] = []
  private var hasValue = false

  init(_ sheet: FilledSheet) { self.sheet = sheet }

  mutating func open(_ name: UnsafeBufferPointer<UInt8>, _ attributes: UnsafeBufferPointer<UInt8>) throws {
    let name = XMLBytes.local(name)
    if XMLBytes.equal(name, "row") {
      try sheet.beginRow(XMLBytes.number("r", attributes))
      column = -1
    } else if XMLBytes.equal(name, "c") {
      column = XMLBytes.attribute("r", attributes).map(Self.column) ?? column + 1
      isWanted = sheet.wants(column: column)
      value.removeAll(keepingCapacity: true)
      hasValue = false
      kind =
        switch XMLBytes.attribute("t", attributes).map({ String(decoding: $0, as: UTF8.self) }) {
        case "s": .shared
        case "b": .flag
        default: .plain
        }
    } else if XMLBytes.equal(name, "v") || XMLBytes.equal(name, "t") {
      isValue = isWanted && !isPhonetic
      if isValue { hasValue = true }
    } else if XMLBytes.equal(name, "rPh") {
      isPhonetic = true
    }
  }

  mutating func text(_ text: UnsafeBufferPointer<UInt8>) { if isValue { value.append(contentsOf: text) } }

  mutating func close(_ name: UnsafeBufferPointer<UInt8>) throws {
    let name = XMLBytes.local(name)
    if XMLBytes.equal(name, "v") || XMLBytes.equal(name, "t") {
      isValue = false
    } else if XMLBytes.equal(name, "rPh") {
      isPhonetic = false
    } else if XMLBytes.equal(name, "c") {
      if isWanted, hasValue { try sheet.cell(column, kind, value) }
      isWanted = false
    } else if XMLBytes.equal(name, "row") {
      sheet.endRow()
    }
  }

  /// The column of `AB12`, counted from 0; cells of more than three letters do not exist.
  private static func column(_ place: UnsafeBufferPointer<UInt8>) -> Int {
    place.prefix { $0 >= 65 && $0 <= 90 }.prefix(3).reduce(0) { $0 * 26 + Int($1) - 64 } - 1
  }
}

/// The strings that cells of all sheets share, behind each other in one piece of memory.
struct StringTable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  /// More than the texts of a report with a million orders.
  private static let limit = 1 << 28

  /// Text that belongs to the string that `end` will end.
  mutating func append(_ text: UnsafeBufferPointer<UInt8>) throws {
    guard bytes.count + text.count <= Self.limit else {
      throw DamagedWorkbook("its texts fill more than \(Self.limit) bytes; keep only the sheets to fill in")
    }
    bytes.append(contentsOf: text)
  }

  mutating func end() { ends.append(bytes.count) }

  /// A string; nil where there is none.
  subscript(_ index: Int) -> String? {
    guard ends.indices.contains(index) else { return nil }
    return XMLText.decode(bytes[(index > 0 ? ends[index - 1] : 0)..<ends[index]])
  }
}

/// Reads the table of strings.
struct StringTableXML: XMLConsumer {
  private(set) var table = StringTable()
  private var isText = false
  private var isPhonetic = false

  mutating func open(_ name: UnsafeBufferPointer<UInt8>, _ attributes: UnsafeBufferPointer<UInt8>) {
    let name = XMLBytes.local(name)
    if XMLBytes.equal(name, "t") { isText = !isPhonetic }
    if XMLBytes.equal(name, "rPh") { isPhonetic = true }
  }

  mutating func text(_ text: UnsafeBufferPointer<UInt8>) throws { if isText { try table.append(text) } }

  mutating func close(_ name: UnsafeBufferPointer<UInt8>) {
    let name = XMLBytes.local(name)
    if XMLBytes.equal(name, "t") { isText = false }
    if XMLBytes.equal(name, "rPh") { isPhonetic = false }
    if XMLBytes.equal(name, "si") { table.end() }
  }
}

/// Reads the list of sheets.
struct WorkbookListXML: XMLConsumer {
  private(set) var sheets: [(name: String, relation: String)] = []

  mutating func open(_ name: UnsafeBufferPointer<UInt8>, _ attributes: UnsafeBufferPointer<UInt8>) {
    guard XMLBytes.equal(XMLBytes.local(name), "sheet") else { return }
    guard let title = XMLBytes.attribute("name", attributes),
      let relation = XMLBytes.attribute("r:id", attributes)
    else { return }
    sheets.append((XMLText.decode(title), XMLText.decode(relation)))
  }
  mutating func close(_ name: UnsafeBufferPointer<UInt8>) {}
  mutating func text(_ text: UnsafeBufferPointer<UInt8>) {}
}

/// Reads what the workbook's relations lead to.
struct RelationsXML: XMLConsumer {
  private(set) var relations: [String: (type: String, target: String)] = [:]

  mutating func open(_ name: UnsafeBufferPointer<UInt8>, _ attributes: UnsafeBufferPointer<UInt8>) {
    guard let id = XMLBytes.attribute("Id", attributes), let type = XMLBytes.attribute("Type", attributes),
      let target = XMLBytes.attribute("Target", attributes)
    else { return }
    relations[XMLText.decode(id)] = (XMLText.decode(type), XMLText.decode(target))
  }
  mutating func close(_ name: UnsafeBufferPointer<UInt8>) {}
  mutating func text(_ text: UnsafeBufferPointer<UInt8>) {}
}

extension XMLBytes {
  /// A name without the prefix of its namespace.
  static func local(_ name: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    guard let colon = name.firstIndex(of: UInt8(ascii: ":")) else { return name }
    return UnsafeBufferPointer(rebasing: name[(colon + 1)...])
  }

  /// A whole number that an attribute holds.
  static func number(_ name: StaticString, _ attributes: UnsafeBufferPointer<UInt8>) -> Int? {
    attribute(name, attributes).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
  }
}

/// Text of XML.
enum XMLText {
  /// The text that bytes of a workbook's XML stand for: entities, and `_xHHHH_` for what XML cannot hold.
  static func decode(_ bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard bytes.contains(UInt8(ascii: "&")) || text.contains("_x") else { return text }
    let plain = text.replacing(/&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(\w{1,8}));/) { match in
      if let digits = match.1 { return scalar(digits, 16) ?? String(match.0) }
      if let digits = match.2 { return scalar(digits, 10) ?? String(match.0) }
      return match.3.flatMap { entities[String($0)] } ?? String(match.0)
    }
    return plain.replacing(/_x([0-9A-Fa-f]{4})_/) { scalar($0.1, 16) ?? String($0.0) }
  }

  private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]

  private static func scalar(_ digits: Substring, _ radix: Int) -> String? {
    UInt32(digits, radix: radix).flatMap(Unicode.Scalar.init).map { String(Character($0)) }
  }
}
