/// Answers that faults give in place of the provider's, and what they do to the provider's own.
extension Reply {
  init(_ rule: FaultRule, kind: ProviderKind) {
    switch rule.name {
    case .http500: self = .failure(500, "internal error", kind)
    case .http503ThenOK: self = .failure(503, "maintenance", kind)
    case .http429RetryAfter:
      self = .failure(429, "too many requests", kind)
      headers.append(("Retry-After", String(rule.number("seconds"))))
    case .http429Date:
      self = .failure(429, "too many requests", kind)
      // The date has no fractions: round up, so that the wait is never shorter than asked.
      let date = Moment(seconds: Moment.now().seconds + 1 + Int64(rule.number("seconds")))
      headers.append(("Retry-After", date.httpDate))
    case .http429:
      self = .failure(429, "too many requests", kind)
      // Two headers are told apart by a bar.
      headers += (rule.text("retry") ?? "").split(separator: "|").map { ("Retry-After", String($0)) }
    case .http401, .http401AfterPage: self = .failure(401, "the key was refused", kind)
    case .http404: self = .failure(404, "not found", kind)
    case .httpStatus:
      let code = rule.number("code")
      self = .failure(code, "status \(code)", kind)
    case .redirect:
      self = Reply(status: rule.number("code"))
      headers.append(("Location", rule.text("to") ?? "http://other-host.invalid/"))
    case .successFalse: self = Reply(json: "{\"success\":false,\"error\":\"try again later\"}")
    case .errorObject:
      self = Reply(json: "{\"error\":{\"code\":\"BUSY\",\"message\":\"the ledger is closed\"}}")
    case .html:
      self = Reply(status: rule.number("code"), body: Array("<!doctype html><title>Sign in</title>".utf8))
      contentType = "text/html; charset=utf-8"
    case .drop: self = Reply(status: 0, delivery: .drop)
    case .silent: self = Reply(status: 0, delivery: .silent(seconds: rule.number("seconds")))
    case .http2: self = Reply(status: 0, delivery: .bytes(Self.goodbyeOfHTTP2))
    default: self = Reply(status: 200)
    }
  }

  /// Lets a fault damage the body or the way it is sent.
  mutating func suffer(_ rule: FaultRule) {
    switch rule.name {
    case .invalidJSON: body = Array(body.dropLast()) + Array(",]".utf8)
    case .badUTF8: insert([UInt8(ascii: "\""), 0xC3, 0x28, 0xFF, UInt8(ascii: "\"")], as: "note")
    case .byteOrderMark: body = [0xEF, 0xBB, 0xBF] + body
    case .deepJSON:
      let levels = rule.number("levels")
      let nest = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
      insert(Array(nest.utf8), as: "deep")
    case .hugeBody: insert(Self.padding(mib: rule.number("mib")), as: "padding")
    case .endlessBody: delivery = .endless
    case .hugeHead:
      headers.append(("X-Padding", String(repeating: "x", count: rule.number("kib") << 10)))
    case .manyHeaders:
      headers += (1...max(1, rule.number("lines"))).map { ("X-Line-\($0)", "one of very many lines") }
    case .trailingBytes: body += body
    case .utf16:
      body =
        [0xFF, 0xFE]
        + String(decoding: body, as: UTF8.self).utf16.flatMap {
          [UInt8($0 & 0xFF), UInt8($0 >> 8)]
        }
    case .wrongType: contentType = "text/html"
    case .informational:
      preamble = Array("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n".utf8)
    case .closeIdle: closesAfterwards = true
    case .doubleAnswer: isDoubled = true
    case .endlessTrickle: delivery = .endlessTrickle(milliseconds: rule.number("ms"))
    case .gzip, .gzipBomb: compress(rule)
    case .gzipEncoding: headers.append(("Content-Encoding", "gzip"))
    case .cutBody: delivery = .cut(after: place(rule))
    case .cutChunked: delivery = .cutChunked(after: place(rule))
    case .cutClose: delivery = .cutClose(after: place(rule))
    case .reset: delivery = .reset(after: place(rule))
    case .resetHead: delivery = .resetHead(after: rule.number("at") + rule.struckBefore * rule.number("step"))
    case .skewedClock: clockLead += Int64(rule.number("seconds"))
    case .changedRecord: change(rule)
    case .slow: delayMilliseconds += rule.number("ms")
    case .stall: delivery = .stall(after: body.count / 2, seconds: rule.number("seconds"))
    case .trickle: delivery = .trickle(milliseconds: rule.number("ms"))
    case .trickleHead: delivery = .trickleHead(milliseconds: rule.number("ms"))
    default: break
    }
  }

  /// After how many bytes of the body a fault strikes; never after all of them.
  private func place(_ rule: FaultRule) -> Int {
    guard rule.text("at") != nil || rule.number("step") > 0 else { return body.count / 2 }
    return (rule.number("at") + rule.struckBefore * rule.number("step")) % max(1, body.count)
  }

  private static func padding(mib: Int) -> [UInt8] {
    let quote = [UInt8(ascii: "\"")]
    return quote + [UInt8](repeating: UInt8(ascii: "x"), count: mib << 20) + quote
  }

  private mutating func compress(_ rule: FaultRule) {
    if rule.name == .gzipBomb {
      // The padding is put between the two quotes.
      insert(Array("\"\"".utf8), as: "padding")
      let middle = (body.firstRange(of: Array("\"\"".utf8))?.lowerBound ?? 0) + 1
      body = Gzip.compressed(
        Array(body[..<middle]), mibOfPadding: rule.number("mib"), Array(body[middle...]))
    } else {
      body = Gzip.compressed(body)
    }
    // The last eight bytes are the checksum and the length of what was compressed.
    switch rule.text("trailer") {
    case "none": body.removeLast(8)
    case "wrong": body[body.count - 8] ^= 0xFF
    default: break
    }
    if rule.text("says") != "no" { headers.append(("Content-Encoding", "gzip")) }
  }

  /// Another value in the member of a record, or of the body itself.
  private mutating func change(_ rule: FaultRule) {
    let slices = JSONSlices(body)
    guard let document = try? slices.document() else { return }
    var places = [document]
    if let id = rule.text("id") {
      let inside = (try? slices.members(of: document))?.map(\.value) ?? [document]
      places += inside.flatMap { (try? slices.elements(of: $0)) ?? [] }
      places.removeAll { !Row(bytes: Array(body[$0]), id: nil, sequence: 0).isNamed(id) }
    }
    for place in places.reversed() {
      let record = Row(bytes: Array(body[place]), id: nil, sequence: 0)
      body.replaceSubrange(place, with: record.setting(rule.text("member") ?? "", to: rule.json("value")))
    }
  }

  /// Two frames of RFC 9113: settings, and GOAWAY without an error.
  private static let goodbyeOfHTTP2: [UInt8] =
    [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 8, 7, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0]

  /// Puts a value at the front of the object or array that the body is.
  private mutating func insert(_ value: [UInt8], as member: String) {
    guard let first = body.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return }
    let name = first == UInt8(ascii: "{") ? "\"\(member)\":" : ""
    let isAlone = body.count == 2
    body.replaceSubrange(
      0..<1, with: [first] + Array(name.utf8) + value + (isAlone ? [] : [UInt8(ascii: ",")]))
  }
}
