import CZlib
import Foundation

/// Why a workbook cannot be trusted: one that was just written, or one that somebody filled in.
struct DamagedWorkbook: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// Reads a ZIP file: the central directory, and each entry as a stream whose length and CRC-32 are verified.
///
/// Written apart from the library that wrote the file, so that a mistake there is not repeated here.
final class ZipArchive {
  struct Entry: Sendable {
    let name: String
    let method: UInt16
    let crc: UInt32
    let compressedSize: UInt64
    let size: UInt64
    let offset: UInt64
  }

  private let file: FileHandle
  private(set) var entries: [Entry] = []

  init(path: String) throws {
    guard let file = FileHandle(forReadingAtPath: path) else { throw DamagedWorkbook("it cannot be opened") }
    self.file = file
    let length = try file.seekToEnd()
    // The end record is 22 bytes and a comment of at most 65,535.
    let tailLength = min(length, 65_557)
    let tail = try bytes(at: length - tailLength, Int(tailLength))
    guard tail.count >= 22,
      let end = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
        Self.number(tail, $0, 4) == 0x0605_4B50
      })
    else { throw DamagedWorkbook("it has no directory, as when the disk was full") }
    let count = Int(Self.number(tail, end + 10, 2))
    let size = Self.number(tail, end + 12, 4)
    let start = Self.number(tail, end + 16, 4)
    guard start + size <= length else { throw DamagedWorkbook("its directory lies outside the file") }
    let directory = try bytes(at: start, Int(size))
    var at = 0
    for _ in 0..<count {
      guard at + 46 <= directory.count, Self.number(directory, at, 4) == 0x0201_4B50 else {
        throw DamagedWorkbook("its directory is broken")
      }
      let nameLength = Int(Self.number(directory, at + 28, 2))
      let tailLength = Int(Self.number(directory, at + 30, 2) + Self.number(directory, at + 32, 2))
      guard at + 46 + nameLength + tailLength <= directory.count else {
        throw DamagedWorkbook("its directory is broken")
      }
      entries.append(
        Entry(
          name: String(decoding: directory[(at + 46)..<(at + 46 + nameLength)], as: UTF8.self),
          method: UInt16(Self.number(directory, at + 10, 2)), crc: UInt32(Self.number(directory, at + 16, 4)),
          compressedSize: Self.number(directory, at + 20, 4), size: Self.number(directory, at + 24, 4),
          offset: Self.number(directory, at + 42, 4)))
      at += 46 + nameLength + tailLength
    }
  }

  deinit { try? file.close() }

  /// Hands the packed bytes of an entry over in pieces, as they stand in the file.
  func readPacked(_ entry: Entry, _ body: (Data) throws -> Void) throws {
    let header = try bytes(at: entry.offset, 30)
    guard header.count == 30, Self.number(header, 0, 4) == 0x0403_4B50 else {
      throw DamagedWorkbook("\(entry.name) is not where the directory says")
    }
    try file.seek(
      toOffset: entry.offset + 30 + Self.number(header, 26, 2) + Self.number(header, 28, 2))
    var left = entry.compressedSize
    while left > 0 {
      let piece = try file.read(upToCount: Int(min(left, 262_144))) ?? Data()
      guard !piece.isEmpty else { throw DamagedWorkbook("\(entry.name) is cut off") }
      left -= UInt64(piece.count)
      try body(piece)
    }
  }

  /// Hands the content of an entry over in pieces, then throws unless all of it was right.
  func read(_ entry: Entry, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    guard entry.method == 8 || entry.method == 0 else {
      throw DamagedWorkbook("\(entry.name) is packed in an unknown way")
    }
    let inflater = entry.method == 8 ? try Inflater() : nil
    var produced: UInt64 = 0
    var crc = crc32(0, nil, 0)
    func take(_ piece: UnsafeBufferPointer<UInt8>) throws {
      produced += UInt64(piece.count)
      guard produced <= entry.size else { throw DamagedWorkbook("\(entry.name) is longer than it says") }
      crc = crc32(crc, piece.baseAddress, UInt32(piece.count))
      try body(piece)
    }
    try readPacked(entry) { piece in
      try piece.withUnsafeBytes { raw in
        let input = raw.bindMemory(to: UInt8.self)
        if let inflater {
          guard try inflater.inflate(input, take) else {
            throw DamagedWorkbook("\(entry.name) does not unpack")
          }
        } else {
          try take(input)
        }
      }
    }
    guard produced == entry.size, inflater?.isFinished ?? true else {
      throw DamagedWorkbook("\(entry.name) is cut off")
    }
    guard UInt32(crc) == entry.crc else { throw DamagedWorkbook("\(entry.name) fails its checksum") }
  }

  private func bytes(at offset: UInt64, _ count: Int) throws -> [UInt8] {
    try file.seek(toOffset: offset)
    return Array(try file.read(upToCount: count) ?? Data())
  }

  /// A little-endian number; callers made sure that the bytes exist.
  private static func number(_ bytes: [UInt8], _ at: Int, _ width: Int) -> UInt64 {
    (0..<width).reduce(0) { $0 | UInt64(bytes[at + $1]) << (8 * UInt64($1)) }
  }
}

/// Raw deflate, one piece at a time.
private final class Inflater {
  // On the heap: zlib refuses a state that was moved.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 262_144)
  private(set) var isFinished = false

  init() throws {
    stream.initialize(to: z_stream())
    guard inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw DamagedWorkbook("it cannot be unpacked for want of memory")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  /// False when the bytes are no deflate stream.
  func inflate(
    _ input: UnsafeBufferPointer<UInt8>, _ take: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws -> Bool {
    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
    stream.pointee.avail_in = UInt32(input.count)
    repeat {
      if isFinished { return stream.pointee.avail_in == 0 }
      stream.pointee.next_out = output.baseAddress
      stream.pointee.avail_out = UInt32(output.count)
      let code = CZlib.inflate(stream, Z_NO_FLUSH)
      guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { return false }
      isFinished = code == Z_STREAM_END
      let count = output.count - Int(stream.pointee.avail_out)
      if count > 0 { try take(UnsafeBufferPointer(rebasing: output[..<count])) }
      if code == Z_BUF_ERROR && count == 0 { return true }
    } while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0
    return true
  }
}
