import Foundation

/// The files of a large shop.
final class LargeShopFiles {
  private(set) var orders: LineWriter
  private(set) var refunds: LineWriter
  private(set) var events: LineWriter
  let gate: LineWriter
  let inflow: LineWriter
  var maxfi: PageWriter
  var dapit: PageWriter
  var dapitRefunds: PageWriter
  var inflowRefunds: PageWriter
  private let settlement: LineWriter
  private let folder: URL

  /// Makes the files in their folders; `facts` are those of the whole shop.
  init(_ folder: URL, _ facts: LargeShopFacts) throws {
    self.folder = folder
    func file(_ path: String) -> URL { folder.appendingPathComponent(path) }
    let configuration = try LineWriter(file(SampleShop.configurationName))
    try configuration.write(
      SampleConfiguration.text(saved: "saved", note: "A large invented shop.", hasWholesale: false))
    try configuration.close()
    (orders, refunds, events) = try Self.merchantFiles(
      file("orders/2026-03.csv"), file("refunds/2026-03.csv"), file("webhooks/2026-03.jsonl"))
    gate = try LineWriter(file("saved/gate/payments.jsonl"))
    inflow = try LineWriter(file("saved/inflow/transactions.jsonl"))
    settlement = try LineWriter(file("saved/dapit/settlement_report.json"))
    maxfi = try PageWriter(file("saved/maxfi/payments.jsonl"), .more, size: 100)
    dapit = try PageWriter(
      file("saved/dapit/list_transactions.jsonl"), .total(name: "transactions", facts.dapitTransactions),
      size: 200)
    dapitRefunds = try PageWriter(
      file("saved/dapit/list_refunds.jsonl"), .total(name: "refunds", facts.dapitRefunds), size: 200)
    inflowRefunds = try PageWriter(file("saved/inflow/refunds.jsonl"), .bare, size: 100)
  }

  private static func merchantFiles(
    _ orders: URL, _ refunds: URL, _ events: URL
  ) throws -> (LineWriter, LineWriter, LineWriter) {
    let files = (try LineWriter(orders), try LineWriter(refunds), try LineWriter(events))
    try files.0.write(CSVLine.text(OrderRow.header))
    try files.1.write(CSVLine.text(MerchantRefundRow.header))
    return files
  }

  /// From here on the merchant's rows go into the files of the night.
  func beginNight() throws {
    for writer in [orders, refunds, events] { try writer.close() }
    let names = SampleShop.nightFiles
    (orders, refunds, events) = try Self.merchantFiles(
      folder.appendingPathComponent(names.orders), folder.appendingPathComponent(names.refunds),
      folder.appendingPathComponent(names.events))
  }

  func close(settlement report: String) throws {
    try settlement.write(report)
    try maxfi.close()
    try dapit.close()
    try dapitRefunds.close()
    try inflowRefunds.close()
    for writer in [orders, refunds, events, gate, inflow, settlement] { try writer.close() }
  }
}
