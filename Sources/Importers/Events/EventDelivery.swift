import ReconcileCore

/// Why a line of an events file is a reject, in one sentence.
struct EventProblem: Error, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// One archived delivery: the body as the provider sent it, with what the archive says about it.
struct EventDelivery {
  /// The provider's name as the envelope gives it; nil for a bare body and for an envelope without one.
  var provider: String?
  /// Header names in lower case with their values; empty for a bare body.
  var headers: [(name: String, value: String)] = []
  var isBare = true
  /// The body's own bytes, which the signature covers.
  var bytes: [UInt8]
  var body: JSONObject

  /// Reads a line: an envelope when it has a `body` beside `provider`, `headers` or `received_at`, else a
  /// bare body.
  init(line: [UInt8]) throws(EventProblem) {
    let object = try Self.object(line, "the line")
    bytes = line
    body = object
    guard object["provider"] != nil || object["headers"] != nil || object["received_at"] != nil else {
      return
    }
    switch object["body"] {
    case .string(let text)?:
      bytes = Array(text.utf8)
      body = try Self.object(bytes, "the body")
    case .object(let inner)?:
      bytes = Array(line[inner.range])
      body = inner
    case nil where object["headers"] == nil && object["received_at"] == nil: return
    default: throw EventProblem("the envelope has no \"body\"; write the body as delivered, as text")
    }
    isBare = false
    switch object["provider"] {
    case .string(let name)? where !name.isEmpty: provider = name
    case .null?, nil, .string?: break
    default:
      throw EventProblem("the envelope's \"provider\" is not text; write the provider's name as configured")
    }
    if case .object(let members)? = object["headers"] {
      for (name, value) in members.members {
        let values: [JSONValue]
        if case .array(let list) = value { values = list } else { values = [value] }
        for case .string(let text) in values { headers.append((name.lowercased(), text)) }
      }
    }
  }

  /// All values of a header, its name in lower case.
  func values(ofHeader name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }

  /// Whether one of the delivery's MAXFI signatures is the HMAC-SHA-256 of its body under this secret.
  func isSigned(with secret: Secret) -> Bool {
    let expected = Digest.hmacSHA256(key: secret.revealed(), bytes)
    return values(ofHeader: "x-maxfi-signature").contains { value in
      let text = trimBlanks(Array(value.utf8)[...])
      let prefix = Array("sha256=".utf8)
      guard text.starts(with: prefix), let given = Self.bytes(ofHex: text.dropFirst(prefix.count)) else {
        return false
      }
      return Digest.equal(given, expected)
    }
  }

  private static func object(_ bytes: [UInt8], _ what: String) throws(EventProblem) -> JSONObject {
    let value: JSONValue
    do {
      value = try JSONReader.parse(bytes)
    } catch {
      throw EventProblem(
        "\(what) cannot be read (\(error.reason)); write one JSON object a line, as delivered")
    }
    guard case .object(let object) = value else {
      throw EventProblem("\(what) is not a JSON object; write one JSON object a line, as delivered")
    }
    guard !object.hasDuplicateKey else {
      throw EventProblem("\(what) has a key twice, so its values are not certain; archive the delivery again")
    }
    return object
  }

  private static func bytes(ofHex text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count == 64 else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in text {
      let value: UInt8
      switch digit {
      case 48...57: value = digit - 48
      case 65...70: value = digit - 55
      case 97...102: value = digit - 87
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }
}
