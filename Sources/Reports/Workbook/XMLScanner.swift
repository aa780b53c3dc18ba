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
  private var open = OpenElements()
  private var hasRoot = false

  init(_ consumer: Consumer) { self.consumer = consumer }

  /// Scans one piece; what it leaves unfinished waits for the next.
  mutating func feed(_ piece: UnsafeBufferPointer<UInt8>) throws {
    var rest = piece
    if let first = pending.first {
      // Only the tag or text that was cut is put together; everything else is read where it lies.
      let end = first == UInt8(ascii: "<") ? UInt8(ascii: ">") : UInt8(ascii: "<")
      guard let found = Self.find(end, rest) else { return try keep(rest) }
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
    try keep(UnsafeBufferPointer(rebasing: rest[used...]))
  }

  /// Keeps what the next piece will complete: a tag or a text, both far shorter than this in a workbook.
  private mutating func keep(_ rest: UnsafeBufferPointer<UInt8>) throws {
    guard pending.count + rest.count <= 1 << 20 else {
      throw DamagedWorkbook("its XML has a text or tag without an end")
    }
    pending.append(contentsOf: rest)
  }

  /// The end of the file.
  mutating func finish() throws {
    guard open.isEmpty, hasRoot, pending.allSatisfy({ $0 <= 0x20 }) else {
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
    guard open.isEmpty else { return try consumer.text(text) }
    guard text.allSatisfy({ $0 <= 0x20 }) else { throw DamagedWorkbook("its XML has text outside the root") }
  }

  /// `inside` is what stands between the angle brackets.
  private mutating func tag(_ inside: UnsafeBufferPointer<UInt8>) throws {
    guard let first = inside.first else { throw DamagedWorkbook("its XML has an empty tag") }
    if first == UInt8(ascii: "?") || first == UInt8(ascii: "!") { return }
    if first == UInt8(ascii: "/") {
      let name = UnsafeBufferPointer(rebasing: inside[1...])
      guard open.pop(name) else { throw DamagedWorkbook("its XML closes what is not open") }
      return try consumer.close(name)
    }
    let isEmpty = inside[inside.count - 1] == UInt8(ascii: "/")
    let end = isEmpty ? inside.count - 1 : inside.count
    var nameEnd = 0
    while nameEnd < end, inside[nameEnd] > 0x20 { nameEnd += 1 }
    let name = UnsafeBufferPointer(rebasing: inside[..<nameEnd])
    let attributes = UnsafeBufferPointer(rebasing: inside[nameEnd..<end])
    if open.isEmpty {
      guard !hasRoot else { throw DamagedWorkbook("its XML has two roots") }
      hasRoot = true
    }
    guard nameEnd > 0, Self.find(UInt8(ascii: "<"), attributes) == nil else {
      throw DamagedWorkbook("its XML has a broken tag")
    }
    try consumer.open(name, attributes)
    if isEmpty { return try consumer.close(name) }
    guard open.push(name) else { throw DamagedWorkbook("its XML is nested too deeply") }
  }
}

/// The names of the elements that are open, one behind the other: millions of tags pass here, so they lie in plain
/// memory.
private struct OpenElements {
  /// Owns the memory.
  private final class Room {
    let names = UnsafeMutablePointer<UInt8>.allocate(capacity: OpenElements.nameBytes)
    let lengths = UnsafeMutablePointer<Int>.allocate(capacity: OpenElements.depthLimit)

    deinit {
      names.deallocate()
      lengths.deallocate()
    }
  }

  private static let nameBytes = 4_096
  private static let depthLimit = 256
  private let room = Room()
  private var used = 0
  private var depth = 0

  var isEmpty: Bool { depth == 0 }

  /// False when there is no room: the XML of a workbook is a few elements deep.
  mutating func push(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    guard depth < Self.depthLimit, used + name.count <= Self.nameBytes else { return false }
    for index in 0..<name.count { room.names[used + index] = name[index] }
    room.lengths[depth] = name.count
    used += name.count
    depth += 1
    return true
  }

  /// False unless the innermost element has this name.
  mutating func pop(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    guard depth > 0, room.lengths[depth - 1] == name.count else { return false }
    let start = used - name.count
    for index in 0..<name.count where room.names[start + index] != name[index] { return false }
    used = start
    depth -= 1
    return true
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
