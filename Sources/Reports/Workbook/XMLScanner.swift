import Foundation

/// What a scanner finds. Texts are as they stand in the file, entities not yet resolved.
protocol XMLConsumer {
  mutating func open(_ name: UnsafeBufferPointer<UInt8>, _ attributes: UnsafeBufferPointer<UInt8>) throws
  mutating func close(_ name: UnsafeBufferPointer<UInt8>) throws
  mutating func text(_ text: UnsafeBufferPointer<UInt8>) throws
}

/// Reads XML in pieces of any size and throws unless every element is closed in its order and exactly one
/// encloses all: what a full disk leaves behind is cut off in the middle.
struct XMLScanner<Consumer: XMLConsumer> {
  var consumer: Consumer
  private var pending: [UInt8] = []
  /// Names of the elements that are open, one behind the other, and how long each is.
  private var names: [UInt8] = []
  private var lengths: [Int] = []
  private var hasRoot = false

  init(_ consumer: Consumer) { self.consumer = consumer }

  /// Scans one piece; what it leaves unfinished waits for the next.
  mutating func feed(_ piece: UnsafeBufferPointer<UInt8>) throws {
    pending.append(contentsOf: piece)
    // Moved out while it is read, so that the scanner itself may change.
    let buffer = pending
    pending = []
    let used = try buffer.withUnsafeBufferPointer { try scan($0) }
    pending = Array(buffer[used...])
  }

  /// The end of the file.
  mutating func finish() throws {
    guard lengths.isEmpty, hasRoot, pending.allSatisfy({ $0 <= 0x20 }) else {
      throw DamagedWorkbook("its XML ends in the middle")
    }
  }

  private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var at = 0
    while at < bytes.count {
      if base[at] == UInt8(ascii: "<") {
        guard let end = memchr(base + at, Int32(UInt8(ascii: ">")), bytes.count - at) else { return at }
        let length = base.distance(to: end.assumingMemoryBound(to: UInt8.self)) - at + 1
        try tag(UnsafeBufferPointer(start: base + at + 1, count: length - 2))
        at += length
      } else {
        guard let end = memchr(base + at, Int32(UInt8(ascii: "<")), bytes.count - at) else { return at }
        let length = base.distance(to: end.assumingMemoryBound(to: UInt8.self)) - at
        let text = UnsafeBufferPointer(start: base + at, count: length)
        if lengths.isEmpty {
          guard text.allSatisfy({ $0 <= 0x20 }) else {
            throw DamagedWorkbook("its XML has text outside the root")
          }
        } else {
          try consumer.text(text)
        }
        at += length
      }
    }
    return at
  }

  /// `inside` is what stands between the angle brackets.
  private mutating func tag(_ inside: UnsafeBufferPointer<UInt8>) throws {
    guard let first = inside.first else { throw DamagedWorkbook("its XML has an empty tag") }
    if first == UInt8(ascii: "?") || first == UInt8(ascii: "!") { return }
    if first == UInt8(ascii: "/") {
      let name = UnsafeBufferPointer(rebasing: inside[1...])
      guard let length = lengths.popLast(), names.suffix(length).elementsEqual(name) else {
        throw DamagedWorkbook("its XML closes what is not open")
      }
      names.removeLast(length)
      return try consumer.close(name)
    }
    let isEmpty = inside.last == UInt8(ascii: "/")
    let content = UnsafeBufferPointer(rebasing: isEmpty ? inside.dropLast() : inside[...])
    let nameEnd = content.firstIndex { $0 <= 0x20 } ?? content.count
    let name = UnsafeBufferPointer(rebasing: content[..<nameEnd])
    let attributes = UnsafeBufferPointer(rebasing: content[nameEnd...])
    if lengths.isEmpty {
      guard !hasRoot else { throw DamagedWorkbook("its XML has two roots") }
      hasRoot = true
    }
    guard !name.isEmpty, !attributes.contains(UInt8(ascii: "<")) else {
      throw DamagedWorkbook("its XML has a broken tag")
    }
    try consumer.open(name, attributes)
    if isEmpty { return try consumer.close(name) }
    names.append(contentsOf: name)
    lengths.append(name.count)
  }
}

/// Looks at nothing: for parts of the file that must merely be whole.
struct NoConsumer: XMLConsumer {
  mutating func open(_ name: UnsafeBufferPointer<UInt8>, _ attributes: UnsafeBufferPointer<UInt8>) {}
  mutating func close(_ name: UnsafeBufferPointer<UInt8>) {}
  mutating func text(_ text: UnsafeBufferPointer<UInt8>) {}
}

/// Bytes of XML.
enum XMLBytes {
  /// The value of an attribute, nil when the element has none of this name.
  static func attribute(_ name: StaticString, _ attributes: UnsafeBufferPointer<UInt8>) -> Slice<
    UnsafeBufferPointer<UInt8>
  >? {
    let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    var at = 0
    while at < attributes.count {
      while at < attributes.count, attributes[at] <= 0x20 { at += 1 }
      let start = at
      while at < attributes.count, attributes[at] != UInt8(ascii: "=") { at += 1 }
      let found = attributes[start..<at]
      at += 1
      guard at < attributes.count else { return nil }
      let quote = attributes[at]
      let valueStart = at + 1
      at = valueStart
      while at < attributes.count, attributes[at] != quote { at += 1 }
      if found.elementsEqual(wanted) { return attributes[valueStart..<at] }
      at += 1
    }
    return nil
  }

  static func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ text: StaticString) -> Bool {
    bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
