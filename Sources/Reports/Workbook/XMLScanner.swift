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
    var rest = piece
    if let first = pending.first {
      // Only the tag or text that was cut is put together; everything else is read where it lies.
      let end = first == UInt8(ascii: "<") ? UInt8(ascii: ">") : UInt8(ascii: "<")
      guard let found = Self.find(end, rest) else { return pending.append(contentsOf: rest) }
      let count = end == UInt8(ascii: ">") ? found + 1 : found
      pending.append(contentsOf: rest[..<count])
      rest = UnsafeBufferPointer(rebasing: rest[count...])
      let whole = pending
      pending.removeAll(keepingCapacity: true)
      try whole.withUnsafeBufferPointer {
        if end == UInt8(ascii: ">") {
          try tag(UnsafeBufferPointer(rebasing: $0[1..<$0.count - 1]))
        } else {
          try text($0)
        }
      }
    }
    let used = try scan(rest)
    pending.append(contentsOf: rest[used...])
  }

  /// The end of the file.
  mutating func finish() throws {
    guard lengths.isEmpty, hasRoot, pending.allSatisfy({ $0 <= 0x20 }) else {
      throw DamagedWorkbook("its XML ends in the middle")
    }
  }

  private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
    var at = 0
    while at < bytes.count {
      let rest = UnsafeBufferPointer(rebasing: bytes[at...])
      if rest[0] == UInt8(ascii: "<") {
        guard let end = Self.find(UInt8(ascii: ">"), rest) else { return at }
        try tag(UnsafeBufferPointer(rebasing: rest[1..<end]))
        at += end + 1
      } else {
        guard let end = Self.find(UInt8(ascii: "<"), rest) else { return at }
        try text(UnsafeBufferPointer(rebasing: rest[..<end]))
        at += end
      }
    }
    return at
  }

  /// The position of a byte.
  private static func find(_ byte: UInt8, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let base = bytes.baseAddress, let found = memchr(base, Int32(byte), bytes.count) else { return nil }
    return base.distance(to: found.assumingMemoryBound(to: UInt8.self))
  }

  private mutating func text(_ text: UnsafeBufferPointer<UInt8>) throws {
    guard lengths.isEmpty else { return try consumer.text(text) }
    guard text.allSatisfy({ $0 <= 0x20 }) else { throw DamagedWorkbook("its XML has text outside the root") }
  }

  /// Whether the innermost open element has this name.
  private func isOpen(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let length = lengths.last, length == name.count, let base = name.baseAddress else { return false }
    return names.withUnsafeBufferPointer { open in
      open.baseAddress.map { memcmp($0 + open.count - length, base, length) == 0 } ?? false
    }
  }

  /// `inside` is what stands between the angle brackets.
  private mutating func tag(_ inside: UnsafeBufferPointer<UInt8>) throws {
    guard let first = inside.first else { throw DamagedWorkbook("its XML has an empty tag") }
    if first == UInt8(ascii: "?") || first == UInt8(ascii: "!") { return }
    if first == UInt8(ascii: "/") {
      let name = UnsafeBufferPointer(rebasing: inside[1...])
      guard isOpen(name) else { throw DamagedWorkbook("its XML closes what is not open") }
      lengths.removeLast()
      names.removeLast(name.count)
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
    guard !name.isEmpty, Self.find(UInt8(ascii: "<"), attributes) == nil else {
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
  static func attribute(_ name: StaticString, _ attributes: UnsafeBufferPointer<UInt8>)
    -> UnsafeBufferPointer<UInt8>?
  {
    let wanted = name.utf8CodeUnitCount
    var at = 0
    while at < attributes.count {
      while at < attributes.count, attributes[at] <= 0x20 { at += 1 }
      let start = at
      while at < attributes.count, attributes[at] != UInt8(ascii: "=") { at += 1 }
      let length = at - start
      at += 1
      guard at < attributes.count else { return nil }
      let quote = attributes[at]
      let valueStart = at + 1
      at = valueStart
      while at < attributes.count, attributes[at] != quote { at += 1 }
      if length == wanted, let base = attributes.baseAddress,
        memcmp(base + start, name.utf8Start, length) == 0
      {
        return UnsafeBufferPointer(rebasing: attributes[valueStart..<at])
      }
      at += 1
    }
    return nil
  }

  static func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ text: StaticString) -> Bool {
    bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
