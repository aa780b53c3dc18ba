import GRDB
import ReconcileCore
import Testing

@testable import ReconcileWarehouse

/// Bytes that the warehouse knows cost nothing again, and nothing is lost over it.
@Suite("What is known byte for byte")
struct KnownBytesTests {
  private let file = InputFile(path: "/shop/orders.csv", rows: 1, sha256: "ab")

  private func begin(_ store: Store, tool: String = "reconcile 1", configuration: String = "c") throws
    -> RunHandle
  {
    try store.warehouse.beginRun(
      command: "run", period: store.period, asOf: store.asOf, tool: tool, configurationDigest: configuration,
      isTestData: false)
  }

  /// Reads the merchant's file in a run; returns what the writer knew before.
  private func read(_ store: Store, _ run: RunHandle, reject: Bool = false) throws -> [String] {
    try store.warehouse.readMerchantFiles(in: run) { writer in
      let known = writer.known.map { "\($0.kind) \($0.file.path) \($0.file.rows) \($0.file.sha256)" }
      if reject {
        try writer.reject(Reject(source: file.path, location: "line 2", reason: "odd", record: "x"))
      }
      try writer.finish(files: [("orders", file)])
      return known
    }
  }

  @Test(
    "merchant files are known to the same version and configuration, while none of their rows was rejected")
  func merchantFiles() throws {
    let store = try Store(try plainSettings())
    let known = ["orders /shop/orders.csv 1 ab"]
    #expect(try read(store, begin(store)) == [])
    #expect(try read(store, begin(store)) == known)
    #expect(try read(store, begin(store, tool: "reconcile 2")) == [])
    #expect(try read(store, begin(store, tool: "reconcile 2", configuration: "d")) == [])
    let run = try begin(store, tool: "reconcile 2", configuration: "d")
    #expect(try read(store, run, reject: true) == known)
    #expect(try read(store, begin(store, tool: "reconcile 2", configuration: "d")) == [])
    #expect(try store.count("reject") == 0)
  }

  @Test("a body that is held is not packed again; one that was purged is")
  func bodies() throws {
    let store = try Store(try plainSettings())
    func body(_ text: String) -> PackedEvidence {
      PackedEvidence(
        EvidenceInput(
          stream: "payments", request: "GET /", lookupID: nil, isRefundLookup: false, fetchedAt: store.asOf,
          maskedBytes: Array(text.utf8)))
    }
    let bodies = ["one", "two", "three"].map(body)
    let writer = try ProviderWriter(
      store.warehouse, run: store.run, settings: try #require(store.settings.provider(named: "maxfi")),
      zone: .utc)
    _ = try writer.keepEvidence(PackedEvidence.packed(Array(bodies.dropLast())))
    try store.execute("UPDATE evidence_body SET deflated = NULL WHERE id = 1")
    let held = try writer.heldEvidence(among: bodies)
    #expect(held == [bodies[1].sha256])
    let packed = try PackedEvidence.packed(bodies, but: held)
    #expect(packed.map { $0.deflated == nil } == [false, true, false])
    let numbers = try writer.keepEvidence(packed)
    #expect(numbers.count == 3)
    #expect(
      try store.rows("SELECT body FROM evidence WHERE id > 2 ORDER BY id") == ["1", "2", "3"])
    for (number, text) in zip(1...3, ["one", "two", "three"]) {
      let row = try #require(
        try store.warehouse.read {
          try Row.fetchOne($0, sql: "SELECT * FROM evidence_body WHERE id = \(number)")
        })
      #expect(try store.warehouse.evidenceBytes(row) == Array(text.utf8))
    }
  }

  @Test("a body that is neither held nor packed is refused")
  func unpacked() throws {
    let store = try Store(try plainSettings())
    let body = PackedEvidence(
      EvidenceInput(
        stream: "payments", request: "GET /", lookupID: nil, isRefundLookup: false, fetchedAt: store.asOf,
        maskedBytes: [1]))
    #expect(throws: Failure.self) {
      try store.warehouse.keepEvidence([body], provider: "maxfi", run: store.run)
    }
  }
}
