/// One record of a saved list. `bytes` is its JSON text as it stood in the file.
struct Row {
  var bytes: [UInt8]
  /// The id under which a look-up finds it; nil when the record has none.
  var id: String?
  /// Names the row in cursors, also once it is gone.
  var sequence: Int
  /// Deleted while somebody walked the list; kept so that cursors to it go on working.
  var isGone = false

  /// The value of the first of these members that is there, as text.
  func text(_ names: [String]) -> String? {
    let members = members
    for name in names {
      if let value = members.first(where: { $0.key == name })?.value,
        let text = JSONSlices(bytes).scalar(value)
      {
        return text
      }
    }
    return nil
  }

  /// The JSON text of a member; nil when it is not there.
  func slice(_ name: String) -> [UInt8]? {
    members.first { $0.key == name }.map { Array(bytes[$0.value]) }
  }

  /// The same record with other values; members that it lacks are not added.
  func replacing(_ values: [String: String]) -> [UInt8] {
    var changed = bytes
    for member in members.reversed() {
      guard let value = values[member.key] else { continue }
      changed.replaceSubrange(member.value, with: Array(value.utf8))
    }
    return changed
  }

  /// The same record with this value, in a member that it may lack.
  func setting(_ member: String, to value: String) -> [UInt8] {
    guard slice(member) == nil, bytes.last == UInt8(ascii: "}") else { return replacing([member: value]) }
    let comma = members.isEmpty ? "" : ","
    return bytes.dropLast() + Array("\(comma)\(jsonString(member)):\(value)}".utf8)
  }

  /// Whether one of the members in which ids stand has this one.
  func isNamed(_ id: String) -> Bool {
    ["id", "payment_id", "reference_number", "refund_id", "referenceId"].contains { text([$0]) == id }
  }

  /// None for a record that is no object.
  private var members: [(key: String, value: Range<Int>)] {
    (try? JSONSlices(bytes).members(of: bytes.indices)) ?? []
  }
}
