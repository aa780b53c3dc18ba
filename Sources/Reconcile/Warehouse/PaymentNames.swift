import Foundation

/// What a payment is called beside its own id, and the ids of orders that it carries: the column `names` of `payment`.
///
/// Ids hold no control characters, so two of them keep the parts apart.
struct PaymentNames: Equatable {
  var others: [String]
  var claims: [String]

  private static let between = "\u{1F}"
  private static let beforeClaims = "\u{1E}"

  init(others: [String], claims: [String]) {
    self.others = others
    self.claims = claims
  }

  init(stored: String) {
    let halves = stored.split(separator: Self.beforeClaims, omittingEmptySubsequences: false)
    func parts(_ place: Int) -> [String] {
      guard place < halves.count, !halves[place].isEmpty else { return [] }
      return halves[place].split(separator: Self.between).map(String.init)
    }
    others = parts(0)
    claims = parts(1)
  }

  var stored: String {
    others.joined(separator: Self.between) + Self.beforeClaims + claims.joined(separator: Self.between)
  }

  /// All names as a JSON array for `json_each`, the payment's own id first.
  func json(ownID: String) throws -> String {
    String(decoding: try JSONEncoder().encode([ownID] + others), as: UTF8.self)
  }
}
