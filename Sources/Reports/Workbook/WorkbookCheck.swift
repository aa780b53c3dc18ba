import Foundation
import ReconcileCore
import Synchronization

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
    let groups = self.groups(archive.entries) { partNames[$0.name] }
    guard groups.reduce(0, { $0 + $1.sheets }) == names.count else {
      throw DamagedWorkbook("a sheet is missing")
    }
    // On all cores: unpacking and reading a million rows takes as long as writing them.
    let results = Mutex<[Result<TableTally?, any Error>?]>(Array(repeating: nil, count: groups.count))
    DispatchQueue.concurrentPerform(iterations: groups.count) { index in
      let result = Result { try scan(groups[index]) }
      results.withLock { $0[index] = result }
    }
    for result in results.withLock({ $0 }) {
      if let tally = try result?.get() { try compare(tally) }
    }
  }

  /// Parts that are read one after the other: the sheets of one table, or a part by itself.
  private struct Group: Sendable {
    /// The parts, each with the name of its sheet; nil for a part that is none.
    var parts: [(entry: ZipArchive.Entry, sheet: String?)]
    var tally: TableTally?

    var sheets: Int { parts.count { $0.sheet != nil } }
  }

  private func groups(
    _ entries: [ZipArchive.Entry], sheet: (ZipArchive.Entry) -> String?
  ) -> [Group] {
    var groups = Self.tallies.map { Group(parts: [], tally: $0) }
    for entry in entries {
      let name = sheet(entry)
      if let base = name.map(Self.baseName), let index = groups.firstIndex(where: { $0.tally?.sheet == base })
      {
        groups[index].parts.append((entry, name))
      } else {
        groups.append(Group(parts: [(entry, name)], tally: nil))
      }
    }
    return groups
  }

  private func scan(_ group: Group) throws -> TableTally? {
    guard !group.parts.isEmpty else { return group.tally }
    let archive = try ZipArchive(path: path)
    var tally = group.tally
    for (entry, sheet) in group.parts {
      do {
        if let sofar = tally { tally = try scan(archive, entry, sofar) } else { try scan(archive, entry) }
      } catch let damage as DamagedWorkbook {
        throw DamagedWorkbook("\(sheet.map { "sheet \($0)" } ?? entry.name): \(damage.reason)")
      }
    }
    return tally
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
