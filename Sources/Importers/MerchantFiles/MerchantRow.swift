import ReconcileCore

/// Why a row is a reject: one sentence that names column, value and remedy.
struct RowProblem: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// Turns the cells of one file's rows into orders and refunds.
struct MerchantRowReader {
  /// One of our columns: its name as the file writes it, and where it stands, if it does.
  private struct Column {
    let name: String
    let position: Int?

    init(_ column: String, in header: CSVHeader) {
      name = header.name(of: column)
      position = header.positions[column]
    }
  }

  private let header: CSVHeader
  private let settings: MerchantFileSettings
  private let section: String
  private let orderID: Column
  private let refundID: Column
  private let createdAt: Column
  private let currencyCode: Column
  private let amount: Column
  private let provider: Column
  private let providerReference: Column
  private let status: Column
  /// Files rarely change currency from row to row, so the last one is kept with the bytes it was written
  /// with.
  private var lastCurrency: (bytes: [UInt8], currency: Currency)?

  init(header: CSVHeader, settings: MerchantFileSettings, plan: ColumnPlan) {
    self.header = header
    self.settings = settings
    section = plan.section
    orderID = Column("order_id", in: header)
    refundID = Column("refund_id", in: header)
    createdAt = Column("created_at", in: header)
    currencyCode = Column("currency", in: header)
    amount = Column("amount", in: header)
    provider = Column("provider", in: header)
    providerReference = Column("provider_reference", in: header)
    status = Column("status", in: header)
  }

  /// The row as an order.
  mutating func order(_ row: CSVReader) throws(RowProblem) -> MerchantOrder {
    if let problem = row.shapeProblem(under: header) { throw problem }
    let word = cell(status, row)
    return MerchantOrder(
      id: try requiredID(orderID, row), createdAt: try instant(createdAt, row), amount: try money(row),
      provider: try optionalID(provider, row)?.text,
      providerReference: try optionalID(providerReference, row),
      isCancelled: matches(word, "cancelled") || matches(word, "canceled"))
  }

  /// The row as a refund the merchant asked for.
  mutating func refund(_ row: CSVReader) throws(RowProblem) -> MerchantRefund {
    if let problem = row.shapeProblem(under: header) { throw problem }
    return MerchantRefund(
      id: try requiredID(refundID, row), orderID: try requiredID(orderID, row),
      createdAt: try instant(createdAt, row), amount: try money(row),
      providerReference: try optionalID(providerReference, row))
  }

  // MARK: Cells

  private func cell(_ column: Column, _ row: CSVReader) -> ArraySlice<UInt8> {
    guard let position = column.position else { return [] }
    return trimBlanks(row.cell(position))
  }

  private func required(_ column: Column, _ row: CSVReader) throws(RowProblem) -> ArraySlice<UInt8> {
    let bytes = cell(column, row)
    guard !bytes.isEmpty else { throw RowProblem("\(column.name) is empty; fill it in") }
    return bytes
  }

  private func requiredID(_ column: Column, _ row: CSVReader) throws(RowProblem) -> Identifier {
    try identifier(try required(column, row), column)
  }

  private func optionalID(_ column: Column, _ row: CSVReader) throws(RowProblem) -> Identifier? {
    let bytes = cell(column, row)
    return bytes.isEmpty ? nil : try identifier(bytes, column)
  }

  private func identifier(_ bytes: ArraySlice<UInt8>, _ column: Column) throws(RowProblem) -> Identifier {
    let text = String(decoding: bytes, as: UTF8.self)
    // Trimmed printable ASCII is an id as it stands; a million of them need no second look.
    if bytes.allSatisfy({ $0 >= 32 && $0 < 127 }) { return Identifier(stored: text) }
    do {
      return try Identifier(text)
    } catch {
      throw RowProblem("\(column.name) \(shown(text)) \(error.reason); remove it")
    }
  }

  private func instant(_ column: Column, _ row: CSVReader) throws(RowProblem) -> Instant {
    let text = String(decoding: try required(column, row), as: UTF8.self)
    guard let instant = TimeText.instant(text, in: settings.zone) else {
      throw RowProblem(
        "\(column.name) \(shown(text)) is not an ISO 8601 time; "
          + "write it like 2026-03-01 or 2026-03-01T09:30:00Z")
    }
    return instant
  }

  private mutating func money(_ row: CSVReader) throws(RowProblem) -> Money {
    let currency = try currency(row)
    let text = String(decoding: try required(amount, row), as: UTF8.self)
    do {
      let minorUnits = try AmountText.merchant(text, exponent: currency.exponent, mark: settings.decimalMark)
      return Money(minorUnits: minorUnits, currency: currency)
    } catch {
      throw RowProblem("\(amount.name) \(shown(text)) \(words(for: error, text, currency))")
    }
  }

  private func words(for error: AmountError, _ text: String, _ currency: Currency) -> String {
    let mark = Character(Unicode.Scalar(settings.decimalMark))
    let other = settings.decimalMark == UInt8(ascii: ",") ? "." : ","
    switch error {
    case .notANumber, .negative:
      let usesOtherMark = text.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || $0 == other.utf8.first }
      let remedy =
        usesOtherMark
        ? "or set decimal = \"\(other)\" in [\(section)] if that is the file's decimal mark"
        : "without sign, blanks or thousands separators"
      return "is not a plain decimal number; write it like 1234\(mark)50, \(remedy)"
    case .tooManyDecimals(let allowed):
      return "has more decimals than \(currency) allows; write at most \(allowed)"
    case .tooLarge: return "is larger than can be counted exactly (Int64 minor units); correct it"
    }
  }

  private mutating func currency(_ row: CSVReader) throws(RowProblem) -> Currency {
    let bytes = try required(currencyCode, row)
    if let last = lastCurrency, bytes.elementsEqual(last.bytes) { return last.currency }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let currency = Currency(text) else {
      throw RowProblem(
        "\(currencyCode.name) \(shown(text)) is not an ISO 4217 currency; write its three letters, as EUR"
      )
    }
    lastCurrency = (Array(bytes), currency)
    return currency
  }

  private func matches(_ bytes: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
    bytes.count == word.utf8CodeUnitCount
      && word.withUTF8Buffer { zip(bytes, $0).allSatisfy { $0 | 0x20 == $1 } }
  }

  private func shown(_ text: String) -> String { quoted(PersonalData.mask(text: text)) }

  // MARK: The row as it is listed

  /// The row for rejects.csv: the cells of our columns, masked, and `…` for each filled cell of another
  /// column, which may hold a customer's name or address.
  func record(of row: CSVReader) -> String {
    let known = Set(header.positions.values)
    let delimiter = Character(Unicode.Scalar(header.delimiter))
    var text = ""
    for index in 0..<row.keptCount {
      if index > 0 { text.append(delimiter) }
      // What is masked and cut off later needs no more than this.
      if text.utf8.count > 8_192 { break }
      let bytes = row.cell(index)
      guard known.contains(index) else {
        if !bytes.isEmpty { text.append("…") }
        continue
      }
      let cell = String(decoding: bytes.prefix(4_096), as: UTF8.self)
      let needsQuotes = cell.utf8.contains { $0 == header.delimiter || $0 == 34 || $0 == 10 || $0 == 13 }
      text += needsQuotes ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
    }
    return PersonalData.mask(text: text)
  }
}
