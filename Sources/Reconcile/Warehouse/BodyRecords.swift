import GRDB
import ReconcileCore

/// What was read from one piece of evidence.
public struct BodyRecords: Sendable {
  public var payments: [PaymentRecord]
  public var refunds: [RefundRecord]
  public var settlements: [SettlementReport]
  public var rejects: [Reject]
  /// Ids of records that could not be read this time: they are there all the same.
  public var rejectedIDs: [Identifier]
  public var drift: [(kind: String, name: String, sample: String)]
  /// The evidence's number in the warehouse; nil while it is not kept.
  public var evidence: Int64?
  /// The payments with what follows from each alone, once that is worked out.
  private(set) var worked: [WorkedPayment]?

  public init(
    payments: [PaymentRecord], refunds: [RefundRecord], settlements: [SettlementReport], rejects: [Reject],
    rejectedIDs: [Identifier] = [], drift: [(kind: String, name: String, sample: String)], evidence: Int64?
  ) {
    self.payments = payments
    self.refunds = refunds
    self.settlements = settlements
    self.rejects = rejects
    self.rejectedIDs = rejectedIDs
    self.drift = drift
    self.evidence = evidence
  }

  /// Works out what follows from each payment alone, so that the thread that writes need not.
  ///
  /// - Parameters:
  ///   - lookupID: the id that was asked for; nil for lists.
  ///   - zone: the zone of business days.
  public mutating func workOut(askedAs lookupID: String?, _ provider: ProviderSettings, zone: Zone) {
    worked = payments.map { WorkedPayment($0, askedAs: lookupID, provider, zone: zone) }
  }
}

/// Where a body came from.
struct BodySource {
  var stream: String
  var request: String
  /// The id that was asked for; nil for lists.
  var lookupID: String?
}

extension ProviderWriter {
  /// Stores what several bodies held in one transaction: a commit waits for the disk, and look-ups bring
  /// thousands of bodies with one record each.
  ///
  /// A record that is read twice in a run keeps the later `updatedAt`, else the one read last; a record that
  /// differs from the stored one leaves the old values in the history. Throws `Failure` (74); then none of
  /// the bodies is stored.
  public func store(_ bodies: [BodyRecords]) throws {
    try write { db in
      var statements = try RecordStatements(db)
      for body in bodies { try store(body, from: try statements.markRead(body.evidence), &statements, db) }
    }
  }

  /// Keeps bodies and stores what was read from each, nil where it could not be read, in one transaction: all or none.
  public func keep(_ bodies: [PackedEvidence], andStore records: [BodyRecords?]) throws {
    try write { db in
      let numbers = try warehouse.keep(
        bodies, areRead: records.map { $0 != nil }, provider: settings.name, run: run, db)
      var statements = try RecordStatements(db)
      for (place, body) in records.enumerated() {
        guard var body else { continue }
        body.evidence = numbers[place]
        try store(body, from: bodies[place].source, &statements, db)
      }
    }
  }

  private func write(_ body: (Database) throws -> Void) throws {
    let before = (firstBodies, seen)
    do {
      try warehouse.write(body)
    } catch {
      // Nothing of them is stored: they were not read yet.
      (firstBodies, seen) = before
      throw error
    }
  }
}
