import Foundation
import ReconcileCore

/// A body masked and read, not yet stored.
struct PreparedBody: Sendable {
  var request: String
  var masked: [UInt8]
  var contents: Result<BodyContents, UnreadableBody>
}

/// Masks and reads bodies on all processors; the order stays.
enum BodyPreparation {
  /// Bodies in one batch: enough to spread the cost of a commit, few enough to stop soon.
  static let batchCount = 4_000
  /// Bytes in one batch, so that large bodies do not pile up.
  static let batchBytes = 655_360

  static func prepare(
    _ bodies: [(request: String, bytes: [UInt8])], stream: ProviderStream, reader: any ProviderReader,
    isRefundLookup: Bool
  ) async -> [PreparedBody] {
    let workers = min(4, max(1, ProcessInfo.processInfo.activeProcessorCount))
    let size = max(1, (bodies.count + workers - 1) / workers)
    let one = { @Sendable (request: String, bytes: [UInt8]) -> PreparedBody in
      // Reading starts from the masked bytes, so that evidence read again gives the same records.
      let masked = PersonalData.mask(bytes)
      do throws(UnreadableBody) {
        let contents = try reader.read(stream, body: masked, request: request, isRefundLookup: isRefundLookup)
        return PreparedBody(request: request, masked: masked, contents: .success(contents))
      } catch {
        return PreparedBody(request: request, masked: masked, contents: .failure(error))
      }
    }
    guard workers > 1, bodies.count > 1 else { return bodies.map { one($0.request, $0.bytes) } }
    return await withTaskGroup(of: (Int, [PreparedBody]).self) { group in
      for first in stride(from: 0, to: bodies.count, by: size) {
        let part = Array(bodies[first..<min(first + size, bodies.count)])
        group.addTask { (first, part.map { one($0.request, $0.bytes) }) }
      }
      var parts: [(Int, [PreparedBody])] = []
      for await part in group { parts.append(part) }
      return parts.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }
}
