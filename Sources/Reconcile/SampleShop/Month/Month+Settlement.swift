import ReconcileCore

/// A day on which Dapit's settlement report says something else than its lists. All zero is an honest day.
struct SettlementChange {
  var day: BusinessDay
  var gross: Int64 = 0
  var refunds: Int64 = 0
  var fees: Int64 = 0
  var count: Int64 = 0
  /// What the day's net is wrong by, beyond what follows from the other figures.
  var net: Int64 = 0
  var story: String
}

/// Dapit's settlement report of the month.
extension Month {
  /// How much more payments the report's total counts than its lines.
  private static let surplusInTotal: Int64 = 1

  mutating func plantSettlement() {
    settlementChanges += [
      SettlementChange(day: march(6), gross: 1_000, story: "The report's gross is 10.00 higher."),
      SettlementChange(
        day: march(18), refunds: 2_400, fees: 100,
        story: "The report holds a refund that Dapit does not list."
      ),
      SettlementChange(day: march(24), count: 1, story: "The report counts one payment more."),
      SettlementChange(
        day: march(26), net: -500, story: "The day's net is 5.00 lower than its own figures give."),
    ]
    let euro = Currency.named("EUR")
    for change in settlementChanges {
      let own = dapitDays[change.day.dayNumber] ?? DayFigures()
      let reported = reportedFigures(change.day)
      let figures: [(DiscrepancyCode, Int64, Int64, isCount: Bool)] = [
        (.settlementGrossMismatch, own.gross, reported.figures.gross, false),
        (.settlementRefundsMismatch, own.refunds, reported.figures.refunds, false),
        (.settlementFeesMismatch, own.fees, reported.figures.fees, false),
        (.settlementCountMismatch, own.count, reported.figures.count, true),
        (.settlementNetMismatch, own.net, reported.net, false),
      ]
      for (code, ours, theirs, isCount) in figures where ours != theirs {
        plantDay(code, change.day, ours, theirs, isCount ? nil : euro, change.story)
      }
      if change.net != 0 {
        plantDay(
          .settlementArithmetic, change.day, reported.figures.net, reported.net, euro,
          "The net of this line is not its gross − refunds − fees.")
      }
    }
    let total = reportTotals()
    plantDay(
      .settlementArithmetic, march(31), total.figures.net, total.net, euro,
      "The total net carries the wrong line on and is not total gross − refunds − fees.")
    plantDay(
      .settlementArithmetic, march(31), total.figures.count, total.figures.count + Self.surplusInTotal, nil,
      "The total counts one payment more than the lines do.")
    planted.append(
      PlantedFinding(
        code: .settlementMissing, provider: DapitAccount.wholesale.rawValue, currency: euro.code, orderID: "",
        paymentID: "", refundID: "", businessDate: march(31).description, status: .open, expected: "",
        actual: "", story: "No settlement report was saved for the wholesale account."))
  }

  private mutating func plantDay(
    _ code: DiscrepancyCode, _ day: BusinessDay, _ ours: Int64, _ theirs: Int64, _ currency: Currency?,
    _ story: String
  ) {
    func text(_ value: Int64) -> String {
      currency.map { Money(minorUnits: value, currency: $0).decimalText } ?? String(value)
    }
    planted.append(
      PlantedFinding(
        code: code, provider: DapitAccount.retail.rawValue, currency: "EUR", orderID: "", paymentID: "",
        refundID: "", businessDate: day.description, status: .open, expected: text(ours),
        actual: text(theirs), story: story))
  }

  /// A day's figures as the report has them, and the net it states.
  private func reportedFigures(_ day: BusinessDay) -> (figures: DayFigures, net: Int64) {
    var figures = dapitDays[day.dayNumber] ?? DayFigures()
    var net: Int64 = 0
    for change in settlementChanges where change.day == day {
      figures.gross += change.gross
      figures.refunds += change.refunds
      figures.fees += change.fees
      figures.count += change.count
      net += change.net
    }
    return (figures, figures.net + net)
  }

  private func reportTotals() -> (figures: DayFigures, net: Int64) {
    SettlementText.totals(days: march(1)...march(31), figures: reportedFigures)
  }

  /// The body of Dapit's answer.
  func settlementReport() -> String {
    SettlementText.report(
      days: march(1)...march(31), surplusCount: Self.surplusInTotal, figures: reportedFigures)
  }
}
