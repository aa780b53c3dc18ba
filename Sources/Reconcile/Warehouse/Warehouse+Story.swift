import Foundation
import GRDB
import ReconcileCore

extension Warehouse {
  /// Everything the warehouse knows of an order, payment, refund, merchant refund, discrepancy or settlement day:
  /// records, the rule that linked them and those tried before it, the arithmetic, earlier versions, decisions and
  /// evidence, and for what is unmatched the nearest candidates with the first condition that each one fails.
  ///
  /// A payment or refund is told with the order it belongs to. Every statement finds its rows by an index, so the
  /// answer takes no longer on a large warehouse.
  ///
  /// - Parameter text: an id as reports print it; `provider:id` for a payment; of a settlement day the provider, the
  ///   day and perhaps the currency, see ``SettlementDayName``.
  /// - Returns: nothing when the warehouse does not know the id.
  public func story(of text: String, settings: Settings) throws -> [StoryPart] {
    let id = (try? Identifier(text))?.text
    return try read { db in
      let teller = try StoryTeller(db: db, settings: settings)
      var parts = try id.map { try teller.story(of: $0) } ?? []
      if let day = SettlementDayName(text) { parts += try teller.settlement(on: day) }
      // An order, its payments and its findings lead to one another: each is told once, where it comes first.
      var told: Set<String> = []
      return parts.filter { part in
        told.insert(part.heading + part.facts.map { "\n\($0.label)\t\($0.value)" }.joined()).inserted
      }
    }
  }

  /// The masked bodies that a story names by their digests, each once. Throws 74 when one of them is damaged.
  public func responses(of story: [StoryPart]) throws -> [StoryPart] {
    var seen: Set<String> = []
    let digests = story.flatMap(\.facts).filter { $0.label == "sha-256" && seen.insert($0.value).inserted }
    return try read { db in
      try digests.compactMap { digest in
        guard
          let row = try Row.fetchOne(
            db,
            sql: "SELECT sha256, byte_count, deflated FROM evidence_body WHERE sha256 = ?",
            arguments: [Self.bytes(ofHex: digest.value)]),
          let bytes = try evidenceBytes(row)
        else { return nil }
        return StoryPart(
          .response, digest.value, heading: "Response \(digest.value)",
          facts: [StoryFact("body", String(decoding: bytes, as: UTF8.self))])
      }
    }
  }

  private static func bytes(ofHex text: String) -> Data {
    Data(
      stride(from: 0, to: text.count, by: 2).compactMap { UInt8(text.dropFirst($0).prefix(2), radix: 16) })
  }
}

extension StoryTeller {
  /// What has this id: a discrepancy, an order, payments, refunds or a merchant refund.
  fileprivate func story(of id: String) throws -> [StoryPart] {
    var parts: [StoryPart] = []
    for row in try Row.fetchAll(db, sql: "SELECT * FROM discrepancy WHERE id = ?", arguments: [id]) {
      parts.append(try discrepancy(row))
      parts += try settlement(of: row)
      if let refund: String = row["refund_id"] {
        let refunds = try refunds(named: refund, of: row["provider"])
        parts += refunds.isEmpty ? try merchantRefunds(named: refund) : refunds
      }
      if let payment: String = row["payment_id"] {
        parts += try payments(named: payment, of: row["provider"])
      }
      if let order: String = row["order_id"] { parts += try self.order(order) }
    }
    return try parts + order(id) + payments(named: id, of: nil) + refunds(named: id, of: nil)
      + merchantRefunds(named: id)
  }
}
