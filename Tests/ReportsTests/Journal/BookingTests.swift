import ReconcileCore
import TestSupport
import Testing

@testable import Reports

@Suite("Each payment and refund is booked where an accountant would book it")
struct BookingTests {
  @Test("a receipt settles what the customer owed")
  func receipt() throws {
    let order = try JournalSample.order("A1", 4_990)
    let booking = Booking(try JournalSample.payment("p", 4_990, of: order))
    #expect(JournalSample.lines(booking) == ["clearing dapit 4990", "receivable -4990"])
  }

  @Test("a partial receipt leaves the rest on the customer's account")
  func partial() throws {
    let order = try JournalSample.order("A1", 4_990)
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p", 1_000, of: order)))
        == ["clearing dapit 1000", "receivable -1000"])
  }

  @Test("what was paid too much is owed to the customer")
  func overpayment() throws {
    let order = try JournalSample.order("A1", 4_990)
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p", 5_500, of: order)))
        == ["clearing dapit 5500", "receivable -4990", "overpayments -510"])
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p2", 3_000, of: order, after: 3_000)))
        == ["clearing dapit 3000", "receivable -1990", "overpayments -1010"])
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p3", 4_990, of: order, after: 4_990)))
        == ["clearing dapit 4990", "overpayments -4990"])
  }

  @Test("a cancelled order owes everything back, whatever the tolerance")
  func cancelled() throws {
    let order = try JournalSample.order("A1", 4_990, cancelled: true, tolerance: 9_999)
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p", 4_990, of: order)))
        == ["clearing dapit 4990", "overpayments -4990"])
  }

  @Test("a difference within the tolerance is written off, and taken back when the rest comes")
  func tolerance() throws {
    let order = try JournalSample.order("A1", 4_990, tolerance: 5)
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p", 4_988, of: order)))
        == ["clearing dapit 4988", "differences 2", "receivable -4990"])
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p", 4_995, of: order)))
        == ["clearing dapit 4995", "differences -5", "receivable -4990"])
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("q", 100, of: order, after: 4_988)))
        == ["clearing dapit 100", "differences -2", "overpayments -98"])
  }

  @Test("money without an order, or in another currency than its order's, waits in suspense")
  func suspense() throws {
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p", 4_990))) == [
        "clearing dapit 4990", "suspense -4990",
      ])
    let order = try JournalSample.order("A1", 4_990, "USD")
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p", 4_990, of: order)))
        == ["clearing dapit 4990", "suspense -4990"])
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", 1_000, of: order)))
        == ["suspense 1000", "clearing dapit -1000"])
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", 1_000, fee: 100)))
        == ["suspense 1000", "refund_fees 100", "recovered_fees -100", "clearing dapit -1000"])
  }

  @Test("a refund reduces the sale by what the customer received, and the fee is an expense")
  func refund() throws {
    let order = try JournalSample.order("A1", 4_990)
    let history = try JournalSample.history(
      collected: [("2026-03-02", 4_990)], asked: [("2026-03-05", 1_000)])
    #expect(
      JournalSample.lines(
        Booking(try JournalSample.refund("r", 1_000, fee: 100, of: order, history: history)))
        == ["refunds 900", "refund_fees 100", "clearing dapit -1000"])
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", 1_000, of: order, history: history)))
        == ["refunds 1000", "clearing dapit -1000"])
  }

  @Test("a refund of a surplus settles the whole debt, and the customer bears the fee")
  func refundOfSurplus() throws {
    let order = try JournalSample.order("A1", 4_990)
    let history = try JournalSample.history(collected: [("2026-03-02", 6_990)])
    #expect(
      JournalSample.lines(
        Booking(try JournalSample.refund("r", 2_000, fee: 100, of: order, history: history)))
        == ["overpayments 2000", "refund_fees 100", "recovered_fees -100", "clearing dapit -2000"])
    #expect(
      JournalSample.lines(
        Booking(try JournalSample.refund("r", 3_000, fee: 100, of: order, history: history)))
        == ["refunds 900", "overpayments 2000", "refund_fees 100", "clearing dapit -3000"])
  }

  @Test("refunds cover what was asked for first, then the surplus, in the order they happened")
  func askedFirst() throws {
    let order = try JournalSample.order("A1", 4_990)
    var history = try JournalSample.history(
      collected: [("2026-03-02", 6_990)], asked: [("2026-03-05", 500)], refunded: [("2026-03-06", 300)])
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", 1_000, of: order, history: history)))
        == ["refunds 200", "overpayments 800", "clearing dapit -1000"])
    // What is asked for later changes no earlier entry.
    history.asked.append(try JournalSample.movement("2026-03-10", 4_000))
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", 1_000, of: order, history: history)))
        == ["refunds 200", "overpayments 800", "clearing dapit -1000"])
  }

  @Test("a refund of a cancelled order gives back what was paid for nothing, also where it was asked for")
  func cancelledRefund() throws {
    let order = try JournalSample.order("A1", 4_990, cancelled: true)
    let history = try JournalSample.history(
      collected: [("2026-03-02", 4_990)], asked: [("2026-03-03", 4_990)])
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", 4_990, of: order, history: history)))
        == ["overpayments 4990", "clearing dapit -4990"])
  }

  @Test("a fee above its refund leaves no account negative")
  func largeFee() throws {
    let order = try JournalSample.order("A1", 4_990)
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", 50, fee: 100, of: order)))
        == ["refund_fees 100", "recovered_fees -50", "clearing dapit -50"])
  }

  @Test("what is unknown, undated or not done is not booked, and says why")
  func unbooked() throws {
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p", nil))) == ["not booked: amount_unknown"])
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p", 5, on: nil))) == ["not booked: no_date"])
    #expect(JournalSample.lines(Booking(try JournalSample.payment("p", 0))) == ["nothing"])
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", 5, .pending))) == [
        "not booked: refund_pending"
      ])
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", nil, .failed))) == [
        "not booked: refund_failed"
      ])
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", 5, .unknown))) == [
        "not booked: status_unknown"
      ])
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", nil))) == ["not booked: amount_unknown"])
    #expect(
      JournalSample.lines(Booking(try JournalSample.refund("r", 5, on: nil))) == ["not booked: no_date"])
    #expect(JournalSample.lines(Booking(try JournalSample.refund("r", 0))) == ["nothing"])
    let order = try JournalSample.order("A1", .max, tolerance: .max)
    #expect(
      JournalSample.lines(Booking(try JournalSample.payment("p", 1, of: order)))
        == ["clearing dapit 1", "differences \(Int64.max - 1)", "receivable -\(Int64.max)"])
  }
}
