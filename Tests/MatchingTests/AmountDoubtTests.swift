import ReconcileCore
import TestSupport
import Testing

@testable import ReconcileMatching

@Suite("Amounts that mean something else are noticed, and honest ones never are")
struct AmountDoubtTests {
  private func pairs(_ dues: [Int64], _ collected: (Int64) -> Int64) -> [AmountPair] {
    dues.enumerated().map { place, due in
      AmountPair(orderID: "A\(place)", due: due, paymentID: "P\(place)", collected: collected(due))
    }
  }

  private func doubt(_ pairs: [AmountPair], _ currency: String = "EUR") throws -> AmountDoubt? {
    AmountDoubt.find(in: pairs, try #require(Currency(currency)))
  }

  private let dues: [Int64] = (1...40).map { 990 + $0 * 137 }

  @Test("a hundred times too large or too small is a wrong unit, with counts and examples")
  func unit() throws {
    let large = try #require(try doubt(pairs(dues) { $0 * 100 }))
    #expect(large.pattern == .tooLarge(100) && large.pairs == 40 && large.fits == 40)
    let euro = try #require(Currency("EUR"))
    #expect(
      large.words("gate", euro)
        == "40 of the 40 latest orders with one payment at gate in EUR collected exactly 100 times what was due "
        + "(A0: 11.27 EUR due, 1127.00 EUR collected; A1: 12.64 EUR due, 1264.00 EUR collected; "
        + "A2: 14.01 EUR due, 1401.00 EUR collected)")
    #expect(try doubt(pairs(dues.map { $0 * 100 }) { $0 / 100 })?.pattern == .tooSmall(100))
  }

  @Test(
    "currencies with no or three decimals have their own ways of being wrong",
    arguments: [("JPY", 100), ("KWD", 10), ("KWD", 1_000), ("KWD", 100)] as [(String, Int64)])
  func decimals(currency: String, factor: Int64) throws {
    #expect(try doubt(pairs(dues) { $0 * factor }, currency)?.pattern == .tooLarge(factor))
    #expect(try doubt(pairs(dues) { $0 * 10 }, "JPY") == nil)
    #expect(try doubt(pairs(dues) { $0 * 1_000 }, "JPY") == nil)
  }

  @Test("a constant fee is noticed: fixed, a share, or both, however the provider rounds")
  func fees() throws {
    #expect(try doubt(pairs(dues) { $0 - 35 })?.pattern == .lessFee(share: 0, fixed: 35))
    let dues = (1...60).map { Int64($0 * $0 * 37 + 900) }
    #expect(
      try doubt(pairs(dues) { $0 - ($0 * 140 + 5_000) / 10_000 })?.pattern == .lessFee(share: 140, fixed: 0))
    for (rounding, share, fixed) in [(0, 290, 30), (9_999, 290, 30), (5_000, 149, 25)]
      as [(Int64, Int64, Int64)]
    {
      let found = try #require(
        try doubt(pairs(dues) { $0 - fixed - ($0 * share + rounding) / 10_000 }), "\(share) \(fixed)")
      guard case .lessFee(let foundShare, _) = found.pattern else {
        Issue.record("\(found)")
        continue
      }
      #expect(abs(foundShare - share) <= 2)
      #expect(found.fits * 100 >= found.pairs * 95)
    }
  }

  @Test("few orders, one amount, and a pattern that is not nearly everywhere are no reason to stop")
  func restraint() throws {
    #expect(try doubt([]) == nil)
    #expect(try doubt(pairs(Array(dues.prefix(9))) { $0 * 100 }) == nil, "nine pairs")
    #expect(try doubt(pairs(Array(repeating: 990, count: 40)) { $0 * 100 }) == nil, "one amount")
    #expect(try doubt(pairs(Array(dues.prefix(19))) { $0 - 35 }) == nil, "nineteen fees")
    let mixed = pairs(dues) { $0 * 100 } + pairs([1_000, 2_000, 3_000]) { $0 }
    #expect(try doubt(mixed) == nil, "three of 43 orders are paid in full")
  }

  @Test("deposits, payments in parts, discounts of some, and rounding are honest")
  func honest() throws {
    #expect(try doubt(pairs(dues) { $0 }) == nil)
    #expect(try doubt(pairs(dues) { $0 / 2 }) == nil, "a first half")
    #expect(try doubt(pairs(dues) { $0 - $0 / 10 }) == nil, "a tenth on delivery")
    #expect(try doubt(pairs(dues) { $0 - $0 / 20 }) == nil, "a retention of 5 %")
    #expect(try doubt(pairs(dues) { $0 / 5 * 5 }) == nil, "cash rounding")
    #expect(try doubt(pairs(dues) { $0 - 1 }) == nil, "a cent of conversion")
    #expect(
      try doubt(pairs(dues) { $0 % 3 == 0 ? $0 : $0 - $0 * 2 / 100 }) == nil,
      "a discount that two of three take")
    #expect(try doubt(pairs(dues) { $0 + 300 }) == nil, "a tip for all")
  }

  @Test("no shop whose orders are mostly paid in full is ever stopped", arguments: Seeds.some(40))
  func property(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for currency in ["EUR", "JPY", "KWD"] {
      let count = Int.random(in: 0...300, using: &random)
      let pairs = (0..<count).map { place -> AmountPair in
        let due = Int64.random(in: 1...500_000, using: &random)
        // At least one order in ten is exact; the others are anything, also a hundred times or less a fee.
        let odd = [
          due, due * 100, max(1, due / 100), max(1, due - 35), max(1, due - due * 29 / 1_000), due / 2 + 1,
        ]
        let collected = place % 10 == 0 ? due : odd[Int.random(in: 0..<odd.count, using: &random)]
        return AmountPair(orderID: "A\(place)", due: due, paymentID: "P\(place)", collected: collected)
      }
      #expect(try doubt(pairs, currency) == nil, "seed \(seed)")
    }
  }

  @Test("amounts at the end of the range do not overflow")
  func extremes() throws {
    let pairs = (0..<30).map { place in
      AmountPair(
        orderID: "A\(place)", due: .max - Int64(place), paymentID: "P",
        collected: place % 2 == 0 ? .max - 100_000 : 1)
    }
    #expect(try doubt(pairs) == nil)
  }
}
