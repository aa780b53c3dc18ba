import Foundation
import GRDB
import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("Report rows, read on two connections")
struct ReportReadingTests {
  private let store: Store

  init() throws {
    store = try Store(try plainSettings())
    try store.merchant(
      orders: try (1...6).map { try order("A\($0)", "50.00", at: "2026-03-0\($0)", provider: "maxfi") })
    try store.provider(
      "maxfi",
      ProviderImport(
        payments: try (1...6).map { try payment("P\($0)", "50.00", at: "2026-03-0\($0)", for: "A\($0)") }))
    try store.match()
  }

  @Test("the days come in their order, those of both connections once each")
  func inOrder() throws {
    var ids: [String] = []
    try store.report().forEachOrder { ids.append($0.orderID) }
    try store.report().forEachPayment { ids.append($0.paymentID) }
    #expect(ids == ["A1", "A2", "A3", "A4", "A5", "A6", "P1", "P2", "P3", "P4", "P5", "P6"])
  }

  @Test("a connection without the lock is the only one")
  func single() throws {
    #expect(try store.warehouse.beside() != nil)
    let reader = try Warehouse(path: store.warehouse.path, access: .read)
    #expect(try reader.beside() == nil)
  }

  @Test(
    "a page that is damaged while the report is read is told in words",
    arguments: ["order_verdict", "payment"])
  func damaged(table: String) throws {
    let report = try store.report()
    let (page, size) = try store.warehouse.read { db in
      (
        try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = '\(table)'") ?? 0,
        try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
      )
    }
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: store.warehouse.path))
    try file.seek(toOffset: UInt64((page - 1) * size))
    try file.write(contentsOf: [UInt8](repeating: 0xA5, count: size))
    try file.close()
    // The first connection has the page in its memory; the second one reads it from the file.
    let failure = #expect(throws: Failure.self) {
      if table == "payment" { try report.forEachPayment { _ in } } else { try report.forEachOrder { _ in } }
    }
    #expect(failure?.status == .warehouseFailed)
    #expect(failure?.what.contains("damaged") == true)
  }

  @Test("the newest record is known before its day is worked out")
  func newest() throws {
    func newest() throws -> Instant? {
      try store.report().facts.providers.first { $0.name == "maxfi" }?.newestRecordAt
    }
    #expect(try newest() == instant("2026-03-06"))
    try store.nextRun()
    try store.provider(
      "maxfi", ProviderImport(payments: [try payment("P1", "50.00", at: "2026-03-09", for: "A1")]))
    #expect(try newest() == instant("2026-03-09"))
    try store.match()
    #expect(try newest() == instant("2026-03-09"))
  }
}
