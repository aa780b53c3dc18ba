import Foundation
import GRDB
import ReconcileCore
import ReconcileMatching

extension Warehouse {
  /// Ties payments to orders and refunds to payments, for everything that was touched since the last matching.
  ///
  /// Idempotent. Leaves the orders whose money may have changed in `order_to_classify`, without those behind the last
  /// verdict, which are classified anyway. Gate refunds can be looked up after this, because it is then known where
  /// their orders were paid.
  public func link(settings: Settings) throws {
    try write { db in
      try touchEverythingIfRulesChanged(settings, db)
      try linkTouched(settings, db)
    }
  }

  /// Works out and ties what stands in the tables of touched records.
  func linkTouched(_ settings: Settings, _ db: Database) throws {
    try expandTouched(db)
    try workOutPayments(settings, db)
    try linkRefunds(settings, db)
    try deriveRefunds(settings, db)
    try dateRefunds(settings, db)
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO order_to_classify SELECT sales_order FROM touched_order
          WHERE sales_order <= (SELECT coalesce(max(sales_order), 0) FROM order_verdict);
        DELETE FROM touched_order;
        DELETE FROM touched_payment;
        DELETE FROM touched_name;
        """)
  }

  /// A changed rule may change any verdict. Orders that have none yet are classified anyway, and without payments there
  /// is nothing to tie to them.
  private func touchEverythingIfRulesChanged(_ settings: Settings, _ db: Database) throws {
    let digest = settings.rulesDigest
    if try String.fetchOne(db, sql: "SELECT value FROM fact WHERE name = 'rules'") == digest { return }
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO touched_payment SELECT id FROM payment;
        INSERT OR IGNORE INTO touched_order SELECT id FROM sales_order
          WHERE id <= (SELECT coalesce(max(sales_order), 0) FROM order_verdict) OR EXISTS (SELECT 1 FROM payment);
        UPDATE refund SET refunded_on = NULL, local_on = NULL;
        """)
    try db.execute(
      sql: """
        INSERT INTO fact (name, value) VALUES ('rules', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """, arguments: [digest])
  }

  /// The numbers of the payments that `?1` is a name of.
  static let paymentsNamed =
    "SELECT id FROM payment WHERE payment_id = ?1 UNION SELECT payment FROM payment_name WHERE name = ?1"

  /// Payments that a touched order, name or event may tie differently.
  private func expandTouched(_ db: Database) throws {
    // Without payments there is nothing to tie.
    guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM payment)") ?? false else { return }
    // CROSS JOIN: from what was touched, or from the few links by hand. SQLite on its own reads all payments, names and
    // orders to look each up there.
    let order = "touched_order t CROSS JOIN sales_order o ON o.id = t.sales_order"
    let told = """
      \(order) CROSS JOIN event_order e ON e.order_id = o.order_id CROSS JOIN event_reference r ON r.event = e.event
      """
    for (payment, source) in [
      ("c.payment", "\(order) CROSS JOIN payment_claim c ON c.order_id = o.order_id"),
      ("p.id", "\(order) CROSS JOIN payment p ON p.payment_id = o.provider_reference"),
      ("n.payment", "\(order) CROSS JOIN payment_name n ON n.name = o.provider_reference"),
      ("p.id", "\(told) CROSS JOIN payment p ON p.payment_id = r.reference AND p.provider = r.provider"),
      ("n.payment", "\(told) CROSS JOIN payment_name n ON n.name = r.reference AND n.provider = r.provider"),
      ("p.id", "touched_name t CROSS JOIN payment p ON p.payment_id = t.name"),
      ("n.payment", "touched_name t CROSS JOIN payment_name n ON n.name = t.name"),
      (
        "p.id",
        """
        manual_link m CROSS JOIN sales_order o ON o.order_id = m.order_id CROSS JOIN touched_order t ON t.sales_order = o.id
        CROSS JOIN payment p ON p.provider = m.provider AND p.payment_id = m.payment_id
        """
      ),
    ] {
      try db.execute(sql: "INSERT OR IGNORE INTO touched_payment SELECT \(payment) FROM \(source)")
    }
  }

  /// Works out collected amounts, dates and orders of touched payments.
  private func workOutPayments(_ settings: Settings, _ db: Database) throws {
    var update = try DirectStatement(
      db,
      "UPDATE payment SET collected_minor = ?, paid_on = ?, local_on = ?, sales_order = ?, rule = ? WHERE id = ?"
    )
    var touch = try DirectStatement(db, "INSERT OR IGNORE INTO touched_order VALUES (?)")
    // CROSS JOIN: from the names to their events. SQLite on its own reads all events of the provider for each payment.
    let event = try db.cachedStatement(
      sql: """
        SELECT e.received_minor FROM json_each(?1) n
        CROSS JOIN event_reference r ON r.reference = n.value AND r.provider = ?2
        CROSS JOIN event e ON e.id = r.event
        WHERE e.received_minor IS NOT NULL AND e.received_currency = ?3
        ORDER BY e.paid_at DESC NULLS LAST, e.received_minor DESC LIMIT 1
        """)
    let hasEvents =
      try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM event WHERE received_minor IS NOT NULL)")
      ?? false
    let doubted = try DoubtedAmounts(db)
    var linker = try PaymentLinker(db)
    let rows = try DirectStatement(
      db,
      """
      SELECT p.id, p.provider, p.amount_minor, p.received_minor, p.status, p.paid_at, p.amount_is_net,
        p.collected_minor, p.paid_on, p.local_on, p.currency, p.payment_id, p.names, p.is_test, p.sales_order, p.rule
      FROM touched_payment t CROSS JOIN payment p ON p.id = t.payment
      """)
    while try rows.step() {
      let id = rows.number(0)
      let (name, paymentID) = (rows.word(1), rows.word(11))
      let names = PaymentNames(stored: rows.word(12))
      let tie = rows.number(13) == 0 ? try linker.tie(of: paymentID, at: name, names) : nil
      var values = PaymentValues(rows.integer(7), paidOn: rows.integer(8), localOn: rows.integer(9))
      // What a provider that is no longer configured collected, and when, stays as it was.
      if let provider = settings.providers.first(where: { $0.name == name }) {
        var eventReceived: Int64?
        if hasEvents, provider.kind == .dapit {
          eventReceived = try Int64.fetchOne(
            event, arguments: [try names.json(ownID: paymentID), name, rows.word(10)])
        }
        values = PaymentValues(
          provider, zone: settings.zone, status: PaymentStatus(rawValue: rows.word(4)) ?? .unknown,
          amount: rows.number(2), received: rows.integer(3), eventReceived: eventReceived,
          amountIsNet: rows.number(6) != 0, paidAt: rows.integer(5).map(Instant.init(microseconds:)))
        // Nothing is nothing in every unit.
        if values.collected ?? 0 > 0, doubted.contains(name, rows.word(10)) { values.collected = nil }
      }
      let before = rows.integer(14)
      for order in [before, tie?.order].compactMap({ $0 }) {
        touch.add(order)
        try touch.run()
      }
      if rows.holds(7, values.collected), rows.holds(8, values.paidOn), rows.holds(9, values.localOn),
        before == tie?.order, rows.holds(15, tie?.rule.rawValue)
      {
        continue
      }
      update.add(values.collected)
      update.add(values.paidOn)
      update.add(values.localOn)
      update.add(tie?.order)
      update.add(tie?.rule.rawValue)
      update.add(id)
      try update.run()
    }
  }

  /// Refunds that MAXFI and Gate do not list: from the payment's own total, from events, from look-ups, or inferred.
  private func deriveRefunds(_ settings: Settings, _ db: Database) throws {
    let silent = settings.providers.filter { $0.kind == .maxfi || $0.kind == .gate }
    guard !silent.isEmpty else { return }
    try db.execute(sql: "DELETE FROM refund WHERE origin = 'derived' AND payment IN touched_payment")
    let run = try Int64.fetchOne(db, sql: "SELECT max(id) FROM run") ?? 0
    let add = try db.cachedStatement(
      sql: """
        INSERT INTO refund (provider, refund_id, payment_id, currency, amount_minor, provider_status, refunded_at,
          inferred, first_run, changed_in_run, payment, origin, status, is_test)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, 'derived', 'completed', 0)
        ON CONFLICT (provider, refund_id) DO UPDATE SET (payment_id, currency, amount_minor, provider_status,
          refunded_at, inferred, changed_in_run, payment, origin, status, is_test, fee_minor, updated_at, evidence,
          withdrawn_in_run, possible_payment_id_1, possible_payment_id_2, refunded_on, local_on) =
          (excluded.payment_id, excluded.currency, excluded.amount_minor, excluded.provider_status,
          excluded.refunded_at, excluded.inferred, excluded.changed_in_run, excluded.payment, 'derived', 'completed', 0,
          NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
        """)
    let events = try db.cachedStatement(
      sql: """
        SELECT DISTINCT
          CASE WHEN e.refund_id IN (SELECT value FROM json_each(?1)) THEN e.event_id ELSE e.refund_id END
            AS refund_id, e.refund_minor, e.refund_currency, e.refund_status, e.refund_created_at
        FROM json_each(?1) n CROSS JOIN event_reference r ON r.reference = n.value AND r.provider = ?2
        CROSS JOIN event e ON e.id = r.event WHERE e.refund_id IS NOT NULL
        ORDER BY e.refund_created_at NULLS FIRST, e.refund_minor
        """)
    let looked = try db.cachedStatement(
      sql: "SELECT EXISTS (SELECT 1 FROM refund WHERE payment = ? AND origin = 'listed')")
    for provider in silent {
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT id, payment_id, names, currency, refunded_total_minor, status, provider_status, collected_minor,
            coalesce(updated_at, paid_at) AS changed_at
          FROM payment WHERE provider = ? AND is_test = 0 AND id IN touched_payment AND (
            refunded_total_minor IS NOT NULL OR status IN ('refunded', 'partially_refunded')
            OR EXISTS (SELECT 1 FROM event e WHERE e.provider = ?1 AND e.refund_id IS NOT NULL))
          """,
        arguments: [provider.name])
      for row in rows {
        let id: Int64 = row["id"]
        let paymentID: String = row["payment_id"]
        let word: String = row["provider_status"]
        let changedAt: Int64? = row["changed_at"]
        func put(
          _ refundID: String, _ currency: String, _ amount: Int64?, _ word: String, _ at: Int64?,
          inferred: Bool
        )
          throws
        {
          try add.execute(arguments: [
            provider.name, refundID, paymentID, currency, amount, word, at, inferred, run, id,
          ])
        }
        let currency: String = row["currency"]
        if let total: Int64 = row["refunded_total_minor"] {
          try put(paymentID + ":refund", currency, total, word, changedAt, inferred: false)
          continue
        }
        let names = try PaymentNames(stored: row["names"]).json(ownID: paymentID)
        let told = try Row.fetchAll(events, arguments: [names, provider.name])
        for event in told {
          try put(
            event["refund_id"], event["refund_currency"], event["refund_minor"],
            event["refund_status"] ?? word,
            event["refund_created_at"] ?? changedAt, inferred: false)
        }
        if !told.isEmpty { continue }
        if provider.kind == .gate, try Bool.fetchOne(looked, arguments: [id]) ?? false { continue }
        switch row["status"] as String {
        case "refunded":
          try put(paymentID + ":refund", currency, row["collected_minor"], word, changedAt, inferred: true)
        case "partially_refunded":
          try put(paymentID + ":refund", currency, nil, word, changedAt, inferred: true)
        default: break
        }
      }
    }
  }

  /// Finds the payment of each listed refund.
  private func linkRefunds(_ settings: Settings, _ db: Database) throws {
    let gates = settings.providers.filter { $0.kind == .gate }.map(\.name)
    let gateList = gates.map { "'\($0.replacingOccurrences(of: "'", with: "''"))'" }.joined(separator: ", ")
    try db.execute(
      sql: """
        DROP TABLE IF EXISTS temp.moved;
        DROP TABLE IF EXISTS temp.touched_payment_name;
        CREATE TEMP TABLE touched_payment_name (name TEXT PRIMARY KEY) WITHOUT ROWID;
        """)
    if try Self.hasLinkedRefunds(db) { try nameTouchedPayments(db) }
    try db.execute(
      sql: """
        CREATE TEMP TABLE moved AS
        SELECT r.id, r.payment AS old_payment, coalesce(
          (SELECT p.id FROM payment p WHERE p.provider = r.provider AND p.payment_id = r.payment_id),
          (SELECT p.id FROM payment_name n JOIN payment p ON p.id = n.payment
            WHERE n.provider = r.provider AND n.name = r.payment_id ORDER BY p.payment_id LIMIT 1),
          (SELECT p.id FROM payment p WHERE p.provider = r.provider AND p.payment_id = r.possible_payment_id_1),
          (SELECT p.id FROM payment p WHERE p.provider = r.provider AND p.payment_id = r.possible_payment_id_2)
        ) AS new_payment
        FROM refund r WHERE r.origin = 'listed' AND r.provider NOT IN (\(gateList))
          AND (r.payment IS NULL OR r.payment IN touched_payment OR r.changed_in_run = (SELECT max(id) FROM run)
            OR r.payment_id IN temp.touched_payment_name OR r.possible_payment_id_1 IN temp.touched_payment_name
            OR r.possible_payment_id_2 IN temp.touched_payment_name);
        DROP TABLE temp.touched_payment_name;
        INSERT INTO temp.moved
        SELECT r.id, r.payment, (
          SELECT p.id FROM merchant_refund m CROSS JOIN sales_order o ON o.order_id = m.order_id
          CROSS JOIN payment p ON p.sales_order = o.id AND p.provider = r.provider
          WHERE m.provider_reference = r.refund_id AND p.collected_minor > 0 AND p.is_test = 0
          ORDER BY p.payment_id LIMIT 1)
        FROM refund r WHERE r.origin = 'listed' AND r.provider IN (\(gateList));
        DELETE FROM temp.moved WHERE old_payment IS new_payment;
        CREATE INDEX temp.moved_by_refund ON moved (id);
        UPDATE refund SET payment = (SELECT new_payment FROM temp.moved m WHERE m.id = refund.id)
        WHERE id IN (SELECT id FROM temp.moved);
        INSERT OR IGNORE INTO touched_payment SELECT old_payment FROM temp.moved WHERE old_payment IS NOT NULL;
        INSERT OR IGNORE INTO touched_payment SELECT new_payment FROM temp.moved WHERE new_payment IS NOT NULL;
        INSERT OR IGNORE INTO touched_order SELECT p.sales_order FROM temp.moved m
          JOIN payment p ON p.id IN (m.old_payment, m.new_payment) WHERE p.sales_order IS NOT NULL;
        INSERT OR IGNORE INTO touched_order SELECT p.sales_order FROM refund r JOIN payment p ON p.id = r.payment
          WHERE r.changed_in_run = (SELECT max(id) FROM run) AND p.sales_order IS NOT NULL;
        DROP TABLE temp.moved;
        """)
  }

  /// Whether another payment may be a better one for some refund than the one it is tied to.
  static func hasLinkedRefunds(_ db: Database) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM refund WHERE payment IS NOT NULL AND origin = 'listed')")
      ?? false
  }

  private func nameTouchedPayments(_ db: Database) throws {
    let rows = try DirectStatement(
      db, "SELECT p.payment_id, p.names FROM touched_payment t CROSS JOIN payment p ON p.id = t.payment")
    var add = try DirectStatement(db, "INSERT OR IGNORE INTO temp.touched_payment_name VALUES (?)")
    while try rows.step() {
      for name in [rows.word(0)] + PaymentNames(stored: rows.word(1)).others {
        add.add(name)
        try add.run()
      }
    }
  }

  private func dateRefunds(_ settings: Settings, _ db: Database) throws {
    let providers = Dictionary(uniqueKeysWithValues: settings.providers.map { ($0.name, $0) })
    let undated = try Row.fetchAll(
      db,
      sql: """
        SELECT id, provider, refunded_at FROM refund WHERE refunded_at IS NOT NULL AND refunded_on IS NULL
        """)
    for row in undated {
      guard let provider = providers[row["provider"]] else { continue }
      let instant = Instant(microseconds: row["refunded_at"])
      try db.cachedStatement(sql: "UPDATE refund SET refunded_on = ?, local_on = ? WHERE id = ?").execute(
        arguments: [
          settings.zone.day(of: instant).dayNumber, provider.zone.day(of: instant).dayNumber,
          row["id"] as Int64,
        ])
    }
  }
}

/// What a payment brought, and its business days: unknown is nil.
struct PaymentValues {
  var collected: Int64?
  /// By the shop's zone, and by the provider's.
  var paidOn: Int64?
  var localOn: Int64?

  init(_ collected: Int64?, paidOn: Int64?, localOn: Int64?) {
    (self.collected, self.paidOn, self.localOn) = (collected, paidOn, localOn)
  }

  init(
    _ provider: ProviderSettings, zone: Zone, status: PaymentStatus, amount: Int64, received: Int64?,
    eventReceived: Int64?, amountIsNet: Bool, paidAt: Instant?
  ) {
    collected = Collected.minorUnits(
      kind: provider.kind, status: status, amount: amount, received: received, eventReceived: eventReceived,
      amountIsNet: amountIsNet)
    paidOn = paidAt.map { Int64(zone.day(of: $0).dayNumber) }
    localOn = paidAt.map { Int64(provider.zone.day(of: $0).dayNumber) }
  }
}

extension Settings {
  /// Changes whenever a setting changes that a stored verdict or day may depend on.
  var rulesDigest: String {
    var parts = [zone.name, "\(graceSeconds)", "\(refundGraceSeconds)"]
    parts += tolerance.values.map { "\($0.currency) \($0.minorUnits)" }.sorted()
    for provider in providers {
      parts.append(
        "\(provider.name) \(provider.kind) \(provider.zone) \(provider.currency) \(provider.refundFee?.minorUnits ?? -1) "
          + "\(provider.refundFee?.currency.code ?? "") \(provider.settlementRefundsAreGross)"
          + (provider.checksAmounts ? "" : " unchecked"))
    }
    return Digest.hex(Digest.sha256(parts.joined(separator: "\n").utf8))
  }
}
