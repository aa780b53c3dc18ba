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
  /// SHA-256 of the body, 32 bytes.
  public let sha256: [UInt8]
  /// Nil before it is packed, and for a body whose bytes the warehouse holds already.
  private(set) var deflated: [UInt8]?

  var source: BodySource {
    BodySource(stream: body.stream, request: body.request, lookupID: body.lookupID)
  }

  /// Takes the digest.
  public init(_ body: EvidenceInput) {
    self.body = body
    sha256 = Digest.sha256(body.maskedBytes)
  }

  /// Compresses bodies but those with a digest that is known.
  public static func packed(_ bodies: [PackedEvidence], but known: Set<[UInt8]> = []) throws
    -> [PackedEvidence]
  {
    let deflater = try Deflater()
    return try bodies.map { body in
      if known.contains(body.sha256) { return body }
      var packed = body
      packed.deflated = try deflater.compress(body.body.maskedBytes)
      return packed
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

  /// Digests of bodies whose bytes the warehouse holds.
  public func heldEvidence(among bodies: [PackedEvidence]) throws -> Set<[UInt8]> {
    try warehouse.read { db in
      var find = try DirectStatement(
        db, "SELECT 1 FROM evidence_body WHERE sha256 = ? AND deflated IS NOT NULL")
      var held: Set<[UInt8]> = []
      for body in bodies {
        find.add(body.sha256)
        if try find.step() { held.insert(body.sha256) }
        find.begin()
      }
      return held
    }
  }
}

extension Warehouse {
  /// Keeps bodies by content; the same bytes twice take the room of one. Returns one number a body.
  public func keepEvidence(_ bodies: [PackedEvidence], provider: String, run: RunHandle) throws -> [Int64] {
    try write { db in
      try keep(bodies, areRead: bodies.map { _ in false }, provider: provider, run: run, db)
    }
  }

  /// Keeps bodies; `areRead` says of each whether its records are stored in the same transaction.
  func keep(
    _ bodies: [PackedEvidence], areRead: [Bool], provider: String, run: RunHandle, _ db: Database
  ) throws -> [Int64] {
    var addBody = try DirectStatement(
      db,
      """
      INSERT INTO evidence_body (sha256, byte_count, deflated) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING
      """)
    var find = try DirectStatement(
      db, "SELECT id, deflated IS NULL FROM evidence_body WHERE sha256 = ?")
    var restore = try DirectStatement(db, "UPDATE evidence_body SET deflated = ? WHERE id = ?")
    var add = try DirectStatement(
      db,
      """
      INSERT INTO evidence (run, provider, stream, request, lookup_id, is_refund_lookup, fetched_at, body, checksum,
        is_read)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?10, ?9, ?11)
      """, isChecksummed: true)
    func store(_ packed: PackedEvidence) throws -> Int64 {
      if let deflated = packed.deflated {
        addBody.add(packed.sha256)
        addBody.add(Int64(packed.body.maskedBytes.count))
        addBody.add(deflated)
        try addBody.run()
        if db.changesCount > 0 { return db.lastInsertedRowID }
      }
      find.add(packed.sha256)
      guard try find.step() else {
        throw Failure(.defect, "a body to be kept was not compressed", remedy: "report this as a defect")
      }
      let number = find.number(0)
      let isPurged = find.number(1) != 0
      find.begin()
      if isPurged, let deflated = packed.deflated {
        restore.add(deflated)
        restore.add(number)
        try restore.run()
      }
      return number
    }
    return try zip(bodies, areRead).map { packed, isRead in
      let body = packed.body
      let number = try store(packed)
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
      add.add(isRead)
      try add.run()
      return db.lastInsertedRowID
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
