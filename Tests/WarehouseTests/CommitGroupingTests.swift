import GRDB
import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("Writes that are committed together")
struct CommitGroupingTests {
  private struct Trouble: Error {}

  /// What another connection sees.
  private func committed(_ store: Store) throws -> [String] {
    try Warehouse(path: store.warehouse.path, access: .read).read {
      try String.fetchAll($0, sql: "SELECT name FROM fact WHERE name LIKE 'test %' ORDER BY 1")
    }
  }

  private func add(_ name: String, to store: Store) throws {
    try store.warehouse.write { db in
      try db.execute(sql: "INSERT INTO fact (name, value) VALUES (?, '')", arguments: ["test \(name)"])
    }
  }

  private func own(_ store: Store) throws -> Int? {
    try store.warehouse.read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM fact WHERE name LIKE 'test %'")
    }
  }

  @Test(
    "they are seen at once by the writer, by others when the group ends, and later writes stand alone again")
  func together() async throws {
    let store = try Store(try plainSettings())
    try await store.warehouse.groupingCommits {
      try add("1", to: store)
      try add("2", to: store)
      #expect(try own(store) == 2)
      #expect(try committed(store) == [])
    }
    #expect(try committed(store) == ["test 1", "test 2"])
    try add("3", to: store)
    #expect(try committed(store) == ["test 1", "test 2", "test 3"])
  }

  @Test("work that is broken off keeps what was written")
  func brokenOff() async throws {
    let store = try Store(try plainSettings())
    await #expect(throws: Trouble.self) {
      try await store.warehouse.groupingCommits {
        try add("1", to: store)
        throw Trouble()
      }
    }
    #expect(try committed(store) == ["test 1"])
  }

  @Test("a write that fails takes its group along, whole, and the warehouse can be written to")
  func failedWrite() async throws {
    let store = try Store(try plainSettings())
    await #expect(throws: Failure.self) {
      try await store.warehouse.groupingCommits {
        try add("1", to: store)
        try add("1", to: store)
      }
    }
    #expect(try committed(store) == [])
    try add("2", to: store)
    #expect(try committed(store) == ["test 2"])
  }

  @Test("after a failed write nothing more is written, whoever asks, and the first failure is told")
  func latched() async throws {
    let store = try Store(try plainSettings())
    func failure(of name: String) -> Failure? {
      do { try add(name, to: store) } catch { return error as? Failure }
      return nil
    }
    try await store.warehouse.groupingCommits {
      #expect(failure(of: "1") == nil)
      let first = failure(of: "1")
      #expect(first?.what.contains("UNIQUE") ?? false)
      #expect(failure(of: "2") == first)
    }
    #expect(try committed(store) == [])
  }
}
