import Foundation
import GRDB
import ReconcileCore
import ReconcileWarehouse
import Testing

@testable import reconcile

@Suite("A warehouse whose run was killed can be looked at before the next run")
struct KilledRunTests {
  /// The warehouse and its journal as they lie on the disk amid a transaction that changes a lot.
  private func killedShop() throws -> (shop: SmallShop, path: String) {
    let shop = try SmallShop([("a", "2026-03-25", "EUR", 1_000)])
    let path = shop.folder.path + "/killed.sqlite"
    let queue = try DatabaseQueue(path: shop.settings.warehousePath)
    try queue.writeWithoutTransaction { db in
      // A small cache makes SQLite write changed pages into the file before the transaction ends.
      try db.execute(sql: "PRAGMA cache_size = 2; BEGIN IMMEDIATE; UPDATE sales_order SET amount_minor = 5")
      try db.execute(sql: "CREATE TABLE filler (text TEXT)")
      for _ in 0..<2_000 {
        try db.execute(sql: "INSERT INTO filler VALUES (?)", arguments: [String(repeating: "x", count: 500)])
      }
      for suffix in ["", "-journal"] {
        try FileManager.default.copyItem(atPath: shop.settings.warehousePath + suffix, toPath: path + suffix)
      }
      try db.execute(sql: "ROLLBACK")
    }
    return (shop, path)
  }

  @Test("reading takes back what was not committed, and the check passes")
  func reading() throws {
    let (shop, path) = try killedShop()
    let warehouse = try Warehouse(path: path, access: .read)
    let story = StoryText.text(try warehouse.story(of: "a", settings: shop.settings))
    #expect(story.contains("amount due          10.00 EUR"))
    #expect(try warehouse.check(deep: true).isEmpty)
    #expect(!FileManager.default.fileExists(atPath: path + "-journal"))
  }

  @Test("a damaged file is a list of problems, not one that hides the others")
  func damage() throws {
    let shop = try SmallShop((0..<300).map { ("order-\($0)", "2026-03-25", "EUR", 1_000) })
    let path = shop.settings.warehousePath
    // A page of orders: what opening reads stays whole.
    let place = try #require(Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data("order-150".utf8)))
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    try file.seek(toOffset: UInt64(place.lowerBound / 4_096 * 4_096))
    try file.write(contentsOf: Data(repeating: 0x5A, count: 4_096))
    try file.close()
    #expect(!(try shop.warehouse(.read).check(deep: false).isEmpty))
    var diagnosis = Diagnosis()
    diagnosis.examineWarehouse(path)
    #expect(diagnosis.status == .warehouseFailed)
  }
}
