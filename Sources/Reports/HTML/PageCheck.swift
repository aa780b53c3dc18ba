import ReconcileCore

/// Reads a finished page back: every element closed, no script, nothing from elsewhere, the rows that there must be, and
/// the figures that the totals have.
struct PageCheck {
  private var scanner: XMLScanner<PageReader>
  private let totals: SummaryTotals
  private let rowLimit: Int

  init(totals: SummaryTotals, rowLimit: Int) {
    scanner = XMLScanner(PageReader())
    self.totals = totals
    self.rowLimit = rowLimit
  }

  /// Reads the next piece of the file.
  mutating func read(_ bytes: UnsafeRawBufferPointer) throws {
    try bytes.withMemoryRebound(to: UInt8.self) { try scanner.feed($0) }
  }

  /// Compares what was found; call it at the end of the file.
  mutating func finish() throws {
    try scanner.finish()
    let found = scanner.consumer
    for (table, id) in [
      (ReportTable.discrepancies, "discrepancies-table"), (.openItems, "open-items-table"),
      (.adjustments, "adjustments-table"),
    ] {
      let expected = min(Int(totals.rowCount(table)), rowLimit)
      let rows = found.rows[id] ?? 0
      guard rows == expected else { throw DamagedWorkbook("\(id) has \(rows) rows instead of \(expected)") }
    }
    let expected = Self.figures(totals)
    guard found.figures.count == expected.count else {
      throw DamagedWorkbook("it has \(found.figures.count) of \(expected.count) figures of the summary")
    }
    for (key, figure) in expected where found.figures[key] != figure {
      throw DamagedWorkbook("\(key) is \(found.figures[key] ?? "not there") instead of \(figure)")
    }
  }

  /// The figures of summary.json that the page repeats, by their places in it.
  static func figures(_ totals: SummaryTotals) -> [String: String] {
    var figures: [String: String] = [:]
    func text(_ amount: Int128, _ currency: Currency) -> String {
      Money.decimalText(amount, exponent: currency.exponent)
    }
    for (currency, orders) in totals.orders {
      figures["orders.\(currency).count"] = "\(orders.count)"
      figures["orders.\(currency).amount"] = text(orders.amount, currency)
      figures["orders.\(currency).collected"] = text(orders.collected, currency)
      figures["orders.\(currency).refunded"] = text(orders.refunded, currency)
      for (status, count) in orders.byMatchStatus {
        figures["orders.\(currency).by_match_status.\(status.rawValue)"] = "\(count)"
      }
    }
    for (currency, payments) in totals.payments {
      figures["payments.\(currency).count"] = "\(payments.count)"
      figures["payments.\(currency).collected"] = text(payments.collected, currency)
      figures["payments.\(currency).linked"] = text(payments.linked, currency)
      figures["payments.\(currency).unlinked"] = text(payments.unlinked, currency)
      figures["control.\(currency).undated"] = text(payments.undated, currency)
      figures["control.\(currency).difference"] = text(payments.difference, currency)
    }
    for (currency, refunds) in totals.refunds {
      figures["refunds.\(currency).count"] = "\(refunds.count)"
      figures["refunds.\(currency).amount"] = text(refunds.amount, currency)
      figures["refunds.\(currency).fees"] = text(refunds.fees, currency)
    }
    for status in DiscrepancyStatus.allCases {
      figures["discrepancies.\(status.rawValue)"] = "\(totals.findingCount(status))"
    }
    return figures
  }
}

/// Collects rows and figures, and refuses what a page must not have.
struct PageReader: XMLConsumer {
  /// Data rows by the id of their table.
  private(set) var rows: [String: Int] = [:]
  /// Texts of the elements that name a figure.
  private(set) var figures: [String: String] = [:]

  private var depth = 0
  private var table: (id: String, depth: Int)?
  private var figure: (key: String, depth: Int, text: [UInt8])?

  private static let forbidden: [StaticString] = [
    "script", "link", "iframe", "object", "embed", "img", "base", "form", "image", "use", "foreignObject",
  ]

  mutating func open(_ name: UnsafeBufferPointer<UInt8>, _ attributes: UnsafeBufferPointer<UInt8>) throws {
    depth += 1
    for word in Self.forbidden where XMLBytes.equal(name, word) {
      throw DamagedWorkbook("it holds the element \(word)")
    }
    if let target = XMLBytes.attribute("href", attributes), target.first != UInt8(ascii: "#") {
      throw DamagedWorkbook("it leads elsewhere")
    }
    func text(_ name: StaticString) -> String? {
      XMLBytes.attribute(name, attributes).map { String(decoding: $0, as: UTF8.self) }
    }
    if let id = text("data-rows") {
      table = (id, depth)
      rows[id] = 0
    } else if let table, table.depth == depth - 1, XMLBytes.equal(name, "tr") {
      rows[table.id, default: 0] += 1
    }
    if let key = text("data-key") { figure = (key, depth, []) }
  }

  mutating func close(_ name: UnsafeBufferPointer<UInt8>) throws {
    if let figure, figure.depth == depth {
      guard figures.updateValue(String(decoding: figure.text, as: UTF8.self), forKey: figure.key) == nil
      else {
        throw DamagedWorkbook("\(figure.key) stands twice")
      }
      self.figure = nil
    }
    if let table, table.depth == depth { self.table = nil }
    depth -= 1
  }

  mutating func text(_ text: UnsafeBufferPointer<UInt8>) { figure?.text.append(contentsOf: text) }
}
