import Foundation
import GRDB
import ReconcileCore

/// A part of an explanation: a heading and its facts, in the order they are told.
public struct StoryPart: Sendable {
  public var heading: String
  public var facts: [(label: String, value: String)]
}

extension Warehouse {
  /// Everything the warehouse knows of an order, payment, refund or discrepancy: records, the rule that
  /// linked them, the arithmetic, earlier versions, decisions and evidence; of a payment or refund also the
  /// order it belongs to. Empty when the id is not known.
  public func story(of text: String, settings: Settings) throws -> [StoryPart] {
    let id: String
    do throws(Identifier.Problem) { id = try Identifier(text).text } catch { return [] }
    return try read { db in
      var parts: [StoryPart] = []
      let teller = StoryTeller(db: db, zone: settings.zone)
      for row in try Row.fetchAll(db, sql: "SELECT * FROM discrepancy WHERE id = ?", arguments: [id]) {
        parts.append(try teller.discrepancy(row))
        parts += try teller.settlement(of: row)
        if let refund: String = row["refund_id"] {
          parts += try teller.refunds(named: refund, of: row["provider"])
        }
        if let payment: String = row["payment_id"] {
          parts += try teller.payments(named: payment, of: row["provider"])
        }
        if let order: String = row["order_id"] { parts += try teller.order(order) }
      }
      parts += try teller.order(id)
      parts += try teller.payments(named: id, of: nil)
      parts += try teller.refunds(named: id, of: nil)
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
          heading: "Response \(digest.value)", facts: [("body", String(decoding: bytes, as: UTF8.self))])
      }
    }
  }

  private static func bytes(ofHex text: String) -> Data {
    Data(
      stride(from: 0, to: text.count, by: 2).compactMap { UInt8(text.dropFirst($0).prefix(2), radix: 16) })
  }
}
