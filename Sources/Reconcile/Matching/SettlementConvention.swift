import ReconcileCore

/// A way in which a provider's settlement report may count a day.
public struct SettlementConvention: Sendable, Equatable {
  /// Refunds with the provider's fee in them and no fees beside them, or without it and the fees beside them.
  public var refundsAreGross: Bool
  /// Whether gross holds what was paid beyond a payment's amount.
  public var countsExcess: Bool

  /// The four of them, the usual one first.
  public static let allCases = [
    SettlementConvention(refundsAreGross: false, countsExcess: true),
    SettlementConvention(refundsAreGross: true, countsExcess: true),
    SettlementConvention(refundsAreGross: false, countsExcess: false),
    SettlementConvention(refundsAreGross: true, countsExcess: false),
  ]

  /// For people.
  public var words: String {
    "refunds \(refundsAreGross ? "gross" : "net of the fee"), excess \(countsExcess ? "counted" : "not counted")"
  }
}

/// The sums of one settlement day that every convention is made of, and what the provider reports. Minor units.
public struct SettlementDay: Sendable {
  /// What was collected.
  public var gross: Int128
  /// The part of it beyond the payments' amounts.
  public var excess: Int128
  /// Completed refunds, fees included.
  public var refunds: Int128
  /// The fees in them.
  public var refundFees: Int128
  public var reported: SettlementFigures

  public init(gross: Int128, excess: Int128, refunds: Int128, refundFees: Int128, reported: SettlementFigures)
  {
    self.gross = gross
    self.excess = excess
    self.refunds = refunds
    self.refundFees = refundFees
    self.reported = reported
  }

  /// A reported figure that is not ours: reported − ours.
  public struct Difference: Sendable, Equatable {
    public var name: String
    public var amount: Int128

    /// The difference with its sign and currency.
    public func words(_ currency: Currency) -> String {
      "\(amount > 0 ? "+" : "")\(Money.decimalText(amount, exponent: currency.exponent)) \(currency)"
    }
  }

  /// What the report gives and a convention does not explain; empty where the day ties out.
  public func differences(by convention: SettlementConvention) -> [Difference] {
    let ownGross = convention.countsExcess ? gross : gross - excess
    let ownFees = convention.refundsAreGross ? 0 : refundFees
    let ownRefunds = refunds - ownFees
    let figures: [(String, Int64?, Int128)] = [
      ("gross", reported.gross, ownGross), ("refunds", reported.refunds, ownRefunds),
      ("fees", reported.fees, ownFees), ("net", reported.net, ownGross - ownRefunds - ownFees),
    ]
    return figures.compactMap { name, reported, ours in
      guard let reported, Int128(reported) != ours else { return nil }
      return Difference(name: name, amount: Int128(reported) - ours)
    }
  }

  /// What a finding about the day says of the conventions, as a sentence; empty where they make no difference to the
  /// day, or where nothing but the number of payments differs.
  ///
  /// - Parameter refundsAreGross: what the configuration says.
  public func remark(_ currency: Currency, refundsAreGross: Bool) -> String {
    guard reported.hasAmounts, excess != 0 || refundFees != 0 else { return "" }
    let inForce = SettlementConvention(refundsAreGross: refundsAreGross, countsExcess: true)
    if differences(by: inForce).isEmpty { return "" }
    let others = SettlementConvention.allCases.filter { $0 != inForce }
    if let fit = others.first(where: { differences(by: $0).isEmpty }) {
      let remedy =
        fit.countsExcess
        ? "settlement_refunds = \"\(fit.refundsAreGross ? "gross" : "net")\" says so"
        : "the report leaves out \(Difference(name: "", amount: excess).words(currency)) of overpayments"
      return " It ties out with \(fit.words): \(remedy)."
    }
    let failures = SettlementConvention.allCases.map { convention in
      let parts = differences(by: convention).map { "\($0.name) \($0.words(currency))" }
      return "\(convention.words): \(parts.joined(separator: ", "))"
    }
    return " No convention ties out, reported less ours: \(failures.joined(separator: "; "))."
  }
}

extension SettlementFigures {
  /// Whether an amount is given, beside the number of payments.
  public var hasAmounts: Bool { gross != nil || refunds != nil || fees != nil || net != nil }
}

/// The equations of a settlement report, as the ids of findings name them.
public enum SettlementEquation: String, Sendable, CaseIterable {
  case sumOfGross = "sum of gross"
  case sumOfRefunds = "sum of refunds"
  case sumOfFees = "sum of fees"
  case sumOfNet = "sum of net"
  case sumOfCount = "sum of count"
  case net
  case netOfDay = "net of day"
}
