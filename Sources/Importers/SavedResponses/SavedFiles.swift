import Foundation
import ReconcileCore

/// The files of one stream in a folder of saved responses: `NAME.json` and `NAME-*.json` with one body each,
/// and `NAME.jsonl` with one body a line.
struct SavedFiles {
  /// No body is larger, over the network or here.
  static let bodyLimit = 16 << 20

  let directory: String
  /// File names in the order in which they are read: by name without its ending, byte by byte.
  let names: [String]

  init(directory: String, stream: ProviderStream) {
    self.directory = directory
    let all = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let name = stream.rawValue
    names = all.filter { file in
      file == "\(name).json" || file == "\(name).jsonl"
        || (file.hasPrefix("\(name)-") && file.hasSuffix(".json"))
    }.sorted { Self.stem($0).utf8.lexicographicallyPrecedes(Self.stem($1).utf8) }
  }

  /// `NAME.jsonl` comes after every `.json` file.
  private static func stem(_ file: String) -> String {
    file.hasSuffix(".jsonl") ? "\u{10FFFF}" : String(file.dropLast(5))
  }

  /// One body, or why there is none at this place.
  struct Body: Sendable {
    /// The file's name, with the line of a `.jsonl` file.
    var request: String
    var bytes: Result<[UInt8], UnreadableBody>
  }

  /// Hands over every body in order.
  func forEachBody(_ use: (Body) async throws -> Void) async throws {
    for name in names {
      let path = directory.hasSuffix("/") ? directory + name : directory + "/" + name
      guard let file = LineFile(path: path) else {
        try await use(
          Body(request: name, bytes: .failure(UnreadableBody("cannot be read", isTransient: false))))
        continue
      }
      if name.hasSuffix(".jsonl") {
        var number = 0
        while let line = file.next(endingAt: UInt8(ascii: "\n"), limit: Self.bodyLimit) {
          number += 1
          if case .success(let bytes) = line, bytes.allSatisfy({ $0 == 32 || $0 == 13 || $0 == 9 }) {
            continue
          }
          try await use(Body(request: "\(name) line \(number)", bytes: line))
        }
      } else {
        let whole = file.next(endingAt: nil, limit: Self.bodyLimit) ?? .success([])
        try await use(Body(request: name, bytes: whole))
      }
    }
  }
}

/// A file read in pieces, so that a large one never lies in memory whole.
final class LineFile {
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)
  private var start = 0
  private var end = 0
  private var failed = false
  private var toldFailure = false

  /// Opens a file; nil where that is not possible.
  init?(path: String) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
  }

  deinit { close(descriptor) }

  /// The bytes up to the mark, or up to the end of the file for nil; nil when there are no more. More bytes
  /// than the limit are passed over.
  func next(endingAt mark: UInt8?, limit: Int) -> Result<[UInt8], UnreadableBody>? {
    var bytes: [UInt8] = []
    var isTooLarge = false
    var sawAny = false
    while true {
      if start == end {
        guard fill() else {
          if failed, !toldFailure {
            toldFailure = true
            return .failure(UnreadableBody("cannot be read to its end", isTransient: false))
          }
          return sawAny && !failed ? result(bytes, isTooLarge, limit) : nil
        }
      }
      sawAny = true
      let found = mark.flatMap { mark in
        buffer.withUnsafeBytes { raw -> Int? in
          guard let base = raw.baseAddress, let hit = memchr(base + start, Int32(mark), end - start) else {
            return nil
          }
          return UnsafeRawPointer(hit) - base
        }
      }
      let stop = found ?? end
      if bytes.count + (stop - start) > limit {
        isTooLarge = true
        bytes = []
      } else if !isTooLarge {
        bytes += buffer[start..<stop]
      }
      start = found.map { $0 + 1 } ?? end
      if found != nil { return result(bytes, isTooLarge, limit) }
    }
  }

  private func result(_ bytes: [UInt8], _ isTooLarge: Bool, _ limit: Int) -> Result<[UInt8], UnreadableBody> {
    isTooLarge
      ? .failure(UnreadableBody("the body is larger than \(limit >> 20) MiB", isTransient: false))
      : .success(bytes)
  }

  /// Reads the next piece; false at the end and on failure, which is final.
  private func fill() -> Bool {
    guard !failed else { return false }
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        start = 0
        end = count
        return true
      }
      if count < 0, errno == EINTR { continue }
      failed = count < 0
      return false
    }
  }
}
