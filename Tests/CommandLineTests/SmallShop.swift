import Foundation
import ReconcileCore
import ReconcileWarehouse
import Testing

@testable import reconcile

/// A warehouse with a few unpaid orders and no provider.
struct SmallShop {
  let folder: ScratchFolder
  var settings = Settings()
  let run: RunHandle
  /// 2026-04-01, 06:00 UTC.
  static let now = Instant(seconds: 1_775_023_200)

  /// Orders by id, day, currency and minor units, imported and matched as of `now`.
  init(_ orders: [(id: String, day: String, currency: String, minorUnits: Int64)]) throws {
    folder = try ScratchFolder()
    settings.warehousePath = folder.path + "/reconcile.sqlite"
    let warehouse = try Warehouse(path: settings.warehousePath, access: .write)
    let first = try #require(BusinessDay("2026-03-01"))
    let period = try #require(Period(from: first, to: first.advanced(by: 30)))
    run = try warehouse.beginRun(
      command: "run", period: period, asOf: Self.now, tool: "test", configurationDigest: "", isTestData: false
    )
    try warehouse.readMerchantFiles(in: run) { writer in
      for order in orders {
        let currency = try #require(Currency(order.currency))
        let created = try #require(TimeText.instant(order.day, in: .utc))
        try writer.add(
          MerchantOrder(
            id: Identifier(stored: order.id), createdAt: created,
            amount: Money(minorUnits: order.minorUnits, currency: currency)),
          file: "orders.csv", line: 2)
      }
      try writer.finish(files: [("orders", InputFile(path: "/nowhere/o.csv", rows: 4, sha256: ""))])
    }
    try warehouse.match(settings: settings, run: run, period: period, asOf: Self.now) { _, _, _ in }
    try warehouse.finishRun(run, status: .providerIncomplete)
  }

  /// The warehouse, as a command opens it.
  func warehouse(_ access: Warehouse.Access) throws -> Warehouse {
    try Warehouse(path: settings.warehousePath, access: access)
  }

  /// What `status` gathers.
  func status() throws -> StatusReport { try StatusReport(settings, now: Self.now) }
}

extension Warehouse {
  /// The ids of all findings, in their order.
  func findingIDs() throws -> [String] {
    var ids: [String] = []
    try query("SELECT id FROM v_discrepancy ORDER BY id") { _ in
    } row: { values in
      if case .text(let id) = values[0] { ids.append(id) }
    }
    return ids
  }
}
