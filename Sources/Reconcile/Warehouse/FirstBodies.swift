import ReconcileCore

/// The first body of each list that a run read.
///
/// A walk reads the first page again at its end, to see whether rows have moved. A record that says there what it said
/// the first time tells nothing new: were it stored again, it would replace what a later page said of the same id, and
/// which copy counts would depend on how the list is paged.
struct FirstBodies {
  private struct Body {
    var request: String
    var payments: [WorkedPayment]
    var refunds: [RefundRecord]
  }
  private var byStream: [String: Body] = [:]

  /// What a body says that the first reading of the same page did not say.
  mutating func news(
    _ payments: [WorkedPayment], _ refunds: [RefundRecord], from source: BodySource
  ) -> (payments: [WorkedPayment], refunds: [RefundRecord]) {
    let own = Body(request: source.request, payments: payments, refunds: refunds)
    guard let first = byStream[source.stream] else {
      byStream[source.stream] = own
      return (payments, refunds)
    }
    guard first.request == source.request else { return (payments, refunds) }
    byStream[source.stream] = own
    let formerPayments = Dictionary(grouping: first.payments.map(\.record), by: \.id)
    let formerRefunds = Dictionary(grouping: first.refunds, by: \.id)
    return (
      payments.filter { formerPayments[$0.record.id]?.contains($0.record) != true },
      refunds.filter { formerRefunds[$0.id]?.contains($0) != true }
    )
  }
}
