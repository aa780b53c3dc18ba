import GRDB
import ReconcileCore
import Testing

@testable import ReconcileWarehouse

@Suite("The tables refuse rows that cannot be")
struct ConstraintTests {
  /// One good row of everything; each bad row differs from it in one value.
  private func prepared() throws -> Store {
    let store = try Store(try plainSettings())
    _ = try store.evidence("dapit")
    try store.execute(
      """
      INSERT INTO source_file VALUES (1, 'f', 0);
      INSERT INTO sales_order
        (id, order_id, created_at, currency, amount_minor, is_cancelled, source_file, source_line, first_run, checksum)
        VALUES (1, 'A1', 0, 'EUR', 0, 0, 1, 2, 1, 0);
      INSERT INTO payment (id, provider, payment_id, currency, amount_minor, status, provider_status,
        amount_is_net, is_test, names, evidence, first_run, changed_in_run)
        VALUES (1, 'p', 'P1', 'EUR', 5, 'pending', 'open', 0, 0, 'P1', 1, 1, 1);
      INSERT INTO refund (id, provider, refund_id, origin, currency, status, provider_status, inferred,
        is_test, first_run, changed_in_run) VALUES (1, 'p', 'R1', 'listed', 'EUR', 'pending', 'open', 0, 0, 1, 1);
      INSERT INTO settlement_report
        (id, provider, currency, from_on, to_on, has_unreadable_lines, evidence, read_order)
        VALUES (1, 'p', 'EUR', 1, 2, 0, 1, 1);
      """)
    return store
  }

  private static let bad: [String] = [
    "UPDATE sales_order SET amount_minor = -1", "UPDATE sales_order SET amount_minor = NULL",
    "UPDATE sales_order SET amount_minor = 1.5", "UPDATE sales_order SET amount_minor = 'ten'",
    "UPDATE sales_order SET currency = 'EURO'", "UPDATE sales_order SET is_cancelled = 2",
    "UPDATE sales_order SET created_at = 'now'", "UPDATE sales_order SET order_id = NULL",
    "INSERT INTO sales_order SELECT 2, order_id, 0, 'EUR', 0, NULL, NULL, 0, 1, 2, 1, 0 FROM sales_order",
    "UPDATE sales_order SET source_file = 9", "INSERT INTO source_file VALUES (2, 'f', 0)",
    "DELETE FROM source_file",
    "UPDATE payment SET amount_minor = -1", "UPDATE payment SET collected_minor = -1",
    "UPDATE payment SET received_minor = -1", "UPDATE payment SET refunded_total_minor = 0",
    "UPDATE payment SET sales_order = 1", "UPDATE payment SET rule = 'order_id'",
    "UPDATE payment SET sales_order = 1, rule = 'guess'",
    "UPDATE payment SET sales_order = 9, rule = 'manual'",
    "UPDATE payment SET evidence = 9", "UPDATE payment SET changed_in_run = 9",
    "UPDATE payment SET is_test = 2",
    "UPDATE payment SET currency = 'EU'",
    """
    INSERT INTO payment (provider, payment_id, currency, amount_minor, status, provider_status,
      amount_is_net, is_test, names, evidence, first_run, changed_in_run)
      SELECT provider, payment_id, currency, 5, 'pending', '', 0, 0, '', 1, 1, 1 FROM payment
    """,
    "UPDATE refund SET status = 'sent'", "UPDATE refund SET origin = 'guessed'",
    "UPDATE refund SET amount_minor = -1",
    "UPDATE refund SET fee_minor = -1", "UPDATE refund SET payment = 9", "UPDATE refund SET currency = ''",
    "INSERT INTO lookup VALUES ('p', 'x', 0, 'perhaps', 1)",
    "INSERT INTO lookup VALUES ('p', 'x', 2, 'found', 1)",
    "INSERT INTO lookup VALUES ('p', 'x', 0, 'found', 9)",
    "UPDATE settlement_report SET from_on = 3", "UPDATE settlement_report SET has_unreadable_lines = 2",
    "INSERT INTO settlement_line (report, line_on) VALUES (9, 1)",
    "INSERT INTO settlement_line (report, line_on) VALUES (1, 1), (1, 1)",
    "INSERT INTO event (provider, event_id, received_minor, checksum) VALUES ('p', 'e', -1, 0)",
    "INSERT INTO event (provider, event_id, checksum) VALUES ('p', 'e', 0), ('p', 'e', 0)",
    "INSERT INTO event_reference VALUES ('p', 'r', 9)",
    "INSERT INTO resolution (discrepancy_id, resolution, note, made_by, made_at, after_run, checksum) "
      + "VALUES ('D', 'maybe', '', '', 0, 1, 0)",
    "INSERT INTO history (kind, provider, record_id, facts, replaced_by_run) VALUES ('thing', '', '', '', 1)",
    "INSERT INTO suggestion VALUES (1, 9)", "INSERT INTO suggestion VALUES (9, 1)",
    "UPDATE run SET from_on = to_on + 1", "UPDATE run SET is_test_data = 2",
    "INSERT INTO evidence_body (sha256, byte_count, deflated) VALUES (x'00', 0, x'')",
    "UPDATE evidence_body SET byte_count = -1", "DELETE FROM evidence_body", "DELETE FROM evidence",
    "DELETE FROM run",
    """
    INSERT INTO discrepancy (id, scope, code, status, is_count, explanation, first_run, changed_run)
      VALUES ('D', 'order', 'c', 'accepted', 0, '', 1, 1)
    """,
    "INSERT INTO order_verdict (sales_order, order_on, match_status, refund_status, refund_fees_minor, "
      + "is_final, first_run) VALUES (9, 0, 'exact', 'none', 0, 1, 1)",
  ]

  @Test("a row that breaks a rule of the books is refused and nothing changes", arguments: bad)
  func refuses(sql: String) throws {
    let store = try prepared()
    let failure = try #require(throws: DatabaseError.self) {
      try store.warehouse.queue.write { db in try db.execute(sql: sql) }
    }
    #expect(failure.resultCode == .SQLITE_CONSTRAINT, "\(failure)")
    #expect(try store.warehouse.check(deep: false) == [])
  }

  @Test("the good rows are accepted, and deleting an event takes what hangs on it along")
  func accepts() throws {
    let store = try prepared()
    try store.execute(
      """
      UPDATE payment SET sales_order = 1, rule = 'manual', collected_minor = 0;
      UPDATE refund SET payment = 1, amount_minor = 0, fee_minor = 0;
      INSERT INTO event (id, provider, event_id, checksum) VALUES (1, 'p', 'e', 0);
      INSERT INTO event_reference VALUES ('p', 'r', 1);
      INSERT INTO event_order VALUES ('A1', 1);
      DELETE FROM event;
      """)
    #expect(try store.count("event_reference") == 0)
    #expect(try store.count("event_order") == 0)
  }
}
