import ReconcileCore

/// Dapit's settlement report as text.
enum SettlementText {
  /// The body of the answer, one day a line; days without anything have no line.
  ///
  /// - Parameters:
  ///   - surplusCount: how many payments the total counts beyond its lines.
  ///   - figures: a day's figures as the report has them, and the net it states.
  static func report(
    days: ClosedRange<BusinessDay>, surplusCount: Int64,
    figures: (BusinessDay) -> (figures: DayFigures, net: Int64)
  ) -> String {
    var lines: [String] = []
    for number in days.lowerBound.dayNumber...days.upperBound.dayNumber {
      let day = BusinessDay(dayNumber: number)
      let reported = figures(day)
      if reported.figures.count == 0, reported.figures.refunds == 0 { continue }
      var line = JSONLine()
      line.add("date", day.description)
      add(reported.figures, net: reported.net, to: &line)
      lines.append(line.closed)
    }
    var total = totals(days: days, figures: figures)
    total.figures.count += surplusCount
    var body = JSONLine()
    body.add("success", raw: "true")
    body.add("date_from", days.lowerBound.description)
    body.add("date_to", days.upperBound.description)
    body.add("currency", "EUR")
    add(total.figures, net: total.net, to: &body)
    body.add("daily_breakdown", raw: "[\n" + lines.joined(separator: ",\n") + "\n]")
    return body.closed + "\n"
  }

  /// The sums over the days.
  static func totals(
    days: ClosedRange<BusinessDay>, figures: (BusinessDay) -> (figures: DayFigures, net: Int64)
  ) -> (figures: DayFigures, net: Int64) {
    var total = (figures: DayFigures(), net: Int64(0))
    for number in days.lowerBound.dayNumber...days.upperBound.dayNumber {
      let line = figures(BusinessDay(dayNumber: number))
      total.figures.gross += line.figures.gross
      total.figures.refunds += line.figures.refunds
      total.figures.fees += line.figures.fees
      total.figures.count += line.figures.count
      total.net += line.net
    }
    return total
  }

  private static func add(_ figures: DayFigures, net: Int64, to line: inout JSONLine) {
    func decimal(_ minorUnits: Int64) -> String {
      Money(minorUnits: minorUnits, currency: .named("EUR")).decimalText
    }
    line.add("gross_volume", raw: decimal(figures.gross))
    line.add("total_refunds", raw: decimal(figures.refunds))
    line.add("total_fees", raw: decimal(figures.fees))
    line.add("net_settlement", raw: decimal(net))
    line.add("transaction_count", figures.count)
  }
}
