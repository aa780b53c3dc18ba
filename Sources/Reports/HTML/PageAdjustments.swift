import ReconcileCore

/// The section of what has changed in sealed periods since they were sealed.
struct PageAdjustments {
  let page: HTMLWriter
  let content: PageContent
  let formats: Set<ReportFormat>
  let rowLimit: Int

  /// Writes the sums of each fact and the facts themselves; returns how many facts were written.
  func write(_ source: any ReportSource) throws -> Int64 {
    let rows = content.figures.adjustments.rows
    var written = 0
    try page.section(.adjustments, isLong: rows > 20) {
      let periods = content.facts.adjustedPeriods.map(\.description).joined(separator: ", ")
      guard rows > 0 else { return try page.note("✓ Nothing has changed in the sealed periods \(periods).") }
      try sums()
      try page.tellLimit(rowLimit, of: rows, .adjustments, formats)
      try page.table(
        "adjustments-table",
        caption:
          "Facts of sealed periods that are not what they were. A blank figure was not known, or is gone.",
        columns: [
          .text("Record"), .text("Date"), .text("Fact"), .text("Currency"), .number("Sealed"), .number("Now"),
          .number("Difference"), .text("Arrived"), .text("Evidence"),
        ]
      ) {
        try firstRows(rowLimit, of: source.forEachAdjustment) { row in
          written += 1
          try write(row)
        }
      }
    }
    return Int64(written)
  }

  private func sums() throws {
    try page.table(
      "adjusted",
      caption: "Difference = now − sealed of known amounts; what was not on record counted as 0.",
      columns: [
        .text("Sealed period"), .text("Record"), .text("Fact"), .text("Currency"), .number("Changes"),
        .number("Difference"),
      ]
    ) {
      for (key, adjusted) in content.figures.adjusted.sorted(by: { $0.key < $1.key }) {
        try page.row {
          try page.head(key.period.description)
          try page.cell(key.kind)
          try page.cell(key.field)
          try page.cell(key.currency.code)
          try page.count(Int64(adjusted.count))
          try page.amount(adjusted.difference, key.currency.exponent)
        }
      }
    }
  }

  private func write(_ row: AdjustmentRow) throws {
    try page.row {
      try page.element("th", ["scope": "row", "class": "about"]) {
        try page.text("\(row.kind) ")
        try page.outside(row.id)
        try page.void("br", [:])
        try page.element("small") { try page.outside(row.provider ?? "") }
      }
      try page.cell(row.date.description, "day")
      try page.cell(row.field, "word")
      try page.cell(row.currency.code)
      try fact(row.sealed)
      try fact(row.now)
      try page.amount(row.difference.map { Int128($0.minorUnits) }, row.currency.exponent)
      try page.element("td", ["class": "word"]) {
        try page.text("\(row.arrivedAt)")
        try page.void("br", [:])
        try page.element("small") { try page.outside(row.runID) }
      }
      try page.cell(row.evidence, "digest")
    }
  }

  /// An amount as a number; a day or a word on the side of numbers.
  private func fact(_ value: AdjustmentRow.Value?) throws {
    switch value {
    case .money(let money): try page.amount(Int128(money.minorUnits), money.currency.exponent)
    case .text(let text): try page.cell(text, "n")
    case .day(let day): try page.cell(day.description, "n")
    case nil: try page.cell(nil)
    }
  }
}
