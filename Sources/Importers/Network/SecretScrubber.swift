import CLibcurl
import Foundation
import ReconcileCore

/// Removes a key from what a provider sends back, in every form it may have been echoed, before anything is
/// kept or printed. A removed key is replaced by as many asterisks, so that JSON stays JSON.
struct SecretScrubber: Sendable {
  /// Shorter keys would be found where none is meant.
  private static let shortest = 6
  private let patterns: [[UInt8]]

  init(_ key: Secret) {
    let text = key.revealed()
    let raw = Array(text.utf8)
    guard raw.count >= Self.shortest else {
      patterns = []
      return
    }
    var forms: [[UInt8]] = [raw, Array(PercentEncoding.segment(text).utf8)]
    forms.append(Array(PercentEncoding.segment(text).utf8.map { $0 }).lowercasedEscapes())
    for lowercase in [true, false] {
      forms.append(PercentEncoding.everyByte(text, lowercase: lowercase))
      forms.append(Self.hex(raw, prefix: [], lowercase: lowercase))
      forms.append(Self.hex(raw, prefix: Array("\\u00".utf8), lowercase: lowercase))
    }
    forms.append(raw.flatMap { [UInt8(ascii: "/"), UInt8(ascii: "\""), 92].contains($0) ? [92, $0] : [$0] })
    forms += Self.base64(raw)
    var seen: Set<[UInt8]> = []
    patterns = forms.filter { $0.count >= Self.shortest && seen.insert($0).inserted }
      .sorted { $0.count > $1.count }
  }

  /// The bytes without the key.
  func scrubbed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for pattern in patterns {
      var start = 0
      while let place = Self.find(pattern, in: bytes, from: start) {
        for index in place..<(place + pattern.count) { bytes[index] = UInt8(ascii: "*") }
        start = place + pattern.count
      }
    }
    return bytes
  }

  /// The text without the key.
  func scrubbed(_ text: String) -> String { String(decoding: scrubbed(Array(text.utf8)), as: UTF8.self) }

  private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    let place = rc_find(bytes, bytes.count, start, pattern, pattern.count)
    return place < 0 ? nil : place
  }

  private static func hex(_ bytes: [UInt8], prefix: [UInt8], lowercase: Bool) -> [UInt8] {
    let digits = Array((lowercase ? "0123456789abcdef" : "0123456789ABCDEF").utf8)
    return bytes.flatMap { prefix + [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// The key inside a longer text may start at any of three places in a base64 group: of each, the characters
  /// that the key alone decides, in both alphabets.
  private static func base64(_ raw: [UInt8]) -> [[UInt8]] {
    (0..<3).flatMap { shift -> [[UInt8]] in
      let encoded = Array(Data([UInt8](repeating: 0, count: shift) + raw).base64EncodedString().utf8)
      let first = [0, 2, 3][shift]
      let bits = (shift + raw.count) * 8
      let core = Array(encoded[first..<min(encoded.count, bits / 6)])
      let url = core.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? 95 : $0 }
      return [core, url]
    }
  }
}

extension [UInt8] {
  /// The hexadecimal digits of `%XX` in lower case, all else as it is.
  fileprivate func lowercasedEscapes() -> [UInt8] {
    var bytes = self
    for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
      for place in [index + 1, index + 2] where place < bytes.count {
        if (65...70).contains(bytes[place]) { bytes[place] += 32 }
      }
    }
    return bytes
  }
}
