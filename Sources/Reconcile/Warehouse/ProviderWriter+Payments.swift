import GRDB
import ReconcileCore

/// The statements that every new record passes.
struct RecordStatements {
  var addPayment: DirectStatement
  var addName: DirectStatement
  var addClaim: DirectStatement
  var touch: DirectStatement
  var addRefund: DirectStatement

  init(_ db: Database) throws {
    addPayment = try DirectStatement(db, ProviderWriter.insertPayment)
    addName = try DirectStatement(db, "INSERT INTO payment_name (name, provider, payment) VALUES (?, ?, ?)")
    addClaim = try DirectStatement(db, "INSERT INTO payment_claim (order_id, payment) VALUES (?, ?)")
    touch = try DirectStatement(db, "INSERT OR IGNORE INTO touched_payment VALUES (?)")
    addRefund = try DirectStatement(db, ProviderWriter.insertRefund)
  }
}

extension ProviderWriter {
  /// Stores a payment of one piece of evidence, with the names that an order or event may call it by.
  func store(
    _ payment: PaymentRecord, askedAs lookupID: String?, _ evidence: Int64,
    _ statements: inout RecordStatements,
    _ db: Database
  ) throws {
    let names = Self.otherNames(of: payment, lookupID)
    let claims =
      payment.orderClaims.count < 2 ? payment.orderClaims : Array(Set(payment.orderClaims)).sorted()
    let nameList = Self.list(names) + "\u{1E}" + Self.list(claims)
    Self.bind(payment, nameList, to: &statements.addPayment)
    statements.addPayment.add(settings.name)
    statements.addPayment.add(payment.id.text)
    statements.addPayment.add(evidence)
    statements.addPayment.add(run.number)
    try statements.addPayment.run()
    let isNew = db.changesCount > 0
    let id: Int64
    if isNew {
      id = db.lastInsertedRowID
      seen.insert(id, of: .payments)
      tally.new += 1
      if payment.isTest { tally.test += 1 }
    } else {
      guard let known = try update(payment, nameList, evidence, db) else { return }
      id = known
      try db.cachedStatement(sql: "DELETE FROM payment_name WHERE payment = ?").execute(arguments: [id])
      try db.cachedStatement(sql: "DELETE FROM payment_claim WHERE payment = ?").execute(arguments: [id])
    }
    for name in names {
      statements.addName.add(name.text)
      statements.addName.add(settings.name)
      statements.addName.add(id)
      try statements.addName.run()
    }
    for claim in claims {
      statements.addClaim.add(claim.text)
      statements.addClaim.add(id)
      try statements.addClaim.run()
    }
    statements.touch.add(id)
    try statements.touch.run()
  }

  /// Takes what a known payment says now; nil where that is nothing new.
  private func update(_ payment: PaymentRecord, _ nameList: String, _ evidence: Int64, _ db: Database) throws
    -> Int64?
  {
    var old = try DirectStatement(
      db,
      "SELECT \(Self.paymentColumns), id, withdrawn_in_run FROM payment WHERE provider = ? AND payment_id = ?"
    )
    old.add(settings.name)
    old.add(payment.id.text)
    guard try old.step() else { return nil }
    let id = old.number(13)
    let isSame = Self.isSame(payment, nameList, old)
    let isWithdrawn = !old.isNull(14)
    let updatedAt = old.integer(9)
    old.begin()
    let isFirst = seen.insert(id, of: .payments)
    if isFirst, payment.isTest { tally.test += 1 }
    if !isFirst, Self.isOlder(payment.updatedAt, than: updatedAt) { return nil }
    if isSame && !isWithdrawn { return nil }
    if !isSame {
      tally.changed += 1
      try remember("payment", payment.id.text, Self.paymentColumns, of: id, db)
    }
    var update = try DirectStatement(
      db,
      """
      UPDATE payment SET (\(Self.paymentColumns)) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), evidence = ?,
        changed_in_run = ?, withdrawn_in_run = NULL WHERE id = ?
      """)
    Self.bind(payment, nameList, to: &update)
    update.add(evidence)
    update.add(run.number)
    update.add(id)
    try update.run()
    return id
  }

  /// What a payment is called beside its own id: each name once.
  private static func otherNames(of payment: PaymentRecord, _ lookupID: String?) -> [Identifier] {
    var names: [Identifier] = []
    for name in payment.aliases + (lookupID.map { [Identifier(stored: $0)] } ?? [])
    where name != payment.id && !names.contains(name) {
      names.append(name)
    }
    return names
  }

  private static let paymentColumns = """
    currency, amount_minor, received_minor, overpaid_minor, announced_fee_minor, refunded_total_minor, status, \
    provider_status, paid_at, updated_at, amount_is_net, is_test, names
    """
  fileprivate static let insertPayment = """
    INSERT INTO payment (\(paymentColumns), provider, payment_id, evidence, first_run, changed_in_run)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?17)
    ON CONFLICT (payment_id, provider) DO NOTHING
    """

  /// The values of `paymentColumns`.
  private static func bind(_ payment: PaymentRecord, _ nameList: String, to statement: inout DirectStatement)
  {
    statement.add(payment.amount.currency.code)
    statement.add(payment.amount.minorUnits)
    statement.add(payment.received?.minorUnits)
    statement.add(payment.overpaid?.minorUnits)
    statement.add(payment.announcedRefundFee?.minorUnits)
    statement.add(payment.refundedTotal?.minorUnits)
    statement.add(payment.status.rawValue)
    statement.add(clean(payment.providerStatus))
    statement.add(payment.paidAt?.microseconds)
    statement.add(payment.updatedAt?.microseconds)
    statement.add(payment.amountIsNet)
    statement.add(payment.isTest)
    statement.add(nameList)
  }

  /// Whether a row with `paymentColumns` says what the record says.
  private static func isSame(_ payment: PaymentRecord, _ nameList: String, _ row: DirectStatement) -> Bool {
    row.holds(0, payment.amount.currency.code) && row.holds(1, payment.amount.minorUnits)
      && row.holds(2, payment.received?.minorUnits) && row.holds(3, payment.overpaid?.minorUnits)
      && row.holds(4, payment.announcedRefundFee?.minorUnits)
      && row.holds(5, payment.refundedTotal?.minorUnits)
      && row.holds(6, payment.status.rawValue) && row.holds(7, clean(payment.providerStatus))
      && row.holds(8, payment.paidAt?.microseconds) && row.holds(9, payment.updatedAt?.microseconds)
      && row.holds(10, payment.amountIsNet ? 1 : 0) && row.holds(11, payment.isTest ? 1 : 0)
      && row.holds(12, nameList)
  }
}
