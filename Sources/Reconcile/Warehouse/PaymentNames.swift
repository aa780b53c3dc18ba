import Foundation

/// What a payment is called beside its own id, and the ids of orders that it carries: the column `names` of `payment`.
///
/// Ids hold no control characters, so two of them keep the parts apart.
struct PaymentNames: Equatable {
  var others: [String]
  var claims: [String]

  private static let between: UInt8 = 0x1F
  private static let beforeClaims: UInt8 = 0x1E

  init(others: [String], claims: [String]) {
    self.others = others
    self.claims = claims
  }

  init(stored: String) {
    others = []
    claims = []
    var isClaim = false
    var stored = stored
    stored.withUTF8 { bytes in
      var start = 0
      for place in 0...bytes.count {
        let byte = place < bytes.count ? bytes[place] : Self.between
        guard byte == Self.between || byte == Self.beforeClaims else { continue }
        if place > start {
          let name = String(decoding: bytes[start..<place], as: UTF8.self)
          if isClaim { claims.append(name) } else { others.append(name) }
        }
        isClaim = isClaim || byte == Self.beforeClaims
        start = place + 1
      }
    }
  }

  var stored: String {
    func list(_ names: [String]) -> String { names.count == 1 ? names[0] : names.joined(separator: "\u{1F}") }
    return list(others) + "\u{1E}" + list(claims)
  }

  /// All names as a JSON array for `json_each`, the payment's own id first.
  func json(ownID: String) throws -> String {
    String(decoding: try JSONEncoder().encode([ownID] + others), as: UTF8.self)
  }
}
