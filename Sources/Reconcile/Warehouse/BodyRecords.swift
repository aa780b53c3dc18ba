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
  /// The evidence's number in the warehouse.
  public var evidence: Int64

  public init(
    payments: [PaymentRecord], refunds: [RefundRecord], settlements: [SettlementReport], rejects: [Reject],
    rejectedIDs: [Identifier] = [], drift: [(kind: String, name: String, sample: String)], evidence: Int64
  ) {
    self.payments = payments
    self.refunds = refunds
    self.settlements = settlements
    self.rejects = rejects
    self.rejectedIDs = rejectedIDs
    self.drift = drift
    self.evidence = evidence
  }
}

extension ProviderWriter {
  /// Stores what several bodies held in one transaction: a commit waits for the disk, and look-ups bring
  /// thousands of bodies with one record each.
  ///
  /// A record that is read twice in a run keeps the later `updatedAt`, else the one read last; a record that
  /// differs from the stored one leaves the old values in the history. Throws `Failure` (74); then none of
  /// the bodies is stored.
  public func store(_ bodies: [BodyRecords]) throws {
    let before = (firstBodies, seen)
    do {
      try warehouse.write { db in
        var statements = try RecordStatements(db)
        for body in bodies { try store(body, &statements, db) }
      }
    } catch {
      // Nothing of them is stored: they were not read yet.
      (firstBodies, seen) = before
      throw error
    }
  }
}
