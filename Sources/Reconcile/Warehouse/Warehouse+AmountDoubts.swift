import GRDB
import ReconcileCore
import ReconcileMatching

/// Amounts of one provider in one currency: what is in doubt together.
struct AmountKey: Hashable {
  var provider: String
  var currency: Currency
}

/// The providers and currencies whose amounts are in doubt, as the latest matching left them.
struct DoubtedAmounts: Sendable {
  let rows: [(provider: String, currency: String, explanation: String)]

  init(_ db: Database) throws {
    rows = try Row.fetchAll(db, sql: "SELECT provider, currency, explanation FROM amount_doubt ORDER BY 1, 2")
      .map {
        ($0[0], $0[1], $0[2])
      }
  }

  var isEmpty: Bool { rows.isEmpty }
  var keys: Set<AmountKey> {
    Set(
      rows.compactMap { row in Currency(row.currency).map { AmountKey(provider: row.provider, currency: $0) }
      })
  }

  func contains(_ provider: String, _ currency: String) -> Bool {
    rows.contains { $0.provider == provider && $0.currency == currency }
  }

  /// Why the amounts of a provider are in doubt, and what to do about it.
  func explanations(of provider: String) -> [String] {
    rows.filter { $0.provider == provider }.map(\.explanation)
  }
}

extension OrderCase {
  /// The provider and currency of an order's only payment where the two amounts may mean different things.
  var suspect: AmountKey? {
    guard !isCancelled, payments.count == 1, let payment = payments.first,
      payment.currency == amount.currency,
      let collected = payment.collected, collected > 0, collected != amount.minorUnits
    else { return nil }
    let pair = AmountPair(
      orderID: orderID, due: amount.minorUnits, paymentID: payment.paymentID, collected: collected)
    return AmountDoubt.isSuspicious(pair, payment.currency)
      ? AmountKey(provider: payment.provider, currency: payment.currency) : nil
  }
}

extension Warehouse {
  /// The providers whose matching is stopped because of their amounts, with the reason and the remedy.
  public func amountDoubts() throws -> [(provider: String, explanation: String)] {
    try read { db in try DoubtedAmounts(db).rows.map { ($0.provider, $0.explanation) } }
  }

  /// How many suspicious pairs it takes for a closer look.
  private static let suspectsForReview = 10
  /// How many of the latest pairs are looked at.
  private static let pairsReviewed = 200

  /// Looks closer at providers with many suspicious pairs and at those in doubt, and stops or takes up their matching.
  ///
  /// - Returns: whether anything changed; the orders of these providers then stand in `temp.work`, to be classified
  ///   once more.
  func reviewAmounts(_ suspects: [AmountKey: Int], _ settings: Settings, _ db: Database) throws -> Bool {
    let before = try DoubtedAmounts(db).keys
    let toReview = before.union(suspects.filter { $0.value >= Self.suspectsForReview }.keys)
    var changed: [AmountKey] = []
    for key in toReview.sorted(by: { ($0.provider, $0.currency) < ($1.provider, $1.currency) }) {
      // The amounts of a provider that left the configuration can no longer be worked out.
      guard let provider = settings.provider(named: key.provider) else { continue }
      let pairs = provider.checksAmounts ? try latestPairs(key, provider, db) : []
      if let doubt = AmountDoubt.find(in: pairs, key.currency) {
        try db.execute(
          sql: """
            INSERT INTO amount_doubt VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET explanation = excluded.explanation
              WHERE explanation <> excluded.explanation
            """,
          arguments: [key.provider, key.currency.code, Self.explanation(of: doubt, key, provider)])
        if !before.contains(key) { changed.append(key) }
      } else if before.contains(key) {
        try db.execute(
          sql: "DELETE FROM amount_doubt WHERE provider = ? AND currency = ?",
          arguments: [key.provider, key.currency.code])
        changed.append(key)
      }
    }
    for key in changed {
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO touched_payment SELECT id FROM payment WHERE provider = ? AND currency = ?
          """,
        arguments: [key.provider, key.currency.code])
    }
    guard !changed.isEmpty else { return false }
    try linkTouched(settings, db)
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO temp.work SELECT sales_order FROM order_to_classify;
        DELETE FROM temp.found;
        """)
    return true
  }

  /// Orders with exactly one payment, of the provider and in the order's currency, the latest by their date: whole
  /// days of them, so that the order of arrival makes no difference.
  private func latestPairs(_ key: AmountKey, _ provider: ProviderSettings, _ db: Database) throws
    -> [AmountPair]
  {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT v.order_on, o.order_id, o.amount_minor, p.payment_id, p.amount_minor, p.received_minor, p.status,
          p.amount_is_net
        FROM order_verdict v CROSS JOIN sales_order o ON o.id = v.sales_order
        CROSS JOIN payment p ON p.sales_order = o.id
        WHERE v.provider = ?1 AND p.provider = ?1 AND p.currency = ?2 AND o.currency = ?2 AND o.is_cancelled = 0
          AND o.amount_minor > 0 AND (SELECT count(*) FROM payment q WHERE q.sales_order = o.id) = 1
        ORDER BY v.order_on DESC
        """,
      arguments: [key.provider, key.currency.code])
    var pairs: [AmountPair] = []
    var day: Int?
    while let row = try rows.next() {
      if pairs.count >= Self.pairsReviewed, day != row[0] as Int { break }
      day = row[0]
      let collected = Collected.minorUnits(
        kind: provider.kind, status: PaymentStatus(rawValue: row[6]) ?? .unknown, amount: row[4],
        received: row[5],
        eventReceived: nil, amountIsNet: row[7])
      guard let collected, collected > 0 else { continue }
      pairs.append(AmountPair(orderID: row[1], due: row[2], paymentID: row[3], collected: collected))
    }
    return pairs.sorted { Identifier(stored: $0.orderID) < Identifier(stored: $1.orderID) }
  }

  private static func explanation(of doubt: AmountDoubt, _ key: AmountKey, _ provider: ProviderSettings)
    -> String
  {
    let section = "[providers.\(provider.name)]"
    var remedies: [String] = []
    switch (provider.kind, doubt.pattern) {
    case (.gate, .tooLarge) where provider.amountsAreMajor:
      remedies.append("set amount_unit = \"minor\" in \(section)")
    case (.gate, .tooSmall) where !provider.amountsAreMajor:
      remedies.append("set amount_unit = \"major\" in \(section)")
    case (.inflow, .lessFee): remedies.append("set amount_basis = \"net\" in \(section)")
    default: break
    }
    let reads = remedies.isEmpty ? "" : " and run `reconcile warehouse rebuild --reread`"
    remedies.append("correct the amounts of the orders file")
    let remedy = remedies.joined(separator: reads + ", or ")
    return
      "matching stopped, because \(doubt.words(key.provider, key.currency)); \(remedy), "
      + "or, if the amounts are right, set amount_check = \"off\" in \(section)"
  }
}
