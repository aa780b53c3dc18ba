import CZlib
import ReconcileCore

/// Compresses evidence bodies one after the other with one state of zlib, which is dearer than most bodies.
final class Deflater {
  private let pages: UnsafeMutablePointer<z_stream>
  private let records: UnsafeMutablePointer<z_stream>

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

  /// The bytes as a zlib stream, those of a short body with `Deflate.dictionary`.
  func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    let isShort = bytes.count <= Deflate.shortBody
    let stream = isShort ? records : pages
    deflateReset(stream)
    if isShort {
      let words = Deflate.dictionary
      guard deflateSetDictionary(stream, words, UInt32(words.count)) == Z_OK else { throw Self.failure }
    }
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
  /// Bodies of one record are as short as this; alone they hardly shrink.
  static let shortBody = 1_024

  /// Words of replies about one record, as the providers document them. A zlib stream names the dictionary that it was
  /// made with by its checksum, so what is stored can be read by a version that knows these bytes: they never change.
  static let dictionary = Array(
    """
    {"refund_id":"","transaction_id":"","amount_in_cents":,"amount_usd":"","reason":"","checkout_id":"","order_id":"",\
    "products":[{"id":"","name":"","quantity":1}],"payer_email":"","customer":{"email":"","name":"","country":""},\
    "depositAttempts":[{"attempt":1,"status":"succeeded","paymentId":"","attemptedAt":"2026-","errorMessage":null,\
    "paymentMethod":"card","amount":""}],"type":"payment","object":"payment","metadata":{"customerAction":{"type":"none",\
    "data":{"redirectionUrl":"","threeDsSessionId":"","httpMethod":"","targetUrl":""}},"declineReason":{"code":,\
    "description":""},"status":"failed","status":"declined","status":"pending","status":"completed","status":"paid",\
    "updated_at":"2026-","created_at":"2026-,"currency":"USD","currency":"EUR","amount":"{"referenceId":"","amount":,\
    "currencyCode":"USD","currencyCode":"EUR","status":"success","customerAction":null,"merchantMetadata":{"orderId":"",\
    "actualAmount":,"declineReason":null,"createdAt":"2026-
    """.utf8)

  /// The bytes that `compress` took; nil when they are damaged.
  static func decompress(_ bytes: [UInt8], count: Int) -> [UInt8]? {
    var stream = z_stream()
    guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var input = bytes
    // Room for one byte more than there may be, so that too many are noticed.
    var output = [UInt8](repeating: 0, count: count + 1)
    let isWhole = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        var state = inflate(&stream, Z_FINISH)
        if state == Z_NEED_DICT, inflateSetDictionary(&stream, dictionary, UInt32(dictionary.count)) == Z_OK {
          state = inflate(&stream, Z_FINISH)
        }
        return state == Z_STREAM_END && Int(stream.total_out) == count && stream.avail_in == 0
      }
    }
    guard isWhole else { return nil }
    output.removeLast()
    return output
  }
}
