import CZlib
import ReconcileCore

/// zlib for evidence bodies.
enum Deflate {
  /// Compresses at level 1: pages shrink about eightfold and cost little time.
  static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    var length = compressBound(uLong(bytes.count))
    var output = [UInt8](repeating: 0, count: Int(length))
    guard compress2(&output, &length, bytes, uLong(bytes.count), 1) == Z_OK else {
      throw Failure(.defect, "evidence cannot be compressed", remedy: "report this as a defect")
    }
    output.removeLast(output.count - Int(length))
    return output
  }

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
