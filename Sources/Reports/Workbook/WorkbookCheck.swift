import ReconcileCore

/// Reads a finished workbook back. The writer library reports success on a full disk and leaves a file whose
/// sheets end in the middle, so a workbook counts only after this.
struct WorkbookCheck {
  let path: String
  let totals: SummaryTotals

  func run() throws {
    do {
      try verify()
    } catch let damage as DamagedWorkbook {
      throw WorkbookFile.failure("the workbook was read back and is not whole: \(damage.reason)", at: path)
    }
  }

  private func verify() throws {
    let archive = try ZipArchive(path: path)
    let names = try sheetNames(archive)
    // libxlsxwriter numbers its parts in the order of the sheets.
    var partNames: [String: String] = [:]
    for (index, name) in names.enumerated() { partNames["xl/worksheets/sheet\(index + 1).xml"] = name }
    let bases = names.map(Self.baseName)
    var order: [String] = []
    for base in bases where order.last != base { order.append(base) }
    guard order.filter({ $0 != ReconciliationWorkbook.adjustments }) == ReconciliationWorkbook.sheetNames
    else {
      throw DamagedWorkbook("its sheets are \(names.joined(separator: ", "))")
    }
    var tallies = Self.tallies
    var seen = 0
    for entry in archive.entries {
      do {
        if let name = partNames[entry.name] {
          seen += 1
          let base = Self.baseName(name)
          if let index = tallies.firstIndex(where: { $0.sheet == base }) {
            tallies[index] = try scan(archive, entry, tallies[index])
          } else {
            try scan(archive, entry)
          }
        } else {
          try scan(archive, entry)
        }
      } catch let damage as DamagedWorkbook {
        throw DamagedWorkbook(
          "\(partNames[entry.name].map { "sheet \($0)" } ?? entry.name): \(damage.reason)")
      }
    }
    guard seen == names.count else { throw DamagedWorkbook("a sheet is missing") }
    for tally in tallies { try compare(tally) }
  }

  private func scan(_ archive: ZipArchive, _ entry: ZipArchive.Entry) throws {
    var scanner = XMLScanner(NoConsumer())
    try archive.read(entry) { try scanner.feed($0) }
    try scanner.finish()
  }

  private func scan(_ archive: ZipArchive, _ entry: ZipArchive.Entry, _ tally: TableTally) throws
    -> TableTally
  {
    var tally = tally
    tally.beginSheet()
    var scanner = XMLScanner(SheetReader(tally))
    try archive.read(entry) { try scanner.feed($0) }
    try scanner.finish()
    var result = scanner.consumer.visitor
    try result.endSheet()
    return result
  }

  private func sheetNames(_ archive: ZipArchive) throws -> [String] {
    guard let entry = archive.entries.first(where: { $0.name == "xl/workbook.xml" }) else {
      throw DamagedWorkbook("it has no list of sheets")
    }
    var scanner = XMLScanner(SheetNames())
    try archive.read(entry) { try scanner.feed($0) }
    try scanner.finish()
    return scanner.consumer.names
  }

  /// `Orders (2)` carries on `Orders`.
  static func baseName(_ name: String) -> String {
    guard name.hasSuffix(")"), let open = name.lastIndex(of: "("),
      Int(name[open...].dropFirst().dropLast()) != nil
    else { return name }
    return String(name[..<open].dropLast())
  }

  // MARK: Against the totals

  private static var tallies: [TableTally] {
    [
      TableTally("Discrepancies", ReportTables.discrepancies, []),
      TableTally("Orders", ReportTables.orders, ["amount", "collected", "refunded"]),
      TableTally("Payments", ReportTables.payments, ["collected"]),
      TableTally("Refunds", ReportTables.refunds, ["amount", "fee"]),
      TableTally("Settlement", ReportTables.settlement, []),
      TableTally("Open items", ReportTables.discrepancies, []),
      TableTally("Rejects", ReportTables.rejects, []),
      TableTally(ReconciliationWorkbook.adjustments, ReportTables.adjustments, []),
    ]
  }

  private static let tables: [String: ReportTable] = [
    "Discrepancies": .discrepancies, "Orders": .orders, "Payments": .payments, "Refunds": .refunds,
    "Settlement": .settlement, "Open items": .openItems, "Rejects": .rejects,
    ReconciliationWorkbook.adjustments: .adjustments,
  ]

  private func compare(_ tally: TableTally) throws {
    guard let table = Self.tables[tally.sheet] else { return }
    guard totals.rowCount(table) == Int64(tally.rows) else {
      throw DamagedWorkbook(
        "sheet \(tally.sheet) has \(tally.rows) rows instead of \(totals.rowCount(table))")
    }
    let expected: [Currency: [Int128]] =
      switch table {
      case .orders: totals.orders.mapValues { [$0.amount, $0.collected, $0.refunded] }
      case .payments: totals.payments.mapValues { [$0.collected] }
      case .refunds: totals.refunds.mapValues { [$0.amount, $0.fees] }
      default: [:]
      }
    guard Set(expected.keys) == Set(tally.sums.keys) else {
      throw DamagedWorkbook("sheet \(tally.sheet) holds other currencies than the report")
    }
    for (currency, sums) in expected {
      for (index, name) in tally.summed.enumerated() where tally.sums[currency]?[index] != sums[index] {
        let right = Money.decimalText(sums[index], exponent: currency.exponent)
        let found = Money.decimalText(tally.sums[currency]?[index] ?? 0, exponent: currency.exponent)
        throw DamagedWorkbook(
          "\(name) on sheet \(tally.sheet) adds up to \(found) \(currency) instead of \(right)")
      }
    }
  }
}

/// Collects the names of the sheets from the workbook's list.
private struct SheetNames: XMLConsumer {
  var names: [String] = []

  mutating func open(_ name: UnsafeBufferPointer<UInt8>, _ attributes: UnsafeBufferPointer<UInt8>) {
    if XMLBytes.equal(name, "sheet"), let title = XMLBytes.attribute("name", attributes) {
      names.append(String(decoding: title, as: UTF8.self))
    }
  }
  mutating func close(_ name: UnsafeBufferPointer<UInt8>) {}
  mutating func text(_ text: UnsafeBufferPointer<UInt8>) {}
}
