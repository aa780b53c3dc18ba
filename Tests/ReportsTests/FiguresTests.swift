import ReconcileCore
import Testing

@testable import Reports

/// An age and the bucket it belongs to.
struct Aged: Sendable {
  let days: Int?
  let bucket: AgeBucket

  init(_ days: Int?, _ bucket: AgeBucket) {
    self.days = days
    self.bucket = bucket
  }
}

@Suite("The figures of a report")
struct FiguresTests {
  private func finding(
    _ code: DiscrepancyCode, _ difference: Int64?, _ status: DiscrepancyStatus = .open, age: Int? = 3,
    currency: String = "EUR"
  ) throws -> DiscrepancyRow {
    let currency = try #require(Currency(currency))
    var row = DiscrepancyRow(id: "d", code: code, status: status, explanation: "")
    row.currency = currency
    row.difference = difference.map { .money(Money(minorUnits: $0, currency: currency)) }
    row.ageDays = age
    return row
  }

  private func gather(_ body: (inout FigureGatherer) throws -> Void) throws -> ReportFigures {
    var gatherer = FigureGatherer(try WorkbookSource.sample(currencies: []))
    try body(&gatherer)
    return gatherer.finish()
  }

  @Test(
    "unexplained is what open findings about orders' money leave, by currency; the rest is explained or counted elsewhere"
  )
  func unexplained() throws {
    let euro = try #require(Currency("EUR"))
    let yen = try #require(Currency("JPY"))
    let figures = try gather {
      $0.add(discrepancy: try finding(.unpaidOrder, -5_000))
      $0.add(discrepancy: try finding(.orphanPayment, 1_200))
      $0.add(discrepancy: try finding(.overpayment, 300, .settled))
      $0.add(discrepancy: try finding(.partialPayment, -100, .accepted))
      $0.add(discrepancy: try finding(.refundShort, -700))
      $0.add(discrepancy: try finding(.settlementNetMismatch, -900))
      $0.add(discrepancy: try finding(.duplicatePayment, nil))
      $0.add(discrepancy: try finding(.duplicatePayment, 40, currency: "JPY"))
    }
    #expect(figures.unexplained == [euro: -3_800, yen: 40])
  }

  @Test(
    "an open finding stands in the bucket of its age",
    arguments: [
      Aged(-1, .upTo7), Aged(7, .upTo7), Aged(8, .upTo30), Aged(30, .upTo30), Aged(31, .upTo60),
      Aged(60, .upTo60), Aged(61, .upTo90), Aged(90, .upTo90), Aged(91, .over90), Aged(nil, .undated),
    ])
  func ageing(aged: Aged) throws {
    let (days, bucket) = (aged.days, aged.bucket)
    let figures = try gather {
      $0.add(discrepancy: try finding(.unpaidOrder, -5, age: days))
      $0.add(discrepancy: try finding(.unpaidOrder, -5, .settled, age: days))
      $0.add(openItem: try finding(.orphanPayment, 7, age: days))
    }
    let euro = try #require(Currency("EUR"))
    let period = figures.ageing[AgeKey(currency: euro, age: bucket, isEarlier: false)]
    let earlier = figures.ageing[AgeKey(currency: euro, age: bucket, isEarlier: true)]
    #expect(period?.count == 1 && period?.amount == 5 && earlier?.count == 1 && earlier?.amount == 7)
    #expect(figures.ageing.count == 2)
  }

  @Test("one pass finds what the rows hold")
  func totals() throws {
    let source = try WorkbookSource.sample()
    let figures = source.figures
    let totals = try source.totals
    for currency in try ["EUR", "JPY", "KWD"].map({ try #require(Currency($0)) }) {
      let all = figures.allOrders(currency)
      #expect(
        all.amount == totals.orders[currency]?.amount && all.collected == totals.orders[currency]?.collected)
      #expect(Int64(all.count) == totals.orders[currency]?.count)
      let net = figures.orders.sum(currency, figures.tables.orders.index("net"))
      #expect(net.total == all.netParts && net.hasValues)
      let fees = figures.refunds.sum(currency, figures.tables.refunds.index("customer_amount"))
      #expect(!fees.hasValues)
    }
    #expect(figures.mismatchedDays == 3)
    #expect(figures.dataRows == 18 * 5 + 6)
  }

  @Test("findings remember the rows they speak of, and only so many")
  func places() throws {
    var places = RowPlaces()
    var row = try finding(.unpaidOrder, -1)
    row.orderID = "a"
    row.provider = "dapit"
    row.paymentID = "p"
    places.want(row)
    places.note(order: "b", at: 0)
    places.note(order: "a", at: 1)
    places.note(payment: "p", of: "maxfi", at: 0)
    #expect(places.order(of: row) == 1 && places.payment(of: row) == nil)
    places.note(payment: "p", of: "dapit", at: 4)
    #expect(places.payment(of: row) == 4)
    for index in 0..<RowPlaces.limit {
      row.orderID = "x\(index)"
      places.want(row)
    }
    places.note(order: "x\(RowPlaces.limit - 1)", at: 9)
    #expect(places.order(of: row) == nil)
  }

  @Test(
    "collected money is added by day, of long periods by month or year",
    arguments: [("2026-03-31", "day", 31), ("2026-12-31", "month", 10), ("2040-03-01", "year", 15)])
  func collected(last: String, step: String, parts: Int) throws {
    let from = try #require(BusinessDay("2026-03-01"))
    let to = try #require(BusinessDay(last))
    let euro = try #require(Currency("EUR"))
    var collected = CollectedByDay(try #require(Period(from: from, to: to)))
    var row = PaymentRow(
      provider: "dapit", paymentID: "1", amount: .zero(euro), status: .succeeded, providerStatus: "")
    for day in [from, to, nil, from.advanced(by: -1)] {
      row.paymentDate = day
      row.collected = Money(minorUnits: 5, currency: euro)
      collected.add(row)
      row.collected = nil
      collected.add(row)
    }
    #expect(collected.step == step && collected.starts.count == parts && collected.starts.first == from)
    let sums = try #require(collected.sums[euro]?["dapit"])
    #expect(sums.count == parts && sums.first == 5 && sums.last == 5 && sums.reduce(0, +) == 10)
  }

  @Test("a report may be booked when everything was read, tied out and proven")
  func verdict() throws {
    var source = try WorkbookSource.sample(currencies: ["EUR"])
    let totals = try source.totals
    func verdict(_ figures: ReportFigures) -> Verdict {
      Verdict(source.facts, figures, ControlList(totals: totals, figures: figures, facts: source.facts).all)
    }
    #expect(verdict(source.figures).warnings.map { $0.prefix(12) } == ["INCOMPLETE: ", "NOT TIED OUT"])
    source.facts.providers.removeAll { !$0.complete }
    source.settlement[0].status = .tiedOut
    #expect(verdict(source.figures).isReady && verdict(source.figures).warnings == [])
    source.facts.isTestData = true
    #expect(verdict(source.figures).warnings.first?.hasPrefix("TEST DATA") == true)
    source.facts.isTestData = false
    // A row that its own total does not know.
    source.payments.append(source.payments[0])
    let broken = verdict(source.figures)
    #expect(
      !broken.isReady && broken.warnings.count == 1 && broken.warnings[0].contains("controls do not hold"))
  }
}
