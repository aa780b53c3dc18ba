import CZlib
import ReconcileCore

/// Compresses evidence bodies one after the other with one state of zlib, which is dearer than most bodies.
final class Deflater {
  private let pages: UnsafeMutablePointer<z_stream>
  private let records: UnsafeMutablePointer<z_stream>
  /// Room for the largest body so far: what is handed out takes no more than it needs.
  private var output: [UInt8] = []

  /// Replies about one record are as short as this.
  static let shortBody = 1_024

  /// Level 1: pages shrink about eightfold and cost little time.
  init() throws {
    pages = try Self.stream(windowBits: 15, memoryLevel: 8)
    // Little memory that has to be made empty for each body.
    records = try Self.stream(windowBits: 12, memoryLevel: 4)
  }

  private static func stream(windowBits: Int32, memoryLevel: Int32) throws -> UnsafeMutablePointer<z_stream> {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    guard
      deflateInit2_(
        stream, 1, Z_DEFLATED, windowBits, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
    else {
      stream.deallocate()
      throw failure
    }
    return stream
  }

  deinit {
    for stream in [pages, records] {
      deflateEnd(stream)
      stream.deallocate()
    }
  }

  /// The bytes as a zlib stream.
  func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    let stream = bytes.count <= Self.shortBody ? records : pages
    deflateReset(stream)
    let room = Int(deflateBound(stream, uLong(bytes.count)))
    if output.count < room { output = [UInt8](repeating: 0, count: room) }
    return try bytes.withUnsafeBufferPointer { input in
      try output.withUnsafeMutableBufferPointer { output in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        guard deflate(stream, Z_FINISH) == Z_STREAM_END else { throw Self.failure }
        return Array(output[..<(output.count - Int(stream.pointee.avail_out))])
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
    // Room for one byte more than there may be, so that too many are noticed.
    var output = [UInt8](repeating: 0, count: count + 1)
    var (length, taken) = (uLong(output.count), uLong(bytes.count))
    guard uncompress2(&output, &length, bytes, &taken) == Z_OK, Int(length) == count,
      Int(taken) == bytes.count
    else { return nil }
    output.removeLast()
    return output
  }
}
