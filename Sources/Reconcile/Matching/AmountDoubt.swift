import ReconcileCore

/// An order and the only payment that is linked to it: what was due and what came in, in minor units of one currency.
public struct AmountPair: Sendable {
  public var orderID: String
  public var due: Int64
  public var paymentID: String
  public var collected: Int64

  public init(orderID: String, due: Int64, paymentID: String, collected: Int64) {
    self.orderID = orderID
    self.due = due
    self.paymentID = paymentID
    self.collected = collected
  }
}

/// A reason to believe that a provider's amounts and those of the orders do not mean the same.
///
/// It is meant never to arise from honest data: nearly all of many orders of different amounts must show the same
/// pattern to the minor unit, and no order that is paid in full shows it.
public struct AmountDoubt: Sendable {
  /// What the amounts look like.
  public enum Pattern: Sendable, Equatable {
    /// Collected is this many times what was due.
    case tooLarge(Int64)
    /// What was due is this many times collected.
    case tooSmall(Int64)
    /// Collected is what was due less a fee: a share in hundredths of a percent, and minor units.
    case lessFee(share: Int64, fixed: Int64)
  }

  public var pattern: Pattern
  /// Pairs that were looked at, and those that show the pattern.
  public var pairs: Int
  public var fits: Int
  /// A few of the latter.
  public var examples: [AmountPair]

  /// The share of pairs that must show the pattern, of a hundred.
  private static let overwhelming = 95
  /// How many pairs it takes for a wrong unit, and of how many different amounts.
  private static let pairsForUnit = (count: 10, amounts: 3)
  /// The same for a fee, which a habit of customers may resemble.
  private static let pairsForFee = (count: 20, amounts: 5)
  /// The share of a fee is at most 4.5 %: what leaves more of the amount open is a deposit or a payment in parts.
  private static let largestShare: Int64 = 450
  /// The largest fixed part of a fee, in minor units.
  private static let largestFixed: Int64 = 100
  /// A difference of a few minor units is rounding, not a fee.
  private static let smallestFee: Int64 = 5

  /// Whether a pair may show one of the patterns: a quick look, before many of them are looked at closely.
  public static func isSuspicious(_ pair: AmountPair, _ currency: Currency) -> Bool {
    unitPatterns(currency).contains { fits($0, pair) } || fee(of: pair) != nil
  }

  /// What pairs of one provider and currency look like; nil where they look right or are too few to tell.
  public static func find(in pairs: [AmountPair], _ currency: Currency) -> AmountDoubt? {
    for pattern in unitPatterns(currency) {
      if let doubt = doubt(pattern, pairs, atLeast: pairsForUnit) { return doubt }
    }
    let fees = pairs.compactMap(fee)
    guard isOverwhelming(fees.count, of: pairs.count), let middle = fees.sorted()[safe: fees.count / 2],
      middle >= smallestFee
    else { return nil }
    return feePatterns(pairs).lazy.compactMap { doubt($0, pairs, atLeast: pairsForFee) }.first
  }

  private static func doubt(
    _ pattern: Pattern, _ pairs: [AmountPair], atLeast needed: (count: Int, amounts: Int)
  ) -> AmountDoubt? {
    let fitting = pairs.filter { fits(pattern, $0) }
    guard fitting.count >= needed.count, isOverwhelming(fitting.count, of: pairs.count),
      Set(fitting.map(\.due)).count >= needed.amounts
    else { return nil }
    return AmountDoubt(
      pattern: pattern, pairs: pairs.count, fits: fitting.count, examples: Array(fitting.prefix(3)))
  }

  private static func isOverwhelming(_ fits: Int, of pairs: Int) -> Bool {
    pairs > 0 && fits * 100 >= pairs * overwhelming
  }

  private static func fits(_ pattern: Pattern, _ pair: AmountPair) -> Bool {
    switch pattern {
    case .tooLarge(let factor): return Int128(pair.due) * Int128(factor) == Int128(pair.collected)
    case .tooSmall(let factor): return Int128(pair.collected) * Int128(factor) == Int128(pair.due)
    case .lessFee(let share, let fixed):
      guard let fee = fee(of: pair) else { return false }
      // Providers round the share up, down or to the nearest: one minor unit either way.
      let off = Int128(fee - fixed) * 10_000 - Int128(pair.due) * Int128(share)
      return off > -10_000 && off < 10_000
    }
  }

  /// 100, and what comes of mistaking minor for major units or of giving every currency two decimals.
  private static func unitPatterns(_ currency: Currency) -> [Pattern] {
    func power(_ exponent: Int) -> Int64 { (0..<exponent).reduce(1) { product, _ in product * 10 } }
    let factors = Set([100, power(currency.exponent), power(abs(currency.exponent - 2))]).subtracting([1])
    return factors.sorted().flatMap { [.tooLarge($0), .tooSmall($0)] }
  }

  // MARK: Fees

  /// What a payment is short by where that may be a fee.
  private static func fee(of pair: AmountPair) -> Int64? {
    let fee = pair.due - pair.collected
    return fee > 0 && pair.collected > 0 && fee <= pair.due / 20 + largestFixed ? fee : nil
  }

  /// The fees that pairs of very different amounts lead to, a fixed one first, then pure shares, then both.
  private static func feePatterns(_ pairs: [AmountPair]) -> [Pattern] {
    let short = pairs.filter { fee(of: $0) != nil }.sorted { ($0.due, $0.collected) < ($1.due, $1.collected) }
    guard short.count >= pairsForFee.count else { return [] }
    // Pairs spread over all amounts: any two honest ones of them give away the share.
    let sample = (0..<16).map { short[$0 * (short.count - 1) / 15] }
    var shares: Set<Int64> = [0]
    for (place, small) in sample.enumerated() {
      for large in sample[(place + 1)...] where large.due > small.due {
        let rise = Int128(large.due - large.collected) - Int128(small.due - small.collected)
        let share = (rise * 10_000 + Int128(large.due - small.due) / 2) / Int128(large.due - small.due)
        if share >= 0, share <= largestShare { shares.insert(Int64(share)) }
      }
    }
    for pair in sample {
      let share = (Int128(pair.due - pair.collected) * 10_000 + Int128(pair.due) / 2) / Int128(pair.due)
      if share <= largestShare { shares.insert(Int64(share)) }
    }
    let patterns = shares.flatMap { share -> [(share: Int64, fixed: Int64)] in
      let rests = sample.map { pair in
        Int64((Int128(pair.due - pair.collected) * 10_000 - Int128(pair.due) * Int128(share)) / 10_000)
      }.sorted()
      return Set([0, rests[rests.count / 2]]).filter { $0 >= 0 && (share > 0 || $0 > 0) }.map { (share, $0) }
    }
    func rank(_ pattern: (share: Int64, fixed: Int64)) -> (Int, Int64, Int64) {
      (pattern.share == 0 ? 0 : pattern.fixed == 0 ? 1 : 2, pattern.share, pattern.fixed)
    }
    return patterns.sorted { rank($0) < rank($1) }.map { .lessFee(share: $0.share, fixed: $0.fixed) }
  }

  // MARK: Words

  /// What the amounts look like and what it was seen in, as one sentence without its end.
  public func words(_ provider: String, _ currency: Currency) -> String {
    let seen = "\(fits) of the \(pairs) latest orders with one payment"
    func money(_ minor: Int64) -> String {
      "\(Money(minorUnits: minor, currency: currency).decimalText) \(currency)"
    }
    let what: String
    switch pattern {
    case .tooLarge(let factor): what = "collected exactly \(factor) times what was due"
    case .tooSmall(let factor): what = "collected exactly one \(factor)th of what was due"
    case .lessFee(let share, let fixed):
      let percent = "\(share / 100).\(share % 100 < 10 ? "0" : "")\(share % 100) %"
      let parts = [share > 0 ? percent : nil, fixed > 0 ? money(fixed) : nil].compactMap { $0 }
      what = "collected what was due less \(parts.joined(separator: " and "))"
    }
    let examples = examples.map { "\($0.orderID): \(money($0.due)) due, \(money($0.collected)) collected" }
    return "\(seen) at \(provider) in \(currency) \(what) (\(examples.joined(separator: "; ")))"
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
