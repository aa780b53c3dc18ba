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
    members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }
}
