import ReconcileCore

/// The first body of each list that a run read.
///
/// A walk reads the first page again at its end, to see whether rows have moved. A record that says there what it said
/// the first time tells nothing new: were it stored again, it would replace what a later page said of the same id, and
/// which copy counts would depend on how the list is paged.
struct FirstBodies {
  private struct Body {
    var request: String
    var payments: [PaymentRecord]
    var refunds: [RefundRecord]
  }
  private var byStream: [String: Body] = [:]

  /// What a body says that the first reading of the same page did not say.
  mutating func news(
    in body: BodyRecords, stream: String, request: String
  ) -> (payments: [PaymentRecord], refunds: [RefundRecord]) {
    let own = Body(request: request, payments: body.payments, refunds: body.refunds)
    guard let first = byStream[stream] else {
      byStream[stream] = own
      return (body.payments, body.refunds)
    }
    guard first.request == request else { return (body.payments, body.refunds) }
    byStream[stream] = own
    let payments = Dictionary(grouping: first.payments, by: \.id)
    let refunds = Dictionary(grouping: first.refunds, by: \.id)
    return (
      body.payments.filter { payments[$0.id]?.contains($0) != true },
      body.refunds.filter { refunds[$0.id]?.contains($0) != true }
    )
  }
}
