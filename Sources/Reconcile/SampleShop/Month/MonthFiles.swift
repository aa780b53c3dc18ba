import ReconcileCore

/// The month as files.
struct MonthFiles {
  let month: Month
  let planted: [PlantedFinding]

  func all() -> [SampleFile] {
    [
      SampleFile(path: "README.md", text: Guide(planted: planted).text),
      SampleFile(path: "planted.csv", text: csv(PlantedFinding.header, planted.map(\.cells))),
      SampleFile(
        path: SampleShop.configurationName,
        text: SampleConfiguration.text(
          saved: "saved", note: "The sample month, read without any network.", hasWholesale: true)),
      SampleFile(
        path: SampleShop.earlierConfigurationName,
        text: SampleConfiguration.text(
          saved: "saved-earlier", note: "The same shop with what its providers answered on 23 March.",
          hasWholesale: true)),
      orders("2026-02-february.csv") { $0 < ShopTime(3, 1, 0, 0) },
      orders("2026-03-march.csv") { $0 >= ShopTime(3, 1, 0, 0) },
      corrections(),
      SampleFile(
        path: "refunds/2026-q1.csv",
        text: csv(MerchantRefundRow.header, sorted(month.merchantRefunds).map(\.cells))),
      SampleFile(
        path: "webhooks/deliveries.jsonl",
        text: month.deliveries.sorted { ($0.receivedAt, $0.line) < ($1.receivedAt, $1.line) }
          .map { $0.line + "\n" }.joined()),
    ] + saved("saved", before: nil) + saved("saved-earlier", before: Month.snapshot)
  }

  // MARK: Merchant files

  private func csv(_ header: [String], _ rows: [[String]]) -> String {
    ([header] + rows).map { CSVLine.text($0) }.joined()
  }

  private func sorted(_ rows: [(at: ShopTime, cells: [String])]) -> [(at: ShopTime, cells: [String])] {
    rows.sorted { ($0.at, $0.cells[0]) < ($1.at, $1.cells[0]) }
  }

  /// An orders file; its last column is one that the tool does not know.
  private func orders(_ name: String, _ isIn: (ShopTime) -> Bool) -> SampleFile {
    let rows = sorted(month.orders.filter { isIn($0.at) }).map(\.cells)
    return SampleFile(path: "orders/\(name)", text: csv(OrderRow.header + ["items"], rows))
  }

  /// The later file, written by another program: semicolons, and its columns in another order.
  private func corrections() -> SampleFile {
    let order = [0, 6, 3, 2, 1, 4, 5]
    let lines = [OrderRow.header] + month.corrections.map(\.cells)
    return SampleFile(
      path: "orders/2026-04-corrections.csv",
      text: lines.map { cells in CSVLine.text(order.map { cells[$0] }, separator: ";") }.joined())
  }

  // MARK: Saved answers

  /// What the providers hold, as of a moment or in the end.
  private func records<Record>(_ lines: [Timeline<Record>], before time: ShopTime?) -> [String] {
    lines.enumerated().compactMap { index, line -> (ShopTime, Int, String)? in
      if time == nil, line.isWithdrawn { return nil }
      guard let record = time.map({ line.record(before: $0) }) ?? line.record else { return nil }
      return (line.start, index, record.json)
    }.sorted { ($0.0, $0.1) > ($1.0, $1.1) }.map(\.2)
  }

  private func saved(_ folder: String, before time: ShopTime?) -> [SampleFile] {
    var files: [SampleFile] = []
    func add(_ provider: String, _ name: String, _ text: String) {
      files.append(SampleFile(path: "\(folder)/\(provider)/\(name)", text: text))
    }
    let payments = Pages(records(month.maxfi, before: time), size: 100)
    for page in payments.pages {
      let more =
        page.isLast ? "\"has_more\":false" : "\"has_more\":true,\"next_cursor\":\"page-\(page.number + 1)\""
      add("maxfi", "payments-\(page.name).json", "{\"data\":[\(page.rows)],\(more)}\n")
    }
    for account in [DapitAccount.retail, .wholesale] {
      let lines = Pages(records(month.dapit[account] ?? [], before: time), size: 100)
      for page in lines.pages {
        add(
          account.rawValue, "list_transactions-\(page.name).json",
          "{\"success\":true,\"transactions\":[\(page.rows)],\"total\":\(lines.total),\"limit\":100,"
            + "\"offset\":\(page.offset)}\n")
      }
      let refunds = Pages(records(month.dapitRefunds[account] ?? [], before: time), size: 1_000)
      for page in refunds.pages {
        add(account.rawValue, "list_refunds.json", "{\"success\":true,\"refunds\":[\(page.rows)]}\n")
      }
    }
    if time == nil { add("dapit", "settlement_report.json", month.settlementReport()) }
    add("gate", "payments.jsonl", records(month.gate, before: time).map { $0 + "\n" }.joined())
    add("inflow", "transactions.jsonl", records(month.inflow, before: time).map { $0 + "\n" }.joined())
    for page in Pages(records(month.inflowRefunds, before: time), size: 50).pages {
      add("inflow", "refunds-\(page.name).json", "[\(page.rows)]\n")
    }
    return files
  }
}

/// A list cut into pages, one record a line; an empty list is one empty page.
struct Pages {
  struct Page {
    var number: Int
    var offset: Int
    var rows: String
    var isLast: Bool

    /// `001`, so that the names sort.
    var name: String { String(repeating: "0", count: max(0, 3 - String(number).count)) + String(number) }
  }

  let total: Int
  let pages: [Page]

  init(_ records: [String], size: Int) {
    total = records.count
    pages = stride(from: 0, to: max(1, records.count), by: size).enumerated().map { index, offset in
      let part = records.dropFirst(offset).prefix(size)
      return Page(
        number: index + 1, offset: offset,
        rows: part.isEmpty ? "" : "\n" + part.joined(separator: ",\n") + "\n",
        isLast: offset + size >= records.count)
    }
  }
}
