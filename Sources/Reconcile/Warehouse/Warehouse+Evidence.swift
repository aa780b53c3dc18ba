import Foundation
import GRDB
import ReconcileCore

/// A response body on its way into the warehouse, masked already.
public struct EvidenceInput: Sendable {
  public var stream: String
  public var request: String
  public var lookupID: String?
  public var isRefundLookup: Bool
  public var fetchedAt: Instant
  public var maskedBytes: [UInt8]

  public init(
    stream: String, request: String, lookupID: String?, isRefundLookup: Bool, fetchedAt: Instant,
    maskedBytes: [UInt8]
  ) {
    self.stream = stream
    self.request = request
    self.lookupID = lookupID
    self.isRefundLookup = isRefundLookup
    self.fetchedAt = fetchedAt
    self.maskedBytes = maskedBytes
  }
}

/// A response body as it was kept.
public struct Evidence: Sendable {
  public var number: Int64
  public var provider: String
  public var stream: String
  public var request: String
  public var lookupID: String?
  public var isRefundLookup: Bool
  public var fetchedAt: Instant
  public var sha256: String
  public var byteCount: Int
}

extension Warehouse {
  /// Keeps bodies by content; the same bytes twice take the room of one. Returns one number a body.
  public func keepEvidence(_ bodies: [EvidenceInput], provider: String, run: RunHandle) throws -> [Int64] {
    let packed = try bodies.map { (Digest.sha256($0.maskedBytes), try Deflate.compress($0.maskedBytes)) }
    return try write { db in
      let addBody = try db.cachedStatement(
        sql: """
          INSERT INTO evidence_body (sha256, byte_count, deflated) VALUES (?, ?, ?)
          ON CONFLICT (sha256) DO UPDATE SET deflated = excluded.deflated WHERE deflated IS NULL
          """)
      let add = try db.cachedStatement(
        sql: """
          INSERT INTO evidence (run, provider, stream, request, lookup_id, is_refund_lookup, fetched_at, body, checksum)
          VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT id FROM evidence_body WHERE sha256 = ?), ?)
          """)
      var numbers: [Int64] = []
      for (body, (digest, deflated)) in zip(bodies, packed) {
        try addBody.execute(arguments: [Data(digest), body.maskedBytes.count, Data(deflated)])
        let values: [(any DatabaseValueConvertible)?] = [
          run.number, provider, body.stream, body.request, body.lookupID, body.isRefundLookup,
          body.fetchedAt.microseconds, Data(digest),
        ]
        try add.execute(arguments: StatementArguments(values + [RowChecksum.of(values)]))
        numbers.append(db.lastInsertedRowID)
      }
      return numbers
    }
  }

  /// The bytes of a piece of evidence; nil when they were purged. Throws 74 when they are damaged.
  func evidenceBytes(_ body: Row) throws -> [UInt8]? {
    guard let deflated: Data = body["deflated"] else { return nil }
    let expected: Data = body["sha256"]
    guard let bytes = Deflate.decompress([UInt8](deflated), count: body["byte_count"]),
      Digest.sha256(bytes) == [UInt8](expected)
    else {
      throw Failure(
        .warehouseFailed, "evidence \(Digest.hex(expected)) is damaged", at: path,
        remedy: "restore the newest backup; the records read from it are still there")
    }
    return bytes
  }
}
