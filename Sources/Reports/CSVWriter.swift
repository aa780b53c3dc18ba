import ReconcileCore

/// Streams rows into a CSV file: UTF-8, a header row, RFC 4180 quoting; the rest as the dialect says.
final class CSVWriter<Row> {
  private let columns: [Column<Row>]
  private let file: OutputFile
  private let form: CSVForm
  private(set) var rows: Int64 = 0

  /// Starts the file with its header row.
  init(columns: [Column<Row>], to file: OutputFile, dialect: CSVDialect = .standard) throws {
    self.columns = columns
    self.file = file
    form = CSVForm(dialect)
    if form.hasMark { for byte in CSVByte.mark { try file.write(byte: byte) } }
    for (index, column) in columns.enumerated() {
      if index > 0 { try file.write(byte: form.delimiter) }
      try CSVText.write(column.name, to: file, delimiter: form.delimiter)
    }
    try endRow()
  }

  /// Appends one row.
  func write(_ row: Row) throws {
    for (index, column) in columns.enumerated() {
      if index > 0 { try file.write(byte: form.delimiter) }
      switch column.cell(row) {
      case .blank: break
      case .text(let text): try CSVText.write(text, to: file, delimiter: form.delimiter)
      case .money(let money): try CSVNumber.write(money, mark: form.decimalMark, to: file)
      case .count(let count): try CSVNumber.write(count, to: file)
      case .day(let day): try file.write(day.description)
      case .instant(let instant): try file.write(instant.description)
      case .flag(let flag): try file.write(flag ? "true" : "false")
      }
    }
    try endRow()
    rows += 1
  }

  private func endRow() throws {
    if form.hasReturns { try file.write(byte: CSVByte.carriageReturn) }
    try file.write(byte: CSVByte.lineFeed)
  }
}

/// The bytes in which dialects differ.
struct CSVForm {
  /// Whether the file begins with a byte-order mark.
  let hasMark: Bool
  /// Whether lines end with CR LF instead of LF.
  let hasReturns: Bool
  /// The byte between cells.
  let delimiter: UInt8
  /// The byte before the decimals of an amount.
  let decimalMark: UInt8

  init(_ dialect: CSVDialect) {
    hasMark = dialect != .standard
    hasReturns = dialect != .standard
    delimiter = dialect == .excelEU ? CSVByte.semicolon : CSVByte.comma
    decimalMark = dialect == .excelEU ? CSVByte.comma : UInt8(ascii: ".")
  }
}

/// The bytes that have a meaning in a CSV file.
enum CSVByte {
  static let comma = UInt8(ascii: ",")
  static let semicolon = UInt8(ascii: ";")
  /// The byte-order mark of UTF-8.
  static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  static let quote = UInt8(ascii: "\"")
  static let apostrophe = UInt8(ascii: "'")
  static let tab: UInt8 = 9
  static let lineFeed: UInt8 = 10
  static let carriageReturn: UInt8 = 13
}

/// Text cells.
enum CSVText {
  /// Writes a text, defused where a spreadsheet would run it, and quoted where its bytes would end the cell.
  ///
  /// Works on bytes, because Swift counts CR LF as one character that is neither CR nor LF.
  static func write(_ text: String, to file: OutputFile, delimiter: UInt8 = CSVByte.comma) throws {
    var text = text
    try text.withUTF8 { bytes in
      guard let first = bytes.first else { return }
      let bytes = UnsafeRawBufferPointer(bytes)
      let quoted = bytes.contains { breaksCell($0, delimiter) }
      if quoted { try file.write(byte: CSVByte.quote) }
      if startsFormula(first) { try file.write(byte: CSVByte.apostrophe) }
      if quoted {
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == CSVByte.quote {
          try file.write(UnsafeRawBufferPointer(rebasing: bytes[start...index]))
          try file.write(byte: CSVByte.quote)
          start = index + 1
        }
        try file.write(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        try file.write(byte: CSVByte.quote)
      } else {
        try file.write(bytes)
      }
    }
  }

  /// Whether a spreadsheet would take a text with this first byte for a formula.
  static func startsFormula(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), CSVByte.tab,
      CSVByte.carriageReturn, CSVByte.lineFeed:
      true
    default: false
    }
  }

  private static func breaksCell(_ byte: UInt8, _ delimiter: UInt8) -> Bool {
    byte == delimiter || byte == CSVByte.quote || byte == CSVByte.lineFeed
      || byte == CSVByte.carriageReturn
  }
}

/// Amounts and counts, written digit by digit so that a cell costs no text of its own.
enum CSVNumber {
  /// Writes an amount as `Money.decimalText` words it, with this decimal mark.
  static func write(_ money: Money, mark: UInt8, to file: OutputFile) throws {
    try write(money.minorUnits, decimals: money.currency.exponent, mark: mark, to: file)
  }

  /// Writes a whole number.
  static func write(_ count: Int64, to file: OutputFile) throws {
    try write(count, decimals: 0, mark: 0, to: file)
  }

  private static func write(_ value: Int64, decimals: Int, mark: UInt8, to file: OutputFile) throws {
    // 19 digits, a mark and a sign fit; the magnitude of the smallest Int64 has no Int64 of its own.
    try withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { space in
      var rest = value.magnitude
      var position = space.count
      var digits = 0
      repeat {
        if digits == decimals, digits > 0 {
          position -= 1
          space[position] = mark
        }
        position -= 1
        space[position] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
        digits += 1
      } while rest > 0 || digits <= decimals
      if value < 0 {
        position -= 1
        space[position] = UInt8(ascii: "-")
      }
      try file.write(UnsafeRawBufferPointer(rebasing: space[position...]))
    }
  }
}
