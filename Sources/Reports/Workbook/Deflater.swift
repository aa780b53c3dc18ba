import CZlib
import ReconcileCore

/// Packs bytes as raw deflate, in pieces: the counterpart of what ``ZipArchive`` unpacks.
final class Deflater {
  /// What was packed so far.
  private(set) var part = PackedPart()
  // On the heap: zlib refuses a state that was moved.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)

  /// Where packing stops after some bytes.
  enum End {
    /// Anywhere: more follows.
    case open
    /// At a whole byte, so that another stream can follow.
    case joint
    /// At the end of all.
    case last

    fileprivate var flush: Int32 {
      switch self {
      case .open: Z_NO_FLUSH
      case .joint: Z_SYNC_FLUSH
      case .last: Z_FINISH
      }
    }
  }

  /// Level 1: on the rows of reports it takes a third of the time of zlib's usual level, for files a quarter larger.
  private static let level: Int32 = 1
  /// One more, the most there is, takes a sixth more time for files of the same size.
  private static let memoryLevel: Int32 = 8

  init() throws {
    stream.initialize(to: z_stream())
    let code = deflateInit2_(
      stream, Self.level, Z_DEFLATED, -15, Self.memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      throw Failure(
        .defect, "the workbook cannot be packed for want of memory",
        remedy: "free memory and run again")
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  /// Packs bytes and hands on what becomes ready.
  func add(
    _ bytes: UnsafeRawBufferPointer, end: End = .open, _ take: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    part.crc = crc32(part.crc, bytes.bindMemory(to: UInt8.self).baseAddress, UInt32(bytes.count))
    part.size += UInt64(bytes.count)
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(bytes.count)
    repeat {
      stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
      stream.pointee.avail_out = UInt32(output.count)
      _ = deflate(stream, end.flush)
      let count = output.count - Int(stream.pointee.avail_out)
      part.packedSize += UInt64(count)
      if count > 0 { try take(UnsafeRawBufferPointer(rebasing: output[..<count])) }
    } while stream.pointee.avail_out == 0
  }
}

/// What a ZIP file says about packed bytes.
struct PackedPart {
  /// CRC-32 of the bytes before packing.
  var crc: UInt = crc32(0, nil, 0)
  var size: UInt64 = 0
  var packedSize: UInt64 = 0

  /// Both, one behind the other.
  func followed(by other: PackedPart) -> PackedPart {
    PackedPart(
      crc: crc32_combine(crc, other.crc, Int(other.size)), size: size + other.size,
      packedSize: packedSize + other.packedSize)
  }
}
