import Foundation
import ReconcileCore
import Synchronization

/// Packs the rows of one sheet into a scratch file, on a thread of its own while the next rows are being written.
///
/// `@unchecked Sendable`: the file and the packing state belong to the queue; `finish` waits for it to be empty.
final class RowPacker: @unchecked Sendable {
  private let path: String
  private let file: OutputFile
  private let deflater: Deflater
  private let queue = DispatchQueue(label: "reconcile.rows")
  /// Pieces that may wait: enough for both threads to work, and few enough for the memory to stay small.
  private let room = DispatchSemaphore(value: 4)
  private let failure = Mutex<(any Error)?>(nil)

  /// Creates the scratch file.
  convenience init(scratch path: String) throws {
    self.init(scratch: path, into: try OutputFile(creating: path), try Deflater())
  }

  init(scratch path: String, into file: OutputFile, _ deflater: Deflater) {
    self.path = path
    self.file = file
    self.deflater = deflater
  }

  /// Takes the next piece; throws what went wrong with an earlier one.
  func add(_ bytes: [UInt8]) throws {
    try check()
    room.wait()
    queue.async {
      self.pack(bytes, end: .open)
      self.room.signal()
    }
  }

  /// Packs the last piece; the rows are in the scratch file then.
  func finish(_ bytes: [UInt8]) throws -> PackedRows {
    queue.sync { pack(bytes, end: .joint) }
    try check()
    _ = try file.finish(toDisk: false)
    return PackedRows(path: path, part: deflater.part)
  }

  private func pack(_ bytes: [UInt8], end: Deflater.End) {
    guard failure.withLock({ $0 == nil }) else { return }
    do {
      try bytes.withUnsafeBytes { try deflater.add($0, end: end) { try file.write($0) } }
    } catch {
      failure.withLock { $0 = error }
    }
  }

  private func check() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }
}

/// The packed rows of one sheet.
struct PackedRows {
  /// The scratch file.
  let path: String
  let part: PackedPart
}
