import Foundation
import ReconcileCore

/// Reads the lines of a file one at a time, none of them above a limit in memory.
final class LineReader {
  private let file: ByteFile
  private let limit: Int
  private var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  private var position = 0
  private var isFirst = true
  /// Number of the current line, the first being 1.
  private(set) var number: Int64 = 0
  /// The current line without its LF; cut off where it is too long.
  private(set) var line: [UInt8] = []
  private(set) var isTooLong = false

  init(file: ByteFile, limit: Int = 16 << 20) {
    self.file = file
    self.limit = limit
  }

  /// Moves to the next line; false at the end of the file.
  func next() throws(Failure) -> Bool {
    line.removeAll(keepingCapacity: line.capacity <= 1 << 20)
    isTooLong = false
    var hasBytes = false
    while true {
      if position == bytes.count {
        bytes = try file.read()
        position = 0
        if bytes.isEmpty {
          guard hasBytes else { return false }
          break
        }
      }
      hasBytes = true
      let end = lineFeed() ?? bytes.count
      let room = limit - line.count
      if end - position > room { isTooLong = true }
      line.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position..<min(end, position + room)]))
      position = end
      if end < bytes.count {
        position += 1
        break
      }
    }
    number += 1
    if isFirst {
      isFirst = false
      if line.starts(with: [0xFF, 0xFE]) || line.starts(with: [0xFE, 0xFF]) {
        throw ByteFile.notText(file.path, "it is UTF-16")
      }
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    }
    return true
  }

  /// Where the next LF of the chunk stands.
  private func lineFeed() -> Int? {
    guard let base = bytes.baseAddress,
      let found = memchr(base + position, Int32(UInt8(ascii: "\n")), bytes.count - position)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
