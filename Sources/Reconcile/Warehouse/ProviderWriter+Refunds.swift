import GRDB
import ReconcileCore

extension ProviderWriter {
  /// Stores a listed refund of one piece of evidence.
  func store(
    _ refund: RefundRecord, _ evidence: Int64, _ statements: inout RecordStatements, _ db: Database
  ) throws {
    Self.bind(refund, to: &statements.addRefund)
    statements.addRefund.add(settings.name)
    statements.addRefund.add(refund.id.text)
    statements.addRefund.add(evidence)
    statements.addRefund.add(run.number)
    try statements.addRefund.run()
    if db.changesCount > 0 {
      tally.new += 1
      if refund.isTest { tally.test += 1 }
      seen.insert(db.lastInsertedRowID, of: .refunds)
    } else {
      try update(refund, evidence, db)
    }
  }

  /// Takes what a known refund says now.
  private func update(_ refund: RefundRecord, _ evidence: Int64, _ db: Database) throws {
    var old = try DirectStatement(
      db,
      "SELECT \(Self.refundColumns), id, withdrawn_in_run FROM refund WHERE provider = ? AND refund_id = ?")
    old.add(settings.name)
    old.add(refund.id.text)
    guard try old.step() else { return }
    let id = old.number(11)
    let isSame = Self.isSame(refund, old)
    let isWithdrawn = !old.isNull(12)
    let updatedAt = old.integer(9)
    old.begin()
    let isFirst = seen.insert(id, of: .refunds)
    if isFirst, refund.isTest { tally.test += 1 }
    if !isFirst, Self.isOlder(refund.updatedAt, than: updatedAt) { return }
    if isSame && !isWithdrawn { return }
    if !isSame {
      tally.changed += 1
      try remember("refund", refund.id.text, Self.refundColumns, of: id, db)
    }
    // The payment it belonged to so far must be looked at again too.
    try db.cachedStatement(
      sql:
        "INSERT OR IGNORE INTO touched_payment SELECT payment FROM refund WHERE id = ? AND payment IS NOT NULL"
    ).execute(arguments: [id])
    var update = try DirectStatement(
      db,
      """
      UPDATE refund SET (\(Self.refundColumns)) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), evidence = ?, changed_in_run = ?,
        withdrawn_in_run = NULL, origin = 'listed', inferred = 0, payment = NULL, refunded_on = NULL,
        local_on = NULL WHERE id = ?
      """)
    Self.bind(refund, to: &update)
    update.add(evidence)
    update.add(run.number)
    update.add(id)
    try update.run()
  }

  private static let refundColumns = """
    payment_id, possible_payment_id_1, possible_payment_id_2, currency, amount_minor, fee_minor, status, \
    provider_status, refunded_at, updated_at, is_test
    """
  static let insertRefund = """
    INSERT INTO refund (\(refundColumns), provider, refund_id, evidence, first_run, changed_in_run, origin, inferred)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?15, 'listed', 0)
    ON CONFLICT (provider, refund_id) DO NOTHING
    """

  /// The values of `refundColumns`.
  private static func bind(_ refund: RefundRecord, to statement: inout DirectStatement) {
    statement.add(refund.paymentID?.text)
    statement.add(possible(refund, 0))
    statement.add(possible(refund, 1))
    statement.add(refund.currency.code)
    statement.add(refund.amount?.minorUnits)
    statement.add(refund.fee?.minorUnits)
    statement.add(refund.status.rawValue)
    statement.add(clean(refund.providerStatus))
    statement.add(refund.refundedAt?.microseconds)
    statement.add(refund.updatedAt?.microseconds)
    statement.add(refund.isTest)
  }

  /// Whether a row with `refundColumns` says what the record says.
  private static func isSame(_ refund: RefundRecord, _ row: DirectStatement) -> Bool {
    row.holds(0, refund.paymentID?.text) && row.holds(1, possible(refund, 0))
      && row.holds(2, possible(refund, 1))
      && row.holds(3, refund.currency.code) && row.holds(4, refund.amount?.minorUnits)
      && row.holds(5, refund.fee?.minorUnits) && row.holds(6, refund.status.rawValue)
      && row.holds(7, clean(refund.providerStatus)) && row.holds(8, refund.refundedAt?.microseconds)
      && row.holds(9, refund.updatedAt?.microseconds) && row.holds(10, refund.isTest ? 1 : 0)
  }

  private static func possible(_ refund: RefundRecord, _ place: Int) -> String? {
    place < refund.possiblePaymentIDs.count ? refund.possiblePaymentIDs[place].text : nil
  }
}
