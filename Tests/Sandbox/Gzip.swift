import CZlib

/// Compression as `Content-Encoding: gzip` names it (RFC 1952).
enum Gzip {
  /// Compresses `before`, so many MiB of the letter x, and `after`, without ever holding them all.
  static func compressed(_ before: [UInt8], mibOfPadding: Int = 0, _ after: [UInt8] = []) -> [UInt8] {
    var stream = z_stream()
    // 31: the largest window, with gzip's head and trailer around it.
    guard
      deflateInit2_(
        &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return [] }
    defer { deflateEnd(&stream) }
    let padding = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    var output = add(before, to: &stream, Z_NO_FLUSH)
    for _ in 0..<mibOfPadding { output += add(padding, to: &stream, Z_NO_FLUSH) }
    return output + add(after, to: &stream, Z_FINISH)
  }

  private static func add(_ bytes: [UInt8], to stream: inout z_stream, _ flush: Int32) -> [UInt8] {
    var input = bytes
    var room = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))) + (1 << 17))
    let count = input.withUnsafeMutableBufferPointer { source in
      room.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        _ = deflate(&stream, flush)
        return target.count - Int(stream.avail_out)
      }
    }
    return Array(room.prefix(count))
  }
}
