import ReconcileCore

/// How a column of a detail sheet looks and whether it has a total.
struct ColumnLayout {
  enum Kind {
    case id, code, word, currency, money, count, day, instant, list, prose
    /// An amount, a day or a word, as the row has it; all of them on the side of amounts.
    case fact
    /// Yellow: empty, for a person to fill in.
    case entry
    /// Hidden: for the program that reads the workbook back.
    case key
  }

  let name: String
  let kind: Kind
  let isTotalled: Bool
  let isPrinted: Bool

  /// The layout of the column of a CSV file with this name; names mean the same in every table.
  init(_ name: String, isTotalled: Bool = true) {
    self.init(name, Self.kind(of: name), isPrinted: true, isTotalled: isTotalled)
  }

  init(_ name: String, _ kind: Kind, isPrinted: Bool, isTotalled: Bool = true) {
    self.name = name
    self.kind = kind
    self.isPrinted = isPrinted
    // Expected and actual amounts of different kinds of findings do not add up to anything.
    self.isTotalled =
      isTotalled && (kind == .money || kind == .count) && !["expected", "actual", "age_days"].contains(name)
  }

  private static func kind(of name: String) -> Kind {
    switch name {
    case "currency": .currency
    case "amount", "collected", "difference", "refund_due", "refunded", "refund_fees", "net", "expected",
      "actual", "fee", "customer_amount", "gross", "refunds", "fees", "reported_gross", "reported_refunds",
      "reported_fees", "reported_net", "net_difference":
      .money
    case "transactions", "reported_transactions", "age_days": .count
    case "order_date", "payment_date", "refund_date", "business_date", "date": .day
    case "created_at", "arrived_at": .instant
    case "sealed", "now": .fact
    case "id", "order_id", "payment_id", "refund_id", "source", "run_id", "evidence": .id
    case "code", "severity", "status", "match_status": .code
    case "payment_ids", "refund_ids", "discrepancies", "location": .list
    case "explanation", "note", "reason", "record": .prose
    default: .word
    }
  }

  /// Numbers have their heading on the right, where they are.
  var isNumber: Bool { kind == .money || kind == .count || kind == .fact }
  /// A text longer than the column is wide goes on in a second line.
  var wraps: Bool {
    switch kind {
    case .money, .count, .day, .instant, .key: false
    case .id, .code, .word, .currency, .fact, .list, .prose, .entry: true
    }
  }

  /// Whether a page that is too narrow may make the column narrower. An order id links to its order: some programs cut a
  /// link off instead of wrapping it.
  var shrinks: Bool {
    switch kind {
    case .id, .list, .word, .prose: name != "order_id"
    case .code, .currency, .money, .count, .fact, .day, .instant, .entry, .key: false
    }
  }

  /// `A`, `B`, …; no table has more than 26 columns.
  static func letter(_ column: Int) -> String { String(UnicodeScalar(UInt8(65 + column))) }
}

/// Widths of columns in pixels, for the house font of 9 points.
enum ColumnWidths {
  /// The pixels across a landscape A4 page at which the font is printed with 7 points.
  private static let page = 1_370
  /// The same for 6 points. A table that does not come down to 7 is printed smaller, each row in as few lines as
  /// possible.
  private static let widePage = 1_598

  /// Widths that show the content and that fit a printed page. Where the page is too narrow, first the rare long texts
  /// wrap, then ids and words, sentences last.
  static func fitting(_ layouts: [ColumnLayout], content: [ContentWidth]) -> [Int] {
    var widths = zip(layouts, content).map { shown($0, $1.widest) }
    let least = zip(layouts, widths).map { min($1, narrowest($0)) }
    let usual = zip(layouts, content).map { shown($0, $1.usual) }
    let printed = layouts.indices.filter { layouts[$0].isPrinted }
    let page = printed.reduce(0) { $0 + least[$1] } <= page ? page : widePage
    func shrink(_ columns: [Int], to floor: [Int]) {
      let excess = printed.reduce(0) { $0 + widths[$1] } - page
      let spare = columns.map { layouts[$0].shrinks ? max(0, widths[$0] - floor[$0]) : 0 }
      let slack = spare.reduce(0, +)
      guard excess > 0, slack > 0 else { return }
      for (column, spare) in zip(columns, spare) { widths[column] -= spare * min(excess, slack) / slack }
    }
    shrink(printed, to: usual)
    shrink(printed.filter { layouts[$0].kind != .prose }, to: least)
    shrink(printed.filter { layouts[$0].kind == .prose }, to: least)
    return widths
  }

  /// Pixels for a number of so many digits and marks.
  static func number(_ characters: Int) -> Int { characters * 7 + TextMeasure.padding }

  private static func heading(_ layout: ColumnLayout) -> Int {
    TextMeasure.bold(layout.name) + TextMeasure.padding + 2
  }

  private static func shown(_ layout: ColumnLayout, _ content: Int) -> Int {
    let text = content + TextMeasure.padding + 2
    let pixels: Int =
      switch layout.kind {
      case .money, .count: content + TextMeasure.padding
      case .fact: max(74, min(text, 200))
      case .day: 74
      case .instant: 126
      case .currency: 40
      case .id, .list: min(text, layout.name == "order_id" ? 420 : 240)
      case .code, .word: min(text, 200)
      case .prose: min(text, 440)
      case .entry: layout.name == "note" ? 240 : 110
      case .key: 20
      }
    return max(pixels, heading(layout))
  }

  /// What a column of texts may shrink to.
  private static func narrowest(_ layout: ColumnLayout) -> Int {
    let pixels: Int =
      switch layout.kind {
      case .id where layout.name == "id": 90
      case .id, .list: 76
      case .word: 60
      case .prose: 130
      case .code, .currency, .money, .count, .fact, .day, .instant, .entry, .key: Int.max
      }
    return layout.shrinks ? max(pixels, heading(layout)) : Int.max
  }
}
