import ReconcileCore

/// The shapes a body may have around its records.
enum ListBody {
  /// The members that may hold a list.
  private static let listNames = ["data", "payments", "transactions", "refunds", "items", "results"]

  /// The body as JSON. What does not parse may be an accident on the way and is worth another try.
  static func parse(_ body: [UInt8]) throws(UnreadableBody) -> JSONValue {
    do throws(JSONProblem) {
      return try JSONReader.parse(body)
    } catch {
      throw UnreadableBody(error.reason, isTransient: error.isTransient)
    }
  }

  /// The rows of a list: a bare array, or the only array among the known members. Never an empty list for a
  /// body of another shape, because that would say that nothing is there.
  static func rows(_ root: JSONValue) throws(UnreadableBody) -> [JSONValue] {
    switch root {
    case .array(let rows): return rows
    case .object(let object):
      if let key = object.ownDuplicateKey {
        throw UnreadableBody("the body has \(key) twice", isTransient: false)
      }
      var lists: [(name: String, rows: [JSONValue])] = []
      for name in listNames {
        if case .array(let rows)? = object[name] { lists.append((name, rows)) }
      }
      if lists.count == 1 { return lists[0].rows }
      if let problem = errorObject(object) { throw problem }
      if lists.isEmpty { throw UnreadableBody("the body holds no list", isTransient: false) }
      let names = lists.map(\.name).joined(separator: ", ")
      throw UnreadableBody("the body holds several lists: \(names)", isTransient: false)
    default: throw UnreadableBody("the body is neither an array nor an object", isTransient: false)
    }
  }

  /// What an error object says, in the provider's words; nil where the object is none.
  static func errorObject(_ object: JSONObject, isTransient: Bool = false) -> UnreadableBody? {
    let words: String?
    switch object["error"] {
    case .object(let error)?:
      words = [error["code"]?.plainText, error["message"]?.plainText].compactMap { $0 }.joined(
        separator: ": ")
    case .string(let text)? where !text.isEmpty: words = text
    case .bool(true)?: words = object["message"]?.plainText ?? ""
    default: words = nil
    }
    guard let words else { return nil }
    let clean = cleaned(words)
    return UnreadableBody(
      clean.isEmpty ? "the provider answered with an error" : "the provider answered with an error: \(clean)",
      isTransient: isTransient)
  }

  /// A provider's words for a message: no personal data, no control characters, not long.
  static func cleaned(_ text: String) -> String {
    let scalars = PersonalData.mask(text: text).unicodeScalars.map { scalar -> Unicode.Scalar in
      scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        ? " " : scalar
    }
    return String(String(String.UnicodeScalarView(scalars)).prefix(300))
  }

  /// How the list goes on: the first hint that the body has with all its members.
  static func hint(_ root: JSONValue, lastID: String?) -> PageHint {
    guard case .object(let object) = root else { return .none }
    switch object["next"] {
    case .null?: return .link(nil)
    case .string(let link)?: return .link(link.isEmpty ? nil : link)
    default: break
    }
    let more: Bool?
    if case .bool(let flag)? = object["has_more"] { more = flag } else { more = nil }
    if more != nil || object["next_cursor"] != nil {
      let cursor = object["next_cursor"]?.plainText
      return .cursor(more: more ?? (cursor?.isEmpty == false), cursor: cursor, lastID: lastID)
    }
    if let page = object["page"]?.count, let pages = object["total_pages"]?.count {
      return .pages(page: page, of: pages)
    }
    switch object["total"] {
    case nil, .null?: return .none
    case let total?:
      guard let offset = object["offset"]?.count, let limit = object["limit"]?.count else { return .none }
      return .offset(total: total.count, offset: offset, limit: limit)
    }
  }
}

extension ListBody {
  /// What the body says of its list, hint or not: how many records it has, and how many a page holds.
  static func size(_ root: JSONValue) -> (total: Int?, limit: Int?) {
    guard case .object(let object) = root else { return (nil, nil) }
    return (object["total"]?.count, object["limit"]?.count)
  }

  /// The one record of a look-up's reply.
  static func single(_ root: JSONValue, id: String) throws(UnreadableBody) -> JSONValue {
    guard case .object(let object) = root else {
      throw UnreadableBody("the body is not the record that was asked for", isTransient: false)
    }
    if object[id] == nil {
      throw errorObject(object) ?? UnreadableBody("the body has no \(id)", isTransient: false)
    }
    return root
  }

  /// The id of the last row, as the provider writes it.
  static func lastID(_ rows: [JSONValue], _ key: String) -> String? {
    guard case .object(let object)? = rows.last else { return nil }
    return object[key]?.plainText
  }
}
