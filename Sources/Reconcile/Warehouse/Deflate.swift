import CZlib
import ReconcileCore

/// Compresses evidence bodies one after the other with one state of zlib, which is dearer than most bodies.
final class Deflater {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

  /// Level 1: pages shrink about eightfold and cost little time.
  init() throws {
    stream.initialize(to: z_stream())
    guard deflateInit_(stream, 1, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw Self.failure
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// The bytes as a zlib stream.
  func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    deflateReset(stream)
    let room = Int(deflateBound(stream, uLong(bytes.count)))
    var input = bytes
    return try input.withUnsafeMutableBufferPointer { input in
      try [UInt8](unsafeUninitializedCapacity: room) { output, count in
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(room)
        guard deflate(stream, Z_FINISH) == Z_STREAM_END else { throw Self.failure }
        count = room - Int(stream.pointee.avail_out)
      }
    }
  }

  private static var failure: Failure {
    Failure(.defect, "evidence cannot be compressed", remedy: "report this as a defect")
  }
}

/// zlib for evidence bodies.
enum Deflate {
  /// The bytes that `compress` took; nil when they are damaged.
  static func decompress(_ bytes: [UInt8], count: Int) -> [UInt8]? {
    var output = [UInt8](repeating: 0, count: max(1, count))
    var length = uLong(output.count)
    guard uncompress(&output, &length, bytes, uLong(bytes.count)) == Z_OK, Int(length) == count else {
      return nil
    }
    output.removeLast(output.count - count)
    return output
  }
}
