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

/// A body on its way into the warehouse, with its digest and compressed: the work that needs no database.
public struct PackedEvidence: Sendable {
  let body: EvidenceInput
  let sha256: [UInt8]
  let deflated: [UInt8]

  /// Packs bodies in their order.
  public static func of(_ bodies: [EvidenceInput]) throws -> [PackedEvidence] {
    let deflater = try Deflater()
    return try bodies.map {
      PackedEvidence(
        body: $0, sha256: Digest.sha256($0.maskedBytes), deflated: try deflater.compress($0.maskedBytes))
    }
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

extension ProviderWriter {
  /// Keeps bodies of this import by content; see `Warehouse.keepEvidence`.
  public func keepEvidence(_ bodies: [PackedEvidence]) throws -> [Int64] {
    try warehouse.keepEvidence(bodies, provider: settings.name, run: run)
  }
}

extension Warehouse {
  /// Keeps bodies by content; the same bytes twice take the room of one. Returns one number a body.
  public func keepEvidence(_ bodies: [PackedEvidence], provider: String, run: RunHandle) throws -> [Int64] {
    try write { db in
      var addBody = try DirectStatement(
        db,
        """
        INSERT INTO evidence_body (sha256, byte_count, deflated) VALUES (?, ?, ?)
        ON CONFLICT (sha256) DO UPDATE SET deflated = excluded.deflated WHERE deflated IS NULL RETURNING id
        """)
      var find = try DirectStatement(db, "SELECT id FROM evidence_body WHERE sha256 = ?")
      var add = try DirectStatement(
        db,
        """
        INSERT INTO evidence (run, provider, stream, request, lookup_id, is_refund_lookup, fetched_at, body, checksum)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?10, ?9)
        """, isChecksummed: true)
      return try bodies.map { packed in
        let body = packed.body
        addBody.add(packed.sha256)
        addBody.add(Int64(body.maskedBytes.count))
        addBody.add(packed.deflated)
        var number = try addBody.step() ? addBody.number(0) : nil
        addBody.begin()
        if number == nil {
          find.add(packed.sha256)
          number = try find.step() ? find.number(0) : nil
          find.begin()
        }
        add.add(run.number)
        add.add(provider)
        add.add(body.stream)
        add.add(body.request)
        add.add(body.lookupID)
        add.add(body.isRefundLookup)
        add.add(body.fetchedAt.microseconds)
        add.add(packed.sha256)
        add.addChecksum()
        add.add(number)
        try add.run()
        return db.lastInsertedRowID
      }
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
