import Foundation

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
    // By their places: a member that is only compared is not copied.
    for place in members.indices where sameBytes(members[place].key, key) { return members[place].value }
    return nil
  }

  /// A key that stands twice in this object itself; nil where there is none, whatever objects inside it hold.
  public var ownDuplicateKey: String? {
    if members.count > 16 {
      var seen = Set<Identity>(minimumCapacity: members.count)
      return members.first { !seen.insert(Identity(key: $0.key)).inserted }?.key
    }
    for place in members.indices.dropFirst() {
      let key = members[place].key
      for earlier in 0..<place where sameBytes(members[earlier].key, key) { return key }
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

/// Whether two names are the same. Swift also calls two spellings of an accented letter equal, so bytes are compared.
private func sameBytes(_ a: String, _ b: String) -> Bool {
  guard a.utf8.count == b.utf8.count else { return false }
  return a.utf8.withContiguousStorageIfAvailable { a in
    b.utf8.withContiguousStorageIfAvailable { b in haveSameBytes(a, b) }
  }.flatMap { $0 } ?? a.utf8.elementsEqual(b.utf8)
}

/// Whether two pieces of memory hold the same.
func haveSameBytes(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
  guard a.count == b.count else { return false }
  guard let start = a.baseAddress, let other = b.baseAddress else { return true }
  return memcmp(start, other, a.count) == 0
}
