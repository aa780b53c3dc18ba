import Foundation

/// Bytes that grow at their end. Plain memory, because each of the millions of cells of a sheet is put together here.
final class ByteBuffer {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// The bytes so far; valid until the next change.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  func removeAll() { count = 0 }

  func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    append(start, bytes.count)
  }

  func append(_ text: StaticString) { append(text.utf8Start, text.utf8CodeUnitCount) }

  func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  private func append(_ start: UnsafePointer<UInt8>, _ length: Int) {
    reserve(length)
    (base + count).update(from: start, count: length)
    count += length
  }

  /// The digits of a number.
  func append(number: Int64) { append(minorUnits: number, decimals: 0) }

  /// A number whose last `decimals` digits stand behind the point; zeros at the end of these are left out.
  func append(minorUnits: Int64, decimals: Int) {
    var rest = minorUnits.magnitude
    var decimals = decimals
    while decimals > 0, rest % 10 == 0 {
      rest /= 10
      decimals -= 1
    }
    if minorUnits < 0 { append(UInt8(ascii: "-")) }
    // Counted first, so that the digits are written where they stay.
    var length = 1
    var power: UInt64 = 10
    while length < 19, rest >= power {
      length += 1
      power *= 10
    }
    if rest >= power { length += 1 }
    let whole = max(length, decimals + 1)
    let room = whole + (decimals > 0 ? 1 : 0)
    reserve(room)
    var at = base + count + room
    for place in 0..<whole {
      if decimals > 0, place == decimals {
        at -= 1
        at.pointee = UInt8(ascii: ".")
      }
      at -= 1
      at.pointee = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += room
  }

  /// A text as XML. A carriage return is escaped as the format wants it: readers of XML make a line feed of a plain one.
  func append(escaping text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for index in 0..<text.count {
      let entity: StaticString
      switch text[index] {
      case UInt8(ascii: "&"): entity = "&amp;"
      case UInt8(ascii: "<"): entity = "&lt;"
      case UInt8(ascii: ">"): entity = "&gt;"
      case UInt8(ascii: "\""): entity = "&quot;"
      case UInt8(ascii: "\r"): entity = "_x000D_"
      default: continue
      }
      append(UnsafeBufferPointer(rebasing: text[start..<index]))
      append(entity)
      start = index + 1
    }
    append(UnsafeBufferPointer(rebasing: text[start...]))
  }

  /// Puts a text before the byte at a position.
  func insert(_ text: String, at place: Int) {
    var text = text
    text.withUTF8 { text in
      guard let start = text.baseAddress else { return }
      reserve(text.count)
      memmove(base + place + text.count, base + place, count - place)
      (base + place).update(from: start, count: text.count)
      count += text.count
    }
  }

  private func reserve(_ room: Int) {
    guard count + room > capacity else { return }
    capacity = max(2 * capacity, count + room)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }
}
