import ReconcileCore

/// Counts the rows of a table's sheets and adds up its amounts, from the cells as they were written.
struct TableTally: SheetVisitor, Sendable {
  let sheet: String
  let summed: [String]
  private(set) var rows = 0
  private(set) var sums: [Currency: [Int128]] = [:]

  private let names: [[UInt8]]
  private let currencyColumn: Int?
  /// By column: the position in `summed`, or nil.
  private let positions: [Int?]

  // The sheet being read.
  private var header: Int?
  private var headerCells = 0
  private var lastRow = 0
  private var filterRange: String?

  // The row being read.
  private var currency: Currency?
  private var currencyText: [UInt8] = []
  private var running: [Int128]

  init<Row>(_ sheet: String, _ columns: [Column<Row>], _ summed: [String]) {
    self.sheet = sheet
    self.summed = summed
    names = columns.map { Array($0.name.utf8) }
    currencyColumn = summed.isEmpty ? nil : columns.firstIndex { $0.name == "currency" }
    positions = columns.map { summed.firstIndex(of: $0.name) }
    running = Array(repeating: 0, count: summed.count)
  }

  mutating func beginSheet() {
    header = nil
    headerCells = 0
    lastRow = 0
    filterRange = nil
  }

  /// The rows must reach exactly as far as the filter that was set before the first of them was written.
  mutating func endSheet() throws {
    try keep()
    guard let header, headerCells == names.count else { throw DamagedWorkbook("it has no header") }
    guard let filterRange else { throw DamagedWorkbook("it has no filter") }
    let ends = filterRange.split(separator: ":")
    // The range of a table without rows is its header alone.
    let first = ends.first.flatMap { Int($0.drop { $0.isLetter }) }
    let last = ends.last.flatMap { Int($0.drop { $0.isLetter }) }
    guard first == header, last == lastRow else {
      throw DamagedWorkbook("its rows end at \(lastRow) and its filter covers \(filterRange)")
    }
  }

  func wants(column: Int) -> Bool {
    guard header != nil, headerCells == names.count else { return true }
    return column == currencyColumn || (column < positions.count && positions[column] != nil)
  }

  mutating func row(_ number: Int) throws {
    if header != nil {
      guard number == lastRow + 1 else { throw DamagedWorkbook("row \(lastRow + 1) is missing") }
      guard headerCells == names.count else { throw DamagedWorkbook("row \(lastRow) is cut off") }
      rows += 1
    }
    lastRow = number
  }

  mutating func cell(row: Int, column: Int, isText: Bool, value: [UInt8]) throws {
    guard let header, row > header else {
      if column == 0, value == names[0] { self.header = row }
      if row == self.header, column < names.count, value == names[column] { headerCells += 1 }
      return
    }
    if column == currencyColumn {
      if value != currencyText {
        try keep()
        currencyText = value
        currency = Currency(String(decoding: value, as: UTF8.self))
        guard let currency else { throw DamagedWorkbook("row \(row) names no currency") }
        running = sums[currency] ?? Array(repeating: 0, count: summed.count)
      }
    } else if column < positions.count, let position = positions[column] {
      // The currency stands left of every amount.
      try add(value, position, row)
    }
  }

  mutating func filter(_ range: String) { filterRange = range }

  private mutating func add(_ value: [UInt8], _ position: Int, _ row: Int) throws {
    guard let currency, let amount = Self.minorUnits(value, exponent: currency.exponent) else {
      throw DamagedWorkbook("row \(row) has an amount that is none")
    }
    running[position] += amount
  }

  private mutating func keep() throws {
    if let currency { sums[currency] = running }
  }

  /// The minor units of a decimal, rounded to the currency's decimals.
  ///
  /// A number cell carries 16 digits, and the last of them may be binary dust (8.3 is stored as
  /// 8.300000000000001); cells hold at most 15 digits, so rounding takes the dust away and nothing else.
  static func minorUnits(_ text: [UInt8], exponent: Int) -> Int128? {
    var value: Int128 = 0
    var decimals: Int?
    var roundsUp = false
    var hasDigits = false
    for (index, byte) in text.enumerated() {
      switch byte {
      case UInt8(ascii: "-") where index == 0: continue
      case UInt8(ascii: ".") where decimals == nil: decimals = 0
      case 48...57:
        hasDigits = true
        if let seen = decimals {
          decimals = seen + 1
          if seen == exponent { roundsUp = byte >= 53 }
          if seen >= exponent { continue }
        }
        value = value * 10 + Int128(byte - 48)
      default: return nil
      }
    }
    guard hasDigits, text.count <= 30 else { return nil }
    for _ in min(decimals ?? 0, exponent)..<exponent { value *= 10 }
    if roundsUp { value += 1 }
    return text.first == UInt8(ascii: "-") ? -value : value
  }
}
