import ReconcileCore

/// The section of controls: pairs of figures that must be equal, and a place to sign.
struct PageControls {
  let page: HTMLWriter
  let content: PageContent

  func write() throws {
    try page.section(.controls, isLong: true) {
      let failing = content.failingControls
      try page.element(
        "p", ["class": failing == 0 ? "good" : "bad"],
        failing == 0 ? "✓ All \(content.controls.count) controls hold." : "▲ \(failing) to check.")
      try page.table(
        "controls-table", caption: "Each line compares two figures that were found in different ways.",
        columns: [
          .text("Control"), .text("Currency"), .number("Left"), .number("Right"), .number("Difference"),
          .text("Result"),
          .text("What is compared"),
        ]
      ) {
        // What fails is looked for first.
        for control in content.controls.filter({ !$0.holds }) + content.controls.filter(\.holds) {
          try page.row(["class": control.holds ? "holds" : "differs"]) {
            try page.head(control.what)
            try page.cell(control.currency?.code)
            for figure in [control.left.value, control.right.value, control.left.value - control.right.value]
            {
              try page.amount(figure, control.exponent)
            }
            try page.cell(control.holds ? "✓ OK" : "▲ CHECK", control.holds ? "good" : "bad")
            try page.cell(control.explanation)
          }
        }
      }
      try page.table(
        "sign-off", caption: "Sign-off", columns: [.text(""), .text("Name"), .text("Date"), .text("Comment")]
      ) {
        for role in ["Prepared by", "Reviewed by"] {
          try page.row {
            try page.head(role)
            for _ in 0..<3 { try page.cell(nil) }
          }
        }
      }
    }
  }
}

/// The section that says what was read from whom. Left out is whatever differs between two runs that find the same.
struct PageCoverage {
  let page: HTMLWriter
  let content: PageContent

  func write() throws {
    try page.section(.coverage) {
      try page.table(
        "providers", caption: "What the latest import of each provider brought; times are UTC.",
        columns: [
          .text("Provider"), .text("Kind"), .text("Status"), .number("Pages"), .number("Records"),
          .number("Rejected"),
          .number("Test records"), .text("Newest record"), .text("Message"),
        ]
      ) {
        for provider in content.facts.providers {
          try page.row {
            try page.head(provider.name)
            try page.cell(provider.kind.rawValue)
            try page.cell(
              (provider.complete ? "✓ " : "▲ ") + provider.status, provider.complete ? "good" : "bad")
            for count in [provider.pages, provider.records, provider.rejected, provider.test] {
              try page.count(count)
            }
            try page.cell(provider.newestRecordAt?.description)
            try page.cell(provider.message)
          }
        }
      }
      try page.table(
        "readings", caption: "How each list was read: what “complete” rests on.",
        columns: [
          .text("Provider"), .text("List"), .text("Read"), .text("Complete"), .number("Pages"),
          .number("Rows"),
          .number("Distinct"), .number("Total named"), .number("Walks"), .text("Window"),
        ]
      ) {
        for provider in content.facts.providers {
          for reading in provider.readings { try write(reading, of: provider) }
          if !provider.kind.listsPayments {
            try page.row {
              try page.head(provider.name)
              try page.cell("payments without an order")
              try page.cell("cannot be listed")
              try page.cell("– no")
              for _ in 0..<6 { try page.cell(nil) }
            }
          }
        }
      }
    }
  }

  private func write(_ reading: StreamReading, of provider: ProviderCoverage) throws {
    try page.row {
      try page.head(provider.name)
      try page.cell(reading.stream)
      try page.cell(reading.isLookup ? "one by one" : "as a list")
      try page.cell(reading.isComplete ? "✓ yes" : "▲ no", reading.isComplete ? "good" : "bad")
      for count in [reading.pages, reading.rows, reading.distinct, reading.total, reading.walks] {
        try page.count(count)
      }
      try page.cell(reading.window)
    }
  }
}

/// The section that says what the page is, how it is read, and what it was made from.
struct PageAbout {
  let page: HTMLWriter
  let content: PageContent

  func write() throws {
    let facts = content.facts
    try page.section(.about, isLong: true) {
      try list(
        "This report",
        [
          ("Period", "\(facts.period.from) to \(facts.period.to), both days included"),
          ("Time zone", facts.zoneName),
          ("As of", "\(facts.asOf)"), ("Made by", facts.tool), ("Warehouse", facts.warehouseID),
          ("Configuration (SHA-256)", facts.configurationDigest),
          (
            "Run",
            "summary.json beside this page names the run and its time, and holds the SHA-256 of this page. The page leaves "
              + "them out: made again from the same records it has the same bytes."
          ),
        ])
      try sentences("How to read it", Self.reading)
      try list("Signs", Glossary.signs.map { ($0.term, $0.meaning) })
      try sentences("Assumptions in force", facts.assumptions.isEmpty ? ["None."] : facts.assumptions)
      try inputs()
      try list("Severities", Glossary.severities.map { ($0.term, $0.meaning) })
      try list("Words", Glossary.terms.map { ($0.term, $0.meaning) })
      try list(
        "Kinds of discrepancies",
        DiscrepancyCode.allCases.map { ($0.rawValue, "\($0.severity.rawValue): \(Glossary.meaning(of: $0))") }
      )
    }
  }

  /// How the page is meant to be read.
  private static let reading = [
    "Lines marked ▲ at the top come before any figure. Then work through Discrepancies, high severity first.",
    "Every amount is exact: it has as many decimals as its currency, and no figure passed through a binary fraction. The "
      + "lengths of bars are rounded.",
    "The room between thousands is no character. A number that is copied has nothing but its digits.",
    "A blank cell means unknown. Zero is written as 0.",
    "Ids are printed as they are. A character that cannot be seen, or that would turn the order of others, stands as "
      + "⟨U+202E⟩; a text of more than \(HTMLText.limit) characters ends with \(HTMLText.mark).",
    "Times are UTC. Days are business days in the reporting time zone, on Settlement days in the provider's zone.",
    "The page holds no script and asks nobody for anything. It can be kept, mailed and printed as it is.",
  ]

  private func inputs() throws {
    guard !content.facts.inputs.isEmpty else {
      try page.element("h3", "Merchant files")
      return try page.note("None was read by this run.")
    }
    try page.element("h3", "Merchant files")
    try page.table(
      "inputs", caption: "Files of the latest import.",
      columns: [.text("File"), .number("Rows"), .text("SHA-256")]
    ) {
      for input in content.facts.inputs {
        try page.row {
          try page.head(input.path)
          try page.count(input.rows)
          try page.cell(input.sha256, "digest")
        }
      }
    }
  }

  private func list(_ title: String, _ lines: [(String, String)]) throws {
    try page.element("h3", title)
    try page.element("dl") {
      try page.line()
      for (term, meaning) in lines {
        // One box for both, so that no sheet of paper ends between them.
        try page.element("div") {
          try page.element("dt") { try page.outside(term) }
          try page.element("dd") { try page.outside(meaning) }
        }
        try page.line()
      }
    }
    try page.line()
  }

  private func sentences(_ title: String, _ lines: [String]) throws {
    try page.element("h3", title)
    try page.element("ul", ["class": "plain"]) {
      try page.line()
      for line in lines {
        try page.element("li") { try page.outside(line) }
        try page.line()
      }
    }
    try page.line()
  }
}
