/// A JSON value as it was written: numbers keep their own text, so that no amount passes through a float.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// The number's own bytes, in the grammar of RFC 8259.
  case number(ArraySlice<UInt8>)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// A JSON object in the order of its members.
public struct JSONObject: Sendable {
  /// Members as written; a duplicate key stands twice.
  public var members: [(key: String, value: JSONValue)] = []
  /// Whether a key stands twice in this object or in one inside it: the record is then a reject.
  public var hasDuplicateKey = false
  /// Where the object stands in the bytes that were read.
  public var range: Range<Int> = 0..<0

  public init() {}

  /// The first value of this key, compared byte by byte; nil where the object has none.
  public subscript(key: String) -> JSONValue? {
    for member in members where sameBytes(member.key, key) { return member.value }
    return nil
  }

  /// A key that stands twice in this object itself; nil where there is none, whatever objects inside it hold.
  public var ownDuplicateKey: String? {
    if members.count > 16 {
      var seen = Set<Identity>(minimumCapacity: members.count)
      return members.first { !seen.insert(Identity(key: $0.key)).inserted }?.key
    }
    for index in members.indices.dropFirst() {
      for earlier in members[..<index] where sameBytes(earlier.key, members[index].key) { return earlier.key }
    }
    return nil
  }

  /// A key compared by its bytes; Swift would call two spellings of an accented letter equal.
  private struct Identity: Hashable {
    let key: String
    static func == (a: Identity, b: Identity) -> Bool { sameBytes(a.key, b.key) }
    func hash(into hasher: inout Hasher) { hasher.combine(key) }
  }
}

/// Whether two names are the same. Swift also calls two spellings of an accented letter equal, so what it calls equal is
/// compared byte by byte; names that differ are quick to tell by their lengths.
private func sameBytes(_ a: String, _ b: String) -> Bool {
  a.utf8.count == b.utf8.count && a == b && a.utf8.elementsEqual(b.utf8)
}
