import Foundation
import Testing

/// Programs of bookkeeping that tests hand journals to.
enum BookkeepingTool: String, Sendable {
  case hledger
  case beanCheck = "bean-check"
  case beanQuery = "bean-query"

  /// Where the program is; nil on a machine that lacks it.
  var path: String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") + ["/usr/bin"]
    return folders.map { "\($0)/\(rawValue)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs it in a folder; what it prints is kept there for a moment.
  func run(_ arguments: [String], in folder: String) async throws -> Ending {
    let program = try #require(path)
    let name = folder + "/.tool-\(UUID().uuidString)"
    let child = try Child(
      program, arguments, environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": folder],
      directory: folder, output: .file(name + ".out"), errors: .file(name + ".err"))
    let status = await child.end()
    defer { for end in [".out", ".err"] { try? FileManager.default.removeItem(atPath: name + end) } }
    return Ending(status: status, output: try text(of: name + ".out"), errors: try text(of: name + ".err"))
  }
}

/// Amounts by an account, a provider or nothing, and by currency: all digits without the decimal mark, so that sums
/// are exact; each currency is always printed with the same decimals.
struct Amounts: Equatable, CustomStringConvertible {
  private(set) var digits: [String: Int] = [:]

  mutating func add(_ text: String, _ currency: String, of name: String = "") {
    let amount = Int(text.filter { $0 != "." }) ?? 0
    digits["\(name) \(currency)", default: 0] += amount
  }

  mutating func subtract(_ other: Amounts) { digits.merge(other.digits.mapValues { 0 - $0 }) { $0 + $1 } }

  /// Those that are not zero.
  private var standing: [String: Int] { digits.filter { $0.value != 0 } }
  static func == (a: Amounts, b: Amounts) -> Bool { a.standing == b.standing }
  var description: String {
    standing.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
