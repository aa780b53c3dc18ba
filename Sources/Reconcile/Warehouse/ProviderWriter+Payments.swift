import GRDB
import ReconcileCore

/// A payment with what follows from it alone.
struct WorkedPayment: Sendable {
  let record: PaymentRecord
  /// What it is called beside its own id, and the order ids it carries, each once.
  let names: PaymentNames
  /// The names as they are stored.
  let nameList: String
  /// As far as no event says more.
  let values: PaymentValues

  init(_ record: PaymentRecord, askedAs lookupID: String?, _ provider: ProviderSettings, zone: Zone) {
    self.record = record
    names = Self.names(of: record, lookupID)
    nameList = names.stored
    values = PaymentValues(
      provider, zone: zone, status: record.status, amount: record.amount.minorUnits,
      received: record.received?.minorUnits, eventReceived: nil, amountIsNet: record.amountIsNet,
      paidAt: record.paidAt)
  }

  private static func names(of payment: PaymentRecord, _ lookupID: String?) -> PaymentNames {
    var names = PaymentNames(others: [], claims: payment.orderClaims.map(\.text))
    for alias in payment.aliases where alias != payment.id && !names.others.contains(alias.text) {
      names.others.append(alias.text)
    }
    if let lookupID, lookupID != payment.id.text, !names.others.contains(lookupID) {
      names.others.append(lookupID)
    }
    if names.claims.count > 1 {
      names.claims = Array(Set(payment.orderClaims)).sorted().map(\.text)
    }
    return names
  }
}

/// The statements that every new record passes, and what linking has to do with it.
struct RecordStatements {
  private var source: DirectStatement
  private var markRead: DirectStatement
  var addPayment: DirectStatement
  var addName: DirectStatement
  var addClaim: DirectStatement
  var dropName: DirectStatement
  var dropClaim: DirectStatement
  var touch: DirectStatement
  var classify: DirectStatement
  var addRefund: DirectStatement
  var linker: PaymentLinker
  /// Orders behind this number have no verdict yet and are classified anyway.
  let lastJudged: Int64
  /// Whether nothing in the warehouse but orders has a bearing on a new payment: no event, no refund that is tied to
  /// another payment, no doubt about amounts.
  let isPlain: Bool

  init(_ db: Database) throws {
    source = try DirectStatement(db, "SELECT stream, request, lookup_id FROM evidence WHERE id = ?")
    markRead = try DirectStatement(db, "UPDATE evidence SET is_read = 1 WHERE id = ?")
    addPayment = try DirectStatement(db, ProviderWriter.insertPayment)
    addName = try DirectStatement(db, "INSERT INTO payment_name (name, provider, payment) VALUES (?, ?, ?)")
    addClaim = try DirectStatement(db, "INSERT INTO payment_claim (order_id, payment) VALUES (?, ?)")
    dropName = try DirectStatement(
      db, "DELETE FROM payment_name WHERE name = ? AND provider = ? AND payment = ?")
    dropClaim = try DirectStatement(db, "DELETE FROM payment_claim WHERE order_id = ? AND payment = ?")
    touch = try DirectStatement(db, "INSERT OR IGNORE INTO touched_payment VALUES (?)")
    classify = try DirectStatement(db, "INSERT OR IGNORE INTO order_to_classify VALUES (?)")
    addRefund = try DirectStatement(db, ProviderWriter.insertRefund)
    linker = try PaymentLinker(db)
    lastJudged = try Int64.fetchOne(db, sql: "SELECT coalesce(max(sales_order), 0) FROM order_verdict") ?? 0
    isPlain =
      try !Warehouse.hasLinkedRefunds(db)
      && Bool.fetchOne(
        db, sql: "SELECT NOT EXISTS (SELECT 1 FROM event) AND NOT EXISTS (SELECT 1 FROM amount_doubt)")
        ?? false
  }

  /// Marks a kept body as read; returns where it came from.
  mutating func markRead(_ evidence: Int64?) throws -> BodySource {
    source.add(evidence)
    guard try source.step() else {
      throw Failure(
        .defect, "records came of evidence \(evidence ?? 0), which is not kept",
        remedy: "report this as a defect")
    }
    let found = BodySource(stream: source.word(0), request: source.word(1), lookupID: source.text(2))
    source.begin()
    markRead.add(evidence)
    try markRead.run()
    return found
  }
}

extension ProviderWriter {
  /// Stores a payment of one piece of evidence, with the names that an order or event may call it by.
  ///
  /// A new payment is tied to its order at once. Where something else may have a bearing on it, it is marked as
  /// touched like one that changed, and `link` works it out again.
  func store(
    _ worked: WorkedPayment, _ evidence: Int64, _ statements: inout RecordStatements, _ db: Database
  ) throws {
    if hasEarlierImport, try takeNews(worked, evidence, &statements, db) { return }
    let payment = worked.record
    let values = worked.values
    let tie =
      payment.isTest ? nil : try statements.linker.tie(of: payment.id.text, at: settings.name, worked.names)
    Self.bind(worked, to: &statements.addPayment)
    statements.addPayment.add(settings.name)
    statements.addPayment.add(payment.id.text)
    statements.addPayment.add(evidence)
    statements.addPayment.add(run.number)
    statements.addPayment.add(values.collected)
    statements.addPayment.add(values.paidOn)
    statements.addPayment.add(values.localOn)
    statements.addPayment.add(tie?.order)
    statements.addPayment.add(tie?.rule.rawValue)
    try statements.addPayment.run()
    if db.changesCount == 0 {
      _ = try takeNews(worked, evidence, &statements, db)
      return
    }
    let id = db.lastInsertedRowID
    seen.insert(id, of: .payments)
    tally.new += 1
    if payment.isTest { tally.test += 1 }
    try execute(&statements.addName, &statements.addClaim, for: worked.names, of: id)
    if let order = tie?.order, order <= statements.lastJudged {
      statements.classify.add(order)
      try statements.classify.run()
    }
    if !statements.isPlain || hasOwnRefunds(payment) {
      statements.touch.add(id)
      try statements.touch.run()
    }
  }

  /// Takes what a payment says now where it is known already, and marks it as touched where that is something new;
  /// false where it is not known.
  private func takeNews(
    _ payment: WorkedPayment, _ evidence: Int64, _ statements: inout RecordStatements, _ db: Database
  ) throws -> Bool {
    switch try update(payment, evidence, db) {
    case .absent: return false
    case .same: return true
    case .changed(let id, let formerNames):
      if let formerNames {
        try execute(&statements.dropName, &statements.dropClaim, for: formerNames, of: id)
        try execute(&statements.addName, &statements.addClaim, for: payment.names, of: id)
      }
      statements.touch.add(id)
      try statements.touch.run()
      return true
    }
  }

  /// Whether refunds are worked out of the payment itself.
  private func hasOwnRefunds(_ payment: PaymentRecord) -> Bool {
    payment.refundedTotal != nil || payment.status == .refunded || payment.status == .partiallyRefunded
  }

  /// Adds or takes away the rows that lead from names and order ids to a payment.
  private func execute(
    _ onName: inout DirectStatement, _ onClaim: inout DirectStatement, for names: PaymentNames, of id: Int64
  ) throws {
    for name in names.others {
      onName.add(name)
      onName.add(settings.name)
      onName.add(id)
      try onName.run()
    }
    for claim in names.claims {
      onClaim.add(claim)
      onClaim.add(id)
      try onClaim.run()
    }
  }

  /// What a record is to what is stored of it.
  private enum News {
    case absent, same
    /// With what the payment was called before, where that changed.
    case changed(id: Int64, formerNames: PaymentNames?)
  }

  /// Takes what a known payment says now.
  private func update(_ worked: WorkedPayment, _ evidence: Int64, _ db: Database) throws -> News {
    let payment = worked.record
    var old = try DirectStatement(
      db,
      "SELECT \(Self.paymentColumns), id, withdrawn_in_run FROM payment WHERE provider = ? AND payment_id = ?"
    )
    old.add(settings.name)
    old.add(payment.id.text)
    guard try old.step() else {
      old.begin()
      return .absent
    }
    let id = old.number(13)
    let isSame = Self.isSame(worked, old)
    let isWithdrawn = !old.isNull(14)
    let updatedAt = old.integer(9)
    let formerNames = old.holds(12, worked.nameList) ? nil : PaymentNames(stored: old.word(12))
    old.begin()
    let isFirst = seen.insert(id, of: .payments)
    if isFirst, payment.isTest { tally.test += 1 }
    if !isFirst, Self.isOlder(payment.updatedAt, than: updatedAt) { return .same }
    if isSame && !isWithdrawn { return .same }
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
    Self.bind(worked, to: &update)
    update.add(evidence)
    update.add(run.number)
    update.add(id)
    try update.run()
    return .changed(id: id, formerNames: formerNames)
  }

  private static let paymentColumns = """
    currency, amount_minor, received_minor, overpaid_minor, announced_fee_minor, refunded_total_minor, status, \
    provider_status, paid_at, updated_at, amount_is_net, is_test, names
    """
  fileprivate static let insertPayment = """
    INSERT INTO payment (\(paymentColumns), provider, payment_id, evidence, first_run, changed_in_run, collected_minor,
      paid_on, local_on, sales_order, rule)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?17, ?18, ?19, ?20, ?21, ?22)
    ON CONFLICT (payment_id, provider) DO NOTHING
    """

  /// The values of `paymentColumns`.
  private static func bind(_ worked: WorkedPayment, to statement: inout DirectStatement) {
    let payment = worked.record
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
    statement.add(worked.nameList)
  }

  /// Whether a row with `paymentColumns` says what the record says.
  private static func isSame(_ worked: WorkedPayment, _ row: DirectStatement) -> Bool {
    let payment = worked.record
    return row.holds(0, payment.amount.currency.code) && row.holds(1, payment.amount.minorUnits)
      && row.holds(2, payment.received?.minorUnits) && row.holds(3, payment.overpaid?.minorUnits)
      && row.holds(4, payment.announcedRefundFee?.minorUnits)
      && row.holds(5, payment.refundedTotal?.minorUnits)
      && row.holds(6, payment.status.rawValue) && row.holds(7, clean(payment.providerStatus))
      && row.holds(8, payment.paidAt?.microseconds) && row.holds(9, payment.updatedAt?.microseconds)
      && row.holds(10, payment.amountIsNet ? 1 : 0) && row.holds(11, payment.isTest ? 1 : 0)
      && row.holds(12, worked.nameList)
  }
}
