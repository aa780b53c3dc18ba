import ReconcileCore
import TestSupport
import Testing

@testable import Reports

@Suite("Entries balance and add up, whatever happened to an order")
struct BookingPropertyTests {
  /// The life of one order: payments and refunds day by day, as the warehouse would hand them out.
  private struct Life {
    var order: JournalOrder
    var payments: [JournalPayment] = []
    var refunds: [JournalRefund] = []

    init(_ random: inout SeededGenerator) throws {
      let sizes: [ClosedRange<Int64>] = [0...3, 0...100, 1...100_000, 1...(Int64.max / 8)]
      let size = random.pick(sizes)
      order = try JournalSample.order(
        "A", .random(in: size, using: &random), random.pick(["EUR", "JPY", "KWD"]),
        cancelled: random.once(in: 6),
        tolerance: random.pick([0, 0, 2, 50]))
      let start = try Sample.day("2026-03-01")
      let code = order.amount.currency.code
      var collected: Int128 = 0
      var history = OrderHistory()
      var due: [(day: BusinessDay, amount: Int64, fee: Int64?)] = []
      for step in 0..<Int.random(in: 1...12, using: &random) {
        let day = start.advanced(by: step / 2)
        let amount = Int64.random(in: size, using: &random)
        let movement = OrderHistory.Movement(day: day, amount: amount)
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1, 2:
          payments.append(
            try JournalSample.payment(
              "p\(step)", amount, of: order, after: collected, on: day.description, code))
          collected += Int128(amount)
          history.collected.append(movement)
        case 3: history.asked.append(movement)
        default: due.append((day, amount, random.pick([nil, 0, 1, amount, amount / 2])))
        }
      }
      // Everything of a refund's own day counts for it.
      for (index, refund) in due.enumerated() {
        var known = history
        known.collected.removeAll { $0.day > refund.day }
        known.asked.removeAll { $0.day > refund.day }
        known.refunded = due[..<index].map { OrderHistory.Movement(day: $0.day, amount: $0.amount) }
        refunds.append(
          try JournalSample.refund(
            "r\(index)", refund.amount, fee: refund.fee, of: order, history: known,
            on: refund.day.description,
            code))
      }
    }
  }

  private func entries(_ life: Life) -> [JournalEntry] {
    (life.payments.map(Booking.init) + life.refunds.map(Booking.init)).compactMap { booking in
      switch booking {
      case .entry(let entry): return entry
      case .nothing: return nil
      case .unbooked(let row):
        Issue.record("\(row)")
        return nil
      }
    }
  }

  private func sum(_ entries: [JournalEntry], _ account: JournalAccount) -> Int128 {
    entries.flatMap(\.postings).reduce(0) { $0 + ($1.account == account ? Int128($1.amount) : 0) }
  }

  @Test("every entry adds up to zero and has no empty line", arguments: Seeds.some(40))
  func balance(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      for entry in entries(try Life(&random)) {
        #expect(entry.postings.reduce(Int128(0)) { $0 + Int128($1.amount) } == 0)
        #expect(entry.postings.allSatisfy { $0.amount != 0 })
      }
    }
  }

  @Test(
    "the receipts of an order divide as its whole does, and refunds never return more surplus than there was",
    arguments: Seeds.some(40))
  func totals(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let life = try Life(&random)
      let all = entries(life)
      let receipts = all.filter { $0.kind == .payment }
      let refunds = all.filter { $0.kind == .refund }
      let collected = life.payments.reduce(Int128(0)) { $0 + Int128($1.collected ?? 0) }
      let balance = OrderBalance(life.order, collected: collected)
      #expect(0 - sum(receipts, .role(.receivable)) == balance.receivable)
      #expect(0 - sum(receipts, .role(.overpayments)) == balance.overpayments)
      #expect(sum(receipts, .role(.differences)) == balance.differences)
      #expect(sum(receipts, .clearing(provider: "dapit")) == collected)

      let amounts = life.refunds.reduce(Int128(0)) { $0 + Int128($1.amount ?? 0) }
      let fees = life.refunds.reduce(Int128(0)) { $0 + Int128($1.fee ?? 0) }
      #expect(0 - sum(refunds, .clearing(provider: "dapit")) == amounts)
      #expect(sum(refunds, .role(.refundFees)) == fees)
      let returned = sum(refunds, .role(.overpayments))
      #expect(returned >= 0 && returned <= balance.overpayments)
      #expect(sum(refunds, .role(.refunds)) >= 0)
      #expect(sum(refunds, .role(.recoveredFees)) <= 0)
    }
  }

  @Test("transfers from account to account say the same as the lines", arguments: Seeds.some(10))
  func transfers(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let accounts = try JournalAccounts(
      JournalSettings(), layout: .hledger, providers: ["dapit"], configuration: "")
    for _ in 0..<50 {
      for entry in entries(try Life(&random)) {
        let named = try #require(try NamedEntry(entry, accounts))
        var balances: [String: Int64] = [:]
        for transfer in named.transfers {
          #expect(transfer.amount > 0 && transfer.debit != transfer.credit)
          balances[transfer.debit, default: 0] += transfer.amount
          balances[transfer.credit, default: 0] -= transfer.amount
        }
        #expect(balances == Dictionary(uniqueKeysWithValues: named.lines.map { ($0.account, $0.amount) }))
      }
    }
  }
}
