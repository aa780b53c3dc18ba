import ReconcileCore

/// The members that a provider's documents, samples or this program's readers name. Anything else is a change of
/// the API and is told on the night it first appears.
struct KnownFields: Sendable {
  /// Members of a record.
  let record: Set<String>
  /// Members around the records.
  let envelope: Set<String>

  private static let paging: Set<String> = [
    "data", "payments", "transactions", "refunds", "items", "results", "next", "previous", "has_more",
    "next_cursor", "page", "total_pages", "page_size", "total", "offset", "limit", "count", "success",
  ]

  /// What is known of a provider's stream.
  static func of(_ kind: ProviderKind, _ stream: ProviderStream) -> KnownFields {
    switch (kind, stream) {
    case (.maxfi, _): maxfi
    case (.dapit, .listRefunds): dapitRefund
    case (.dapit, .settlementReport): dapitSettlement
    case (.dapit, _): dapitTransaction
    case (.gate, _): gate
    case (.inflow, .refunds): inflowRefund
    case (.inflow, _): inflowTransaction
    }
  }

  private static let maxfi = KnownFields(
    record: [
      "id", "payment_id", "object", "order_id", "checkout_session_id", "checkout_url", "amount", "currency",
      "status",
      "amount_refunded", "total_refunded", "remaining", "created_at", "updated_at", "expires_at", "livemode",
      "test_mode", "capture_method", "card_brand", "country", "customer", "customer_email", "description",
      "error_code", "error_message", "idempotency_key", "language", "metadata", "payment_method",
      "payment_methods", "reason", "items", "success_url", "cancel_url", "webhook_url",
    ], envelope: paging)

  private static let dapitTransaction = KnownFields(
    record: [
      "reference_number", "invoice_number", "session_id", "session_token", "token", "merchant_order_id",
      "order_id", "amount", "invoice_amount", "original_amount", "discount_percent", "currency", "status",
      "total_paid", "amount_paid", "amount_remaining", "overpaid_amount", "refund_fee", "refund_net",
      "refund_amount",
      "payment_count", "payments", "confirmed_at", "paid_at", "created_at", "updated_at", "expires_at",
      "customer_email", "customer_name", "customer_phone", "merchant_name", "environment", "order_items",
      "delivery_method", "description", "message",
    ], envelope: paging)

  private static let dapitRefund = KnownFields(
    record: [
      "refund_id", "id", "reference_number", "reference", "payment_reference", "original_reference",
      "transaction_reference", "amount", "processing_fee", "currency", "status", "reason", "created_at",
      "sent_at",
      "completed_at", "updated_at", "debtor_iban", "debtor_name", "customer_amount", "net_amount",
    ], envelope: paging)

  /// The report itself is the envelope; its days are the records.
  private static let dapitSettlement = KnownFields(
    record: DapitSettlement.lineMembers, envelope: DapitSettlement.reportMembers)

  private static let gate = KnownFields(
    record: [
      "referenceId", "id", "amount", "actualAmount", "currencyCode", "status", "createdAt", "updatedAt",
      "type",
      "description", "customer", "customerAction", "customerContext", "customerContextDto", "data",
      "declineReason", "failure", "isTwoPhase", "lifetime", "merchantMetadata", "paymentMethod",
      "paymentMethodData", "paymentMethodOptions", "paymentMethods", "paymentPageSettings", "redirectionUrl",
      "returnUrls", "success", "webhookUrl", "attemptsAvailable", "code",
    ], envelope: [])

  private static let inflowRefund = KnownFields(
    record: [
      "id", "refund_id", "refund_public_id", "transaction_id", "amount", "amount_in_cents", "amount_usd",
      "currency",
      "status", "reason", "created_at", "updated_at", "payer_email", "metadata",
    ], envelope: paging)

  private static let inflowTransaction = KnownFields(
    record: [
      "id", "order_id", "checkout_id", "product_id", "products", "quantity", "amount", "amount_in_cents",
      "amount_usd", "currency", "status", "created_at", "updated_at", "expires_at", "payer_email", "name",
      "billing_country", "billing_email", "billing_first_name", "billing_last_name", "billing_phone",
      "billing_postal_code", "depositAttempts", "errorMessage", "metadata", "paymentId", "paymentMethod",
      "pricing_mode", "reason", "max_uses", "token",
    ], envelope: [])
}
